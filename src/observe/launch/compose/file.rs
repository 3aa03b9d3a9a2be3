//! The text of a Compose file, versions 1 to 3, as students write it: services, and what they ask for that is refused.
//! May import: serde-saphyr, serde_json, `domain/`, and within the room its siblings.
//! Next: `mod.rs` makes a plan of it, `../hints.rs` takes its names.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::dockerfile::expand;
use crate::observe::launch::hints::split;
use crate::observe::launch::program::is_variable;

/// Services that are read at most.
const MAX_SERVICES: usize = 24;
/// Entries of one list that are read at most.
const MAX_ENTRIES: usize = 64;

/// A service.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Service {
    pub name: String,
    /// Every name under which others expect it.
    pub names: Vec<String>,
    pub image: Option<String>,
    pub build: Option<Build>,
    pub entrypoint: Option<Vec<String>>,
    pub command: Option<Vec<String>>,
    pub folder: Option<String>,
    pub env: BTreeMap<String, String>,
    pub env_files: Vec<String>,
    /// Ports inside the container.
    pub ports: Vec<u16>,
    pub mounts: Vec<Mount>,
    /// Services that start before it.
    pub after: Vec<String>,
    /// Those of them that have to end well before it starts.
    pub after_end_of: Vec<String>,
    /// It only starts where it is asked for by name.
    pub is_optional: bool,
    /// What is refused, as it is written.
    pub refused: Vec<String>,
}

/// How a service is built.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Build {
    pub context: String,
    pub dockerfile: Option<String>,
    pub target: Option<String>,
    pub arguments: BTreeMap<String, String>,
}

/// A volume: a folder of the repository, or an empty one.
#[derive(Debug, PartialEq, Eq)]
pub struct Mount {
    pub from: Option<String>,
    /// The name of a volume, which others may share.
    pub volume: Option<String>,
    pub to: String,
}

/// Reads a Compose file, and the one that is laid over it, with the variables of the `.env` beside them; `None` where it is no
/// YAML or names no service.
pub fn read(text: &str, over: Option<&str>, variables: &BTreeMap<String, String>) -> Option<Vec<Service>> {
    let parsed = |text: &str| serde_saphyr::from_str::<Value>(text).ok().map(|file| expanded(file, variables));
    let file = parsed(text)?;
    let file = match over.and_then(parsed) {
        Some(over) => laid_over(file, over, ""),
        None => file,
    };
    let services = file.get("services").or_else(|| file.get("version").is_none().then_some(&file))?.as_object()?;
    let services = services.iter().filter_map(|(name, service)| Some((name, service.as_object()?)));
    let services: Vec<Service> = services.take(MAX_SERVICES).map(|(name, service)| one(name, service)).collect();
    (!services.is_empty()).then_some(services)
}

/// Every text with its variables replaced.
fn expanded(value: Value, variables: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => {
            // People start Compose where its file is.
            let here = |name: &str| (name == "PWD").then(|| ".".to_owned());
            Value::String(expand(&text, '$', |name| variables.get(name).cloned().or_else(|| here(name))))
        }
        Value::Array(items) => items.into_iter().map(|item| expanded(item, variables)).collect(),
        Value::Object(mut map) => {
            // `<<` takes over what another map has and this one has not.
            let taken = match map.remove("<<") {
                Some(Value::Array(maps)) => maps,
                other => other.into_iter().collect(),
            };
            let own = map.into_iter().map(|(key, value)| (key, expanded(value, variables))).collect();
            taken.into_iter().rev().fold(Value::Object(own), |own, taken| match (expanded(taken, variables), own) {
                (Value::Object(mut taken), Value::Object(own)) => {
                    taken.extend(own);
                    Value::Object(taken)
                }
                (_, own) => own,
            })
        }
        other => other,
    }
}

/// As Compose merges its files: maps key by key, lists one after the other, commands and everything else replaced.
fn laid_over(under: Value, over: Value, key: &str) -> Value {
    match (under, over) {
        (Value::Object(mut under), Value::Object(over)) => {
            for (key, value) in over {
                let merged = match under.remove(&key) {
                    Some(below) => laid_over(below, value, &key),
                    None => value,
                };
                under.insert(key, merged);
            }
            Value::Object(under)
        }
        (Value::Array(mut under), Value::Array(over)) if !matches!(key, "command" | "entrypoint") => {
            under.extend(over);
            Value::Array(under)
        }
        (_, over) => over,
    }
}

fn one(name: &str, service: &Map<String, Value>) -> Service {
    let text = |key: &str| service.get(key).and_then(scalar);
    let mut names = vec![name.to_owned()];
    names.extend(["container_name", "hostname"].into_iter().filter_map(text));
    let links = texts(service.get("links"));
    names.extend(links.iter().filter_map(|link| link.split(':').next_back()).map(str::to_owned));
    if let Some(networks) = service.get("networks").and_then(Value::as_object) {
        names.extend(networks.values().flat_map(|network| texts(network.get("aliases"))));
    }
    let mut refused = refused(service);
    let mounts = mounts(service.get("volumes"), &mut refused);
    let conditions = service.get("depends_on").and_then(Value::as_object).into_iter().flatten();
    let ends = conditions
        .filter(|(_, how)| how.get("condition").and_then(Value::as_str) == Some("service_completed_successfully"));
    let linked = links.iter().map(|link| link.split(':').next().unwrap_or(link).to_owned());
    Service {
        name: name.to_owned(),
        names,
        image: text("image"),
        build: service.get("build").map(build),
        entrypoint: service.get("entrypoint").map(words),
        command: service.get("command").filter(|command| !command.is_null()).map(words),
        folder: text("working_dir"),
        env: environment(service.get("environment")),
        env_files: files(service.get("env_file")),
        ports: service.get("ports").map(ports).unwrap_or_default(),
        mounts,
        after: keys(service.get("depends_on")).into_iter().chain(linked).collect(),
        after_end_of: ends.map(|(name, _)| name.clone()).collect(),
        is_optional: service.get("profiles").and_then(Value::as_array).is_some_and(|profiles| !profiles.is_empty()),
        refused,
    }
}

fn build(value: &Value) -> Build {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Build {
        context: value.as_str().map(str::to_owned).or_else(|| text("context")).unwrap_or_else(|| ".".to_owned()),
        dockerfile: text("dockerfile"),
        target: text("target"),
        arguments: environment(value.get("args")),
    }
}

/// A text or a list of texts.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(scalar).take(MAX_ENTRIES).collect(),
        Some(value) => scalar(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A list of names, or a map from them.
fn keys(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Object(map)) => map.keys().take(MAX_ENTRIES).cloned().collect(),
        other => texts(other),
    }
}

/// Paths of `env_file`, short or long.
fn files(value: Option<&Value>) -> Vec<String> {
    let long = value.and_then(Value::as_array).into_iter().flatten();
    let long = long.filter_map(|item| item.get("path").and_then(Value::as_str)).map(str::to_owned);
    texts(value).into_iter().chain(long).collect()
}

fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(command) => split(command),
        other => texts(Some(other)),
    }
}

/// `NAME: value` or `- NAME=value`; a name alone takes its value from outside, where nothing is.
fn environment(value: Option<&Value>) -> BTreeMap<String, String> {
    let pairs: Vec<(String, String)> = match value {
        Some(Value::Object(map)) => {
            map.iter().filter_map(|(name, value)| Some((name.clone(), scalar(value)?))).collect()
        }
        other => {
            let lines = texts(other);
            let pairs = lines.iter().filter_map(|line| line.split_once('='));
            pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
        }
    };
    pairs.into_iter().filter(|(name, _)| is_variable(name)).take(MAX_ENTRIES).collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The container's side of `5000`, `5000:5000`, `127.0.0.1:80:5000/tcp` and `target: 5000`.
fn ports(value: &Value) -> Vec<u16> {
    let one = |item: &Value| match item.get("target") {
        Some(target) => scalar(target)?.parse().ok(),
        None => {
            let text = scalar(item)?;
            let inside = text.rsplit(':').next()?.split('/').next()?.split('-').next()?.trim().to_owned();
            inside.parse().ok()
        }
    };
    value.as_array().into_iter().flatten().filter_map(one).take(MAX_ENTRIES).collect()
}

/// `./here:/there:ro`, `name:/there`, `/there`, and their long form. What lies outside of the repository is refused.
fn mounts(value: Option<&Value>, refused: &mut Vec<String>) -> Vec<Mount> {
    let mut found = Vec::new();
    for item in value.and_then(Value::as_array).into_iter().flatten().take(MAX_ENTRIES) {
        let (from, to) = match item {
            Value::String(text) => match text.split_once(":/") {
                // A drive letter is no volume's name.
                Some((drive, rest)) if drive.len() == 1 && drive != "." => {
                    (Some(format!("{drive}:/")), rest.to_owned())
                }
                Some((from, rest)) => (Some(from.to_owned()), format!("/{}", rest.split(':').next().unwrap_or(rest))),
                None => (None, text.clone()),
            },
            Value::Object(long) => {
                let text = |key: &str| long.get(key).and_then(Value::as_str).map(str::to_owned);
                (text("source"), text("target").unwrap_or_default())
            }
            _ => continue,
        };
        let is_path =
            |from: &str| from.starts_with(['.', '/', '~', '$', '\\']) || from.contains('\\') || from.contains(':');
        match from {
            Some(from) if is_path(&from) && !from.starts_with('.') => {
                refused.push(scalar(item).unwrap_or(from));
            }
            _ if !to.starts_with('/') => {}
            from => {
                let (folder, volume) = match from {
                    Some(from) if from.starts_with('.') => (Some(from), None),
                    other => (None, other),
                };
                found.push(Mount { from: folder, volume, to });
            }
        }
    }
    found
}

/// What gives a container more than a container has.
fn refused(service: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in service {
        let text = scalar(value).unwrap_or_default();
        let of_others = text == "host" || text.starts_with("container:") || text.starts_with("service:");
        let asks = match key.as_str() {
            "privileged" => text == "true",
            "network_mode" | "pid" | "ipc" | "userns_mode" | "uts" | "cgroup" => of_others,
            "devices"
            | "device_cgroup_rules"
            | "cap_add"
            | "security_opt"
            | "sysctls"
            | "extends"
            | "volumes_from"
            | "cgroup_parent"
            | "runtime" => true,
            _ => false,
        };
        if asks {
            found.push(if text.is_empty() { key.clone() } else { format!("{key}: {text}") });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Mount, read};
    use std::collections::BTreeMap;

    #[test]
    fn reads_services_as_students_write_them() {
        let text = "version: '3'\nservices:\n  mongo:\n    image: mongo\n    container_name: mongo_db\n    hostname: base\n  web:\n    build:\n      context: .\n      args:\n        V: 3.8\n    \
                    command: python src/app.py\n    ports: ['127.0.0.1:80:5000/tcp', 8050, {target: 9000}]\n    links:\n      - mongo:database\n    depends_on:\n      mongo: {condition: service_healthy}\n    environment:\n      - MONGO_URI=mongodb://mongo:27017\n      - KEY=${KEY}\n      - PORT=${PORT:-80}\n      - VERSION=$V\n      - LD_PRELOAD=/x.so\n      - SEUL\n";
        let variables = BTreeMap::from([("V".to_owned(), "2".to_owned())]);
        let services = read(text, None, &variables).expect("a Compose file");
        assert_eq!(services[0].names, ["mongo", "mongo_db", "base"]);
        let web = &services[1];
        assert_eq!(web.names, ["web", "database"]);
        assert_eq!(web.command.as_deref(), Some(&["python".to_owned(), "src/app.py".to_owned()][..]));
        assert_eq!(
            (web.ports.as_slice(), web.after.as_slice()),
            ([5000, 8050, 9000].as_slice(), ["mongo".to_owned(), "mongo".to_owned()].as_slice())
        );
        assert_eq!(web.build.as_ref().and_then(|build| build.arguments.get("V")).map(String::as_str), Some("3.8"));
        let env: Vec<_> = web.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(env, ["KEY=", "MONGO_URI=mongodb://mongo:27017", "PORT=80", "VERSION=2"]);
    }

    #[test]
    fn tells_copies_from_what_lies_outside() {
        let text = "web:\n  image: x\n  privileged: true\n  network_mode: host\n  devices: ['/dev/mem']\n  volumes:\n    - .:/app\n    - ./data:/data:ro\n    - donnees:/vol\n    - /anonyme\n    - /var/run/docker.sock:/var/run/docker.sock\n    - ~/x:/y\n    - C:\\Users\\x:/z\n    - {type: bind, source: /etc, target: /e}\n    - {type: volume, source: nom, target: /v}\n";
        let services = read(text, None, &BTreeMap::new()).expect("a Compose file");
        let mount = |from: Option<&str>, volume: Option<&str>, to: &str| Mount {
            from: from.map(str::to_owned),
            volume: volume.map(str::to_owned),
            to: to.to_owned(),
        };
        let wanted = [
            mount(Some("."), None, "/app"),
            mount(Some("./data"), None, "/data"),
            mount(None, Some("donnees"), "/vol"),
            mount(None, None, "/anonyme"),
            mount(None, Some("nom"), "/v"),
        ];
        assert_eq!(services[0].mounts, wanted);
        assert_eq!(services[0].refused.len(), 7, "{:?}", services[0].refused);
    }

    #[test]
    fn files_are_merged_as_compose_does() {
        let text = "x-commun: &commun\n  restart: always\n  environment: {A: 1, B: 1}\nservices:\n  web:\n    <<: *commun\n    image: python\n    command: [python, a.py]\n    ports: ['80:80']\n    depends_on:\n      charge: {condition: service_completed_successfully}\n  charge:\n    <<: [*commun]\n    image: python\n    environment: {B: 2}\n  outil:\n    image: python\n    profiles: [debug]\n";
        let over = "services:\n  web:\n    command: [python, b.py]\n    ports: ['81:81']\n    environment: {B: 3}\n";
        let services = read(text, Some(over), &BTreeMap::new()).expect("a Compose file");
        let env = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let [charge, outil, web] = services.as_slice() else { panic!("{services:#?}") };
        assert_eq!(
            (web.command.as_deref(), web.ports.as_slice()),
            (Some(["python".to_owned(), "b.py".into()].as_slice()), [80, 81].as_slice())
        );
        assert_eq!(
            (web.env.clone(), charge.env.clone()),
            ([env("A", "1"), env("B", "3")].into(), [env("B", "2")].into())
        );
        assert_eq!(web.after_end_of, ["charge"]);
        assert!(outil.is_optional && !web.is_optional);
    }

    #[test]
    fn refuses_what_is_no_compose_file() {
        for text in ["", "- a\n- b", "services:", "a: [", "version: '3'"] {
            assert_eq!(read(text, None, &BTreeMap::new()), None, "{text:?}");
        }
    }
}
