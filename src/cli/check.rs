//! `forkgrade check`: the static checks on a working copy, as a student runs them at home.
//! May import: `observe/`, `rubric/`, `config`, `i18n`, `domain/`.
//! Next: `at_home.rs` opens the working copy, `observe/inspect.rs` reads it, `rubric/score.rs` judges it.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};
use serde::Serialize;

use super::annotations::{annotation, notice};
use super::at_home::{Home, Missing};
use crate::clock::Clock;
use crate::config;
use crate::domain::course::Language;
use crate::domain::facts::{Facts, Inspection};
use crate::domain::finding::Provenance;
use crate::domain::{Course, Message, Outcome, Points, Score};
use crate::i18n;
use crate::observe::inspect::{InspectRequest, inspect_rendered, inspection_address, readmes};
use crate::observe::rendering::renderings_here;
use crate::rubric::{Submitted, hints, rubric_hash, score};

/// Check a working copy before pushing it: everything that can be seen without running the project.
///
/// Files that git ignores are left out, as a push leaves them out. Needs no server, no token, no Docker and no database. Ends with 0 when nothing is left to improve besides bonus items,
/// with 1 while something is, with 2 when the folder or the course file cannot be read.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The working copy of the fork (the folder with the chapters in it).
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// The course itself, to tell its files from yours: a clone of it, or a folder with its files. Without it, what this
    /// working copy knows: the remote `upstream`, else the commits that came before yours.
    #[arg(long, value_name = "DIR")]
    upstream: Option<PathBuf>,
    /// Working copy of the project, where that is a repository of its own (named in `.forkgrade.toml`).
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// The course's configuration; the Data Engineer course where absent.
    #[arg(long, value_name = "FILE")]
    course: Option<PathBuf>,
    /// What is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Language of the findings; the course's where absent.
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// No colours, whatever the terminal can do.
    #[arg(long, env = "NO_COLOR", hide_env_values = true, num_args = 0..=1, default_missing_value = "1", hide = true)]
    no_color: Option<String>,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for people.
    Text,
    Json,
    /// Annotations of GitHub Actions, at file and line.
    Github,
}

/// A language of the findings.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lang {
    Fr,
    En,
}

/// One finding as `--json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    criterion: &'a str,
    title: &'a str,
    outcome: Outcome,
    points: String,
    max: String,
    /// Below 0 for a penalty.
    min: String,
    #[serde(skip)]
    bound: Points,
    bonus: bool,
    evidence: Vec<String>,
    advice: Vec<String>,
}

/// Checks a folder and prints the findings.
pub fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let course = match &args.course {
        Some(path) => config::load(path),
        None => config::example_course(),
    };
    let opened = course.map_err(anyhow::Error::from).and_then(|course| {
        let home = Home::open(&args.dir, args.upstream.as_deref(), args.project.as_deref(), &course)?;
        Ok((course, home))
    });
    let (mut course, home) = match opened {
        Ok(opened) => opened,
        Err(misuse) => {
            writeln!(std::io::stderr(), "{misuse:#}")?;
            return Ok(ExitCode::from(2));
        }
    };
    course.rubric.criteria.retain(|criterion| !criterion.hidden);
    let language = match args.lang {
        Some(Lang::Fr) => Language::Fr,
        Some(Lang::En) => Language::En,
        None => course.language,
    };
    let (inspection, score) = examine(&course, &home)?;
    let lines = lines(&course, &score, language);
    let hints = hints(&course.rubric, &inspection.readme);
    // Known before anything is printed: what was compared with what is no finding, and standard output may be read by a program.
    for note in home.notes(&course) {
        writeln!(std::io::stderr(), "{}", i18n::text(language, &note))?;
    }
    if args.format == Format::Github {
        let titled = score.findings.iter().zip(&lines);
        for annotation in titled.filter_map(|(finding, line)| annotation(finding, line.title, language)) {
            writeln!(std::io::stdout(), "{annotation}")?;
        }
        for hint in &hints {
            writeln!(std::io::stdout(), "{}", notice(hint, language))?;
        }
    } else if args.json || args.format == Format::Json {
        let report = serde_json::json!({
            "project": { "state": inspection.project.state, "folder": inspection.project.folder },
            "missing": home.missing().map(Missing::word),
            "findings": lines,
            "hints": hints.iter().map(|hint| i18n::text(language, hint)).collect::<Vec<_>>(),
        });
        writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        let is_plain = args.no_color.as_ref().is_some_and(|value| !value.is_empty());
        print(&inspection, &lines, language, std::io::stdout().is_terminal() && !is_plain)?;
        print_hints(&hints, language)?;
        writeln!(std::io::stdout(), "{}", i18n::word(language, "check-what-is-left"))?;
    }
    let improvable = score.findings.iter().any(|finding| !finding.bonus && finding.is_open());
    Ok(ExitCode::from(u8::from(improvable)))
}

fn examine(course: &Course, home: &Home) -> anyhow::Result<(Inspection, Score)> {
    let now = Clock::System.now();
    let history = home.history(course.time_zone)?;
    let request = InspectRequest { course, history, as_of: home.as_of(now), separate: home.separate() };
    let renderings = renderings_here(readmes(&home.folder, &request));
    let inspection = inspect_rendered(&home.folder, request, &renderings);
    let provenance = Provenance {
        rubric: rubric_hash(&course.rubric),
        inspection: inspection_address(&inspection),
        execution: None,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        judges: Vec::new(),
    };
    let facts = Facts { inspection: &inspection, execution: None, judges: &[] };
    let score = score(course, facts, Submitted::at(now), provenance);
    Ok((inspection, score))
}

/// The findings of a graded folder, as a table on standard output.
pub(super) fn print_findings(
    course: &Course,
    inspection: &Inspection,
    score: &Score,
    language: Language,
) -> anyhow::Result<()> {
    print(inspection, &lines(course, score, language), language, std::io::stdout().is_terminal())
}

fn lines<'a>(course: &'a Course, score: &'a Score, language: Language) -> Vec<Line<'a>> {
    let texts = |messages: &[Message]| messages.iter().map(|m| i18n::text(language, m)).collect();
    let titled = score.findings.iter().zip(&course.rubric.criteria);
    titled
        .map(|(finding, criterion)| Line {
            criterion: &finding.criterion,
            title: match language {
                Language::Fr => &criterion.title_fr,
                Language::En => &criterion.title_en,
            },
            outcome: finding.outcome,
            points: finding.points.to_string(),
            max: finding.max.to_string(),
            min: finding.min.to_string(),
            bound: finding.bound(),
            bonus: finding.bonus,
            evidence: texts(&finding.evidence),
            advice: texts(&finding.advice),
        })
        .collect()
}

/// What costs nothing, below what is judged.
pub(super) fn print_hints(hints: &[Message], language: Language) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if !hints.is_empty() {
        writeln!(out, "{}", i18n::word(language, "hints-title"))?;
    }
    for hint in hints {
        writeln!(out, "  • {}", i18n::text(language, hint))?;
    }
    Ok(())
}

fn print(inspection: &Inspection, lines: &[Line<'_>], language: Language, colours: bool) -> anyhow::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    let head = ["check-head-outcome", "check-head-criterion", "check-head-points", "check-head-seen"];
    table.set_header(head.map(|key| i18n::word(language, key)));
    for line in lines {
        let (key, colour) = match line.outcome {
            Outcome::Passed => ("outcome-passed", Color::Green),
            Outcome::Partial => ("outcome-partial", Color::Yellow),
            Outcome::Failed => ("outcome-failed", Color::Red),
            Outcome::Skipped => ("outcome-skipped", Color::DarkGrey),
        };
        let outcome = Cell::new(i18n::word(language, key));
        let title = Cell::new(if line.bonus { format!("{} (bonus)", line.title) } else { line.title.to_owned() });
        let advice = line.advice.iter().map(|advice| format!("→ {advice}"));
        let seen: Vec<String> = line.evidence.iter().cloned().chain(advice).collect();
        let points = Cell::new(format!("{} / {}", line.points, line.bound));
        let (outcome, title) = match colours {
            true => (outcome.fg(colour), title.add_attribute(Attribute::Bold)),
            false => (outcome, title),
        };
        table.add_row([outcome, title, points, Cell::new(seen.join("\n"))]);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", i18n::text(language, &inspection.project.found_by))?;
    writeln!(out, "{table}")?;
    Ok(())
}
