//! A Compose file as a plan: built services run in containers of their own, in the order of their dependencies; databases
//! are answered by the attached ones under every name; the course's notebook and tools are left out; what is dangerous
//! is refused and said.
//! May import: `domain/`, and within the room its siblings.
//! Next: `file.rs` reads the text, `../program.rs` what each service starts.

mod file;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Message;
use crate::domain::facts::execution::DatabaseKind;
use crate::domain::launch::{LaunchKind, Login, Step, StepRole};
use crate::domain::source::RepoPath;
use crate::observe::readme::resolve;

use super::building;
use super::dockerfile::{self, Recipe, Wanted};
use super::hints::{Hints, settings};
use super::images::{Stand, name_and_tag, stand_for};
use super::layout::Files;
use super::program::{self, Program, contained, differs};
use super::{PartStart, Project, Start, loaders};
pub use file::Service;

/// Containers of one run at most: they share its memory.
const MAX_CONTAINERS: usize = 4;
/// Services that are no part of an application: where people look into databases, and the course's notebook.
const TOOLS: [&str; 22] = [
    "notebook",
    "jupyter",
    "jupyterlab",
    "kibana",
    "mongo-express",
    "mongo_express",
    "mongoku",
    "nosqlclient",
    "adminmongo",
    "redis-commander",
    "redisinsight",
    "redis-insight",
    "elasticsearch-head",
    "elasticsearch-hq",
    "cerebro",
    "dejavu",
    "elasticvue",
    "portainer",
    "adminer",
    "phpmyadmin",
    "grafana",
    "watchtower",
];

/// A service of the application.
struct App<'f> {
    service: &'f Service,
    recipe: Recipe,
    program: Program,
}

/// What became of the services that are no part of the application, and of those that cannot be.
#[derive(Default)]
struct Others {
    databases: Vec<String>,
    tools: Vec<String>,
    /// Databases that the file gives a password.
    with_logins: Vec<String>,
    reasons: Vec<Message>,
}

/// Names under which people commit what their own `.env` looks like.
const EXAMPLES: [&str; 4] = ["example", "sample", "dist", "template"];

/// A file of variables; where it was not committed, the example of it that was.
fn variables(project: &Project<'_>, path: &RepoPath) -> Option<BTreeMap<String, String>> {
    let example = |end: &&str| path.parent().join(&format!("{}.{end}", path.name()));
    let examples = EXAMPLES.iter().filter_map(example);
    let text = std::iter::once(path.clone()).chain(examples).find_map(|path| project.scope.tree.text(&path))?;
    Some(settings(&text))
}

/// The user that a service's image makes at its first start, where the course attaches such a database: MongoDB's knows one by these names.
pub fn login(project: &Project<'_>, path: &RepoPath, service: &Service) -> Option<Login> {
    let Stand::Service(attached) = stand_for(project.sandbox, project.services, service.image.as_deref()?)? else {
        return None;
    };
    let is_mongo = project.services.get(&attached).is_some_and(|service| service.kind == DatabaseKind::Mongo);
    let env = environment(project, path, service);
    let value = |name: &str| env.get(name).filter(|value| !value.is_empty()).cloned();
    let (user, password) = (value("MONGO_INITDB_ROOT_USERNAME")?, value("MONGO_INITDB_ROOT_PASSWORD")?);
    is_mongo.then_some(Login { service: attached, user, password })
}

/// Reads a Compose file of the project, with the variables of the `.env` beside it.
pub fn read(project: &Project<'_>, path: &RepoPath) -> Option<Vec<Service>> {
    let tree = project.scope.tree;
    let text = tree.text(path)?;
    let given = path.parent().join(".env").and_then(|file| variables(project, &file));
    // Compose lays it over by itself.
    let over = path.name().rsplit_once('.').filter(|(stem, _)| matches!(*stem, "compose" | "docker-compose"));
    let over = over.into_iter().flat_map(|(stem, _)| ["yml", "yaml"].map(|end| format!("{stem}.override.{end}")));
    let over = over.filter_map(|name| path.parent().join(&name)).find_map(|path| tree.text(&path));
    file::read(&text, over.as_deref(), &given.unwrap_or_default())
}

/// The plan of the nearest Compose file that starts an application. Where none does, `reasons` holds why not.
pub fn start(project: &Project<'_>, hints: &Hints, reasons: &mut Vec<Message>) -> Option<Start> {
    for path in &hints.compose_files {
        let Some(services) = read(project, path) else {
            reasons.push(Message::new("launch-compose-broken").with("file", path));
            continue;
        };
        let (start, others) = of_file(project, hints, path, &services);
        if let Some(mut start) = start {
            start.reasons.extend(others);
            return Some(start);
        }
        reasons.extend(others);
    }
    None
}

fn of_file(
    project: &Project<'_>,
    hints: &Hints,
    path: &RepoPath,
    services: &[Service],
) -> (Option<Start>, Vec<Message>) {
    let mut others = Others::default();
    let mut apps = Vec::new();
    for service in in_order(services) {
        match app(project, path, service, &mut others) {
            Ok(Some(app)) => apps.push(app),
            Ok(None) => {}
            Err(reason) => others.reasons.push(reason),
        }
    }
    let shows_pages = project.code.scripts.iter().any(|script| !script.objects.is_empty());
    if !apps.is_empty() && shows_pages && apps.iter().all(|app| app.program.web == Some(false)) {
        let program = apps.iter().map(|app| app.program.argv.join(" ")).collect::<Vec<_>>().join(", ");
        others.reasons.push(Message::new("launch-serves-nothing").with("file", path).with("program", program));
        apps.clear();
    }
    let mut reasons = std::mem::take(&mut others.reasons);
    if apps.is_empty() {
        return (None, reasons);
    }
    if !others.databases.is_empty() {
        reasons.push(Message::new("launch-compose-databases").with("services", others.databases.join(", ")));
    }
    if !others.with_logins.is_empty() {
        let services = others.with_logins.join(", ");
        reasons.push(Message::new("launch-compose-no-login").with("services", services));
    }
    reasons.extend(shared(&apps));
    if !others.tools.is_empty() {
        reasons.push(Message::new("launch-compose-left-out").with("services", others.tools.join(", ")));
    }
    (Some(of_apps(project, hints, path, apps)), reasons)
}

/// Services in the order of their dependencies, else in that of the file.
fn in_order(services: &[Service]) -> Vec<&Service> {
    let mut ordered: Vec<&Service> = Vec::new();
    let mut waiting: Vec<&Service> = services.iter().collect();
    while !waiting.is_empty() {
        let is_waiting = |name: &String| waiting.iter().any(|service| service.name == *name);
        let free =
            waiting.iter().position(|service| !service.after.iter().any(|n| *n != service.name && is_waiting(n)));
        // A circle is begun anywhere.
        ordered.push(waiting.remove(free.unwrap_or_default()));
    }
    ordered
}

/// A service of the application; `None` for a database or a tool.
fn app<'f>(
    project: &Project<'_>,
    path: &RepoPath,
    service: &'f Service,
    others: &mut Others,
) -> Result<Option<App<'f>>, Message> {
    let image = service.image.as_deref().unwrap_or_default();
    if service.build.is_none() && is_database(project, image) {
        others.databases.push(service.name.clone());
        if login(project, path, service).is_none() && asks_for_a_login(service) {
            others.with_logins.push(service.name.clone());
        }
        return Ok(None);
    }
    if is_browser(service) {
        // Said with everything else about browsers.
        return Ok(None);
    }
    if service.is_optional || is_tool(image) || (service.build.is_none() && is_tool(&service.name)) {
        others.tools.push(service.name.clone());
        return Ok(None);
    }
    let mut recipe = recipe(project, path, service)?;
    for what in &service.refused {
        let reason = Message::new("launch-compose-refused").with("file", path).with("what", what);
        recipe.reasons.push(reason.with("service", &service.name));
    }
    complete(project, path, service, &mut recipe);
    let program = program::of(project, &mut recipe)?;
    Ok(Some(App { service, recipe, program }))
}

/// Whether a database is given a user or a password of its own.
fn asks_for_a_login(service: &Service) -> bool {
    let by_env = service.env.keys().any(|name| {
        let name = name.to_uppercase();
        name.contains("PASSWORD") || name.contains("USERNAME")
    });
    let words = service.entrypoint.iter().chain(&service.command).flatten();
    by_env || words.into_iter().any(|word| matches!(word.as_str(), "--auth" | "--requirepass"))
}

/// What containers of one machine have apart, and those of a run have not, or the other way round: ports and volumes.
fn shared(apps: &[App<'_>]) -> Vec<Message> {
    let mut listening: BTreeMap<u16, BTreeSet<&str>> = BTreeMap::new();
    let mut volumes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for app in apps {
        let name = app.service.name.as_str();
        let port = app.program.port.or(app.service.ports.first().copied()).or(app.recipe.port);
        if let Some(port) = port.filter(|_| app.program.web != Some(false)) {
            listening.entry(port).or_default().insert(name);
        }
        for volume in app.service.mounts.iter().filter_map(|mount| mount.volume.as_deref()) {
            volumes.entry(volume).or_default().insert(name);
        }
    }
    let names = |names: &BTreeSet<&str>| names.iter().copied().collect::<Vec<_>>().join(", ");
    let ports = listening.iter().filter(|(_, services)| services.len() > 1);
    let ports = ports.map(|(port, services)| {
        Message::new("launch-compose-same-port").with("port", port).with("services", names(services))
    });
    let volumes = volumes.iter().filter(|(_, services)| services.len() > 1);
    let volumes = volumes.map(|(volume, services)| {
        Message::new("launch-compose-volume-apart").with("volume", volume).with("services", names(services))
    });
    ports.chain(volumes).collect()
}

/// Whether a service is a browser for others, of whichever maker and kind.
pub fn is_browser(service: &Service) -> bool {
    let image = service.image.as_deref().unwrap_or_default().to_lowercase();
    let maker = image.rsplit('/').nth(1).unwrap_or_default();
    service.build.is_none()
        && (matches!(maker, "selenium" | "seleniarm") || name_and_tag(&image).0.starts_with("standalone-"))
}

fn is_tool(image: &str) -> bool {
    let name = name_and_tag(image).0.to_lowercase();
    TOOLS.contains(&name.as_str()) || name.ends_with("-notebook")
}

/// Whether an image is one that the course attaches, of whichever maker and version.
fn is_database(project: &Project<'_>, image: &str) -> bool {
    matches!(stand_for(project.sandbox, project.services, image), Some(Stand::Service(_)))
}

/// How a service is made: its Dockerfile, its image of Python, or a Dockerfile in place of an image that is not to be had.
fn recipe(project: &Project<'_>, path: &RepoPath, service: &Service) -> Result<Recipe, Message> {
    let tree = project.scope.tree;
    if let Some(build) = &service.build {
        let outside = || {
            let refused = Message::new("launch-compose-refused").with("file", path).with("service", &service.name);
            refused.with("what", format!("build: {}", build.context))
        };
        let inside = !build.context.contains("://") && !build.context.starts_with(['/', '~']);
        let context = resolve(&path.parent(), &build.context).filter(|_| inside).ok_or_else(outside)?;
        let name = build.dockerfile.as_deref().unwrap_or("Dockerfile");
        let dockerfile = resolve(&context, name).ok_or_else(outside)?;
        if !tree.is_file(&dockerfile) {
            let missing = Message::new("launch-dockerfile-missing").with("service", &service.name);
            return Err(missing.with("file", &dockerfile));
        }
        let target = build.target.as_deref();
        return dockerfile::read(project, &dockerfile, &Wanted { context, arguments: build.arguments.clone(), target });
    }
    let image = service.image.as_deref().unwrap_or_default();
    match stand_for(project.sandbox, project.services, image) {
        Some(Stand::Python { version, .. }) => {
            return Ok(Recipe { file: path.clone(), python: version, ..Recipe::default() });
        }
        Some(Stand::Image(reference)) => {
            let draft = Some(building::of_image(project, path, image, &reference));
            return Ok(Recipe { file: path.clone(), draft, ..Recipe::default() });
        }
        Some(Stand::Service(_)) | None => {}
    }
    let unknown = || Message::new("launch-service-unknown").with("service", &service.name).with("image", image);
    // A name with a registry's owner, or one that the whole world knows, is not a student's own build.
    if image.is_empty() || service.mounts.is_empty() && service.ports.is_empty() {
        return Err(unknown());
    }
    let near = [path.parent(), project.scope.folder.clone()];
    let file = near.iter().filter_map(|folder| folder.join("Dockerfile")).find(|file| tree.is_file(file));
    let file = file.filter(|_| !is_public(image)).ok_or_else(unknown)?;
    let context = file.parent();
    let mut recipe = dockerfile::read(project, &file, &Wanted { context, ..Wanted::default() })?;
    let reason = Message::new("launch-image-of-a-laptop").with("service", &service.name).with("image", image);
    recipe.reasons.push(reason.with("file", &file));
    Ok(recipe)
}

/// Images that everybody can pull, and that are nobody's own build.
fn is_public(image: &str) -> bool {
    const KNOWN: [&str; 17] = [
        "splash",
        "nginx",
        "mysql",
        "mariadb",
        "postgres",
        "cassandra",
        "neo4j",
        "influxdb",
        "rabbitmq",
        "kafka",
        "zookeeper",
        "logstash",
        "filebeat",
        "spark",
        "httpd",
        "traefik",
        "memcached",
    ];
    let name = name_and_tag(image).0.to_lowercase();
    KNOWN.iter().any(|known| name.contains(known))
}

/// The variables of a service: its files', and over them its own.
fn environment(project: &Project<'_>, path: &RepoPath, service: &Service) -> BTreeMap<String, String> {
    let base = path.parent();
    let read = |file: &String| variables(project, &resolve(&base, file)?);
    let given = service.env_files.iter().filter_map(read).flatten().filter(|(name, _)| program::is_variable(name));
    given.chain(service.env.clone()).collect()
}

/// What the Compose file says over the recipe.
fn complete(project: &Project<'_>, path: &RepoPath, service: &Service, recipe: &mut Recipe) {
    let base = path.parent();
    recipe.over.extend(environment(project, path, service));
    recipe.env.extend(recipe.over.clone());
    if let Some(folder) = &service.folder {
        recipe.files.enter(folder);
    }
    for mount in &service.mounts {
        match &mount.from {
            Some(from) => bind(project, &base, from, &mount.to, &service.name, recipe),
            None => recipe.files.make(&mount.to),
        }
    }
    if let Some(entrypoint) = &service.entrypoint {
        recipe.entrypoint = entrypoint.clone();
        recipe.command.clear();
    }
    if let Some(command) = &service.command {
        recipe.command = command.clone();
    }
}

/// A folder of the repository becomes a private copy; one from outside is refused.
fn bind(project: &Project<'_>, base: &RepoPath, from: &str, to: &str, service: &str, recipe: &mut Recipe) {
    let tree = project.scope.tree;
    let files: &mut Files = &mut recipe.files;
    match resolve(base, from) {
        Some(path) if tree.exists(&path) => files.bind(path, to),
        Some(_) => files.make(to),
        None => {
            let refused = Message::new("launch-compose-refused").with("file", &recipe.file).with("service", service);
            recipe.reasons.push(refused.with("what", format!("{from}:{to}")));
        }
    }
}

/// The application's services as one start.
fn of_apps(project: &Project<'_>, hints: &Hints, path: &RepoPath, mut apps: Vec<App<'_>>) -> Start {
    let mut reasons = Vec::new();
    // What shows pages, else what publishes a port, else what starts last.
    let rank =
        |app: &App<'_>| (app.program.web == Some(true), app.program.web.is_none(), !app.service.ports.is_empty());
    let main = (0..apps.len()).max_by_key(|index| apps.get(*index).map(rank)).unwrap_or_default();
    let main = apps.remove(main);
    let beyond: Vec<String> = apps.iter().skip(MAX_CONTAINERS - 1).map(|app| app.service.name.clone()).collect();
    if !beyond.is_empty() {
        reasons.push(Message::new("launch-service-beyond").with("services", beyond.join(", ")));
    }
    apps.truncate(MAX_CONTAINERS - 1);
    let names: Vec<&str> = apps.iter().chain([&main]).map(|app| app.service.name.as_str()).collect();
    let mut all = vec![Message::new("launch-compose").with("file", path).with("services", names.join(", "))];
    let all_apps = || apps.iter().chain([&main]);
    let ended: BTreeSet<String> = all_apps().flat_map(|app| app.service.after_end_of.iter().cloned()).collect();
    let of = |app: &App<'_>, part: Option<&str>| step(project, app, part, ended.contains(&app.service.name));
    let mut steps: Vec<Step> = apps.iter().map(|app| of(app, Some(&app.service.name))).collect();
    let others: BTreeSet<RepoPath> = apps.iter().filter_map(|app| app.program.script.clone()).collect();
    let parts: Vec<PartStart> = apps.into_iter().map(|app| part(project, app, &mut reasons)).collect();
    let App { service, mut recipe, program } = main;
    for (step, reason) in loaders::inside(project, hints, &recipe, &program, &others) {
        steps.extend(step);
        reasons.push(reason);
    }
    let port = program.port.or(service.ports.first().copied());
    let container = contained(project, &mut recipe, &program);
    let main = App { service, recipe, program };
    steps.push(step(project, &main, None, false));
    all.append(&mut reasons);
    all.extend(main.recipe.reasons);
    Start {
        kind: LaunchKind::Compose,
        workdir: main.recipe.files.started_in(project).unwrap_or_else(|| project.scope.folder.clone()),
        steps,
        env: main.recipe.env,
        port,
        packages: main.program.packages,
        reasons: all,
        container: Some(container),
        parts,
    }
}

/// A program that loads and ends; what serves in the main container; anything else beside it.
fn step(project: &Project<'_>, app: &App<'_>, part: Option<&str>, is_waited_for: bool) -> Step {
    let script = app.program.script.as_ref().and_then(|path| project.code.script(path));
    let ends = app.program.web == Some(false) && script.is_none_or(|script| script.schedules.is_none());
    let role = match part {
        _ if ends || is_waited_for => StepRole::Load,
        Some(_) => StepRole::Beside,
        None => StepRole::Serve,
    };
    let file = app.program.script.as_ref().unwrap_or(&app.recipe.file);
    let (argv, built) = (app.program.argv.clone(), differs(&app.program));
    Step { role, argv, built, file: project.local(file), part: part.map(str::to_owned) }
}

fn part(project: &Project<'_>, mut app: App<'_>, reasons: &mut Vec<Message>) -> PartStart {
    let container = contained(project, &mut app.recipe, &app.program);
    reasons.append(&mut app.recipe.reasons);
    let env: BTreeMap<String, String> = app.recipe.env;
    let script = app.program.script;
    PartStart { name: app.service.name.clone(), container, env, script, packages: app.program.packages }
}
