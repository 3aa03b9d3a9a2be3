//! The text of a Dockerfile and of its `.dockerignore`, before anything of it gets a meaning. Pure.
//! May import: shlex, globset.
//! Next: `observe/launch/dockerfile/` makes a plan of it, `sandbox/build/` builds it.

mod ignore;
mod parse;

pub use ignore::Ignore;
pub use parse::{Heredoc, Instruction, expand, instructions};

/// Words of an instruction: a JSON list, or as a shell splits them; by blanks where the quotes do not close.
pub fn words(text: &str) -> Vec<String> {
    let list = text.trim_start().starts_with('[').then(|| serde_json::from_str(text).ok()).flatten();
    list.or_else(|| shlex::split(text)).unwrap_or_else(|| text.split_whitespace().map(str::to_owned).collect())
}

/// The options that an instruction begins with (`--from=x` is `from` and `x`), and what follows them.
pub fn options(text: &str) -> (Vec<(&str, &str)>, &str) {
    let mut options = Vec::new();
    let mut rest = text.trim_start();
    while let Some(option) = rest.strip_prefix("--") {
        let (option, after) = option.split_once(char::is_whitespace).unwrap_or((option, ""));
        options.push(option.split_once('=').unwrap_or((option, "")));
        rest = after.trim_start();
    }
    (options, rest)
}

/// `NAME=value …` or `NAME value`, before variables are replaced.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let first = text.split_whitespace().next().unwrap_or_default();
    if first.contains('=') {
        let words = words(text);
        return words
            .iter()
            .filter_map(|word| word.split_once('='))
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect();
    }
    let (name, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    vec![(name.to_owned(), value.trim().trim_matches(['"', '\'']).to_owned())]
}

/// A program as its words (a JSON list), or as a line for the shell.
pub fn program(text: &str, shell: &[String]) -> Vec<String> {
    match serde_json::from_str::<Vec<String>>(text) {
        Ok(words) => words,
        Err(_) if text.trim().is_empty() => Vec::new(),
        Err(_) => shell.iter().cloned().chain([text.to_owned()]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{options, pairs, program, words};

    #[test]
    fn instructions_are_taken_apart() {
        assert_eq!(words(r#"["a b", "/c"]"#), ["a b", "/c"]);
        assert_eq!(words(r#"a 'b c' d"e"#), ["a", "'b", "c'", "d\"e"]);
        assert_eq!(options("--from=x --link  a b"), (vec![("from", "x"), ("link", "")], "a b"));
        assert_eq!(options("--only"), (vec![("only", "")], ""));
        let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs("A=1 B=\"2 3\""), [own("A", "1"), own("B", "2 3")]);
        assert_eq!(pairs("TITRE  Mes films"), [own("TITRE", "Mes films")]);
        let shell = ["/bin/sh".to_owned(), "-c".to_owned()];
        assert_eq!(program("[\"python\", \"a.py\"]", &shell), ["python", "a.py"]);
        assert_eq!(program("python a.py", &shell), ["/bin/sh", "-c", "python a.py"]);
        assert!(program(" ", &shell).is_empty());
    }
}
