//! How long a changed rubric takes on a whole course: 1,000 submissions and 30 criteria. Run with `cargo bench`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use forkgrade::config::{DEFAULT_COURSE, parse};
use forkgrade::domain::facts::{Facts, Inspection};
use forkgrade::domain::finding::Provenance;
use forkgrade::domain::{Course, Score};
use forkgrade::observe::folder::Folder;
use forkgrade::observe::inspect::{InspectRequest, SeparateProject, inspect, inspection_address};
use forkgrade::rubric::{Submitted, rubric_hash, score};

const SUBMISSIONS: usize = 1_000;
const CRITERIA: usize = 30;

/// The default rubric, repeated until it has thirty criteria.
fn course() -> Course {
    let mut course = parse(DEFAULT_COURSE, "course.toml").expect("the default course");
    let default = course.rubric.criteria.clone();
    for (index, criterion) in default.iter().cycle().enumerate().skip(default.len()).take(CRITERIA - default.len()) {
        let mut again = criterion.clone();
        again.id = format!("{}-{index}", criterion.id);
        course.rubric.criteria.push(again);
    }
    course
}

/// The facts of a small real project, written to disk and read by the real readers.
fn facts(course: &Course) -> Inspection {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let project = folder.path().join("Evaluation/Projet");
    std::fs::create_dir_all(&project).expect("a folder");
    let app = "from flask import Flask\nfrom pymongo import MongoClient\napp = Flask(__name__)\nMongoClient('mongo')\napp.run()\n";
    std::fs::write(project.join("app.py"), app).expect("a file");
    std::fs::write(project.join("README.md"), "# Films\n\n## Lancer\n\n```\npython app.py\n```\n").expect("a file");
    let source = Folder::open(folder.path()).expect("a folder");
    let as_of = "2026-01-15T12:00:00Z".parse().expect("a date");
    inspect(&source, InspectRequest { course, history: None, as_of, separate: SeparateProject::NotNamed })
}

fn rescore(c: &mut Criterion) {
    let course = course();
    let inspection = facts(&course);
    let received_at = "2026-01-15T12:00:00Z".parse().expect("a date");
    let provenance = Provenance {
        rubric: rubric_hash(&course.rubric),
        inspection: inspection_address(&inspection),
        execution: None,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        judges: Vec::new(),
    };
    let once = || -> Score {
        let facts = Facts { inspection: &inspection, execution: None, judges: &[] };
        score(&course, facts, Submitted::at(received_at), provenance.clone())
    };
    c.bench_function("score 1,000 submissions by 30 criteria", |bench| {
        bench.iter(|| (0..SUBMISSIONS).map(|_| black_box(once()).total).max());
    });
}

criterion_group!(benches, rescore);
criterion_main!(benches);
