//! A Dockerfile alone as a plan: its image, interpreted, and what it starts.
//! May import: `domain/`, and within the room its siblings.
//! Next: `mod.rs` reads the file.

use std::collections::BTreeSet;

use crate::domain::Message;
use crate::domain::launch::{LaunchKind, Step, StepRole};
use crate::domain::source::RepoPath;
use crate::observe::launch::hints::Hints;
use crate::observe::launch::program::{self, Program, contained, differs};
use crate::observe::launch::{Project, Start, loaders};

use super::{Recipe, Wanted};

/// The nearest Dockerfile that starts a web application, else one that starts anything. Where none does, `reasons` holds why.
pub fn start(project: &Project<'_>, hints: &Hints, reasons: &mut Vec<Message>) -> Option<Start> {
    let mut found: Vec<(Recipe, Program)> = Vec::new();
    let mut against = Vec::new();
    for file in &hints.dockerfiles {
        match read(project, file) {
            Ok(one) => found.push(one),
            Err(reason) => against.push(reason),
        }
    }
    let shows_pages = project.code.scripts.iter().any(|script| !script.objects.is_empty());
    if shows_pages
        && let Some((recipe, program)) = found.first()
        && found.iter().all(|(_, program)| program.web == Some(false))
    {
        let reason = Message::new("launch-serves-nothing").with("file", &recipe.file);
        against.push(reason.with("program", program.argv.join(" ")));
        found.clear();
    }
    let best = (0..found.len()).min_by_key(|index| found.get(*index).is_none_or(|(_, one)| one.web == Some(false)));
    let Some(best) = best else {
        reasons.extend(against);
        return None;
    };
    let (recipe, program) = found.swap_remove(best);
    Some(of(project, hints, recipe, program))
}

fn read(project: &Project<'_>, file: &RepoPath) -> Result<(Recipe, Program), Message> {
    let mut recipe = super::read(project, file, &Wanted { context: file.parent(), ..Wanted::default() })?;
    let program = program::of(project, &mut recipe)?;
    Ok((recipe, program))
}

fn of(project: &Project<'_>, hints: &Hints, mut recipe: Recipe, program: Program) -> Start {
    let mut reasons = vec![Message::new("launch-dockerfile").with("file", &recipe.file)];
    let mut steps = Vec::new();
    for (step, reason) in loaders::inside(project, hints, &recipe, &program, &BTreeSet::new()) {
        steps.extend(step);
        reasons.push(reason);
    }
    let container = contained(project, &mut recipe, &program);
    let role = if program.web == Some(false) { StepRole::Load } else { StepRole::Serve };
    let file = project.local(program.script.as_ref().unwrap_or(&recipe.file));
    steps.push(Step { role, built: differs(&program), argv: program.argv, file, part: None });
    reasons.extend(recipe.reasons);
    Start {
        kind: LaunchKind::Dockerfile,
        workdir: recipe.files.started_in(project).unwrap_or_else(|| project.scope.folder.clone()),
        steps,
        env: recipe.env,
        port: program.port.or(recipe.port),
        packages: program.packages,
        reasons,
        container: Some(container),
        parts: Vec::new(),
    }
}
