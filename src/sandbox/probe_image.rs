//! The image of the probe: our own executable with the libraries that it needs, and nothing else.
//! May import: `domain/`.
//! Next: `probe/` for what it does in a pod, `pod.rs` starts it.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

use bollard::body_full;
use bollard::query_parameters::CreateImageOptions;
use futures::TryStreamExt;

use super::engine::{Engine, EngineError};

const REPOSITORY: &str = "forkgrade/probe";
/// Starts the probe in a container of its image.
pub(super) const PROBE: [&str; 2] = ["/forkgrade", "probe"];
/// Whom it runs as: no student's program and no database is this user.
pub(super) const PROBE_USER: &str = "10003:10003";

impl Engine {
    /// The probe's image, made where it is missing. It carries the hash of the executable, so a new version makes a new one.
    pub(super) async fn probe_image(&self) -> Result<String, EngineError> {
        let program = &self.shared.settings.program;
        let tag = self.shared.probe_tag.get_or_try_init(|| blocking(program, |program| hash(&program))).await?;
        let reference = format!("{REPOSITORY}:{tag}");
        if self.local_image(&reference).await?.is_some() {
            return Ok(reference);
        }
        // Several processes that make it at once would leave all but one without a name. Where there is no such lock, so be it.
        let lock = std::env::temp_dir().join(format!("forkgrade-probe-{tag}"));
        let _turn = blocking(&lock, |path| locked(&path)).await.ok();
        if self.local_image(&reference).await?.is_none() {
            self.make_probe_image(tag).await?;
        }
        Ok(reference)
    }

    async fn make_probe_image(&self, tag: &str) -> Result<(), EngineError> {
        let root = blocking(&self.shared.settings.program, |program| root_archive(&program)).await?;
        let options = CreateImageOptions {
            from_src: Some("-".to_owned()),
            // Podman hears no tag beside the name, and reads several changes as one: its containers say what they start, and as whom.
            repo: Some(format!("{REPOSITORY}:{tag}")),
            ..Default::default()
        };
        self.docker.create_image(Some(options), Some(body_full(root.into())), None).try_collect::<Vec<_>>().await?;
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(PathBuf) -> std::io::Result<T> + Send + 'static,
) -> Result<T, EngineError> {
    let path = path.to_owned();
    let done = tokio::task::spawn_blocking(move || work(path)).await.map_err(std::io::Error::other).flatten();
    done.map_err(|error| EngineError::Probe(format!("its image cannot be made: {error}")))
}

fn hash(program: &Path) -> std::io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(program)?)?;
    Ok(hasher.finalize().to_hex().chars().take(16).collect())
}

fn locked(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    file.lock()?;
    Ok(file)
}

/// A root file system as a tar: the executable and every library that its loader names.
fn root_archive(program: &Path) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    append(&mut archive, Path::new("/forkgrade"), &std::fs::read(program)?)?;
    for library in libraries(program)? {
        append(&mut archive, &library, &std::fs::read(&library)?)?;
    }
    archive.into_inner()
}

fn append(archive: &mut tar::Builder<Vec<u8>>, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o755);
    header.set_size(bytes.len() as u64);
    archive.append_data(&mut header, path.strip_prefix("/").unwrap_or(path), bytes)
}

/// What `ldd` names: our own executable is the only program that it is ever asked about.
fn libraries(program: &Path) -> std::io::Result<BTreeSet<PathBuf>> {
    let output = Command::new("ldd").arg(program).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let paths = text.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from);
    Ok(paths.filter(|path| path.is_file()).collect())
}
