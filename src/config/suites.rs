//! The files of suites that `course.toml` names: read once, bounded, nothing followed out of their folder.
//! May import: toml, blake3, `domain/`.
//! Next: `domain/judges.rs`; `observe/judges/` runs them.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::Found;
use crate::domain::Course;
use crate::domain::judges::{SuiteFiles, Suites};
use crate::domain::source::RepoPath;

/// A suite is code and small data: what is more was left in its folder by mistake.
const MOST_FILES: usize = 2_000;
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// Made anew by whoever runs Python or git there.
const LEFT_OUT: [&str; 4] = ["__pycache__", ".pytest_cache", ".git", ".venv"];

/// Reads every suite of a course; `base` is the folder of its file. Each mistake stands at the suite's own line.
pub fn read(course: &Course, base: &Path, document: &DeTable<'_>, found: &mut Found) -> Suites {
    let mut suites = Suites::new();
    for (name, suite) in &course.suites {
        match files(&base.join(&suite.folder)) {
            Ok(files) => {
                suites.insert(name.clone(), files);
            }
            Err(what) => {
                let table = document.get("suites").and_then(|suites| suites.get_ref().as_table());
                let table = table.and_then(|suites| suites.get(name.as_str())?.get_ref().as_table());
                let at = table.and_then(|suite| Some(suite.get("folder")?.span().start)).unwrap_or(0);
                found.add(at, format!("folder: {what}"));
            }
        }
    }
    suites
}

fn files(folder: &Path) -> Result<SuiteFiles, String> {
    let shown = folder.display();
    if !folder.is_dir() {
        return Err(format!("{shown} is no folder; write the suite's folder, relative to course.toml"));
    }
    let mut reader = Reader { folder, files: Vec::new(), left: MOST_BYTES };
    reader.walk(folder)?;
    let mut files = reader.files;
    if files.is_empty() {
        return Err(format!("{shown} holds no file; a suite needs at least one test"));
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    let mut hasher = blake3::Hasher::new();
    for (path, bytes) in &files {
        hasher.update(path.as_str().as_bytes()).update(b"\0").update(blake3::hash(bytes).as_bytes());
    }
    Ok(SuiteFiles { hash: hasher.finalize().to_hex().to_string(), files })
}

struct Reader<'f> {
    folder: &'f Path,
    files: Vec<(RepoPath, Vec<u8>)>,
    /// Bytes that may still be read.
    left: u64,
}

impl Reader<'_> {
    fn walk(&mut self, folder: &Path) -> Result<(), String> {
        let unreadable = |path: &Path, error: std::io::Error| format!("{} cannot be read: {error}", path.display());
        for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
            let entry = entry.map_err(|error| unreadable(folder, error))?;
            let path = entry.path();
            if LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            // Not of what a link leads to: links are refused.
            let kind = entry.file_type().map_err(|error| unreadable(&path, error))?;
            if kind.is_dir() {
                self.walk(&path)?;
            } else if kind.is_file() {
                self.file(path)?;
            } else {
                return Err(format!("{} is a link or a device; a suite holds files and folders", path.display()));
            }
        }
        Ok(())
    }

    fn file(&mut self, path: PathBuf) -> Result<(), String> {
        let name = path.strip_prefix(self.folder).ok().and_then(Path::to_str).and_then(RepoPath::parse);
        let name = name.ok_or_else(|| format!("{} has a name that no suite may have", path.display()))?;
        let mut bytes = Vec::new();
        let file = fs::File::open(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        file.take(self.left + 1).read_to_end(&mut bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size > self.left || self.files.len() >= MOST_FILES {
            let shown = self.folder.display();
            let mebibytes = MOST_BYTES >> 20;
            return Err(format!(
                "{shown} holds more than {mebibytes} MiB or {MOST_FILES} files; keep tests and small data in it"
            ));
        }
        self.left -= size;
        self.files.push((name, bytes));
        Ok(())
    }
}
