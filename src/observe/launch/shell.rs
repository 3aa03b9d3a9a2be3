//! Shell lines of recipes taken apart: what they install, and the program that is left to start.
//! May import: shlex, within the room its siblings.
//! Next: `dockerfile/` reads `RUN` with it, `program.rs` what a container starts.

use super::hints::split;

/// What the recipes of one container install.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installs {
    /// Requirements files, as the recipe names them.
    pub files: Vec<String>,
    /// Requirement lines.
    pub packages: Vec<String>,
    /// The project's own dependency file, whichever it is: `pipenv install`, `poetry install`.
    pub manifest: bool,
}

impl Installs {
    /// Whether nothing is installed.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.packages.is_empty() && !self.manifest
    }

    /// Takes one command, if it installs packages of Python.
    pub fn take(&mut self, words: &[String]) -> bool {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let rest = match words.as_slice() {
            ["sudo", rest @ ..] => rest,
            all => all,
        };
        match rest {
            [pip, "install", rest @ ..] if is_pip(pip) => self.take_pip(rest),
            [python, "-m", "pip", "install", rest @ ..] if is_python(python) => self.take_pip(rest),
            ["uv", "pip", "install", rest @ ..] => self.take_pip(rest),
            ["pipenv", "install" | "sync", ..] | ["poetry", "install", ..] | ["uv", "sync", ..] => self.manifest = true,
            ["conda" | "mamba", "env", "create" | "update", ..] => self.manifest = true,
            _ => return false,
        }
        true
    }

    fn take_pip(&mut self, words: &[&str]) {
        const WITH_VALUE: [&str; 12] = [
            "-i",
            "--index-url",
            "--extra-index-url",
            "--trusted-host",
            "-f",
            "--find-links",
            "--timeout",
            "--default-timeout",
            "--proxy",
            "-t",
            "--target",
            "--cache-dir",
        ];
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "-r" | "--requirement" => self.files.extend(words.next().map(|file| (*file).to_owned())),
                "-c" | "--constraint" => drop(words.next()),
                "-e" | "--editable" => {
                    words.next();
                    self.manifest = true;
                }
                option if WITH_VALUE.contains(&option) => drop(words.next()),
                option if option.starts_with('-') => {
                    let file = option.strip_prefix("--requirement=").or_else(|| option.strip_prefix("-r"));
                    self.files.extend(file.filter(|file| !file.is_empty()).map(str::to_owned));
                }
                // The installer brings its own.
                "pip" | "setuptools" | "wheel" | "pipenv" | "poetry" | "uv" => {}
                path if path.starts_with('.') || path.starts_with('/') => self.manifest = true,
                package => self.packages.push(package.to_owned()),
            }
        }
    }
}

fn is_pip(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    name.strip_prefix("pip").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// Whether a word starts Python, of whichever version.
pub fn is_python(word: &str) -> bool {
    let in_bin = word.rsplit_once('/').is_none_or(|(folder, _)| folder.ends_with("/bin"));
    let name = word.rsplit('/').next().unwrap_or(word);
    in_bin && name.strip_prefix("python").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// One command of a line, and what stands between it and the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub text: String,
    /// `&&`, `||`, `;`, `|`, `&` or nothing.
    pub then: &'static str,
}

impl Command {
    /// Its words, as a shell splits them.
    pub fn words(&self) -> Vec<String> {
        split(&self.text)
    }
}

/// The commands of a shell line. Quotes hold together; what needs a real shell stays in the commands' texts.
pub fn commands(line: &str) -> Vec<Command> {
    let mut found = Vec::new();
    let (mut text, mut quote) = (String::new(), None);
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let separator =
            ["&&", "||", ";", "\n", "|", "&"].into_iter().find(|one| quote.is_none() && rest.starts_with(one));
        // `2>&1` and `&>` redirect.
        let redirects = separator == Some("&") && (text.ends_with('>') || rest.starts_with("&>"));
        if let Some(separator) = separator.filter(|_| !redirects) {
            let then = if separator == "\n" { ";" } else { separator };
            found.push(Command { text: std::mem::take(&mut text).trim().to_owned(), then });
            rest = rest.get(separator.len()..).unwrap_or_default();
            continue;
        }
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        text.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        if c == '\\'
            && let Some(escaped) = rest.chars().next()
        {
            text.push(escaped);
            rest = rest.get(escaped.len_utf8()..).unwrap_or_default();
        }
    }
    found.push(Command { text: text.trim().to_owned(), then: "" });
    found.retain(|command| !command.text.is_empty());
    found
}

/// A line without the installations in it; they are taken. Lines with alternatives or pipes stay whole.
pub fn without_installs(line: &str, installs: &mut Installs) -> String {
    let commands = commands(line);
    if commands.iter().any(|command| matches!(command.then, "||" | "|" | "&")) {
        return line.to_owned();
    }
    let kept: Vec<&Command> = commands.iter().filter(|command| !installs.take(&command.words())).collect();
    if kept.len() == commands.len() {
        return line.to_owned();
    }
    let mut text = String::new();
    for (index, command) in kept.iter().enumerate() {
        text.push_str(&command.text);
        if index + 1 < kept.len() {
            text.push_str(if command.then == "&&" { " && " } else { "; " });
        }
    }
    text
}

/// A line without the installations in it, and those. Lines with alternatives or pipes stay whole.
pub fn split_installs(line: &str) -> (String, Vec<String>) {
    let rest = without_installs(line, &mut Installs::default());
    let installs = commands(line).into_iter().filter(|command| Installs::default().take(&command.words()));
    let installs = if rest == line { Vec::new() } else { installs.map(|command| command.text).collect() };
    (rest, installs)
}

/// Whether a line means the same without a shell.
pub fn is_plain(line: &str) -> bool {
    !line.contains(['&', '|', ';', '<', '>', '$', '`', '(', '*', '?', '~', '\n', '=', '[', '#'])
}

#[cfg(test)]
mod tests {
    use super::{Installs, commands, is_python, without_installs};

    #[test]
    fn lines_are_taken_apart() {
        let texts = |line: &str| commands(line).into_iter().map(|one| one.text).collect::<Vec<_>>();
        assert_eq!(texts("a && b; c 'd && e' || f \\; g"), ["a", "b", "c 'd && e'", "f \\; g"]);
        assert_eq!(texts("python x.py > log 2>&1 & python y.py"), ["python x.py > log 2>&1", "python y.py"]);
        assert_eq!(texts("  "), [""; 0]);
    }

    #[test]
    fn installations_are_taken_out() {
        let mut installs = Installs::default();
        let left = without_installs(
            "pip3 install --no-cache-dir -i https://example.org -r requirements.txt && python3.9 -m pip install 'flask>=2' --upgrade pip; python app.py",
            &mut installs,
        );
        assert_eq!(left, "python app.py");
        assert_eq!((installs.files, installs.packages), (vec!["requirements.txt".into()], vec!["flask>=2".into()]));
        let mut none = Installs::default();
        assert_eq!(without_installs("pip install x || true", &mut none), "pip install x || true");
        assert!(none.is_empty());
        assert!(none.take(&["pipenv".into(), "install".into(), "--system".into()]) && none.manifest);
    }

    #[test]
    fn pythons_are_known_by_their_names() {
        assert!(["python", "python3", "python3.9", "/usr/bin/python3"].iter().all(|word| is_python(word)));
        assert!(!["pythonscript", "./python", "/app/python", "ipython"].iter().any(|word| is_python(word)));
    }
}
