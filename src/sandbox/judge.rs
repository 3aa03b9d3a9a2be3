//! A container of the teacher's in a pod: it reads what it was given, writes results, and shares nothing with the student's but
//! the pod's loopback. Its files belong to one user and its program is run by another, who can only read them.
//! May import: `domain/`.
//! Next: `observe/judges/`, which decides what runs and reads the results.

use std::collections::BTreeMap;
use std::future;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::{ContainerConfig, ContainerCreateBody, ExecConfig};
use bollard::query_parameters::{CommitContainerOptions, UploadToContainerOptions};
use bytes::Bytes;
use futures::StreamExt;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::engine::{Engine, EngineError};
use super::images::Image;
use super::limits::{Limits, tmpfs};
use super::pod::{Owner, Pod};
use super::workspace::{Ended, SUPERVISOR, Workspace};

/// Owns the files that a judge reads. Neither it nor the judge exists on any host, or anywhere else in a pod.
const KEEPER: u32 = 10_011;
/// Runs the judge.
const JUDGE: u32 = 10_012;
/// Printed by a judge, before it is stopped.
const OUTPUT_BYTES: u64 = 8 * 1024 * 1024;
/// Results of one judge, all files together with their names.
const RESULT_BYTES: usize = 8 * 1024 * 1024;
const RESULTS_MIB: u32 = 32;
const COLLECT: Duration = Duration::from_secs(20);
/// Dressed images, by the digest of the teacher's own.
const REPOSITORY: &str = "forkgrade/command";

/// What is run, and what it is given.
pub struct JudgeRequest<'a> {
    pub image: &'a str,
    /// A tar relative to the root. All of it lies below `folders`.
    pub files: Bytes,
    /// Folders that the judge reads.
    pub folders: &'a [&'a str],
    /// The folder that it writes its results into.
    pub results: &'a str,
    pub argv: &'a [String],
    /// Where it is started.
    pub start_in: &'a str,
    pub env: &'a BTreeMap<String, String>,
    pub memory_mib: u32,
    pub at_most: Duration,
}

/// How a judge ended, and what it left.
#[derive(Debug)]
pub struct JudgeRun {
    pub ended: Ended,
    pub results: Collected,
}

/// The results folder of a judge.
#[derive(Debug, PartialEq, Eq)]
pub enum Collected {
    /// Names below the folder; `None` for what is no file.
    Entries(Vec<(String, Option<Vec<u8>>)>),
    TooLarge,
}

impl Pod {
    /// Runs a judge in this pod to its end or a limit, takes what it has written, and ends its container.
    pub async fn judge(&self, request: &JudgeRequest<'_>) -> Result<JudgeRun, EngineError> {
        let half = request.memory_mib / 2;
        let read = request.folders.iter().map(|folder| {
            let (path, options) = tmpfs(folder, half, KEEPER, true);
            (path, options.replace("mode=0700", "mode=0755"))
        });
        let written = [tmpfs(request.results, RESULTS_MIB, JUDGE, false), tmpfs("/tmp", 64, JUDGE, true)];
        let limits = Limits {
            memory_mib: request.memory_mib,
            cpu_percent: 100,
            pids: 256,
            open_files: Some(1024),
            tmpfs: read.chain(written).collect(),
        };
        let minutes = request.at_most.as_secs() / 60 + 5;
        let body = ContainerCreateBody {
            image: Some(request.image.to_owned()),
            user: Some(format!("{KEEPER}:{KEEPER}")),
            entrypoint: Some(["/bin/sh", "-c", SUPERVISOR].map(str::to_owned).into()),
            cmd: Some(vec![minutes.to_string(), "/".to_owned(), String::new(), String::new()]),
            working_dir: Some("/".to_owned()),
            host_config: Some(self.joined(&limits)?),
            ..Default::default()
        };
        let user = Some(format!("{JUDGE}:{JUDGE}"));
        let container = self.filled(body, request.files.clone(), OUTPUT_BYTES, user).await?;
        if !container.unpacking.is_empty() {
            let said = String::from_utf8_lossy(&container.unpacking).into_owned();
            return Err(EngineError::Refused(format!("a judge's files could not be copied in: {said}")));
        }
        let ended =
            container.run(request.argv, request.start_in, request.env, request.at_most, future::pending()).await?;
        // Nobody writes any more while the results are read.
        container.clear().await;
        let results = container.collect(request.results).await?;
        container.kill().await;
        Ok(JudgeRun { ended, results })
    }
}

impl Workspace<'_> {
    /// The files of a folder, over the engine's stream from a container in which no student's code runs. Links are not followed.
    async fn collect(&self, folder: &str) -> Result<Collected, EngineError> {
        if !self.is_alive().await {
            return Ok(Collected::Entries(Vec::new()));
        }
        let docker = &self.pod.engine.docker;
        let config = ExecConfig {
            cmd: Some(["tar", "-c", "-f", "-", "-C", folder, "."].map(str::to_owned).into()),
            attach_stdout: Some(true),
            user: Some(format!("{JUDGE}:{JUDGE}")),
            ..Default::default()
        };
        let exec = docker.create_exec(&self.id, config).await?.id;
        let StartExecResults::Attached { mut output, .. } = docker.start_exec(&exec, None::<StartExecOptions>).await?
        else {
            return Err(EngineError::Refused("the engine detached what reads results".to_owned()));
        };
        let mut archive = Vec::new();
        let read = async {
            while let Some(chunk) = output.next().await {
                if let LogOutput::StdOut { message } = chunk? {
                    archive.extend_from_slice(&message);
                }
                if archive.len() > RESULT_BYTES {
                    return Ok(false);
                }
            }
            Ok::<_, EngineError>(true)
        };
        // A file with a hole of a terabyte is read for ever.
        let whole = timeout(COLLECT, read).await.unwrap_or(Ok(false))?;
        drop(output);
        if !whole {
            return Ok(Collected::TooLarge);
        }
        entries(&archive)
            .map(Collected::Entries)
            .map_err(|error| EngineError::Refused(format!("a judge's results: {error}")))
    }
}

/// What a tar of the results folder holds.
fn entries(archive: &[u8]) -> std::io::Result<Vec<(String, Option<Vec<u8>>)>> {
    let mut found = Vec::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        let path =
            String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches("./").trim_end_matches('/').to_owned();
        if path.is_empty() || entry.header().entry_type() == tar::EntryType::Directory {
            continue;
        }
        let bytes = if entry.header().entry_type() == tar::EntryType::Regular {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            Some(bytes)
        } else {
            None
        };
        found.push((path, bytes));
    }
    Ok(found)
}

impl Engine {
    /// The teacher's image with the places at which Gradescope has its files, so that its root can stay read-only: folders to
    /// mount on, and links from the names to where the files are. Made once for each image; it holds nothing of any student.
    pub async fn dressed(&self, image: &Image, owner: Owner) -> Result<String, EngineError> {
        let tag: String = blake3::hash(format!("1 {}", image.digest).as_bytes()).to_hex().chars().take(40).collect();
        let reference = format!("{REPOSITORY}:{tag}");
        let turn = Arc::clone(
            self.shared.building.lock().await.entry(reference.clone()).or_insert_with(|| Arc::new(Mutex::new(()))),
        );
        let _turn = turn.lock().await;
        if self.local_image(&reference).await?.is_some() {
            return Ok(reference);
        }
        let body = ContainerCreateBody {
            image: Some(image.reference.clone()),
            // Never started: only its files are added to.
            cmd: Some(vec!["true".to_owned()]),
            ..Default::default()
        };
        let container = self.create(owner, body).await?;
        let dressed = async {
            let places = places().map_err(|error| EngineError::Refused(error.to_string()))?;
            let options = UploadToContainerOptions { path: "/".to_owned(), ..Default::default() };
            self.docker.upload_to_container(&container, Some(options), bollard::body_full(places.into())).await?;
            let options = CommitContainerOptions {
                container: Some(container.clone()),
                repo: Some(REPOSITORY.to_owned()),
                tag: Some(tag),
                ..Default::default()
            };
            self.docker.commit_container(options, ContainerConfig::default()).await?;
            Ok::<_, EngineError>(reference)
        };
        let dressed = dressed.await;
        self.remove_all([container]).await;
        dressed
    }
}

/// `/autograder` with what is mounted in it.
fn places() -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for folder in ["autograder/", "autograder/submission/", "autograder/results/", "autograder/.told/"] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Directory);
        header.set_mode(0o755);
        header.set_size(0);
        archive.append_data(&mut header, folder, std::io::empty())?;
    }
    for name in ["facts.json", "submission_metadata.json"] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_mode(0o777);
        header.set_size(0);
        archive.append_link(&mut header, format!("autograder/{name}"), format!(".told/{name}"))?;
    }
    archive.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_in_the_results_are_seen_and_not_followed() {
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        archive.append_link(&mut header, "./results.json", "/etc/passwd").unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(2);
        archive.append_data(&mut header, "./a/junit.xml", b"ok".as_slice()).unwrap();
        let found = entries(&archive.into_inner().unwrap()).unwrap();
        assert_eq!(found, [("results.json".into(), None), ("a/junit.xml".into(), Some(b"ok".to_vec()))]);
    }
}
