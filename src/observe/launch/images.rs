//! What stands for the images that students name: one of the course's Pythons, an attached service, an image of the teacher's.
//! May import: globset, `domain/`, its sibling `hints`.
//! Next: `dockerfile/` and `compose/` ask for each image that they meet.

use std::collections::BTreeMap;

use globset::GlobBuilder;

use crate::domain::course::{Sandbox, Service};

use super::hints::minor_version;

/// What every course gives. A course's own entries come before these. `demo-flask` without an owner is an image of somebody's laptop.
const USUAL: [(&str, &str); 20] = [
    ("python", "python"),
    ("*/*python*", "python"),
    ("*/*flask*", "python"),
    ("*/*fastapi*", "python"),
    ("debian", "python"),
    ("ubuntu", "python"),
    ("alpine", "python"),
    ("buildpack-deps", "python"),
    ("miniconda3", "python"),
    ("anaconda3", "python"),
    ("mambaforge", "python"),
    ("miniforge3", "python"),
    ("micromamba", "python"),
    ("uv", "python"),
    ("mongodb", "mongo"),
    ("mongodb-community-server", "mongo"),
    ("redis-stack", "redis"),
    ("redis-stack-server", "redis"),
    ("redis-server", "redis"),
    ("elasticsearch-oss", "elasticsearch"),
];

/// What stands for an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    Python {
        /// `3.9`, where the image's name asks for one.
        version: Option<String>,
        /// It is no Python by its name, and only taken for one.
        taken_for: bool,
    },
    /// An attached service, by its name.
    Service(String),
    /// The teacher's, by reference.
    Image(String),
}

/// What stands for an image as a student names it; `None` where the course gives nothing for it.
pub fn stand_for(sandbox: &Sandbox, services: &BTreeMap<String, Service>, written: &str) -> Option<Stand> {
    let own = best(sandbox.images.iter().map(|(pattern, value)| (pattern.as_str(), value.as_str())), written);
    let value = match own {
        Some(value) => value.to_owned(),
        None => service_of(services, written)
            .map(str::to_owned)
            .or_else(|| best(USUAL.into_iter(), written).map(str::to_owned))?,
    };
    match value.as_str() {
        "none" => None,
        "python" => {
            let (name, tag) = name_and_tag(written);
            let in_tag = tag.split("python").nth(1).and_then(|rest| minor_version(rest.split('-').next()?));
            let first = || minor_version(tag.split('-').next().unwrap_or(tag));
            let is_python = name.contains("python");
            let version = in_tag.or_else(|| first().filter(|_| is_python || name.contains("flask")));
            Some(Stand::Python { version, taken_for: name != "python" })
        }
        name if services.contains_key(name) => Some(Stand::Service(name.to_owned())),
        // A service that this course does not attach.
        name if !name.contains(['/', ':', '@']) => None,
        reference => Some(Stand::Image(reference.to_owned())),
    }
}

/// The last part of an image's name, and its tag.
pub fn name_and_tag(written: &str) -> (&str, &str) {
    let image = written.split('@').next().unwrap_or(written);
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split_once(':').unwrap_or((last, ""))
}

/// A service whose own name or image this is, of whichever maker and version.
fn service_of<'s>(services: &'s BTreeMap<String, Service>, written: &str) -> Option<&'s str> {
    let (name, _) = name_and_tag(written);
    let name = name.to_lowercase();
    let known = services.iter().find(|(key, service)| **key == name || name_and_tag(&service.image).0 == name);
    known.map(|(key, _)| key.as_str())
}

/// The value of the longest pattern that fits.
fn best<'p>(patterns: impl Iterator<Item = (&'p str, &'p str)>, written: &str) -> Option<&'p str> {
    let fitting = patterns.filter(|(pattern, _)| fits(pattern, written));
    fitting.max_by_key(|(pattern, _)| (pattern.len(), *pattern)).map(|(_, value)| value)
}

fn fits(pattern: &str, written: &str) -> bool {
    let whole = written.split('@').next().unwrap_or(written);
    // A registry's host in front is nobody's name.
    let whole = whole.split_once('/').filter(|(host, _)| host.contains(['.', ':'])).map_or(whole, |(_, rest)| rest);
    let whole = whole.trim_start_matches("library/");
    let place = if pattern.contains('/') { whole } else { whole.rsplit('/').next().unwrap_or(whole) };
    let place = match (pattern.contains(':'), place.rsplit_once(':')) {
        (false, Some((name, tag))) if !tag.contains('/') => name.to_owned(),
        (true, None) => format!("{place}:latest"),
        _ => place.to_owned(),
    };
    let glob = GlobBuilder::new(pattern).case_insensitive(true).build();
    glob.is_ok_and(|glob| glob.compile_matcher().is_match(place))
}

#[cfg(test)]
mod tests {
    use super::{Stand, stand_for};
    use crate::domain::course::{Sandbox, default_services};

    fn python(version: Option<&str>, taken_for: bool) -> Option<Stand> {
        Some(Stand::Python { version: version.map(str::to_owned), taken_for })
    }

    #[test]
    fn every_course_gives_python_and_its_services() {
        let (sandbox, services) = (Sandbox::default(), default_services());
        let cases = [
            ("python", python(None, false)),
            ("python:3.6", python(Some("3.6"), false)),
            ("hub.example/library/python:3.8.5-slim-buster@sha256:00", python(Some("3.8"), false)),
            ("python:slim", python(None, false)),
            ("tiangolo/uwsgi-nginx-flask:python3.8", python(Some("3.8"), true)),
            ("ubuntu:20.04", python(None, true)),
            ("debian:3.7", python(None, true)),
            ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", python(Some("3.12"), true)),
            ("mongo:4", Some(Stand::Service("mongo".into()))),
            ("bitnami/mongodb:4.4", Some(Stand::Service("mongo".into()))),
            ("docker.elastic.co/elasticsearch/elasticsearch:7.10.1", Some(Stand::Service("elasticsearch".into()))),
            ("redis/redis-stack", Some(Stand::Service("redis".into()))),
            ("node:18", None),
            ("mongo-express", None),
            ("localhost:5000/films", None),
            ("demo-dockerflask", None),
            ("localhost:5000/demo-python", None),
            ("", None),
        ];
        for (written, wanted) in cases {
            assert_eq!(stand_for(&sandbox, &services, written), wanted, "{written}");
        }
    }

    #[test]
    fn a_course_s_own_entries_come_first_and_the_longest_counts() {
        let own = [("node", "node:22-slim"), ("node:16*", "none"), ("python:2*", "none"), ("école/*", "python")];
        let images = own.map(|(pattern, value)| (pattern.to_owned(), value.to_owned())).into();
        let sandbox = Sandbox { images, ..Sandbox::default() };
        let stands = |written: &str| stand_for(&sandbox, &default_services(), written);
        assert_eq!(stands("node:18-alpine"), Some(Stand::Image("node:22-slim".into())));
        assert_eq!((stands("node:16"), stands("python:2.7")), (None, None));
        assert_eq!(stands("python:3.9"), python(Some("3.9"), false));
        assert_eq!(stands("école/base:1"), python(None, true));
    }
}
