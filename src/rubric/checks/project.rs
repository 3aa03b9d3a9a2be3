//! The project folder: something submitted, files that parse, no secrets left behind.
//! May import: `domain/`.
//! Next: `observe/project.rs` made the facts.

use crate::domain::Message;
use crate::domain::facts::Facts;
use crate::domain::facts::inspection::{ProjectFacts, ProjectState};
use crate::domain::rubric::ProjectAspect;

use super::{Judgement, listed};

pub fn judge(aspect: ProjectAspect, facts: Facts<'_>) -> Judgement {
    match aspect {
        ProjectAspect::Submitted => submitted(&facts.inspection.project),
        ProjectAspect::Parses => parses(facts),
        ProjectAspect::NoSecrets => no_secrets(facts),
    }
}

fn submitted(project: &ProjectFacts) -> Judgement {
    let found = project.found_by.clone();
    match project.state {
        ProjectState::Submitted => {
            let files = Message::new("project-files")
                .with("files", project.files)
                .with("own", project.own_files)
                .with("code", project.own_code_files);
            let judgement = Judgement::passed(found).seen([files]);
            if project.junk.is_empty() {
                return judgement;
            }
            let junk: Vec<String> = project.junk.iter().map(ToString::to_string).collect();
            judgement.advise(Message::new("project-junk").with("paths", listed(&junk, 3)))
        }
        ProjectState::DocumentsOnly => Judgement::failed(found).advise(Message::new("project-add-code")),
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
    if errors.is_empty() {
        return Judgement::passed(Message::new("project-parses").with("files", code.python_files));
    }
    let broken = errors.len() as u64;
    let seen = errors.iter().take(5).map(|error| {
        let key = if error.python2 { Message::new("project-python2") } else { Message::new("project-syntax-error") };
        key.with("place", format!("{}:{}", error.path, error.line)).with("error", &error.message)
    });
    let files = u64::from(code.python_files);
    let summary = Message::new("project-broken-files").with("count", broken);
    Judgement::part(files.saturating_sub(broken), files, summary).seen(seen).advise(Message::new("project-mend-syntax"))
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
