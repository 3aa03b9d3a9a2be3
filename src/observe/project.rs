//! Where the project lies: the folder that the course names, else wherever the student's own program is.
//! May import: globset, `domain/`, and within the room `tree` and `python`.
//! Next: `inspect.rs` reads what was found.

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;
use sha1::{Digest, Sha1};

use crate::domain::Message;
use crate::domain::check::Technology;
use crate::domain::facts::inspection::{ProjectFacts, ProjectState};
use crate::domain::ids::TreeId;
use crate::domain::source::{Entry, EntryKind, RepoPath, Source};

use super::python::{Script, parse, recipe};
use super::tree::Tree;

/// Paths named one by one in the facts; more are only counted.
const MAX_NAMED: usize = 50;
/// Own program files that are read while looking for a project elsewhere.
const MAX_LOOKED_AT: usize = 400;
/// Extensions of files that count as a program.
const CODE: [&str; 17] =
    ["py", "pyw", "ipynb", "js", "mjs", "ts", "jsx", "tsx", "java", "php", "rb", "go", "rs", "r", "scala", "cs", "cpp"];

/// The project of a tree, or why there is none.
#[derive(Debug, Clone)]
pub struct Located {
    pub state: ProjectState,
    pub folder: Option<RepoPath>,
    pub found_by: Message,
    /// Found by looking: files of the upstream that lie around it are not part of it.
    elsewhere: bool,
}

impl Located {
    fn nothing(state: ProjectState, found_by: Message) -> Self {
        Self { state, folder: None, found_by, elsewhere: false }
    }
}

/// The part of a tree that is graded.
pub struct Scope<'t> {
    pub tree: &'t Tree<'t>,
    pub folder: RepoPath,
    elsewhere: bool,
    /// Folders of the course beside a project at the root.
    course: Vec<RepoPath>,
}

impl<'t> Scope<'t> {
    /// The scope of a found project; `None` where none was found.
    pub fn of(tree: &'t Tree<'t>, located: &Located) -> Option<Self> {
        let folder = located.folder.clone()?;
        let course = if located.elsewhere { course_folders(tree) } else { Vec::new() };
        Some(Self { tree, folder, elsewhere: located.elsewhere, course })
    }

    /// Files of the project that are not junk.
    pub fn files(&self) -> impl Iterator<Item = &'t Entry> + '_ {
        self.tree.files(&self.folder).filter(|entry| {
            let of_course = self.course.iter().any(|folder| {
                *folder != self.folder && folder.below(&self.folder).is_some() && entry.path.below(folder).is_some()
            });
            !of_course && (!self.elsewhere || self.tree.is_own(entry))
        })
    }
}

/// Finds the project in a fork.
pub fn locate(tree: &Tree<'_>, project_dirs: &[String]) -> Located {
    if tree.source().entries().is_empty() {
        return Located::nothing(ProjectState::EmptyRepository, Message::new("project-found-empty"));
    }
    let matched = matched_folders(tree, project_dirs);
    let mut fallback = None;
    for (folder, kind, pattern) in &matched {
        let found = examine(tree, folder, *kind, pattern);
        if found.state == ProjectState::Submitted {
            return found;
        }
        // Own documents say more than a template, and both say more than nothing.
        let better = |known: &Located| rank(found.state) > rank(known.state);
        if fallback.as_ref().is_none_or(better) {
            fallback = Some(found);
        }
    }
    // Without an upstream to compare with, the course's own programs would be taken for the student's.
    let knows_upstream = tree.files(&RepoPath::root()).any(|entry| !tree.is_own(entry));
    if (matched.is_empty() || knows_upstream)
        && let Some(found) = look_elsewhere(tree, project_dirs, &matched)
    {
        return found;
    }
    let found =
        fallback.unwrap_or_else(|| Located::nothing(ProjectState::Missing, Message::new("project-found-nothing")));
    match (found.state, nested_repository(tree)) {
        (ProjectState::Missing | ProjectState::Template, Some(folder)) => {
            let found_by = Message::new("project-found-gitlink").with("folder", &folder);
            Located { state: ProjectState::Gitlink, folder: Some(folder), found_by, elsewhere: true }
        }
        // The documents stay what is graded; the program is likely to be in there.
        (ProjectState::DocumentsOnly, Some(nested)) => {
            let folder = found.folder.clone().unwrap_or_else(RepoPath::root);
            let found_by = Message::new("project-found-documents-and-gitlink");
            Located { found_by: found_by.with("folder", &folder).with("nested", &nested), ..found }
        }
        _ => found,
    }
}

/// The student's own repository inside the repository, outside of the course's chapters: on GitHub it is empty.
fn nested_repository(tree: &Tree<'_>) -> Option<RepoPath> {
    let course = course_folders(tree);
    let in_course = |path: &RepoPath| course.iter().any(|folder| path.below(folder).is_some());
    let mut nested = tree.below(&RepoPath::root()).filter(|entry| entry.kind == EntryKind::Gitlink);
    nested.find(|entry| tree.is_own(entry) && !in_course(&entry.path)).map(|entry| entry.path.clone())
}

/// Finds the project in a separate repository: the course's folder in it, else all of it.
pub fn locate_separate(tree: &Tree<'_>, project_dirs: &[String], name: &str) -> Located {
    let found_by = Message::new("project-found-separate").with("repository", name);
    let inside = matched_folders(tree, project_dirs)
        .into_iter()
        .map(|(folder, kind, pattern)| examine(tree, &folder, kind, &pattern))
        .find(|found| found.state == ProjectState::Submitted);
    if let Some(found) = inside {
        return Located { found_by, ..found };
    }
    let state = match own_files(tree, &RepoPath::root()) {
        (0, _) => ProjectState::EmptyRepository,
        (_, 0) => ProjectState::DocumentsOnly,
        _ => ProjectState::Submitted,
    };
    Located { state, folder: Some(RepoPath::root()), found_by, elsewhere: false }
}

/// The fork's own project where it has one; else the named repository that could not be read is what is missing.
pub fn unless_unreadable(located: Located, name: &str) -> Located {
    if located.state == ProjectState::Submitted {
        return located;
    }
    let found_by = Message::new("project-found-separate-unreadable").with("repository", name);
    Located::nothing(ProjectState::ElsewhereUnreadable, found_by)
}

fn rank(state: ProjectState) -> u8 {
    match state {
        ProjectState::Submitted => 4,
        ProjectState::DocumentsOnly => 3,
        ProjectState::Gitlink => 2,
        ProjectState::Template => 1,
        _ => 0,
    }
}

fn matcher(pattern: &str) -> Option<GlobMatcher> {
    let mut builder = GlobBuilder::new(pattern.trim_matches('/'));
    Some(builder.literal_separator(true).case_insensitive(true).build().ok()?.compile_matcher())
}

/// Folders that a glob names, in the order of the globs, then by path.
fn matched_folders(tree: &Tree<'_>, globs: &[String]) -> Vec<(RepoPath, EntryKind, String)> {
    let mut folders: BTreeMap<RepoPath, EntryKind> = BTreeMap::new();
    for entry in tree.below(&RepoPath::root()) {
        if entry.kind != EntryKind::File {
            folders.insert(entry.path.clone(), entry.kind);
        }
        folders.entry(entry.path.parent()).or_insert(EntryKind::Folder);
    }
    let mut found: Vec<(RepoPath, EntryKind, String)> = Vec::new();
    for (glob, matcher) in globs.iter().filter_map(|glob| Some((glob, matcher(glob)?))) {
        for (folder, kind) in folders.iter().filter(|(folder, _)| matcher.is_match(folder.as_str())) {
            if !found.iter().any(|(known, _, _)| known == folder) {
                found.push((folder.clone(), *kind, glob.clone()));
            }
        }
    }
    found
}

fn is_code(entry: &Entry) -> bool {
    CODE.contains(&entry.path.extension().as_str())
}

/// Own files below a folder, and how many of them are program code.
fn own_files(tree: &Tree<'_>, folder: &RepoPath) -> (usize, usize) {
    let own: Vec<_> = tree.files(folder).filter(|entry| tree.is_own(entry)).collect();
    (own.len(), own.iter().filter(|entry| is_code(entry)).count())
}

fn examine(tree: &Tree<'_>, folder: &RepoPath, kind: EntryKind, pattern: &str) -> Located {
    let nested = || tree.below(folder).any(|entry| entry.kind == EntryKind::Gitlink);
    let (state, key) = match own_files(tree, folder) {
        (_, code) if code > 0 => (ProjectState::Submitted, "project-found-named"),
        _ if kind == EntryKind::Gitlink || nested() => (ProjectState::Gitlink, "project-found-gitlink"),
        (own, _) if own > 0 => (ProjectState::DocumentsOnly, "project-found-documents"),
        _ => (ProjectState::Template, "project-found-template"),
    };
    let found_by = Message::new(key).with("folder", folder).with("pattern", pattern);
    Located { state, folder: Some(folder.clone()), found_by, elsewhere: false }
}

/// Top-level folders that hold something of the upstream's: chapters, in which own files are exercises. An empty file is
/// nobody's: every package begins with one.
fn course_folders(tree: &Tree<'_>) -> Vec<RepoPath> {
    let of_upstream =
        tree.files(&RepoPath::root()).filter(|entry| !tree.is_own(entry) && entry.size.is_none_or(|size| size > 0));
    let tops = of_upstream.filter_map(|entry| entry.path.as_str().split_once('/').map(|(top, _)| top));
    tops.collect::<BTreeSet<_>>().into_iter().filter_map(RepoPath::parse).collect()
}

/// The folder with the student's own program at the root, in a folder of its own, or beside the folder that the course names.
fn look_elsewhere(tree: &Tree<'_>, globs: &[String], matched: &[(RepoPath, EntryKind, String)]) -> Option<Located> {
    let course = course_folders(tree);
    let parents = globs.iter().filter_map(|glob| Some(glob.rsplit_once('/')?.0.to_owned())).collect::<Vec<_>>();
    let mut beside: BTreeSet<RepoPath> = matched.iter().map(|(folder, _, _)| folder.parent()).collect();
    beside.extend(matched_folders(tree, &parents).into_iter().map(|(folder, _, _)| folder));
    let root = RepoPath::root();
    let mut groups: BTreeMap<RepoPath, Vec<&Entry>> = BTreeMap::new();
    let own = tree.files(&root).filter(|entry| is_code(entry) && tree.is_own(entry));
    for entry in own.take(MAX_LOOKED_AT) {
        let base =
            beside.iter().filter(|folder| entry.path.below(folder).is_some()).max_by_key(|folder| folder.depth());
        let in_course = course.iter().any(|folder| entry.path.below(folder).is_some());
        let base = match base {
            Some(base) => base,
            None if in_course => continue,
            None => &root,
        };
        if let Some(group) = group_of(&entry.path, base) {
            groups.entry(group).or_default().push(entry);
        }
    }
    let scored = groups.iter().filter(|(folder, _)| !matched.iter().any(|(known, _, _)| known == *folder));
    let scored = scored.map(|(folder, files)| (project_signs(tree, folder, files), folder));
    let best = scored.filter(|(signs, _)| *signs >= 2).max_by(|(a, one), (b, other)| {
        // More signs first, then the outermost folder, then by name.
        a.cmp(b).then(other.as_str().matches('/').count().cmp(&one.as_str().matches('/').count())).then(other.cmp(one))
    });
    let (_, folder) = best?;
    let above = starter_of(tree, folder, &groups).or_else(|| composed_in(tree, folder));
    let folder = above.unwrap_or_else(|| folder.clone());
    let key = if folder == root { "project-found-root" } else { "project-found-elsewhere" };
    let found_by = Message::new(key).with("folder", &folder);
    Some(Located { state: ProjectState::Submitted, folder: Some(folder), found_by, elsewhere: true })
}

/// The folder above, where a program lies that imports this one: `run.py` beside the package `application`.
fn starter_of(tree: &Tree<'_>, package: &RepoPath, groups: &BTreeMap<RepoPath, Vec<&Entry>>) -> Option<RepoPath> {
    let above = package.parent();
    let beside = groups.get(&above).filter(|_| above != *package)?;
    let imports_it = |script: &Script| {
        let top = |module: &str| module.split('.').next() == Some(package.name());
        script.imports.iter().any(|(_, import)| import.level == 0 && top(&import.module))
    };
    scripts(tree, beside).iter().any(imports_it).then_some(above)
}

/// The folder above, where the student's own Compose file builds or mounts this one as one part of several.
fn composed_in(tree: &Tree<'_>, part: &RepoPath) -> Option<RepoPath> {
    let above = part.parent();
    let names_it = |text: String| {
        let words = text
            .split(|char: char| char.is_whitespace() || matches!(char, '"' | '\'' | ':' | '[' | ']' | '{' | '}' | ','));
        let mut folders = words.map(|word| word.trim_start_matches("./").split('/').next().unwrap_or_default());
        folders.any(|folder| folder == part.name())
    };
    let composes = |entry: &&Entry| {
        entry.path.parent() == above && recipe(&entry.path) == Some(Technology::Compose) && tree.is_own(entry)
    };
    let mut composed = tree.files(&above).filter(composes).filter_map(|entry| tree.text(&entry.path));
    composed.any(names_it).then_some(above)
}

/// The folder that a file's program is taken to lie in: the base itself, or the folder right below it.
fn group_of(path: &RepoPath, base: &RepoPath) -> Option<RepoPath> {
    let rest = path.below(base)?;
    match rest.as_str().split_once('/') {
        Some((first, _)) => base.join(first),
        None => Some(base.clone()),
    }
}

/// How much a folder looks like a project: 4 for a web application, 2 each for a database, a telling name, 1 for fetching.
fn project_signs(tree: &Tree<'_>, folder: &RepoPath, files: &[&Entry]) -> u32 {
    let scripts = scripts(tree, files);
    let uses = |technology: Technology| scripts.iter().any(|script| script.uses.contains_key(&technology));
    let is_web = scripts.iter().any(|script| !script.objects.is_empty());
    let stores = scripts.iter().any(|script| !script.uses_databases().is_empty());
    let fetches = uses(Technology::Scraping) || scripts.iter().any(|script| script.fetches.is_some());
    let named = folder.name().to_lowercase().contains("proje");
    4 * u32::from(is_web) + 2 * u32::from(stores) + u32::from(fetches) + 2 * u32::from(named)
}

fn scripts(tree: &Tree<'_>, files: &[&Entry]) -> Vec<Script> {
    let python = files.iter().filter(|entry| entry.path.extension() == "py");
    let texts: Vec<_> = python.filter_map(|entry| Some((entry.path.clone(), tree.text(&entry.path)?))).collect();
    parse::with_deep_stack(|| texts.into_iter().map(|(path, text)| Script::read(path, &text)).collect())
        .unwrap_or_default()
}

/// What the facts say of the project folder.
pub fn facts(
    tree: &Tree<'_>,
    located: &Located,
    scope: Option<&Scope<'_>>,
    known_tree: Option<TreeId>,
    limit: u64,
) -> ProjectFacts {
    let mut facts = ProjectFacts {
        state: located.state,
        folder: located.folder.clone(),
        found_by: located.found_by.clone(),
        tree: None,
        files: 0,
        own_files: 0,
        own_code_files: 0,
        bytes: 0,
        junk: Vec::new(),
        refused: Vec::new(),
        too_large: Vec::new(),
        separate_repository: None,
    };
    let Some(scope) = scope else { return facts };
    for entry in scope.files() {
        facts.files += 1;
        facts.bytes += entry.size.unwrap_or(limit);
        if tree.is_own(entry) {
            facts.own_files += 1;
            facts.own_code_files += u32::from(is_code(entry));
        }
        if entry.size.is_none_or(|size| size > limit) && facts.too_large.len() < MAX_NAMED {
            facts.too_large.push(entry.path.clone());
        }
    }
    let refused = tree.below(&scope.folder).filter(|e| matches!(e.kind, EntryKind::Symlink | EntryKind::Gitlink));
    facts.refused = refused.map(|entry| entry.path.clone()).take(MAX_NAMED).collect();
    facts.junk = tree.junk_below(&scope.folder);
    facts.junk.truncate(MAX_NAMED);
    facts.tree = if located.elsewhere { None } else { known_tree.or_else(|| git_tree(tree, &scope.folder)) };
    facts.tree = facts.tree.or_else(|| listing_id(scope));
    facts
}

fn git_tree(tree: &Tree<'_>, folder: &RepoPath) -> Option<TreeId> {
    tree.entry(folder)?.object.as_ref()?.as_str().parse().ok()
}

/// An address for a folder that git has no tree id for (on disk, or beside the course's own files): SHA-1 of its listing.
fn listing_id(scope: &Scope<'_>) -> Option<TreeId> {
    let mut hash = Sha1::new();
    for entry in scope.files() {
        let name = entry.path.below(&scope.folder)?;
        let object = entry.object.as_ref().map_or("", |object| object.as_str());
        hash.update(format!("{}\0{object}\0{}\n", name.as_str(), entry.size.unwrap_or_default()));
    }
    hex::encode(hash.finalize()).parse().ok()
}

/// The separate repository that a student names in `.forkgrade.toml` at the fork's root: `owner/name` or a URL.
pub fn separate_repository(source: &dyn Source) -> Option<String> {
    #[derive(Deserialize)]
    struct Declaration {
        project: Option<String>,
    }
    let bytes = source.read(&RepoPath::parse(".forkgrade.toml")?, 64 * 1024).ok()?;
    let declaration: Declaration = toml::from_str(&super::decode::text(&bytes)).ok()?;
    let named = declaration.project?.trim().to_owned();
    (!named.is_empty() && named.len() <= 200).then_some(named)
}
