//! What a container starts: the program behind entry point, command and shell line, and the script of the project in it.
//! May import: `domain/`, and within the room its siblings.
//! Next: `dockerfile::plan` and `compose::plan` start it.

use crate::domain::Message;
use crate::domain::build::Build;
use crate::domain::launch::Layout;
use crate::domain::source::RepoPath;
use crate::observe::python::Script;

use super::Project;
use super::building;
use super::dependencies::Listed;
use super::dockerfile::Recipe;
use super::hints::split;
use super::shell::{self, Installs, is_plain, is_python, without_installs};

/// Programs that only keep a container alive, or wait for somebody to type.
const IDLE: [&str; 10] = ["tail", "sleep", "bash", "sh", "true", "cat", "ls", "jupyter", "ipython", "jupyter-notebook"];
/// Servers of others' applications, with the package that brings them.
const SERVERS: [(&str, &str); 7] = [
    ("flask", "flask"),
    ("gunicorn", "gunicorn"),
    ("uvicorn", "uvicorn"),
    ("waitress-serve", "waitress"),
    ("hypercorn", "hypercorn"),
    ("streamlit", "streamlit"),
    ("uwsgi", "uwsgi"),
];

/// Modules that listen, and that are not looked into further.
const LISTENERS: [&str; 10] = [
    "http.server",
    "socketserver",
    "tornado.web",
    "tornado.ioloop",
    "bottle",
    "cherrypy",
    "sanic",
    "falcon",
    "gradio",
    "websockets",
];

/// What a container starts.
#[derive(Debug, Clone)]
pub struct Program {
    pub argv: Vec<String>,
    /// The same in the container that is built.
    pub built: Vec<String>,
    /// Shell lines that install what it would install at its start, where there is no network.
    pub installs: Vec<String>,
    /// The project's script behind it, where one is known.
    pub script: Option<RepoPath>,
    /// Whether it serves web pages; `None` where that cannot be told.
    pub web: Option<bool>,
    pub port: Option<u16>,
    pub packages: Vec<&'static str>,
}

/// A container, ready but for its packages.
#[derive(Debug, Clone)]
pub struct Contained {
    pub layout: Layout,
    pub listed: Listed,
    /// The Python that its recipe asks for, and where.
    pub python: Option<(String, RepoPath)>,
    pub build: Option<Build>,
}

/// Whether a variable may be set: where programs and libraries are found is the image's to say.
pub fn is_variable(name: &str) -> bool {
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    // The way out of some school or company is none here: a run's own is told to it by us.
    let is_proxy = name.to_ascii_lowercase().ends_with("_proxy");
    plain && name != "PATH" && name != "VIRTUAL_ENV" && !name.starts_with("LD_") && !is_proxy
}

/// The program of a recipe; installations in its command are taken out of it. The reason where there is none.
pub fn of(project: &Project<'_>, recipe: &mut Recipe) -> Result<Program, Message> {
    let none = || Message::new("launch-no-command").with("file", &recipe.file);
    let whole = whole(recipe);
    let mut installs = std::mem::take(&mut recipe.installs);
    let (built, last) = in_build(&whole);
    let argv = plain(whole, &mut installs);
    recipe.installs = installs;
    let first = argv.first().map(|word| word.rsplit('/').next().unwrap_or(word).to_owned()).unwrap_or_default();
    let alone = argv.len() == 1 && is_python(&first);
    // A shell that is given something is no idle one.
    let idle = IDLE.contains(&first.as_str()) && !(matches!(first.as_str(), "bash" | "sh") && argv.len() > 1);
    if first.is_empty() || alone || idle {
        return Err(none());
    }
    let words = words(&argv);
    let script = script(project, recipe, &words)?;
    let argv = argv.iter().map(|word| recipe.files.word(project, word)).collect();
    Ok(Program { built, installs: last, ..described(project, argv, &words, script) })
}

/// A command as it is, without what it installs; and the lines that do that.
fn in_build(argv: &[String]) -> (Vec<String>, Vec<String>) {
    match argv {
        [shell, flag, line] if is_shell(shell) && flag.starts_with('-') && flag.ends_with('c') => {
            let (line, installs) = shell::split_installs(line);
            (vec![shell.clone(), flag.clone(), line], installs)
        }
        argv if Installs::default().take(argv) => {
            (Vec::new(), shlex::try_join(argv.iter().map(String::as_str)).into_iter().collect())
        }
        argv => (argv.to_vec(), Vec::new()),
    }
}

/// Entry point and command as one; a shell's entry point takes no more words.
fn whole(recipe: &Recipe) -> Vec<String> {
    let shell = matches!(recipe.entrypoint.as_slice(), [_, flag, _] if flag == "-c");
    let command = if shell { &[][..] } else { &recipe.command[..] };
    recipe.entrypoint.iter().chain(command).cloned().collect()
}

/// A command without installations, runners of environments and the versions of Pythons.
fn plain(argv: Vec<String>, installs: &mut Installs) -> Vec<String> {
    let argv = match argv.as_slice() {
        [shell, flag, line] if is_shell(shell) && flag.starts_with('-') && flag.ends_with('c') => {
            let line = without_installs(line, installs);
            let line: Vec<&str> = line.split(' ').map(|word| if is_python(word) { "python" } else { word }).collect();
            let line = line.join(" ");
            match line.trim() {
                "" => Vec::new(),
                line if is_plain(line) => split(line),
                line => vec![shell.clone(), "-c".to_owned(), line.to_owned()],
            }
        }
        argv if installs.take(argv) => Vec::new(),
        argv => argv.to_vec(),
    };
    let mut argv = argv;
    loop {
        let runner = match argv.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["pipenv" | "poetry" | "uv", "run", _, ..] => 2,
            ["conda" | "mamba", "run", "-n" | "--name", _, _, ..] => 4,
            ["exec" | "sudo", _, ..] => 1,
            _ => break,
        };
        argv.drain(..runner);
    }
    if let Some(first) = argv.first_mut().filter(|first| is_python(first)) {
        *first = "python".to_owned();
    }
    argv
}

fn is_shell(word: &str) -> bool {
    matches!(word, "sh" | "bash" | "/bin/sh" | "/bin/bash" | "/usr/bin/bash")
}

/// The words of a command, a shell's line among them.
fn words(argv: &[String]) -> Vec<String> {
    match argv {
        [_, flag, line] if flag == "-c" => split(line),
        argv => argv.to_vec(),
    }
}

/// The project's script that a command starts; a reason where it names one that is not there.
fn script(project: &Project<'_>, recipe: &Recipe, words: &[String]) -> Result<Option<RepoPath>, Message> {
    let files = &recipe.files;
    let elsewhere = words.iter().any(|word| word == "cd");
    let mut found = None;
    for (before, word) in std::iter::once("").chain(words.iter().map(String::as_str)).zip(words) {
        if word.ends_with(".py") {
            match files.source_of(project, word) {
                Some(path) => found = Some(path),
                None if is_python(before) && !elsewhere => {
                    let reason = Message::new("launch-command-missing").with("file", &recipe.file);
                    return Err(reason.with("program", word));
                }
                None => {}
            }
        }
    }
    let module = |name: &str| {
        let path = name.split(':').next().unwrap_or(name).trim_end_matches(".py").replace('.', "/");
        let candidates = [format!("{path}.py"), format!("{path}/__init__.py"), format!("{path}/__main__.py")];
        candidates.iter().find_map(|path| files.source_of(project, path))
    };
    let after = |flag: &str| words.iter().skip_while(|word| *word != flag).nth(1).map(String::as_str);
    let by_module = || match after("-m") {
        Some(name) if !is_server(name) => module(name),
        _ => None,
    };
    let is_flask = words.iter().any(|word| word == "flask");
    let named = after("--app").or_else(|| recipe.env.get("FLASK_APP").map(String::as_str)).filter(|_| is_flask);
    if let Some(name) = named.filter(|name| !elsewhere && module(name).is_none()) {
        let reason = Message::new("launch-command-missing").with("file", &recipe.file);
        return Err(reason.with("program", format!("flask ({name})")));
    }
    let by_flask = || {
        let usual = ["app", "wsgi"].into_iter();
        named.into_iter().chain(usual).filter(|_| is_flask).find_map(module)
    };
    let by_target = || words.iter().filter(|word| word.contains(':')).find_map(|word| module(word));
    let by_spider = || {
        let spider = after("crawl")?;
        let scripts = project.code.scripts.iter().find(|script| script.spiders.iter().any(|name| name == spider));
        scripts.map(|script| script.path.clone())
    };
    Ok(found.or_else(by_module).or_else(by_flask).or_else(by_target).or_else(by_spider))
}

fn is_server(word: &str) -> bool {
    SERVERS.iter().any(|(name, _)| *name == word)
}

fn described(project: &Project<'_>, argv: Vec<String>, words: &[String], script: Option<RepoPath>) -> Program {
    let named = |name: &str| words.iter().any(|word| word == name);
    let mut packages: Vec<&'static str> =
        SERVERS.iter().filter(|(name, _)| named(name)).map(|(_, package)| *package).collect();
    let serves = !packages.is_empty();
    if named("scrapy") {
        packages.push("scrapy");
    }
    let read = script.as_ref().and_then(|path| project.code.script(path));
    let shows = |path: &RepoPath| project.code.script(path).is_some_and(|script| !script.objects.is_empty());
    let web = match read {
        _ if serves => Some(true),
        _ if named("crawl") => Some(false),
        Some(script) if project.code.serves(script) || project.code.closure(script).iter().any(shows) => Some(true),
        Some(script) if listens(script) => None,
        Some(_) => Some(false),
        None => None,
    };
    let port = read.and_then(|script| script.serves.iter().find_map(|call| call.port));
    Program { argv, built: Vec::new(), installs: Vec::new(), script, web, port, packages }
}

/// Whether a script brings in what listens, without being known to.
fn listens(script: &Script) -> bool {
    script.imports.iter().any(|(_, import)| {
        let of_submodule = import.module == "http" && import.names.iter().any(|name| name == "server");
        LISTENERS.iter().any(|known| import.module == *known) || of_submodule
    })
}

/// The command in the container that is built, where it is another one.
pub fn differs(program: &Program) -> Option<Vec<String>> {
    (program.built != program.argv && !program.built.is_empty()).then(|| program.built.clone())
}

/// The container of a recipe.
pub fn contained(project: &Project<'_>, recipe: &mut Recipe, program: &Program) -> Contained {
    let (layout, outside) = recipe.files.layout(project);
    if outside {
        recipe.instead.push(Message::new("launch-outside-left-out").with("file", &recipe.file));
    }
    let found = |name: &String| {
        let beside = || recipe.file.parent().join(name.trim_start_matches("./"));
        let path = recipe.files.source_of(project, name).or_else(beside)?;
        project.scope.tree.is_file(&path).then_some(path)
    };
    let listed = Listed {
        by: recipe.file.clone(),
        files: recipe.installs.files.iter().filter_map(found).collect(),
        packages: recipe.installs.packages.clone(),
    };
    let python = recipe.python.clone().map(|version| (version, recipe.file.clone()));
    let build = building::of(project, recipe, &program.installs);
    Contained { layout, listed, python, build }
}
