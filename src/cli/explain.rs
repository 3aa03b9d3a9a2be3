//! `explain`: how the grade of a fork came about, line by line.
//! May import: `app`, `rubric/`, `db/`, `i18n`, `web/` (the submission of record).
//! Next: `rubric/explain.rs` for the arithmetic.

use std::process::ExitCode;

use anyhow::{Context, bail};
use serde::Serialize;

use super::{CourseArg, show};
use crate::app::App;
use crate::db;
use crate::domain::rubric::Kind;
use crate::domain::{CommitSha, Course, Finding, Outcome, Score};
use crate::i18n;
use crate::rubric::{self, Reader};
use crate::web::{self, words};

#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    #[command(flatten)]
    course: CourseArg,
    /// The fork, as owner/name or owner.
    fork: String,
    /// Another submission than the one of record: its commit, or how it begins.
    #[arg(long)]
    commit: Option<String>,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Explained<'a> {
    fork: &'a str,
    commit: &'a CommitSha,
    score: &'a Score,
    sums: Vec<String>,
}

/// Prints every criterion with its points, then the arithmetic, then what it was made from.
pub async fn explain(args: ExplainArgs) -> anyhow::Result<ExitCode> {
    let app = super::app(&args.course.course).await?;
    let done = tell(&app, &args).await;
    app.close().await;
    done
}

async fn tell(app: &App, args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let conn = &mut *app.pool.acquire().await?;
    let rows = db::views::class(conn, app.course_id, None).await?;
    let row = rows.iter().find(|row| super::grade::is_named(&row.full_name, &args.fork));
    let row = row.with_context(|| format!("no fork is called {}: `forkgrade sync` lists them", args.fork))?;
    let record = web::record_of(&app.course, row).and_then(|record| row.submissions.get(record.index));
    let shown = match &args.commit {
        Some(begin) => row.submissions.iter().find(|one| one.commit.as_str().starts_with(begin.as_str())),
        None => record.or(row.submissions.last()),
    };
    let Some(submission) = shown else { bail!("{} handed in no such commit", row.full_name) };
    let scores = db::views::scores_of_submission(conn, submission.id).await?;
    let Some(score) = scores.iter().find(|score| score.current).map(|score| &score.score) else {
        bail!("{} at {} is not graded yet", row.full_name, submission.commit)
    };
    let language = app.course.language;
    // Titles and arithmetic are those of the rubric that it was scored by.
    let course = db::rubrics::course_of(conn, &app.course, &score.provenance.rubric).await?;
    let sums = rubric::explain(&course, score, Reader::Teacher).iter().map(|line| i18n::text(language, line)).collect();
    let explained = Explained { fork: &row.full_name, commit: &submission.commit, score, sums };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&explained)?);
        return Ok(ExitCode::SUCCESS);
    }
    let of_record = if record.is_some_and(|record| record.id == submission.id) { ", of record" } else { "" };
    println!("{} at {}{of_record}", explained.fork, explained.commit);
    println!("{}", table(&course, score));
    for line in &explained.sums {
        println!("{line}");
    }
    let provenance = &score.provenance;
    let execution = provenance.execution.as_ref().map(ToString::to_string).unwrap_or_else(|| "none".to_owned());
    println!(
        "rubric {}, inspection {}, execution {execution}, forkgrade {}",
        provenance.rubric, provenance.inspection, provenance.program
    );
    Ok(ExitCode::SUCCESS)
}

fn table(course: &Course, score: &Score) -> comfy_table::Table {
    let language = course.language;
    let kind = |finding: &Finding| {
        let given = finding.overridden.as_ref();
        let words = [
            (finding.kind() == Kind::Bonus, "bonus"),
            (finding.kind() == Kind::Penalty, "penalty"),
            (finding.hidden, "hidden"),
            (finding.outcome == Outcome::Skipped, "skipped"),
            (given.is_some(), "by hand"),
            (given.is_some_and(|given| given.stale), "stale"),
        ];
        words.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect::<Vec<_>>().join(", ")
    };
    let rows = score.findings.iter().map(|finding| {
        let why = finding.evidence.first().map(|seen| i18n::text(language, seen)).unwrap_or_default();
        let outcome = i18n::word(language, &words::key("outcome", &finding.outcome));
        let title = course.rubric.title_of(finding, language).to_owned();
        vec![title, outcome, finding.points.to_string(), finding.bound().to_string(), kind(finding), why]
    });
    show::table(&["criterion", "outcome", "points", "of", "", "seen"], &[2, 3], rows)
}
