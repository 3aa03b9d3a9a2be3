//! The project folder: something submitted, files that parse, no secrets left behind.
//! May import: `domain/`.
//! Next: `observe/project.rs` made the facts.

use crate::domain::Message;
use crate::domain::check::ProjectAspect;
use crate::domain::facts::Facts;
use crate::domain::facts::inspection::{ProjectFacts, ProjectState};

use super::{Judgement, listed};

/// What a teacher asks besides.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    pub min_files: u32,
    pub min_lines: u32,
    pub max_mebibytes: Option<u32>,
}

/// What a project may weigh where the course says nothing.
pub const MAX_MEBIBYTES: u32 = 20;

pub fn judge(aspect: ProjectAspect, terms: Terms, facts: Facts<'_>) -> Judgement {
    let project = &facts.inspection.project;
    match aspect {
        ProjectAspect::Submitted => submitted(project, terms, facts),
        ProjectAspect::Parses => parses(facts),
        ProjectAspect::NoSecrets => no_secrets(facts),
        ProjectAspect::Size if project.state == ProjectState::Submitted => size(project, terms),
        ProjectAspect::Clean if project.state == ProjectState::Submitted => clean(project),
        ProjectAspect::Size | ProjectAspect::Clean => Judgement::skipped(project.found_by.clone()),
    }
}

fn junk(project: &ProjectFacts) -> Option<Message> {
    let junk: Vec<String> = project.junk.iter().map(ToString::to_string).collect();
    (!junk.is_empty()).then(|| Message::new("project-junk").with("paths", listed(&junk, 3)))
}

/// Half of the points of what is there at all, the rest by how much of what is asked for is there.
fn enough(terms: Terms, facts: Facts<'_>) -> Judgement {
    let (project, code) = (&facts.inspection.project, &facts.inspection.code);
    let found = project.found_by.clone();
    let share = |had: u32, least: u32| 1_000 * u64::from(had.min(least)) / u64::from(least.max(1));
    let least_files = terms.min_files.max(1);
    let reached = match terms.min_lines {
        0 => share(project.own_code_files, least_files),
        lines => share(project.own_code_files, least_files).min(share(code.lines, lines)),
    };
    let mut judgement = Judgement::part(1_000 + reached, 2_000, found);
    if project.own_code_files < least_files {
        judgement = judgement.advise(Message::new("project-more-files").with("least", least_files));
    }
    if code.lines < terms.min_lines {
        let more = Message::new("project-more-lines").with("lines", code.lines).with("least", terms.min_lines);
        judgement = judgement.advise(more);
    }
    judgement
}

fn size(project: &ProjectFacts, terms: Terms) -> Judgement {
    let most = u64::from(terms.max_mebibytes.unwrap_or(MAX_MEBIBYTES));
    // Begun mebibytes: a project of a few bytes weighs something too.
    let weighs = project.bytes.div_ceil(1 << 20);
    let seen = Message::new("project-size").with("mebibytes", weighs).with("most", most);
    if weighs <= most {
        return Judgement::passed(seen);
    }
    let large: Vec<String> = project.too_large.iter().map(ToString::to_string).collect();
    let large = (!large.is_empty()).then(|| Message::new("project-large-files").with("paths", listed(&large, 5)));
    Judgement::failed(seen).seen(large).advise(Message::new("project-slim"))
}

fn clean(project: &ProjectFacts) -> Judgement {
    match junk(project) {
        None => Judgement::passed(Message::new("project-clean")),
        Some(advice) => {
            let seen = Message::new("project-junk-found").with("count", project.junk.len());
            Judgement::failed(seen).advise(advice)
        }
    }
}

fn submitted(project: &ProjectFacts, terms: Terms, facts: Facts<'_>) -> Judgement {
    let found = project.found_by.clone();
    match project.state {
        ProjectState::Submitted => {
            let files = Message::new("project-files")
                .with("files", project.files)
                .with("own", project.own_files)
                .with("code", project.own_code_files);
            let judgement = enough(terms, facts).seen([files]);
            junk(project).into_iter().fold(judgement, |judgement, hint| judgement.advise(hint))
        }
        ProjectState::DocumentsOnly => {
            let mend = if found.args.contains_key("nested") { "project-mend-gitlink" } else { "project-add-code" };
            Judgement::failed(found).advise(Message::new(mend))
        }
        ProjectState::Template => Judgement::failed(found).advise(Message::new("project-begin")),
        ProjectState::Missing => Judgement::failed(found).advise(Message::new("project-create")),
        ProjectState::Gitlink => Judgement::failed(found).advise(Message::new("project-mend-gitlink")),
        ProjectState::EmptyRepository => Judgement::failed(found).advise(Message::new("project-push")),
        ProjectState::ElsewhereUnreadable => Judgement::failed(found).advise(Message::new("project-open-repository")),
    }
}

fn parses(facts: Facts<'_>) -> Judgement {
    let code = &facts.inspection.code;
    if code.python_files == 0 {
        return Judgement::skipped(Message::new("project-no-python"));
    }
    let errors = &code.syntax_errors;
    let newer = code.newer_python.iter().take(3).map(|newer| {
        let place = format!("{}:{}", newer.path, newer.line);
        Message::new("project-newer-python").with("place", place).with("python", &newer.python)
    });
    if errors.is_empty() {
        let passed = Judgement::passed(Message::new("project-parses").with("files", code.python_files));
        return newer.fold(passed, Judgement::advise);
    }
    let broken = errors.len() as u64;
    let seen = errors.iter().take(5).map(|error| {
        let key = if error.python2 { Message::new("project-python2") } else { Message::new("project-syntax-error") };
        key.with("place", format!("{}:{}", error.path, error.line)).with("error", &error.message)
    });
    let files = u64::from(code.python_files);
    let summary = Message::new("project-broken-files").with("count", broken);
    let judgement = Judgement::part(files.saturating_sub(broken), files, summary).seen(seen);
    newer.fold(judgement.advise(Message::new("project-mend-syntax")), Judgement::advise)
}

fn no_secrets(facts: Facts<'_>) -> Judgement {
    let secrets = &facts.inspection.code.secrets;
    if secrets.is_empty() {
        return Judgement::passed(Message::new("project-no-secrets"));
    }
    let places: Vec<String> =
        secrets.iter().map(|secret| format!("{}:{} ({})", secret.path, secret.line, secret.kind)).collect();
    Judgement::failed(Message::new("project-secrets").with("places", listed(&places, 5)))
        .advise(Message::new("project-hide-secrets"))
}
