//! The image of the probe: our own executable with the libraries that it needs, and nothing else.
//! May import: `domain/`.
//! Next: `probe/` for what it does in a pod.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use bollard::body_full;
use bollard::query_parameters::CreateImageOptions;
use futures::TryStreamExt;

use super::engine::{Engine, EngineError};

impl Engine {
    /// The probe's image, made at first use. It carries the hash of the executable, so a new version makes a new one.
    pub(super) async fn probe_image(&self) -> Result<String, EngineError> {
        let made = self.shared.probe_image.get_or_try_init(|| self.make_probe_image());
        made.await.cloned()
    }

    async fn make_probe_image(&self) -> Result<String, EngineError> {
        let program = self.shared.settings.program.clone();
        let ours = |error: std::io::Error| EngineError::Probe(format!("its image cannot be made: {error}"));
        let read = move || std::fs::read(&program).map(|bytes| (blake3::hash(&bytes).to_hex(), program, bytes));
        let (hash, program, bytes) =
            tokio::task::spawn_blocking(read).await.map_err(std::io::Error::other).map_err(ours)?.map_err(ours)?;
        let tag = hash.chars().take(16).collect::<String>();
        let reference = format!("forkgrade/probe:{tag}");
        if self.local_image(&reference).await?.is_some() {
            return Ok(reference);
        }
        let root = tokio::task::spawn_blocking(move || root_archive(&program, &bytes))
            .await
            .map_err(std::io::Error::other)
            .map_err(ours)?
            .map_err(ours)?;
        let options = CreateImageOptions {
            from_src: Some("-".to_owned()),
            repo: Some("forkgrade/probe".to_owned()),
            tag: Some(tag),
            changes: vec!["ENTRYPOINT [\"/forkgrade\",\"probe\"]".to_owned(), "USER 10003:10003".to_owned()],
            ..Default::default()
        };
        self.docker.create_image(Some(options), Some(body_full(root.into())), None).try_collect::<Vec<_>>().await?;
        Ok(reference)
    }
}

/// A root file system as a tar: the executable and every library that its loader names.
fn root_archive(program: &Path, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    append(&mut archive, Path::new("/forkgrade"), bytes)?;
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
