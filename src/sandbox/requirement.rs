//! Requirement lines (PEP 508) as far as the installer reads them, and the resolver's complaints about them.
//! May import: std.
//! Next: `installer.rs`.

/// `flask` of `Flask[async]>=1.1 ; python_version < "3.9"`.
pub fn project_name(line: &str) -> &str {
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
    line.get(..end.unwrap_or(line.len())).unwrap_or(line)
}

/// The one version that a line allows: `1.1` of `Flask[async]==1.1 ; python_version < "3.9"`.
pub fn pin(line: &str) -> Option<&str> {
    let versions = line.split(';').next().unwrap_or_default();
    let (_, version) = versions.split_once("==")?;
    let version = version.trim_start_matches('=').trim();
    (!version.contains(['*', ',', ' '])).then_some(version)
}

/// The same line without its versions: `Flask[async] ; python_version < "3.9"`.
pub fn unpinned(line: &str) -> String {
    let (requirement, marker) = line.split_once(';').unwrap_or((line, ""));
    let end = requirement.find(['=', '<', '>', '!', '~', '(', '@']).unwrap_or(requirement.len());
    let name = requirement.get(..end).unwrap_or(requirement).trim();
    if marker.is_empty() { name.to_owned() } else { format!("{name} ;{marker}") }
}

/// Whether what was installed (`name==version` lines) is what a pinned line asked for.
pub fn is_pin_kept(line: &str, installed: &[String]) -> bool {
    let Some(version) = pin(line) else { return true };
    installed.iter().any(|one| is_of(one, project_name(line)) && pin(one) == Some(version))
}

/// Whether one of these lines pins the project.
pub fn is_pinned(lines: &[String], name: &str) -> bool {
    lines.iter().any(|line| pin(line).is_some() && is_of(line, name))
}

fn is_of(line: &str, name: &str) -> bool {
    canonical(project_name(line)) == canonical(name)
}

/// Whether the resolver's complaint is about this project: `Because flask-foo was not found…`, ``Failed to build `flask-foo==1` ``.
pub fn is_named_in(name: &str, said: &str) -> bool {
    let name = canonical(name);
    own_words(said).any(|line| {
        let line = canonical(line);
        ["because ", "failed to build `", "failed to download `", "wheels are required for `"]
            .iter()
            .any(|cue| line.contains(cue))
            && line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|word| word == name)
    })
}

/// What the resolver says of source archives of before 2021, whose names it does not take.
pub const MISNAMED: &str = " has a non-PEP 625-compliant source distribution filename";

/// Whether another try that builds from source could help.
pub fn lacks_wheels(said: &str) -> bool {
    own_words(said)
        .any(|line| ["no usable wheels", "Wheels are required", MISNAMED].iter().any(|cue| line.contains(cue)))
}

/// Whether a build from source wants what no image of ours has: another version of the package would want it too.
pub fn lacks_compiler(said: &str) -> bool {
    const CUES: [&str; 4] = ["C compiler", "unable to execute 'gcc'", "command 'gcc' failed", "gcc: not found"];
    CUES.iter().any(|cue| said.contains(cue))
}

/// Whose trouble it is when it is not the student's.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The index or the way to it.
    Index(String),
    Disk(String),
}

/// Our own trouble in the resolver's words: to be tried again, and never a student's fault.
pub fn trouble(said: &str) -> Option<Trouble> {
    const INDEX: [&str; 6] =
        ["Failed to fetch", "error sending request", "dns error", "401 Unauthorized", "403 Forbidden", "429 Too Many"];
    own_words(said).find_map(|line| {
        let quoted = line.trim().to_owned();
        if line.contains("No space left on device") {
            return Some(Trouble::Disk(quoted));
        }
        INDEX.iter().any(|cue| line.contains(cue)).then_some(Trouble::Index(quoted))
    })
}

/// The resolver's own lines: what a build printed comes after its marks, and is a stranger's to write.
fn own_words(said: &str) -> impl Iterator<Item = &str> {
    said.lines().take_while(|line| !matches!(line.trim(), "[stdout]" | "[stderr]"))
}

fn canonical(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_apart() {
        let line = "Flask[async]==1.1.2 ; python_version < '3.9'";
        assert_eq!((project_name(line), pin(line)), ("Flask", Some("1.1.2")));
        assert_eq!(unpinned(line), "Flask[async] ; python_version < '3.9'");
        assert_eq!(unpinned("pandas>=1,<2"), "pandas");
        assert_eq!(pin("numpy==1.*"), None);
        assert_eq!(pin("numpy>=1 ; python_version == '3.8'"), None);
        let installed = ["flask==1.1.2".to_owned(), "zope-interface==5.0".to_owned()];
        assert!(is_pin_kept(line, &installed) && is_pin_kept("zope.interface==5.0", &installed));
        assert!(!is_pin_kept("Flask==1.1.1", &installed));
    }

    #[test]
    fn the_culprit_is_found_by_its_name_and_not_by_a_part_of_it() {
        let said = "error: No solution found when resolving dependencies\n  cause: Because flask-foo was not found in the package registry and you require flask-foo";
        assert!(is_named_in("Flask_Foo", said));
        assert!(!is_named_in("flask", said));
        assert!(!lacks_wheels(said));
        let said = "  cause: Because sgmllib3k==1.0.0 has no usable wheels and only sgmllib3k==1.0.0 is available";
        assert!(is_named_in("sgmllib3k", said) && lacks_wheels(said));
    }

    #[test]
    fn our_own_trouble_is_told_from_the_students() {
        let away = "error: Request failed after 3 retries in 6.0s\n  cause: Failed to fetch: http://index/flask/";
        assert!(matches!(trouble(away), Some(Trouble::Index(line)) if line.ends_with("http://index/flask/")));
        let forbidden = "hint: An index (http://index/) returned a 403 Forbidden error.";
        assert!(matches!(trouble(forbidden), Some(Trouble::Index(_))));
        let full = "error: Failed to install: x.whl\n  cause: No space left on device (os error 28)";
        assert!(matches!(trouble(full), Some(Trouble::Disk(_))));
        assert_eq!(trouble("cause: Because nosuch was not found in the package registry"), None);
        let forged = "error: Failed to build `evil==1`\n      [stderr]\n      Failed to fetch: http://index/evil/";
        assert_eq!(trouble(forged), None);
    }
}
