//! The files of a project as they go into a run: safe names, real files, bounded, always in the same order.
//! May import: tar, `domain/`, and within the room `tree` and `junk`.
//! Next: `execution.rs` puts the archive into the pod.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use crate::domain::build::BuildContext;
use crate::domain::course::Sandbox;
use crate::domain::facts::inspection::ProjectFacts;
use crate::domain::launch::{LaunchPlan, Layout};
use crate::domain::source::{EntryKind, RepoPath, Source};

use super::tree::Tree;

/// The user that student programs run as, and that owns their files.
const RUN_AS: u64 = 10_001;

/// How much is copied into a run.
#[derive(Debug, Clone, Copy)]
pub struct FileLimits {
    /// Bytes of one file.
    pub file: u64,
    /// Bytes of all files together.
    pub project: u64,
}

/// Files for a run, with what was left out.
#[derive(Debug, Default)]
pub struct ProjectFiles {
    /// Paths below the project folder, sorted.
    pub files: Vec<(RepoPath, Vec<u8>)>,
    /// Too large, or beyond the project's limit.
    pub left_out: Vec<RepoPath>,
}

/// Reads the files of the project folder. Junk stays out, unless the program that is started lies in it.
pub fn project_files(
    source: &dyn Source,
    project: &ProjectFacts,
    plan: Option<&LaunchPlan>,
    limits: FileLimits,
) -> ProjectFiles {
    let tree = Tree::new(source);
    let folder = project.folder.clone().unwrap_or_default();
    let started: Vec<RepoPath> = plan
        .iter()
        .flat_map(|plan| &plan.steps)
        .filter_map(
            |step| if folder.as_str().is_empty() { Some(step.file.clone()) } else { folder.join(step.file.as_str()) },
        )
        .collect();
    let kept: Vec<RepoPath> = tree
        .junk_below(&folder)
        .into_iter()
        .filter(|junk| started.iter().any(|file| file == junk || file.below(junk).is_some()))
        .collect();
    let is_wanted =
        |path: &RepoPath| !tree.is_junk(path) || kept.iter().any(|junk| path == junk || path.below(junk).is_some());
    let mut result = ProjectFiles::default();
    let mut room = limits.project;
    for entry in tree.below(&folder).filter(|entry| entry.kind == EntryKind::File && is_wanted(&entry.path)) {
        let Some(path) = entry.path.below(&folder) else { continue };
        match source.read(&entry.path, limits.file.min(room)) {
            Ok(bytes) => {
                room = room.saturating_sub(bytes.len() as u64);
                result.files.push((path, bytes));
            }
            Err(_) => result.left_out.push(path),
        }
    }
    result.files.sort_by(|a, b| a.0.cmp(&b.0));
    result
}

/// The archive of a project as it goes into a run.
pub fn archive_of<'p>(
    source: &dyn Source,
    project: &ProjectFacts,
    plan: impl Into<Option<&'p LaunchPlan>>,
    sandbox: &Sandbox,
) -> std::io::Result<Vec<u8>> {
    let mebibytes = |mebibytes: u32| u64::from(mebibytes) << 20;
    let limits = FileLimits { file: mebibytes(sandbox.max_file_mib), project: mebibytes(sandbox.max_project_mib) };
    archive(&project_files(source, project, plan.into(), limits).files)
}

/// The files as a tar archive: the same files give the same bytes.
pub fn archive(files: &[(RepoPath, Vec<u8>)]) -> std::io::Result<Vec<u8>> {
    archive_with(files, &[], &[])
}

/// The files as a tar that is unpacked where folders are there already: they get no entries of their own.
pub fn archive_in(files: &[(RepoPath, Vec<u8>)], there: &[RepoPath]) -> std::io::Result<Vec<u8>> {
    archive_with(files, &[], there)
}

/// The files of an archive of ours.
pub fn unarchive(archived: &[u8]) -> std::io::Result<Vec<(RepoPath, Vec<u8>)>> {
    let mut files: Vec<(RepoPath, Vec<u8>)> = Vec::new();
    for entry in tar::Archive::new(archived).entries()? {
        let mut entry = entry?;
        if entry.header().entry_type() != tar::EntryType::Regular {
            continue;
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        files.extend(RepoPath::parse(&path).map(|path| (path, bytes)));
    }
    Ok(files)
}

/// The same, with folders that may be empty, and without entries for those that are there.
fn archive_with(files: &[(RepoPath, Vec<u8>)], made: &[RepoPath], there: &[RepoPath]) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut folders: BTreeSet<RepoPath> = there.iter().cloned().collect();
    for folder in made {
        let mut header = header(tar::EntryType::Directory, 0o755, 0);
        archive.append_data(&mut header, format!("{folder}/"), std::io::empty())?;
    }
    for (path, bytes) in files {
        // Folders get entries of their own, so that they belong to the program's user too.
        let mut missing = Vec::new();
        let mut folder = path.parent();
        while !folder.as_str().is_empty() && folders.insert(folder.clone()) {
            missing.push(folder.clone());
            folder = folder.parent();
        }
        for folder in missing.iter().rev() {
            let mut header = header(tar::EntryType::Directory, 0o755, 0);
            archive.append_data(&mut header, format!("{folder}/"), std::io::empty())?;
        }
        // Git's mode is lost on Windows: what names its interpreter is a program.
        let mode = if bytes.starts_with(b"#!") { 0o755 } else { 0o644 };
        let mut header = header(tar::EntryType::Regular, mode, bytes.len() as u64);
        archive.append_data(&mut header, path.as_str(), bytes.as_slice())?;
    }
    archive.into_inner()
}

/// The files of a project's archive that a build sees, where it sees them.
pub fn seen_by(archived: &[u8], context: &BuildContext) -> std::io::Result<Vec<(RepoPath, Vec<u8>)>> {
    let (below, above) = (&context.below, &context.above);
    let seen = unarchive(archived)?.into_iter().filter_map(|(path, bytes)| {
        let path = if below.as_str().is_empty() { path } else { path.below(below)? };
        let path = if above.as_str().is_empty() { path } else { above.join(path.as_str())? };
        Some((path, bytes))
    });
    Ok(seen.collect())
}

/// A project's archive with its files where a layout has them, relative to the root.
pub fn placed(archived: &[u8], layout: &Layout) -> std::io::Result<Vec<u8>> {
    let mut files: BTreeMap<RepoPath, Vec<u8>> = BTreeMap::new();
    let originals = unarchive(archived)?;
    for place in &layout.places {
        for (path, bytes) in &originals {
            let to = if *path == place.from {
                Some(place.to.clone())
            } else {
                path.below(&place.from).map(|rest| format!("{}/{rest}", place.to))
            };
            let to = to.and_then(|to| RepoPath::parse(to.trim_start_matches('/')));
            files.extend(to.map(|to| (to, bytes.clone())));
        }
    }
    let below_root = |path: &String| RepoPath::parse(path.trim_start_matches('/'));
    let made: Vec<RepoPath> = layout.made.iter().filter_map(below_root).collect();
    // Where it can be written, a folder is mounted: what is above belongs to the image, and tar would try to change it.
    let and_above = |folder: RepoPath| std::iter::successors(Some(folder), |one| Some(one.parent()));
    let whole = |folder: RepoPath| and_above(folder).take_while(|one| !one.as_str().is_empty());
    let there: Vec<RepoPath> = layout.folders.iter().filter_map(below_root).flat_map(whole).collect();
    archive_with(&files.into_iter().collect::<Vec<_>>(), &made, &there)
}

fn header(kind: tar::EntryType, mode: u32, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(RUN_AS);
    header.set_gid(RUN_AS);
    header.set_mtime(0);
    header.set_size(size);
    header
}
