//! `export`: the grades of record as CSV, Moodle CSV or JSON.
//! May import: `app`, `db/`, `rubric/`.
//! Next: `rubric/record.rs`, which says whose score counts.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::CourseArg;
use crate::app::App;
use crate::db;
use crate::db::scores::Which;
use crate::domain::ids::ForkId;
use crate::domain::spreadsheet::harmless;
use crate::domain::{Extension, Points, Student};
use crate::rubric::record;

#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    #[command(flatten)]
    course: CourseArg,
    /// What is written.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// The file to write; standard output where absent.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One line per student, with base, bonus, penalties and what a teacher decided.
    Csv,
    /// What Moodle's grade import reads: e-mail, grade.
    MoodleCsv,
    /// Everything, findings included.
    Json,
}

/// One student's grade.
#[derive(Debug, Serialize)]
struct Grade {
    login: String,
    name: String,
    email: String,
    group: String,
    fork: String,
    commit: String,
    total: Option<Points>,
    base: Option<Points>,
    bonus: Option<Points>,
    penalty: Option<Points>,
    late_penalty: Option<Points>,
    scale: Points,
    /// A teacher gave points by hand.
    overridden: bool,
    override_reasons: Vec<String>,
    /// The deadline that the fork goes by instead of the course's.
    extended_until: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<crate::domain::Finding>,
}

/// Writes the grades.
pub async fn export(args: ExportArgs) -> anyhow::Result<ExitCode> {
    let app = super::app(&args.course.course).await?;
    let grades = grades(&app).await?;
    app.close().await;
    let bytes = match args.format {
        Format::Json => serde_json::to_vec_pretty(&grades)?,
        Format::Csv => csv(&grades)?,
        Format::MoodleCsv => moodle(&grades)?,
    };
    match &args.output {
        Some(path) => std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?,
        None => std::io::stdout().write_all(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn grades(app: &App) -> anyhow::Result<Vec<Grade>> {
    let conn = &mut *app.pool.acquire().await?;
    let mut by_fork: BTreeMap<ForkId, Vec<db::scores::ScoredSubmission>> = BTreeMap::new();
    for scored in db::scores::current(conn, app.course_id, Which::All).await? {
        by_fork.entry(scored.fork).or_default().push(scored);
    }
    let extensions = db::extensions::in_force(conn, app.course_id, None).await?;
    let mut grades = Vec::new();
    for fork in db::forks::all(conn, app.course_id).await? {
        let scored = by_fork.remove(&fork.id).unwrap_or_default();
        let extension = extensions.get(&fork.id);
        let deadline = app.course.deadline_for(extension);
        let of_record = record::of_record(deadline.as_ref(), &scored, |one| (one.received_at, one.score.total));
        for student in db::forks::students(conn, fork.id).await? {
            let extended = extension.filter(|extension| app.course.is_extended_by(Some(extension)));
            grades.push(grade(app, &fork, student, of_record, extended));
        }
    }
    grades.sort_by_key(|grade| grade.login.to_lowercase());
    Ok(grades)
}

fn grade(
    app: &App,
    fork: &crate::domain::Fork,
    student: Student,
    scored: Option<&db::scores::ScoredSubmission>,
    extended: Option<&Extension>,
) -> Grade {
    let score = scored.map(|scored| &scored.score);
    let findings = || score.into_iter().flat_map(|score| &score.findings);
    let by_hand = || findings().filter_map(|finding| Some((finding, finding.overridden.as_ref()?)));
    Grade {
        login: student.login.to_string(),
        name: student.name.unwrap_or_default(),
        email: student.email.unwrap_or_default(),
        group: student.group.unwrap_or_default(),
        fork: fork.full_name.clone(),
        commit: scored.map(|scored| scored.commit.to_string()).unwrap_or_default(),
        total: score.map(|score| score.total),
        base: score.map(|score| score.base),
        bonus: score.map(|score| score.bonus),
        penalty: score.map(|score| score.penalty),
        late_penalty: score.map(|score| score.late_penalty),
        scale: app.course.scale,
        overridden: by_hand().next().is_some(),
        override_reasons: by_hand()
            .map(|(finding, given)| format!("{}: {}", finding.criterion, given.reason))
            .collect(),
        extended_until: extended.map(|extension| extension.until),
        findings: findings().cloned().collect(),
    }
}

fn points(points: Option<Points>) -> String {
    points.map(|points| points.to_string()).unwrap_or_default()
}

fn csv(grades: &[Grade]) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "login",
        "name",
        "email",
        "group",
        "fork",
        "commit",
        "total",
        "base",
        "bonus",
        "penalty",
        "late_penalty",
        "scale",
        "overridden",
        "override_reasons",
        "extended_until",
    ])?;
    for grade in grades {
        let text = [&grade.login, &grade.name, &grade.email, &grade.group, &grade.fork, &grade.commit];
        let numbers = [grade.total, grade.base, grade.bonus, grade.penalty, grade.late_penalty, Some(grade.scale)];
        let decided = [
            if grade.overridden { "yes" } else { "no" }.to_owned(),
            harmless(&grade.override_reasons.join("; ")),
            grade.extended_until.map(|until| until.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default(),
        ];
        let text = text.into_iter().map(|cell| harmless(cell));
        writer.write_record(text.chain(numbers.into_iter().map(points)).chain(decided))?;
    }
    Ok(writer.into_inner()?)
}

/// Moodle finds people by e-mail, or by user name where there is none.
fn moodle(grades: &[Grade]) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["Username", "Email address", "Grade"])?;
    for grade in grades.iter().filter(|grade| grade.total.is_some()) {
        writer.write_record([harmless(&grade.login), harmless(&grade.email), points(grade.total)])?;
    }
    Ok(writer.into_inner()?)
}
