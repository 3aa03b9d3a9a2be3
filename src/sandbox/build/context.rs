//! The files that a build sees, and what a `COPY` takes of them.
//! May import: globset, tar, `dockerfile`, `domain/`.
//! Next: `mod.rs` sends what is taken into the container.

use std::collections::BTreeMap;

use globset::GlobBuilder;

use crate::dockerfile::Ignore;
use crate::domain::source::RepoPath;

/// The files of a build by their paths, each with its hash.
pub struct Context(BTreeMap<RepoPath, (Vec<u8>, blake3::Hash)>);

/// What one source of a copy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Everything in a folder.
    Folder(RepoPath),
    File(RepoPath),
}

impl Context {
    pub fn new(files: Vec<(RepoPath, Vec<u8>)>, ignored: &str) -> Self {
        let ignore = Ignore::of(ignored);
        let seen = files.into_iter().filter(|(path, _)| !ignore.leaves_out(path.as_str()));
        let hashed = seen.map(|(path, bytes)| {
            let hash = blake3::hash(&bytes);
            (path, (bytes, hash))
        });
        Self(hashed.collect())
    }

    /// What a source names: one file, one folder, or whatever fits a pattern. Nothing where there is no such thing.
    pub fn taken(&self, source: &str) -> Vec<Taken> {
        let source = super::steps::absolute("/", source);
        let source = source.trim_start_matches('/');
        if source.is_empty() {
            return vec![Taken::Folder(RepoPath::root())];
        }
        if !source.contains(['*', '?', '[']) {
            return RepoPath::parse(source).and_then(|path| self.at(path)).into_iter().collect();
        }
        let glob = GlobBuilder::new(source).literal_separator(true).build();
        let Ok(glob) = glob.map(|glob| glob.compile_matcher()) else { return Vec::new() };
        let mut ways: Vec<RepoPath> = Vec::new();
        for path in self.0.keys() {
            let above = std::iter::successors(Some(path.clone()), |path| Some(path.parent()));
            ways.extend(above.take_while(|path| !path.as_str().is_empty()));
        }
        ways.sort();
        ways.dedup();
        ways.into_iter().filter(|path| glob.is_match(path.as_str())).filter_map(|path| self.at(path)).collect()
    }

    fn at(&self, path: RepoPath) -> Option<Taken> {
        if self.0.contains_key(&path) {
            return Some(Taken::File(path));
        }
        let is_folder = self.below(&path).next().is_some();
        is_folder.then_some(Taken::Folder(path))
    }

    fn below<'c>(&'c self, folder: &'c RepoPath) -> impl Iterator<Item = (RepoPath, &'c Vec<u8>, &'c blake3::Hash)> {
        self.0.iter().filter_map(move |(path, (bytes, hash))| {
            let below = if folder.as_str().is_empty() { Some(path.clone()) } else { path.below(folder) };
            Some((below?, bytes, hash))
        })
    }

    /// Hashes what is taken, names and contents.
    pub fn hash(&self, taken: &Taken, hasher: &mut blake3::Hasher) {
        match taken {
            Taken::File(path) => {
                hasher.update(path.name().as_bytes()).update(b"\0");
                hasher.update(self.0.get(path).map_or(&[], |(_, hash)| hash.as_bytes().as_slice()));
            }
            Taken::Folder(folder) => {
                for (path, _, hash) in self.below(folder) {
                    hasher.update(path.as_str().as_bytes()).update(b"\0").update(hash.as_bytes());
                }
            }
        }
    }

    /// The bytes of a file.
    pub fn file(&self, path: &RepoPath) -> &[u8] {
        self.0.get(path).map_or(&[], |(bytes, _)| bytes)
    }

    /// What is taken as a tar: a folder's contents, or the file under its name.
    pub fn archive(&self, taken: &Taken) -> std::io::Result<Vec<u8>> {
        let mut archive = tar::Builder::new(Vec::new());
        match taken {
            Taken::File(path) => append(&mut archive, path.name(), self.file(path))?,
            Taken::Folder(folder) => {
                for (path, bytes, _) in self.below(folder) {
                    append(&mut archive, path.as_str(), bytes)?;
                }
            }
        }
        archive.into_inner()
    }
}

fn append(archive: &mut tar::Builder<Vec<u8>>, path: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    // Git's mode is lost on Windows: what names its interpreter is a program.
    header.set_mode(if bytes.starts_with(b"#!") { 0o755 } else { 0o644 });
    header.set_size(bytes.len() as u64);
    header.set_mtime(0);
    archive.append_data(&mut header, path, bytes)
}

#[cfg(test)]
mod tests {
    use super::{Context, Taken};
    use crate::domain::source::RepoPath;

    #[test]
    fn sources_are_found_as_docker_finds_them() {
        let files = ["app.py", "données/a.csv", "données/b.csv", "outils/x.py", "secret.env"];
        let path = |text: &str| RepoPath::parse(text).expect("a path");
        let context = Context::new(files.iter().map(|file| (path(file), b"x".to_vec())).collect(), "*.env");
        let (file, folder) = (|text| Taken::File(path(text)), |text| Taken::Folder(path(text)));
        assert_eq!(context.taken("./app.py"), [file("app.py")]);
        assert_eq!(context.taken("/données/"), [folder("données")]);
        assert_eq!(context.taken("../outils"), [folder("outils")]);
        assert_eq!(context.taken("*"), [file("app.py"), folder("données"), folder("outils")]);
        assert_eq!(context.taken("données/?.csv"), [file("données/a.csv"), file("données/b.csv")]);
        assert_eq!(context.taken("."), [Taken::Folder(RepoPath::root())]);
        assert!(context.taken("secret.env").is_empty() && context.taken("absent").is_empty());
    }
}
