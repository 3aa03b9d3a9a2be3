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
use super::hints::{Hints, Told};
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
    for told in once_each(&hints.told) {
        let found = match told {
            Told::File(path) => {
                project.code.script(path).filter(|script| script.error.is_none()).filter(is_free).map(|script| {
                    (script_step(project, hints, script, workdir), "launch-loader-told", project.local(path))
                })
            }
            Told::Spider(spider) => {
                let reason = Message::new("launch-spider-told").with("spider", spider);
                steps.extend(crawl(project, spider, workdir).map(|step| (step, reason)));
                None
            }
            Told::Command { argv, file, folder } if Some(file) != entry || file.name() == "manage.py" => {
                let local = project.local(file);
                let step =
                    Step { role: StepRole::Load, argv: argv.clone(), built: None, file: local.clone(), part: None };
                let step = if folder == workdir { step } else { within(step, &argument(workdir, folder)) };
                Some((step, "launch-command-told", local))
            }
            Told::Command { .. } => None,
        };
        let said = |step: &Step, key: &str, file: &RepoPath| match key {
            "launch-command-told" => Message::new(key).with("command", step.argv.join(" ")),
            key => Message::new(key).with("file", file),
        };
        steps.extend(found.map(|(step, key, file)| {
            let reason = said(&step, key, &file);
            (step, reason)
        }));
    }
    for script in clearly_loading(project, hints).into_iter().filter(is_free) {
        let reason = Message::new("launch-loader-found").with("file", project.local(&script.path));
        steps.push((script_step(project, hints, script, workdir), reason));
    }
    steps.truncate(MAX_LOADERS);
    steps
}

/// What is told twice is run once, where it comes first.
fn once_each(told: &[Told]) -> Vec<&Told> {
    let mut each: Vec<&Told> = Vec::new();
    for one in told {
        if !each.contains(&one) {
            each.push(one);
        }
    }
    each
}

/// A script as it is told to be run; beside the application where it goes on by itself for ever.
fn script_step(project: &Project<'_>, hints: &Hints, script: &Script, workdir: &RepoPath) -> Step {
    let role = if script.schedules.is_some() { StepRole::Beside } else { StepRole::Load };
    let told = hints.runs.iter().find(|hint| hint.file == script.path);
    let path = argument(workdir, &script.path);
    let arguments = told.into_iter().flat_map(|hint| &hint.arguments).map(String::as_str);
    let argv: Vec<&str> = std::iter::once(path.as_str()).chain(arguments).collect();
    python_step(role, &argv, project.local(&script.path))
}

/// The same, in a container whose recipe says what serves: where it has the project's files. `others` are run elsewhere; what does not
/// lie in the container is named without a step.
pub fn inside(
    project: &Project<'_>,
    hints: &Hints,
    recipe: &Recipe,
    program: &Program,
    others: &BTreeSet<RepoPath>,
) -> Vec<(Option<Step>, Message)> {
    let Some(folder) = recipe.files.started_in(project) else { return Vec::new() };
    let mut steps = before(project, hints, program.script.as_ref(), &folder);
    // The recipe's own command may run several.
    let told = |step: &Step| program.argv.iter().any(|word| word.contains(step.file.name()));
    steps.retain(|(step, _)| !others.contains(&project.absolute(&step.file)) && !told(step));
    let lies_there = |step: &Step| {
        let file = project.absolute(&step.file);
        recipe.files.source_of(project, &argument(&folder, &file)).is_some_and(|found| found == file)
    };
    let elsewhere = |step: &Step| {
        Message::new("launch-loader-elsewhere").with("file", &step.file).with("recipe", project.local(&recipe.file))
    };
    let placed = steps.into_iter().map(|(step, reason)| match lies_there(&step) {
        true => (Some(step), reason),
        false => (None, elsewhere(&step)),
    });
    placed.collect()
}

fn is_web(project: &Project<'_>, script: &Script) -> bool {
    !script.objects.is_empty() || project.code.serves(script)
}

/// Scripts that load: those that are told to be run in their order, then those that clearly do by name and by what they call.
fn in_order<'p>(project: &Project<'p>, hints: &Hints) -> Vec<&'p Script> {
    let mut told = BTreeSet::new();
    let named = hints.runs.iter().filter(|hint| told.insert(hint.file.clone())).collect::<Vec<_>>();
    let scripts = named.iter().filter_map(|hint| project.code.script(&hint.file));
    scripts.filter(|script| script.error.is_none()).chain(clearly_loading(project, hints)).collect()
}

/// Scripts that nobody tells to run, and that load by their name and by what they call.
fn clearly_loading<'p>(project: &Project<'p>, hints: &Hints) -> Vec<&'p Script> {
    let told: BTreeSet<&RepoPath> = hints.runs.iter().map(|hint| &hint.file).collect();
    let imported: BTreeSet<RepoPath> =
        project.code.scripts.iter().flat_map(|script| project.code.closure(script)).collect();
    let loads = |script: &&Script| {
        let named = NAMED.is_match(script.path.name()) && script.error.is_none() && !told.contains(&script.path);
        named && script.writes && script.acts && script.spiders.is_empty() && !imported.contains(&script.path)
    };
    project.code.scripts.iter().filter(loads).collect()
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
        let all = before(project, hints, None, &start.workdir);
        if all.is_empty() {
            return Some(start);
        }
        // What goes on for ever ends with the time that loaders have: nothing serves beside which it could run.
        let alone = |step: Step| Step { role: StepRole::Load, ..step };
        let (steps, reasons): (Vec<Step>, Vec<Message>) = all.into_iter().map(|(step, why)| (alone(step), why)).unzip();
        let is_spider = |reason: &Message| reason.key == "launch-spider-told";
        start.packages.extend(reasons.iter().any(is_spider).then_some("scrapy"));
        start.steps = steps;
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
