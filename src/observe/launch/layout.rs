//! Where files lie in a container, as a recipe's `WORKDIR`, `COPY` and bind mounts have it, and back to the repository.
//! A container's root is read-only: what the recipe fills becomes folders of the program's own. Folders that the system
//! needs, the root itself among them, have a place below `/work` instead.
//! May import: `domain/`, and within the room its siblings.
//! Next: `dockerfile/` and `compose/` fill it, `sandbox/workspace.rs` makes it.

use std::collections::BTreeSet;

use crate::domain::launch::{Layout, Place, WORK};
use crate::domain::source::RepoPath;
use crate::observe::readme::resolve;

use super::Project;

/// Folders that a container gets at most.
const MAX_FOLDERS: usize = 16;
/// Places that a container gets at most.
const MAX_PLACES: usize = 200;
/// Folders that hold others which the system needs.
const HOLD_OTHERS: [&str; 6] = ["/", "/usr", "/usr/local", "/opt", "/home", "/var"];
/// Folders of the system, with everything in them: a mount over a file of theirs would be refused by the engine.
const OF_THE_SYSTEM: &str = "/proc /sys /dev /bin /sbin /lib /lib32 /lib64 /libx32 /etc /boot /run /opt/venv /opt/python \
    /usr/bin /usr/sbin /usr/lib /usr/lib32 /usr/lib64 /usr/libx32 /usr/libexec /usr/share /usr/include /usr/games \
    /usr/local/bin /usr/local/sbin /usr/local/lib /usr/local/share /usr/local/include /usr/local/etc /usr/local/man \
    /usr/local/games /var/run /var/lock /var/lib /var/cache /var/log /var/spool /var/mail /var/tmp /var/backups";
/// Folders that every container has to write in.
const HAD: [&str; 2] = ["/tmp", "/home/student"];

/// The files of one container, while its recipe is read.
#[derive(Debug, Clone)]
pub struct Files {
    /// Absolute, as the recipe names it.
    pub workdir: String,
    /// From the repository's root, to where the recipe puts it.
    places: Vec<(RepoPath, String)>,
    /// Those of the places that hide what the image has there.
    binds: BTreeSet<String>,
    /// Folders made empty.
    made: BTreeSet<String>,
}

impl Default for Files {
    fn default() -> Self {
        Self { workdir: "/".to_owned(), places: Vec::new(), binds: BTreeSet::new(), made: BTreeSet::new() }
    }
}

/// A path seen from a folder, without `.`, `..` and double slashes.
pub fn absolute(folder: &str, path: &str) -> String {
    let joined = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    format!("/{}", parts.join("/"))
}

fn is_in(path: &str, folder: &str) -> bool {
    folder == "/" || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// The folder that stands for one of the recipe's.
fn folder(path: &str) -> String {
    let plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'_' | b'-'));
    let of_the_system = HOLD_OTHERS.contains(&path)
        || path.starts_with("/.")
        || OF_THE_SYSTEM.split_whitespace().any(|known| is_in(path, known));
    if !plain || path.len() > 200 || of_the_system {
        return if path == "/" { WORK.to_owned() } else { format!("{WORK}{path}") };
    }
    path.to_owned()
}

/// The folder that has to be made so that another can be written: nobody but root looks into `/root`.
fn mount(folder: &str) -> String {
    let below_work = is_in(folder, WORK);
    match folder {
        _ if below_work => WORK.to_owned(),
        _ if is_in(folder, "/root") => "/root".to_owned(),
        folder => folder.to_owned(),
    }
}

/// Folders that lie in no other one, without those that every container has.
fn outermost(folders: BTreeSet<String>) -> Vec<String> {
    let outer = |path: &&String| !folders.iter().any(|other| other != *path && is_in(path, other));
    let had = |path: &&String| HAD.iter().any(|had| is_in(path, had));
    folders.iter().filter(|path| outer(path) && !had(path)).take(MAX_FOLDERS).cloned().collect()
}

impl Files {
    /// `WORKDIR`.
    pub fn enter(&mut self, path: &str) {
        self.workdir = absolute(&self.workdir, path);
        self.made.insert(self.workdir.clone());
    }

    /// An empty folder to write in.
    pub fn make(&mut self, path: &str) {
        self.made.insert(absolute(&self.workdir, path));
    }

    /// A copy of a file, to its new path, or of a folder's contents.
    pub fn copy(&mut self, from: RepoPath, to: &str) {
        if self.places.len() < MAX_PLACES {
            self.places.push((from, absolute(&self.workdir, to)));
        }
    }

    /// A bind mount: what lay there is hidden by it.
    pub fn bind(&mut self, from: RepoPath, to: &str) {
        let to = absolute(&self.workdir, to);
        self.places.retain(|(_, place)| !is_in(place, &to));
        self.binds.insert(to.clone());
        self.places.push((from, to));
    }

    /// Whether a path is a folder already.
    pub fn is_folder(&self, path: &str) -> bool {
        let path = absolute(&self.workdir, path);
        path == "/" || self.made.iter().any(|made| is_in(made, &path))
    }

    /// The file of the repository that lies at a path of the container.
    pub fn source_of(&self, project: &Project<'_>, path: &str) -> Option<RepoPath> {
        let path = absolute(&self.workdir, path);
        self.places.iter().rev().find_map(|(from, to)| {
            let rest = if to == "/" { path.get(1..) } else { path.strip_prefix(to.as_str()) }?;
            let found = resolve(from, rest.trim_start_matches('/'))?;
            let whole = rest.is_empty() || rest.starts_with('/') || to == "/";
            (whole && project.scope.tree.is_file(&found) && project.holds(&found)).then_some(found)
        })
    }

    /// The repository's folder whose files lie where programs start.
    pub fn started_in(&self, project: &Project<'_>) -> Option<RepoPath> {
        let is_folder = |from: &RepoPath| !project.scope.tree.is_file(from);
        self.places.iter().rev().filter(|(from, to)| is_folder(from) && is_in(&self.workdir, to)).find_map(
            |(from, to)| {
                let rest = if to == "/" { self.workdir.get(1..) } else { self.workdir.strip_prefix(to.as_str()) }?;
                let found = resolve(from, rest.trim_start_matches('/'))?;
                project.holds(&found).then_some(found)
            },
        )
    }

    /// A word of a command, where it names a file that lies elsewhere than the recipe has it.
    pub fn word(&self, project: &Project<'_>, word: &str) -> String {
        if !word.starts_with('/') || self.source_of(project, word).is_none() {
            return word.to_owned();
        }
        let path = absolute("/", word);
        let place = self.places.iter().rev().find(|(_, to)| is_in(&path, to));
        place.map_or(path.clone(), |(from, to)| {
            let moved = moved(project, from, to);
            let rest = if to == "/" { path.as_str() } else { path.strip_prefix(to.as_str()).unwrap_or_default() };
            format!("{moved}{rest}")
        })
    }

    /// The layout, and whether something from outside of the project is left out of it.
    pub fn layout(&self, project: &Project<'_>) -> (Layout, bool) {
        let home = &project.scope.folder;
        let mut outside = false;
        let mut places = Vec::new();
        let mut folders: BTreeSet<String> = BTreeSet::new();
        for (from, to) in &self.places {
            let to_folder = if project.scope.tree.is_file(from) { parent(to) } else { to.as_str() };
            folders.insert(mount(&folder(to_folder)));
            let to = moved(project, from, to);
            if from == home || from.below(home).is_some() {
                places.push(Place { from: project.local(from), to });
            } else if let Some(way) =
                (from.as_str().is_empty() || home.below(from).is_some()).then(|| home.below(from)).flatten()
            {
                let tree = project.scope.tree;
                outside |= tree.files(from).any(|entry| tree.is_own(entry) && entry.path.below(home).is_none());
                places.push(Place { from: RepoPath::root(), to: format!("{to}/{way}") });
            } else {
                outside = true;
            }
        }
        let root_is_used = self.places.iter().any(|(_, to)| to == "/" || parent(to) == "/" && folders.contains(WORK));
        let workdir = if self.workdir == "/" && !root_is_used { "/".to_owned() } else { folder(&self.workdir) };
        let mut made: BTreeSet<String> =
            self.made.iter().filter(|made| made.as_str() != "/").take(MAX_PLACES).map(|made| folder(made)).collect();
        if workdir != "/" {
            made.insert(workdir.clone());
        }
        folders.extend(made.iter().map(|made| mount(made)));
        let folders = outermost(folders);
        let made = made.into_iter().collect();
        (Layout { workdir, folders, made, places, seeded: Vec::new() }, outside)
    }

    /// The layout over an image that was built: its own files stay where they are, and what programs write to begins as the image
    /// has it. `None` where that is the root itself, or a bind mount covers a folder of the system.
    pub fn built_layout(&self, project: &Project<'_>) -> Option<Layout> {
        let home = &project.scope.folder;
        let mut folders: BTreeSet<String> = BTreeSet::new();
        let mut places = Vec::new();
        for (from, to) in &self.places {
            let to_folder = if project.scope.tree.is_file(from) { parent(to) } else { to.as_str() };
            let is_bind = self.binds.contains(to);
            if to_folder == "/" || (is_bind && folder(to_folder) != to_folder) {
                return None;
            }
            if folder(to_folder) == to_folder {
                folders.insert(mount(to_folder));
            }
            if is_bind && project.holds(from) {
                places.push(Place { from: project.local(from), to: to.clone() });
            } else if is_bind {
                let way = if from.as_str().is_empty() { Some(home.clone()) } else { home.below(from) };
                places.extend(way.map(|way| Place { from: RepoPath::root(), to: format!("{to}/{way}") }));
            }
        }
        let of_ours = |made: &&String| made.as_str() != "/" && folder(made) == **made;
        let made: BTreeSet<String> = self.made.iter().filter(of_ours).take(MAX_PLACES).cloned().collect();
        folders.extend(made.iter().map(|made| mount(made)));
        let folders = outermost(folders);
        let seeded = folders.iter().filter(|folder| !self.binds.contains(*folder)).cloned().collect();
        Some(Layout { workdir: self.workdir.clone(), folders, made: made.into_iter().collect(), places, seeded })
    }
}

/// Where a place really lies.
fn moved(project: &Project<'_>, from: &RepoPath, to: &str) -> String {
    if project.scope.tree.is_file(from) {
        let name = to.rsplit('/').next().unwrap_or_default();
        format!("{}/{name}", folder(parent(to)))
    } else {
        folder(to)
    }
}

#[cfg(test)]
mod tests {
    use super::{absolute, folder, mount, parent};

    #[test]
    fn paths_are_taken_as_the_recipe_means_them() {
        let cases = [
            ("/app", "src/./x.py", "/app/src/x.py"),
            ("/app", "..", "/"),
            ("/", "a", "/a"),
            ("/a", "/../../b//c", "/b/c"),
        ];
        for (folder, path, wanted) in cases {
            assert_eq!(absolute(folder, path), wanted);
        }
        assert_eq!((parent("/app.py"), parent("/a/b")), ("/", "/a"));
    }

    #[test]
    fn the_system_is_never_covered() {
        let cases = [
            ("/app", "/app"),
            ("/usr/src/app", "/usr/src/app"),
            ("/", "/work"),
            ("/usr", "/work/usr"),
            ("/opt/venv/x", "/work/opt/venv/x"),
            ("/etc/nginx", "/work/etc/nginx"),
            ("/proc/self", "/work/proc/self"),
            ("/mon appli", "/work/mon appli"),
            ("/devoir", "/devoir"),
            ("/.dockerenv", "/work/.dockerenv"),
            ("/usr/local/bin/python/x", "/work/usr/local/bin/python/x"),
        ];
        for (path, wanted) in cases {
            assert_eq!(folder(path), wanted);
        }
        assert_eq!((mount("/root/app").as_str(), mount("/work/usr").as_str()), ("/root", "/work"));
    }
}
