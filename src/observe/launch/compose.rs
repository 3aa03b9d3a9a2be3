//! A Compose file, read for its names only: under which names services expect each other, what the built ones run.
//! May import: serde-saphyr, serde_json.
//! Next: `hints.rs` uses it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::hints::split;

/// What a Compose file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Compose {
    /// Service, container and host names, link aliases.
    pub names: Vec<String>,
    /// Services built from the repository.
    pub built: Vec<Built>,
}

/// A service that is built and not only pulled.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Built {
    pub context: String,
    pub command: Vec<String>,
    pub env: BTreeMap<String, String>,
}

/// Reads a Compose file; `None` where it is no YAML or names no service.
pub fn read(text: &str) -> Option<Compose> {
    let file: Value = serde_saphyr::from_str(text).ok()?;
    let services = file.get("services").or_else(|| file.get("version").is_none().then_some(&file))?.as_object()?;
    let mut compose = Compose::default();
    for (name, service) in services {
        compose.names.push(name.clone());
        let text = |key: &str| service.get(key).and_then(Value::as_str).map(str::to_owned);
        compose.names.extend(["container_name", "hostname"].into_iter().filter_map(text));
        let links = service.get("links").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        compose.names.extend(links.filter_map(|link| link.split(':').next_back()).map(str::to_owned));
        let Some(build) = service.get("build") else { continue };
        let context = build.as_str().or_else(|| build.get("context").and_then(Value::as_str)).unwrap_or(".");
        let command = words(service.get("entrypoint")).into_iter().chain(words(service.get("command"))).collect();
        compose.built.push(Built {
            context: context.to_owned(),
            command,
            env: environment(service.get("environment")),
        });
    }
    (!compose.names.is_empty()).then_some(compose)
}

fn words(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(command)) => split(command),
        Some(Value::Array(parts)) => parts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// `NAME: value` or `- NAME=value`; what takes its value from outside is left out unless it names a default.
fn environment(value: Option<&Value>) -> BTreeMap<String, String> {
    let pairs: Vec<(String, String)> = match value {
        Some(Value::Object(map)) => {
            map.iter().filter_map(|(name, value)| Some((name.clone(), scalar(value)?))).collect()
        }
        Some(Value::Array(lines)) => {
            let lines = lines.iter().filter_map(Value::as_str).filter_map(|line| line.split_once('='));
            lines.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
        }
        _ => Vec::new(),
    };
    pairs.into_iter().filter_map(|(name, value)| Some((name, interpolated(&value)?))).take(64).collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn interpolated(value: &str) -> Option<String> {
    let Some((before, rest)) = value.split_once("${") else { return (!value.contains('$')).then(|| value.to_owned()) };
    let (variable, after) = rest.split_once('}')?;
    let default = variable.split_once(":-").or_else(|| variable.split_once('-')).map(|(_, default)| default)?;
    (!after.contains('$') && !before.contains('$')).then(|| format!("{before}{default}{after}"))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn reads_names_and_what_built_services_run() {
        let text = "version: '3'\nservices:\n  mongo:\n    image: mongo\n    container_name: mongo_db\n    hostname: base\n  web:\n    build: .\n    \
                    command: python src/app.py\n    links:\n      - mongo:database\n    environment:\n      - MONGO_URI=mongodb://mongo:27017\n      - KEY=${KEY}\n      - PORT=${PORT:-80}\n";
        let compose = read(text).expect("a Compose file");
        assert_eq!(compose.names, ["mongo", "mongo_db", "base", "web", "database"]);
        let web = compose.built.first().expect("one built service");
        assert_eq!(web.command, ["python", "src/app.py"]);
        let env: Vec<_> = web.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(env, ["MONGO_URI=mongodb://mongo:27017", "PORT=80"]);
    }

    #[test]
    fn refuses_what_is_no_compose_file() {
        for text in ["", "- a\n- b", "services:", "a: [", "version: '3'"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
