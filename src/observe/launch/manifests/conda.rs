//! `environment.yml` of conda: its names are not always those of the package index, and an export lists C libraries too.
//! May import: serde-saphyr, serde_json, its sibling `packages`.
//! Next: `mod.rs` tells which file is read by what.

use serde_json::Value;

use super::Manifest;
use crate::observe::launch::packages::{is_known, normal};

/// conda's names for packages that the index calls otherwise.
const RENAMED: [(&str, &str); 14] = [
    ("opencv", "opencv-python-headless"),
    ("py-opencv", "opencv-python-headless"),
    ("matplotlib-base", "matplotlib"),
    ("seaborn-base", "seaborn"),
    ("pytorch", "torch"),
    ("tensorflow-base", "tensorflow"),
    ("dask-core", "dask"),
    ("plotly-orca", "kaleido"),
    ("msgpack-python", "msgpack"),
    ("pytables", "tables"),
    ("psycopg2", "psycopg2-binary"),
    ("redis-py", "redis"),
    ("ruamel-yaml", "ruamel-yaml"),
    ("python-kaleido", "kaleido"),
];
/// Parts of conda itself and of every environment.
const TOOLS: [&str; 6] = ["pip", "setuptools", "wheel", "conda", "mamba", "python-abi"];

/// Reads an environment. What conda alone has (libraries, compilers) is left out: the index has no such names.
pub fn read(text: &str) -> Option<Manifest> {
    let file: Value = serde_saphyr::from_str(text).ok()?;
    let mut manifest = Manifest::default();
    for entry in file.get("dependencies")?.as_array()? {
        match entry {
            Value::String(spec) => add(&mut manifest, spec),
            Value::Object(tools) => {
                let lines = tools.get("pip").and_then(Value::as_array).into_iter().flatten();
                lines.filter_map(Value::as_str).for_each(|line| manifest.add(line));
            }
            _ => {}
        }
    }
    Some(manifest)
}

/// `numpy`, `numpy>=1.19`, `numpy=1.19`, `numpy=1.19.2=py38h1`, `conda-forge::numpy`.
fn add(manifest: &mut Manifest, spec: &str) {
    let spec = spec.rsplit("::").next().unwrap_or(spec).trim();
    let end = spec.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(spec.len());
    let (name, versions) = spec.split_at(end);
    let (name, versions) = (normal(name), versions.trim());
    if name == "python" {
        manifest.python = versions.split([',', '=', '>', '<', ' ']).find(|part| !part.is_empty()).map(str::to_owned);
        return;
    }
    if TOOLS.contains(&name.as_str()) {
        return;
    }
    let renamed = RENAMED.iter().find(|(conda, _)| *conda == name).map(|(_, package)| *package);
    match renamed.or_else(|| is_known(&name).then_some(name.as_str())) {
        Some(package) => manifest.add(&format!("{package}{}", comparison(versions))),
        None => manifest.refuse(spec),
    }
}

/// `=1.19` is every 1.19, `=1.19.2=py38h1` and `==1.19.2` are exact; everything else is written as pip writes it.
fn comparison(versions: &str) -> String {
    let Some(exact) = versions.strip_prefix('=') else { return versions.replace(' ', "") };
    match exact.trim_start_matches('=').split_once('=') {
        Some((version, _build)) => format!("=={version}"),
        None if exact.starts_with('=') => versions.to_owned(),
        None if exact.ends_with('*') => format!("=={exact}"),
        None => format!("=={exact}.*"),
    }
}
