//! Keys and passwords left in files: where they are and of what kind, never what they are.
//! May import: regex, `domain/`.
//! Next: `script.rs` asks it for every text in the code, `mod.rs` for the other files.

use std::sync::LazyLock;

use regex::Regex;

#[allow(clippy::unwrap_used, reason = "the patterns are constants, and a test compiles each of them")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

static PASSWORD_IN_URL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\x22<>]{0,80}:([^\s/@'\x22<>]{1,200})@"));
static AWS_KEY: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"));
static PRIVATE_KEY: LazyLock<Regex> = LazyLock::new(|| pattern(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"));
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}|xox[abpr]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{35}|sk-[A-Za-z0-9_-]{32,}|pk\.[A-Za-z0-9]{40,}\.[A-Za-z0-9_-]{10,})",
    )
});
static SECRET_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|_)(?:api_?key|apikey|token|secret|password|passwd|pwd|mdp|mot_de_passe|access_key|auth_key)(?:_|$)",
    )
});
static NAMED_VALUE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"([A-Za-z_][A-Za-z0-9_]{0,60})["'\]]{0,3}\s*[:=]\s*[bru]{0,2}["']([^"']{1,200})["']"#));
static FLASK_NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:flask_)?secret_key$"));

/// Values that stand for a secret without being one.
const PLACEHOLDERS: [&str; 16] = [
    "password",
    "passwd",
    "changeme",
    "change_me",
    "example",
    "secret",
    "your",
    "votre",
    "xxx",
    "todo",
    "test",
    "user",
    "root",
    "admin",
    "guest",
    "none",
];

fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    let braces = value.contains(['{', '$', '<', '%', '*']);
    braces
        || PLACEHOLDERS.iter().any(|known| lower == *known)
        || ["your", "votre", "xxx", "changeme"].iter().any(|p| lower.contains(p))
}

/// The kind of secret that a piece of text shows by itself.
pub fn in_text(text: &str) -> Option<&'static str> {
    if PRIVATE_KEY.is_match(text) {
        return Some("private-key");
    }
    if AWS_KEY.is_match(text) {
        return Some("aws-key");
    }
    if TOKEN.is_match(text) {
        return Some("token");
    }
    let password = PASSWORD_IN_URL.captures_iter(text).filter_map(|found| found.get(1));
    password.into_iter().any(|found| !is_placeholder(found.as_str())).then_some("password-in-url")
}

/// The kind of secret that is assigned to a name: `app.secret_key = "…"`, `API_KEY = "…"`.
pub fn in_assignment(name: &str, value: &str) -> Option<&'static str> {
    if FLASK_NAME.is_match(name) && !value.is_empty() && !is_placeholder(value) {
        return Some("flask-secret-key");
    }
    let secret = value.len() >= 8 && !value.contains(char::is_whitespace) && !value.contains('/');
    (secret && SECRET_NAME.is_match(name) && !is_placeholder(value)).then_some("token")
}

/// The kind of secret that a line of any language gives to a name, anywhere in it: `connect(password="…")`, `"api_key": "…"`.
pub fn in_line(line: &str) -> Option<&'static str> {
    NAMED_VALUE.captures_iter(line).find_map(|found| in_assignment(found.get(1)?.as_str(), found.get(2)?.as_str()))
}

#[cfg(test)]
mod tests {
    use super::{in_assignment, in_line, in_text};

    #[test]
    fn tells_secrets_from_placeholders() {
        let texts = [
            ("mongodb://lea:s3cr3t@cluster.mongodb.net/db", Some("password-in-url")),
            ("redis://:s3cr3t@cache:6379/0", Some("password-in-url")),
            ("mongodb://user:password@mongo/db", None),
            ("mongodb://${USER}:${PASSWORD}@mongo/db", None),
            ("http://example.com:80/a@b", None),
            ("AKIAIOSFODNN7EXAMPLE", Some("aws-key")),
            ("-----BEGIN RSA PRIVATE KEY-----\nMII", Some("private-key")),
            ("bonjour", None),
        ];
        for (text, wanted) in texts {
            assert_eq!(in_text(text), wanted, "{text}");
        }
        let assignments = [
            ("secret_key", "b'_5#y2L", Some("flask-secret-key")),
            ("SECRET_KEY", "changeme", None),
            ("API_KEY", "5f2b1c0d9e8a7766", Some("token")),
            ("twitter_token", "abcdefgh12345", Some("token")),
            ("tokenizer", "abcdefgh12345", None),
            ("password", "votre_mot_de_passe", None),
        ];
        for (name, value, wanted) in assignments {
            assert_eq!(in_assignment(name, value), wanted, "{name}");
        }
        let lines = [
            ("client = connect(user='lea', password='hunter2hunter2')", Some("token")),
            (r#"{"api_key": "5f2b1c0d9e8a7766"}"#, Some("token")),
            ("app.config['SECRET_KEY'] = 'b_5#y2L'", Some("flask-secret-key")),
            ("title = 'hunter2hunter2'", None),
            ("password = input('password')", None),
        ];
        for (line, wanted) in lines {
            assert_eq!(in_line(line), wanted, "{line}");
        }
    }
}
