//! Projects that drive a browser: the run's own answers, under the names and in the place of what they would start themselves.
//! May import: `domain/`, and within the room its siblings.
//! Next: `probe/relay.rs` for how it answers.

use crate::domain::Message;
use crate::domain::check::Technology;
use crate::domain::source::RepoPath;

use super::hints::Hints;
use super::{Project, compose};

/// Whether a browser is to be there, and what is said about it.
pub fn asked(project: &Project<'_>, hints: &Hints, reasons: &mut Vec<Message>) -> bool {
    let services = hints.compose_files.first().and_then(|path| compose::read(project, path)).unwrap_or_default();
    let services: Vec<String> =
        services.iter().filter(|service| compose::is_browser(service)).map(|service| service.name.clone()).collect();
    if !services.is_empty() {
        reasons.push(Message::new("launch-compose-selenium").with("services", services.join(", ")));
    }
    let scripts = || project.code.scripts.iter().filter(|script| project.holds(&script.path));
    let driving = scripts().find(|script| script.uses.contains_key(&Technology::Selenium));
    let Some(driving) = driving else { return !services.is_empty() };
    reasons.push(Message::new("launch-selenium").with("file", &driving.path));
    if let Some(driver) = driver(project) {
        reasons.push(Message::new("launch-selenium-driver").with("file", driver));
    }
    let downloads =
        |(_, import): &(u32, crate::observe::python::Import)| import.module.starts_with("webdriver_manager");
    if let Some(script) = scripts().find(|script| script.imports.iter().any(downloads)) {
        reasons.push(Message::new("launch-webdriver-manager").with("file", &script.path));
    }
    true
}

/// A driver's program in the project: junk to every other reader.
fn driver<'p>(project: &'p Project<'_>) -> Option<&'p RepoPath> {
    project.scope.tree.below(&project.scope.folder).map(|entry| &entry.path).find(|path| is_driver(path))
}

/// A driver's own program, for whichever machine.
fn is_driver(path: &RepoPath) -> bool {
    let name = path.name().to_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    ["chromedriver", "geckodriver", "msedgedriver"].iter().any(|driver| {
        name.strip_prefix(driver)
            .is_some_and(|rest| rest.chars().all(|c| !c.is_ascii_alphabetic()) || rest.starts_with(['_', '-']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_are_known_by_their_names() {
        let is = |path: &str| is_driver(&RepoPath::parse(path).expect("a safe path"));
        assert!(
            is("outils/chromedriver.exe") && is("geckodriver") && is("chromedriver_linux64") && is("chromedriver2")
        );
        assert!(!is("chromedriver.py") && !is("mychromedriver") && !is("chromedriver.log"));
    }
}
