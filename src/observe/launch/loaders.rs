//! Programs that fill the databases and end: run before the application, or alone where nothing serves.
//! May import: regex, `domain/`, and within the room `python` and its siblings.
//! Next: `dependencies.rs` for what all of them need.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::Message;
use crate::domain::launch::{LaunchKind, Step, StepRole};
use crate::domain::source::RepoPath;
use crate::observe::python::Script;

use super::dockerfile::Recipe;
use super::hints::Hints;
use super::program::Program;
use super::{Project, Start, argument, entry, python_step};

/// Loaders that are run at most.
const MAX_LOADERS: usize = 8;

#[allow(clippy::unwrap_used, reason = "the pattern is a constant, and every test of loaders uses it")]
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)load|insert|init|scrap|import|fill|populat|seed|crawl|ingest|collect|fetch|etl|feed|rempli|charge|bdd|base|db|data|mongo|elastic|redis|save|store").unwrap()
});

/// Programs that run before the application, in order, each with its reason.
pub fn before(
    project: &Project<'_>,
    hints: &Hints,
    entry: Option<&RepoPath>,
    workdir: &RepoPath,
) -> Vec<(Step, Message)> {
    let served = entry.and_then(|path| project.code.script(path));
    let brought = served.map(|script| project.code.closure(script)).unwrap_or_default();
    let is_free =
        |script: &&Script| Some(&script.path) != entry && !brought.contains(&script.path) && !is_web(project, script);
    let mut steps: Vec<(Step, Message)> = Vec::new();
    for script in in_order(project, hints).into_iter().filter(is_free) {
        let file = project.local(&script.path);
        let key = if hints.position(&script.path).is_some() { "launch-loader-told" } else { "launch-loader-found" };
        let reason = Message::new(key).with("file", &file);
        steps.push((python_step(StepRole::Load, &[&argument(workdir, &script.path)], file), reason));
    }
    for spider in hints.spiders.iter().collect::<BTreeSet<_>>() {
        if let Some(step) = crawl(project, spider, workdir) {
            let reason = Message::new("launch-spider-told").with("spider", spider);
            steps.push((step, reason));
        }
    }
    steps.truncate(MAX_LOADERS);
    steps
}

/// The same, in a container whose recipe says what serves: where it has the project's files. `others` are run elsewhere.
pub fn inside(
    project: &Project<'_>,
    hints: &Hints,
    recipe: &Recipe,
    program: &Program,
    others: &BTreeSet<RepoPath>,
) -> Vec<(Step, Message)> {
    let Some(folder) = recipe.files.started_in(project) else { return Vec::new() };
    let mut steps = before(project, hints, program.script.as_ref(), &folder);
    // The recipe's own command may run several.
    let told = |step: &Step| program.argv.iter().any(|word| word.contains(step.file.name()));
    steps.retain(|(step, _)| !others.contains(&project.absolute(&step.file)) && !told(step));
    steps
}

fn is_web(project: &Project<'_>, script: &Script) -> bool {
    !script.objects.is_empty() || project.code.serves(script)
}

/// Scripts that load: those that are told to be run in their order, then those that clearly do by name and by what they call.
fn in_order<'p>(project: &Project<'p>, hints: &Hints) -> Vec<&'p Script> {
    let mut told = BTreeSet::new();
    let named = hints.runs.iter().filter(|hint| told.insert(hint.file.clone())).collect::<Vec<_>>();
    let mut scripts: Vec<&Script> = named.iter().filter_map(|hint| project.code.script(&hint.file)).collect();
    let imported: BTreeSet<RepoPath> =
        project.code.scripts.iter().flat_map(|script| project.code.closure(script)).collect();
    let loads = |script: &&Script| {
        let named = NAMED.is_match(script.path.name());
        named && script.writes && script.acts && script.spiders.is_empty() && !imported.contains(&script.path)
    };
    scripts.extend(project.code.scripts.iter().filter(|script| !told.contains(&script.path)).filter(loads));
    scripts.retain(|script| script.error.is_none());
    scripts
}

/// `scrapy crawl <spider>` in the folder of its `scrapy.cfg`.
fn crawl(project: &Project<'_>, spider: &str, workdir: &RepoPath) -> Option<Step> {
    let script = project.code.scripts.iter().find(|script| script.spiders.iter().any(|name| name == spider))?;
    let folder = scrapy_folder(project, &script.path)?;
    let file = project.local(&script.path);
    let step = scrapy(project, &["crawl", spider], file);
    Some(if folder == *workdir { step } else { within(step, &argument(workdir, &folder)) })
}

/// Scrapy with limits of its own: it ends by itself, and what it has found until then is stored.
fn scrapy(project: &Project<'_>, command: &[&str], file: RepoPath) -> Step {
    let seconds = format!("CLOSESPIDER_TIMEOUT={}", project.sandbox.load_seconds * 3 / 4);
    // Its console listens, and would be taken for the application.
    let limits = ["-s", &seconds, "-s", "CLOSESPIDER_PAGECOUNT=500", "-s", "TELNETCONSOLE_ENABLED=False"];
    python_step(StepRole::Load, &[&["-m", "scrapy"], command, &limits].concat(), file)
}

/// The same step in another folder. Scrapy finds its project by where it runs.
fn within(mut step: Step, folder: &str) -> Step {
    let prefix = ["env", "-C", folder].map(str::to_owned);
    step.argv.splice(0..0, prefix);
    step
}

fn scrapy_folder(project: &Project<'_>, spider: &RepoPath) -> Option<RepoPath> {
    let mut folder = spider.parent();
    loop {
        if folder.join("scrapy.cfg").is_some_and(|path| project.scope.tree.is_file(&path)) {
            return Some(folder);
        }
        if folder == project.scope.folder || folder.as_str().is_empty() {
            return None;
        }
        folder = folder.parent();
    }
}

/// What is run where nothing serves: loaders, else a crawl, else the likeliest script.
pub fn alone(project: &Project<'_>, hints: &Hints) -> Option<Start> {
    let scripts = in_order(project, hints);
    if let Some(first) = scripts.first() {
        let workdir = entry::workdir(project, hints, first);
        let mut start = script_start(project, workdir, first, "launch-scripts");
        let others = scripts.iter().skip(1).take(MAX_LOADERS - 1);
        start.steps.extend(others.map(|script| {
            python_step(StepRole::Load, &[&argument(&start.workdir, &script.path)], project.local(&script.path))
        }));
        return Some(start);
    }
    if let Some(start) = crawl_alone(project, hints) {
        return Some(start);
    }
    let imported: BTreeSet<RepoPath> =
        project.code.scripts.iter().flat_map(|script| project.code.closure(script)).collect();
    let runnable =
        project.code.scripts.iter().filter(|script| script.acts && script.error.is_none() && script.spiders.is_empty());
    let best = runnable.min_by_key(|script| {
        let name = script.path.name().trim_end_matches(".py").to_lowercase();
        let named = ["main", "app", "run", "script", "index"].iter().position(|known| *known == name).unwrap_or(9);
        (
            imported.contains(&script.path),
            name.starts_with("test"),
            named,
            !script.main_guard,
            script.path.depth(),
            script.path.clone(),
        )
    })?;
    let workdir = entry::workdir(project, hints, best);
    Some(script_start(project, workdir, best, "launch-script-alone"))
}

fn script_start(project: &Project<'_>, workdir: RepoPath, script: &Script, key: &str) -> Start {
    let file = project.local(&script.path);
    let reason = Message::new(key).with("file", &file);
    let step = python_step(StepRole::Load, &[&argument(&workdir, &script.path)], file);
    let env = entry::python_path(project, script, &workdir);
    Start {
        kind: LaunchKind::PythonScript,
        workdir,
        steps: vec![step],
        env,
        port: None,
        packages: Vec::new(),
        reasons: vec![reason],
        container: None,
        parts: Vec::new(),
    }
}

fn crawl_alone(project: &Project<'_>, hints: &Hints) -> Option<Start> {
    let told = hints.spiders.iter().find(|spider| project.code.scripts.iter().any(|s| s.spiders.contains(spider)));
    let spider = told.or_else(|| project.code.scripts.iter().flat_map(|script| &script.spiders).next())?;
    let script = project.code.scripts.iter().find(|script| script.spiders.contains(spider))?;
    let workdir = scrapy_folder(project, &script.path);
    let reason = Message::new("launch-spider-alone").with("spider", spider).with("file", project.local(&script.path));
    let file = project.local(&script.path);
    let (workdir, step) = match workdir {
        Some(folder) => (folder, scrapy(project, &["crawl", spider], file)),
        None => {
            let folder = script.path.parent();
            (folder, scrapy(project, &["runspider", script.path.name()], file))
        }
    };
    let mut start = script_start(project, workdir, script, "launch-spider-alone");
    start.steps = vec![step];
    start.reasons = vec![reason];
    start.packages = vec!["scrapy"];
    Some(start)
}
