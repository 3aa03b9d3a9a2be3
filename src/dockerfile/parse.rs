//! The text of a Dockerfile as instructions: comments, continued lines, heredocs and variables.
//! May import: std.
//! Next: `mod.rs` takes one instruction apart.

/// Instructions that are read at most.
const MAX_INSTRUCTIONS: usize = 400;

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// From 1, where it starts.
    pub line: usize,
    /// In capitals.
    pub name: String,
    pub text: String,
    pub heredoc: Option<Heredoc>,
}

/// The lines that follow `<<WORD`, up to that word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    pub word: String,
    pub body: String,
}

impl Instruction {
    /// What a shell is given: the line, with the lines that belong to it; those alone where they are the whole command.
    pub fn script(&self) -> String {
        match &self.heredoc {
            None => self.text.clone(),
            Some(heredoc) if self.text.starts_with("<<") => heredoc.body.clone(),
            Some(heredoc) => format!("{}\n{}{}\n", self.text, heredoc.body, heredoc.word),
        }
    }
}

/// The instructions of a Dockerfile.
pub fn instructions(text: &str) -> Vec<Instruction> {
    let mut found = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((line, first)) = lines.next() {
        let first = first.trim();
        if first.is_empty() || first.starts_with('#') {
            continue;
        }
        let mut whole = String::new();
        let mut next = Some(first.to_owned());
        while let Some(part) = next.take() {
            // A comment between continued lines is none of the instruction's.
            let continued = if part.starts_with('#') { Some("") } else { part.strip_suffix('\\') };
            whole.push_str(continued.unwrap_or(&part));
            if continued.is_some() {
                whole.push(' ');
                next = lines.next().map(|(_, text)| text.trim().to_owned());
            }
        }
        let heredoc = heredoc(&whole).map(|word| {
            let body = lines.by_ref().map(|(_, text)| text).take_while(|text| text.trim() != word);
            Heredoc { body: body.fold(String::new(), |body, text| body + text + "\n"), word }
        });
        let (name, rest) = whole.split_once(char::is_whitespace).unwrap_or((&whole, ""));
        found.push(Instruction { line, name: name.to_ascii_uppercase(), text: rest.trim().to_owned(), heredoc });
        if found.len() >= MAX_INSTRUCTIONS {
            break;
        }
    }
    found
}

/// The word that ends a `RUN <<EOF`.
fn heredoc(instruction: &str) -> Option<String> {
    let (before, after) = instruction.split_once("<<")?;
    let name = before.split_whitespace().next()?.to_ascii_uppercase();
    let word = after.trim_start_matches('-').split_whitespace().next()?.trim_matches(['"', '\'']);
    let is_word = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (matches!(name.as_str(), "RUN" | "COPY" | "ADD") && is_word).then(|| word.to_owned())
}

/// A text with its variables replaced: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+instead}`; what is not known is
/// empty. `escape` keeps the next `$` as it is: a backslash in a Dockerfile, another `$` in a Compose file.
pub fn expand(text: &str, escape: char, lookup: impl Fn(&str) -> Option<String>) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        if escape != '$' && before.ends_with(escape) {
            result.push_str(before.strip_suffix(escape).unwrap_or(before));
            result.push('$');
            rest = after;
            continue;
        }
        result.push_str(before);
        if escape == '$'
            && let Some(plain) = after.strip_prefix('$')
        {
            result.push('$');
            rest = plain;
            continue;
        }
        if let Some((inner, after)) = after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            result.push_str(&braced(inner, &lookup));
            rest = after;
            continue;
        }
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        if name.is_empty() {
            result.push('$');
        } else {
            result.push_str(&lookup(name).unwrap_or_default());
        }
        rest = after;
    }
    result + rest
}

fn braced(inner: &str, lookup: &impl Fn(&str) -> Option<String>) -> String {
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    let (name, operation) = inner.split_at(end);
    let value = lookup(name);
    let full = value.clone().filter(|value| !value.is_empty());
    match operation.split_at_checked(2) {
        Some((":-", default)) => full.unwrap_or_else(|| default.to_owned()),
        Some((":+", instead)) => full.map(|_| instead.to_owned()).unwrap_or_default(),
        Some((":?", _)) => full.unwrap_or_default(),
        _ => match operation.strip_prefix('-') {
            Some(default) => value.unwrap_or_else(|| default.to_owned()),
            None => value.unwrap_or_default(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{expand, instructions};

    #[test]
    fn reads_instructions_as_docker_does() {
        let text = "# syntax=docker/dockerfile:1\nfrom python:3.9\r\n\nRUN apt-get update && \\\n  # un commentaire\n  apt-get install -y gcc\nRUN <<EOF\npip install flask\npip install pymongo\nEOF\nCMD [\"python\", \"app.py\"]\n";
        let read = instructions(text);
        let short: Vec<_> = read.iter().map(|one| (one.line, one.name.as_str())).collect();
        assert_eq!(short, [(2, "FROM"), (4, "RUN"), (7, "RUN"), (11, "CMD")]);
        let words: Vec<&str> = read[1].text.split_whitespace().collect();
        assert_eq!(words.join(" "), "apt-get update && apt-get install -y gcc");
        assert_eq!(read[2].script(), "pip install flask\npip install pymongo\n");
        let fed = instructions("RUN python3 - <<FIN && echo oui\nprint(1)\nFIN\nUSER x");
        assert_eq!((fed[0].script().as_str(), fed[1].line), ("python3 - <<FIN && echo oui\nprint(1)\nFIN\n", 4));
    }

    #[test]
    fn replaces_variables() {
        let known = |name: &str| match name {
            "V" => Some("3.8".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let cases = [
            ("python:$V-slim", "python:3.8-slim"),
            ("${V}.${NO:-1}.${EMPTY:-2}.${EMPTY-3}.${NO-4}.${V:+5}", "3.8.1.2..4.5"),
            ("a\\$V $ $NO", "a$V $ "),
        ];
        for (text, wanted) in cases {
            assert_eq!(expand(text, '\\', known), wanted);
        }
        assert_eq!(expand("$$V ${V}", '$', known), "$V 3.8");
    }
}
