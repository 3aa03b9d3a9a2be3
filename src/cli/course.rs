//! `course init`, `course validate`, `course schema`: the configuration file.
//! May import: `config`.
//! Next: `config.rs`, which reads and checks it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use super::CourseArg;
use crate::config;
use crate::domain::ids::CourseSlug;

#[derive(Debug, clap::Subcommand)]
pub enum CourseCommand {
    /// Write a commented course.toml that fits the Data Engineer course.
    Init(InitArgs),
    /// Check a course.toml and name every mistake with its line.
    Validate(CourseArg),
    /// Print the JSON Schema of course.toml, for editors.
    Schema,
}

#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The repository that students fork, owner/name.
    upstream: String,
    /// The course's name in addresses.
    #[arg(long, default_value = "data-engineer")]
    slug: CourseSlug,
    #[arg(long, default_value = "Data Engineer")]
    title: String,
    /// The file to write.
    #[arg(long, short, default_value = "course.toml", value_name = "FILE")]
    output: PathBuf,
    /// Replace the file where it exists.
    #[arg(long)]
    force: bool,
}

/// Runs one of the course commands.
pub fn run(command: CourseCommand) -> anyhow::Result<ExitCode> {
    match command {
        CourseCommand::Init(args) => init(&args),
        CourseCommand::Validate(args) => Ok(validate(&args)),
        CourseCommand::Schema => {
            println!("{}", serde_json::to_string_pretty(&config::schema())?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn init(args: &InitArgs) -> anyhow::Result<ExitCode> {
    let shown = args.output.display();
    if args.output.exists() && !args.force {
        anyhow::bail!("{shown} exists already: --force replaces it");
    }
    let text = config::default_course(args.slug.as_str(), &args.title, &args.upstream);
    // What we write ourselves passes our own check, whatever was given for its blanks.
    config::parse(&text, &shown.to_string())?;
    std::fs::write(&args.output, text).with_context(|| format!("cannot write {shown}"))?;
    println!("{shown} is written; next: edit it, then `forkgrade course validate` and `forkgrade grade --all`");
    Ok(ExitCode::SUCCESS)
}

fn validate(args: &CourseArg) -> ExitCode {
    match config::load_with_suites(&args.course) {
        Ok((course, _)) => {
            println!(
                "{} is in order: {}, {} criteria",
                args.course.display(),
                course.title,
                course.rubric.criteria.len()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(1)
        }
    }
}
