//! The program that serves: a web application found by parsing, and how it is run.
//! May import: `domain/`, and within the room `python` and its siblings.
//! Next: `loaders.rs` finds what runs before it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Message;
use crate::domain::check::Technology;
use crate::domain::launch::{LaunchKind, Step, StepRole};
use crate::domain::source::RepoPath;
use crate::observe::python::Script;
use crate::observe::readme::resolve;

use super::hints::Hints;
use super::{Project, Start, argument, python_step};

/// Names that the field gives to what is started, best first.
const NAMES: [&str; 11] =
    ["app", "main", "run", "server", "wsgi", "index", "application", "site", "website", "manage", "__init__"];

/// The best web application of the project, with how it is started.
pub fn find(project: &Project<'_>, hints: &Hints) -> Option<Start> {
    let candidates: Vec<&Script> = project
        .code
        .scripts
        .iter()
        .filter(|script| script.error.is_none() && (!script.objects.is_empty() || project.code.serves(script)))
        .collect();
    let best = candidates.iter().min_by_key(|script| {
        let name = script.path.name().trim_end_matches(".py").to_lowercase();
        let rank = NAMES.iter().position(|known| *known == name).unwrap_or(NAMES.len());
        (
            hints.position(&script.path).unwrap_or(usize::MAX),
            folder_of_flask_app(hints, script).is_none(),
            !project.code.serves(script),
            name.starts_with("test"),
            rank,
            script.path.depth(),
            script.path.clone(),
        )
    })?;
    let mut start = started(project, hints, best);
    if candidates.len() > 1 {
        start.reasons.push(Message::new("launch-several-applications").with("count", candidates.len()));
    }
    Some(start)
}

fn technology(script: &Script) -> Technology {
    let known = |technology| script.objects.iter().any(|object| object.technology == technology);
    let order = [Technology::Streamlit, Technology::Django, Technology::Fastapi, Technology::Dash];
    order.into_iter().find(|technology| known(*technology)).unwrap_or(Technology::Flask)
}

fn started(project: &Project<'_>, hints: &Hints, script: &Script) -> Start {
    let workdir = workdir(project, hints, script);
    let file = project.local(&script.path);
    let path = argument(&workdir, &script.path);
    let call = script.serves.iter().find(|call| project.code.is_served(script, &call.variable));
    let serve = |argv: &[&str]| python_step(StepRole::Serve, argv, file.clone());
    let mut env = python_path(project, script, &workdir);
    let mut packages = Vec::new();
    let mut steps = Vec::new();
    let found = |key: &str| Message::new(key).with("file", &file);
    let (step, port, reason) = match (technology(script), call) {
        (Technology::Streamlit, _) => {
            packages.push("streamlit");
            // Headless, or it asks for an e-mail address first.
            let quiet = ["--server.headless", "true", "--server.port", "8501", "--browser.gatherUsageStats", "false"];
            let argv = [&["-m", "streamlit", "run", path.as_str()][..], &quiet].concat();
            (serve(&argv), Some(8501), found("launch-streamlit"))
        }
        (Technology::Django, _) => {
            packages.push("django");
            // Its tables are made by its own migrations: a database file is rarely committed.
            steps.push(python_step(StepRole::Load, &[&path, "migrate", "--noinput"], file.clone()));
            (serve(&[&path, "runserver", "--noreload", "0.0.0.0:8000"]), Some(8000), found("launch-django"))
        }
        (technology, Some(call)) => {
            let usual = if technology == Technology::Dash { 8050 } else { 5000 };
            let told = hints.runs.iter().find(|hint| hint.file == script.path);
            let arguments = told.into_iter().flat_map(|hint| &hint.arguments).map(String::as_str);
            let argv: Vec<&str> = std::iter::once(path.as_str()).chain(arguments).collect();
            let step = module_step(project, script, &file, &mut env, &workdir).unwrap_or_else(|| serve(&argv));
            (step, call.port.or(Some(usual)), found("launch-application"))
        }
        (Technology::Fastapi, None) => {
            packages.extend(["fastapi", "uvicorn"]);
            let variable = script.objects.first().map_or("app", |object| object.variable.as_str());
            let target = format!("{}:{variable}", path.trim_end_matches(".py").replace('/', "."));
            (serve(&["-m", "uvicorn", &target, "--port", "8000"]), Some(8000), found("launch-uvicorn"))
        }
        (_, None) => {
            packages.push("flask");
            env.insert("FLASK_APP".into(), flask_app(hints, script, &path));
            let port = hints.flask_port.unwrap_or(5000);
            let step = serve(&["-m", "flask", "run", "--port", &port.to_string()]);
            (step, Some(port), found("launch-flask-run"))
        }
    };
    let mut reasons = vec![reason];
    if hints.position(&script.path).is_some() {
        reasons.push(found("launch-hinted"));
    }
    if workdir != script.path.parent() {
        reasons.push(Message::new("launch-run-from").with("folder", project.local(&workdir)));
    }
    steps.push(step);
    Start {
        kind: LaunchKind::PythonWeb,
        workdir,
        steps,
        env,
        port,
        packages,
        reasons,
        container: None,
        parts: Vec::new(),
    }
}

/// The folder from which a script is the module that `FLASK_APP` names: `flask run` imports it from where it stands.
fn folder_of_flask_app(hints: &Hints, script: &Script) -> Option<RepoPath> {
    let app = hints.flask_app.as_deref()?;
    let module = app.split(':').next().unwrap_or(app).trim_end_matches(".py").replace('.', "/");
    let stem = script.path.as_str().trim_end_matches(".py").trim_end_matches("/__init__");
    let above = stem.strip_suffix(&module)?;
    let is_whole = above.is_empty() || above.ends_with('/');
    let levels =
        module.split('/').count() + usize::from(script.path.name() == "__init__.py" && !module.ends_with("__init__"));
    is_whole.then(|| (0..levels).fold(script.path.clone(), |path, _| path.parent()))
}

/// What `flask run` is pointed at: what the student says, else the file with its application or factory.
fn flask_app(hints: &Hints, script: &Script, path: &str) -> String {
    if let Some(app) = &hints.flask_app {
        return app.clone();
    }
    let found_by_itself = ["app", "application", "create_app", "make_app"];
    let object = script.objects.first();
    let name = match object {
        Some(object) => match &object.function {
            Some(factory) => format!("{factory}()"),
            None if object.technology == Technology::Dash => "server".to_owned(),
            None => object.variable.clone(),
        },
        None => String::new(),
    };
    let known = name.is_empty() || found_by_itself.contains(&name.trim_end_matches("()"));
    if known { path.to_owned() } else { format!("{path}:{name}") }
}

/// `python -m package.module` for a file that imports from its own package.
fn module_step(
    project: &Project<'_>,
    script: &Script,
    file: &RepoPath,
    env: &mut BTreeMap<String, String>,
    workdir: &RepoPath,
) -> Option<Step> {
    let levels = script.imports.iter().map(|(_, import)| import.level).max().filter(|level| *level > 0)?;
    let mut base = script.path.parent();
    for _ in 0..levels {
        if base == project.scope.folder {
            return None;
        }
        base = base.parent();
    }
    let module =
        script.path.below(&base)?.as_str().trim_end_matches(".py").trim_end_matches("/__init__").replace('/', ".");
    if base != *workdir {
        env.insert("PYTHONPATH".into(), argument_of_folder(workdir, &base));
    }
    Some(python_step(StepRole::Serve, &["-m", &module], file.clone()))
}

fn argument_of_folder(workdir: &RepoPath, folder: &RepoPath) -> String {
    let path = argument(workdir, folder);
    if path.is_empty() { ".".to_owned() } else { path }
}

/// `PYTHONPATH` where modules of the project lie neither beside the script nor below it.
pub fn python_path(project: &Project<'_>, script: &Script, workdir: &RepoPath) -> BTreeMap<String, String> {
    let beside = script.path.parent();
    let closure = project.code.closure(script);
    let scripts = closure.iter().filter_map(|path| project.code.script(path)).chain([script]);
    let mut bases: BTreeSet<RepoPath> = BTreeSet::new();
    for part in scripts {
        for (_, import) in part.imports.iter().filter(|(_, import)| import.level == 0) {
            // Python looks beside the script that was started, not beside the module that imports.
            if !project.code.resolves_from(&beside, import)
                && let Some((base, _)) = project.code.resolve(&part.path, import)
            {
                bases.insert(base);
            }
        }
    }
    if bases.is_empty() {
        return BTreeMap::new();
    }
    let paths: Vec<String> = bases.iter().map(|base| argument_of_folder(workdir, base)).collect();
    [("PYTHONPATH".to_owned(), paths.join(":"))].into()
}

/// The folder from which the program's relative paths work: told by a command, else where its data files are found.
pub fn workdir(project: &Project<'_>, hints: &Hints, script: &Script) -> RepoPath {
    let told = hints.runs.iter().find(|hint| hint.file == script.path).map(|hint| hint.folder.clone());
    let told = told.or_else(|| folder_of_flask_app(hints, script));
    let mut folders = vec![script.path.parent()];
    while let Some(last) = folders.last().filter(|last| **last != project.scope.folder && !last.as_str().is_empty()) {
        folders.push(last.parent());
    }
    let closure = project.code.closure(script);
    let scripts = closure.iter().filter_map(|path| project.code.script(path)).chain([script]);
    let data: BTreeSet<&String> = scripts.flat_map(|script| &script.data_files).collect();
    let found = |folder: &RepoPath| {
        let paths = data.iter().filter_map(|name| resolve(folder, name));
        paths.filter(|path| project.scope.tree.is_file(path)).count()
    };
    let nearest = script.path.parent();
    let best = folders.iter().rev().max_by_key(|folder| found(folder)).filter(|folder| found(folder) > found(&nearest));
    match (told, best) {
        // Paths that are found settle it; a command may have been written for another folder.
        (Some(told), _) if found(&told) >= best.map_or(0, found) => told,
        (_, Some(best)) => best.clone(),
        _ => nearest,
    }
}
