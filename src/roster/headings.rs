//! Which column of a class list is which, by the names that people and programs give them.
//! May import: csv, unicode-normalization, `domain/`.
//! Next: `mod.rs`.

use csv::StringRecord;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Entry;
use crate::domain::ids::Login;
use crate::domain::message::Message;

/// Without accents, case and punctuation.
const LOGIN: [&str; 12] = [
    "github",
    "github login",
    "login github",
    "identifiant github",
    "compte github",
    "github username",
    "username github",
    "pseudo github",
    "utilisateur github",
    "github user",
    "github account",
    "github id",
];
/// Taken for GitHub's only where no column names GitHub.
const LOGIN_PERHAPS: [&str; 5] = ["login", "username", "user", "identifiant", "pseudo"];
const FIRST_NAME: [&str; 4] = ["prenom", "first name", "firstname", "given name"];
const LAST_NAME: [&str; 6] = ["nom de famille", "last name", "lastname", "surname", "family name", "nom"];
const NAME: [&str; 7] = ["nom complet", "full name", "fullname", "name", "etudiant", "student", "nom prenom"];
const EMAIL: [&str; 9] = [
    "adresse de courriel",
    "courriel",
    "email",
    "e mail",
    "mail",
    "adresse e mail",
    "email address",
    "adresse mail",
    "adresse email",
];
const GROUP: [&str; 8] = ["groupe", "groupes", "group", "groups", "equipe", "team", "binome", "trinome"];

/// Characters of a name, an address or a group that are kept.
const LONGEST: usize = 200;

/// Where everything stands in a record.
pub(super) struct Columns {
    login: usize,
    first: Option<usize>,
    last: Option<usize>,
    name: Option<usize>,
    email: Option<usize>,
    group: Option<usize>,
}

impl Columns {
    /// `None` where no column holds logins.
    pub fn of(headings: &StringRecord) -> Option<Self> {
        let headings: Vec<String> = headings.iter().map(folded).collect();
        let find = |names: &[&str]| headings.iter().position(|heading| names.contains(&heading.as_str()));
        Some(Self {
            login: find(&LOGIN).or_else(|| find(&LOGIN_PERHAPS))?,
            first: find(&FIRST_NAME),
            last: find(&LAST_NAME),
            name: find(&NAME),
            email: find(&EMAIL),
            group: find(&GROUP),
        })
    }

    /// The student of a record; `None` where the login is still missing.
    pub fn entry(&self, record: &StringRecord) -> Result<Option<Entry>, Message> {
        let written = record.get(self.login).unwrap_or_default();
        if written.is_empty() {
            return Ok(None);
        }
        let bad = || Message::new("roster-bad-login").with("login", written.chars().take(60).collect::<String>());
        let login: Login = bare(written).parse().map_err(|_| bad())?;
        let name = self.called(record);
        let cell = |column: Option<usize>| {
            column.and_then(|column| record.get(column)).map(tidy).filter(|text| !text.is_empty())
        };
        let email = cell(self.email);
        Ok(Some(Entry { login, name: Some(name).filter(|name| !name.is_empty()), email, group: cell(self.group) }))
    }

    /// The name in a record, empty where there is none.
    pub fn called(&self, record: &StringRecord) -> String {
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).unwrap_or_default();
        let parts = match self.first {
            Some(_) => [cell(self.first), cell(self.last)],
            None => [cell(self.name.or(self.last)), ""],
        };
        tidy(&parts.join(" "))
    }
}

/// `@ada`, `https://github.com/ada/course` and `ada` are the same.
fn bare(written: &str) -> &str {
    let address = written.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    match address.split_once("github.com/") {
        Some(("", path)) => path.split(['/', '?', '#']).next().unwrap_or_default(),
        _ => written.trim_start_matches('@'),
    }
}

/// On one line, without control characters, bounded.
fn tidy(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(LONGEST).collect()
}

fn folded(heading: &str) -> String {
    let plain = heading.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let spaced: String = plain.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
