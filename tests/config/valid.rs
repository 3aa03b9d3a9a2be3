//! Files that are right, and the schema that says so.

use forkgrade::config::{self, DEFAULT_COURSE};
use forkgrade::domain::Points;
use forkgrade::domain::course::Language;
use forkgrade::domain::rubric::Kind;

#[test]
fn the_default_course_is_out_of_twenty() {
    let course = config::parse(DEFAULT_COURSE, "course.toml").expect("the default is valid");
    let sum = |kind: Kind| -> Points {
        course.rubric.criteria.iter().filter(|c| c.kind == kind).map(|criterion| criterion.points).sum()
    };
    assert_eq!(sum(Kind::Base), Points::whole(20));
    assert_eq!(sum(Kind::Bonus), Points::whole(4));
    assert_eq!(course.scale, Points::whole(20));
}

#[test]
fn init_writes_the_default_with_its_own_names() {
    let text = config::default_course("de-2026", "L'ingénierie \"des\" données", "prof/cours");
    let course = config::parse(&text, "course.toml").expect("still valid");
    assert_eq!(course.slug.as_str(), "de-2026");
    assert_eq!(course.title, "L'ingénierie \"des\" données");
    assert_eq!(course.upstream, "prof/cours");
}

#[test]
fn dates_and_points_are_written_as_toml_writes_them() {
    let text = format!(
        "{}\n[deadline]\nat = 2026-01-31T23:59:00+01:00\npenalty_per_day = 1.5\n[sandbox]\nmemory_mib = 1_024\n",
        DEFAULT_COURSE.replace("language = \"fr\"", "language = \"en\"")
    );
    let course = config::parse(&text, "course.toml").expect("valid");
    let deadline = course.deadline.expect("a deadline");
    assert_eq!(deadline.at.to_rfc3339(), "2026-01-31T23:59:00+01:00");
    assert_eq!(deadline.penalty_per_day, Some(Points::from_hundredths(150)));
    assert_eq!((course.language, course.sandbox.memory_mib), (Language::En, 1024));
    let quoted = text.replace("2026-01-31T23:59:00+01:00", "\"2026-01-31T23:59:00Z\"");
    assert!(config::parse(&quoted, "course.toml").is_ok(), "a date in quotes is a date too");
}

#[test]
fn a_course_survives_its_json() {
    for egress in [
        "egress = \"none\"",
        "egress = { allow = [\"Example.org\", \"*.example.org:8080\"] }",
        "egress = { mode = \"record-replay\", allow = [\"*\"], assets = [\"cdn.example.org\"], methods = [\"GET\"], requests = 10 }",
        "egress = { assets = [\"cdn.example.org\"] }",
    ] {
        let text = format!("{DEFAULT_COURSE}\n[sandbox]\n{egress}\n");
        let course = config::parse(&text, "course.toml").expect("valid");
        let json = serde_json::to_string(&course).expect("writes");
        assert_eq!(serde_json::from_str::<forkgrade::domain::Course>(&json).expect("reads"), course, "{egress}");
    }
}

/// `FORKGRADE_BLESS=1 cargo nextest run schema` writes the file anew.
#[test]
fn the_published_schema_is_the_one_that_is_checked() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/course.schema.json");
    let schema = serde_json::to_string_pretty(&config::schema()).expect("writes") + "\n";
    if std::env::var_os("FORKGRADE_BLESS").is_some() {
        std::fs::write(path, &schema).expect("writable");
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(published, schema, "docs/course.schema.json is stale: run this test with FORKGRADE_BLESS=1");
}
