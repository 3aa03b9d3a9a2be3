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
    login: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
    name: Option<usize>,
    email: Option<usize>,
    group: Option<usize>,
}

impl Columns {
    /// What is wrong with the headings where they name nobody, or the logins twice.
    pub fn of(headings: &StringRecord) -> Result<Self, Message> {
        let written: Vec<&str> = headings.iter().collect();
        let headings: Vec<String> = headings.iter().map(folded).collect();
        let find = |names: &[&str]| headings.iter().position(|heading| names.contains(&heading.as_str()));
        if let [one, other, ..] = every(&headings, &LOGIN)[..] {
            let message = Message::new("roster-two-login-columns");
            return Err(message.with("one", short(written[one])).with("other", short(written[other])));
        }
        let columns = Self {
            login: find(&LOGIN).or_else(|| find(&LOGIN_PERHAPS)),
            first: find(&FIRST_NAME),
            last: find(&LAST_NAME),
            name: find(&NAME),
            email: find(&EMAIL),
            group: find(&GROUP),
        };
        // Without logins a list still says who is awaited, by their addresses.
        if columns.login.is_some() || (columns.email.is_some() && !columns.is_nameless()) {
            return Ok(columns);
        }
        let found = written.join(", ").chars().take(LONGEST).collect::<String>();
        Err(Message::new("roster-no-login-column").with("found", found))
    }

    fn is_nameless(&self) -> bool {
        self.first.is_none() && self.last.is_none() && self.name.is_none()
    }

    /// The student of a record.
    pub fn entry(&self, record: &StringRecord) -> Result<Entry, Message> {
        let cell = |column: Option<usize>| {
            column.and_then(|column| record.get(column)).map(tidy).filter(|text| !text.is_empty())
        };
        let login = match cell(self.login) {
            None => None,
            Some(written) => Some(bare(&written).parse::<Login>().map_err(|_| {
                let column = self.login.map_or(0, |column| column + 1);
                Message::new("roster-bad-login").with("login", short(&written)).with("column", column)
            })?),
        };
        let email = cell(self.email);
        if let Some(wrong) = email.as_ref().filter(|email| !is_address(email)) {
            let column = self.email.map_or(0, |column| column + 1);
            return Err(Message::new("roster-bad-email").with("email", short(wrong)).with("column", column));
        }
        let name = Some(self.called(record)).filter(|name| !name.is_empty());
        Ok(Entry { login, name, email, group: cell(self.group) })
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

/// `@ada`, `https://github.com/ada/course`, `git@github.com:ada/course.git` and `ada` are the same, on an Enterprise Server too.
fn bare(written: &str) -> &str {
    let (scheme, address) = written.split_once("://").map_or(("", written), |(scheme, rest)| (scheme, rest));
    let is_web = matches!(scheme, "http" | "https" | "ssh" | "git");
    let address = address.strip_prefix("git@").unwrap_or(address);
    let (host, path) = address.split_once(['/', ':']).unwrap_or(("", address));
    let is_host = host.contains('.') && (is_web || address.len() < written.len() || host.contains("github"));
    if is_host && host.contains("git") && !host.contains("gitlab") {
        return path.split(['/', '?', '#']).next().unwrap_or_default();
    }
    written.trim_start_matches('@').trim_start()
}

/// Enough to be written to.
fn is_address(email: &str) -> bool {
    let mut parts = email.split('@');
    let (user, host, more) = (parts.next(), parts.next(), parts.next());
    let filled = |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && !part.contains(' '));
    filled(user) && filled(host) && more.is_none()
}

/// Headings that are one of these names.
fn every(headings: &[String], names: &[&str]) -> Vec<usize> {
    let found = headings.iter().enumerate().filter(|(_, heading)| names.contains(&heading.as_str()));
    found.map(|(column, _)| column).collect()
}

fn short(written: &str) -> String {
    written.chars().take(60).collect()
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
