//! The certificates that git believes, in one file: git takes the place of the machine's own by what it is given.
//! May import: `settings`.
//! Next: `fetch.rs`, which names the file to git.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::GitError;
use crate::settings::{self, CaFile};

/// Writes the machine's certificates and the operator's own into one file of `folder`.
pub fn bundle(folder: &Path, ca: &CaFile) -> Result<PathBuf, GitError> {
    let cannot = |error: std::io::Error| GitError::Other(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(cannot)?;
    // A machine without certificates of its own has ours alone.
    let mut all = fs::read(settings::system_certificates()).unwrap_or_default();
    all.push(b'\n');
    all.extend_from_slice(&ca.pem);
    let path = folder.join("certificates.pem");
    // Another process may be reading it.
    let fresh = folder.join(format!("certificates.pem.{}", std::process::id()));
    fs::write(&fresh, all).and_then(|()| fs::rename(&fresh, &path)).map_err(cannot)?;
    Ok(path)
}
