//! Class lists as teachers have them: Moodle's export, a spreadsheet saved on Windows, a file written by hand.
//! May import: csv, encoding_rs, `db/`, `domain/`.
//! Next: `headings.rs` for which column is which, `changes.rs` for what an import would change, `import.rs`, which does it.

mod changes;
mod headings;
mod import;

pub use changes::{Change, Changes, Field, Known, changes};
pub use import::{apply, preview};

use std::borrow::Cow;
use std::collections::HashMap;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use serde::{Deserialize, Serialize};

use crate::domain::ids::Login;
use crate::domain::message::Message;
use headings::Columns;

/// A class list is short: beyond this it is another file (1 MiB).
pub const LARGEST: usize = 1 << 20;
/// Mistakes that are named one by one.
const MAX_NAMED: usize = 50;

/// One student of a class list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub login: Login,
    pub name: Option<String>,
    pub email: Option<String>,
    /// Partners have the same.
    pub group: Option<String>,
}

/// A class list, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    pub entries: Vec<Entry>,
    /// Students in the list without a GitHub login: nothing can be said of them yet.
    pub without_login: Vec<String>,
}

/// What is wrong with a list, where, and how it is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line of the file, from 1; `None` where it concerns the whole.
    pub line: Option<u64>,
    pub message: Message,
}

fn mistake(line: Option<u64>, message: Message) -> Mistake {
    Mistake { line, message }
}

/// Reads a list; every mistake that it has, or none.
pub fn read(bytes: &[u8]) -> Result<Roster, Vec<Mistake>> {
    if bytes.len() > LARGEST {
        return Err(vec![mistake(None, Message::new("roster-too-large").with("mib", LARGEST >> 20))]);
    }
    let text = decoded(bytes);
    let delimiter = delimiter(&text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headings = match reader.headers() {
        Ok(headings) if headings.iter().any(|heading| !heading.is_empty()) => headings.clone(),
        Ok(_) => return Err(vec![mistake(None, Message::new("roster-empty"))]),
        Err(error) => return Err(vec![unreadable(&error)]),
    };
    let Some(columns) = Columns::of(&headings) else {
        let found = headings.iter().collect::<Vec<_>>().join(", ");
        let found: String = found.chars().take(200).collect();
        return Err(vec![mistake(Some(1), Message::new("roster-no-login-column").with("found", found))]);
    };
    let (mut roster, mut mistakes, mut seen) = (Roster::default(), Vec::new(), HashMap::<String, u64>::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                mistakes.push(unreadable(&error));
                break;
            }
        };
        let line = record.position().map(csv::Position::line);
        if record.iter().all(str::is_empty) {
            continue;
        }
        match columns.entry(&record) {
            Ok(Some(entry)) => match seen.insert(entry.login.as_str().to_lowercase(), line.unwrap_or_default()) {
                Some(first) => mistakes
                    .push(mistake(line, Message::new("roster-twice").with("login", &entry.login).with("line", first))),
                None => roster.entries.push(entry),
            },
            Ok(None) => roster.without_login.push(columns.called(&record)),
            Err(message) => mistakes.push(mistake(line, message)),
        }
    }
    if mistakes.is_empty() && roster.entries.is_empty() {
        mistakes.push(mistake(None, Message::new("roster-nobody")));
    }
    mistakes.truncate(MAX_NAMED);
    if mistakes.is_empty() { Ok(roster) } else { Err(mistakes) }
}

fn unreadable(error: &csv::Error) -> Mistake {
    let line = error.position().map(csv::Position::line);
    mistake(line, Message::new("roster-unreadable"))
}

/// By its byte order mark, else UTF-8 where it is that, else what Windows in Western Europe writes.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => WINDOWS_1252,
    };
    encoding.decode(bytes).0
}

/// What separates the columns of the first line: semicolons where Excel speaks French, else commas or tabs.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    [b';', b'\t', b','].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logins(bytes: &[u8]) -> Vec<(String, Option<String>, Option<String>)> {
        let roster = read(bytes).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        roster.entries.into_iter().map(|entry| (entry.login.to_string(), entry.name, entry.group)).collect()
    }

    fn one(login: &str, name: &str, group: &str) -> Vec<(String, Option<String>, Option<String>)> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        vec![(login.to_owned(), some(name), some(group))]
    }

    #[test]
    fn moodles_export_is_read_as_it_comes() {
        let moodle = "\u{feff}Prénom;Nom de famille;Numéro d'identification;Adresse de courriel;Groupes;Identifiant GitHub\r\n\
            Zoé;\"Le\nGall\";123;zoe@example.org;Groupe 3;@Zoe-LG\r\n";
        assert_eq!(logins(moodle.as_bytes()), one("Zoe-LG", "Zoé Le Gall", "Groupe 3"));
        // The same from an older Windows, and from one that writes UTF-16.
        let old = encoding_rs::WINDOWS_1252.encode(moodle.trim_start_matches('\u{feff}')).0.into_owned();
        assert_eq!(logins(&old), one("Zoe-LG", "Zoé Le Gall", "Groupe 3"));
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(moodle.trim_start_matches('\u{feff}').encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(logins(&wide), one("Zoe-LG", "Zoé Le Gall", "Groupe 3"));
    }

    #[test]
    fn columns_are_found_by_many_names_and_separators() {
        assert_eq!(logins(b"login,name\nada,Ada\n"), one("ada", "Ada", ""));
        assert_eq!(logins(b"Full name\tGitHub username\tTeam\nAda L.\tada\tA\n"), one("ada", "Ada L.", "A"));
        assert_eq!(logins(b"github\nhttps://github.com/ada/projet\n"), one("ada", "", ""));
        assert_eq!(logins(b"name;compte github\nAda; ada \n\n;;\n"), one("ada", "Ada", ""));
        // Moodle's own user names are no GitHub logins where there is a column of those.
        assert_eq!(logins(b"Username,GitHub\nal123456,ada\n"), one("ada", "", ""));
    }

    fn keys(bytes: &[u8]) -> Vec<(Option<u64>, String)> {
        read(bytes).unwrap_err().into_iter().map(|mistake| (mistake.line, mistake.message.key)).collect()
    }

    #[test]
    fn every_mistake_has_its_line() {
        assert_eq!(keys(b""), [(None, "roster-empty".into())]);
        assert_eq!(keys(b"name,email\nAda,a@b.c\n"), [(Some(1), "roster-no-login-column".into())]);
        assert_eq!(keys(b"login\n"), [(None, "roster-nobody".into())]);
        assert_eq!(
            keys(b"login\nada\nno spaces here\nADA\n"),
            [(Some(3), "roster-bad-login".into()), (Some(4), "roster-twice".into())]
        );
        assert_eq!(keys(&vec![b'x'; LARGEST + 1]), [(None, "roster-too-large".into())]);
    }

    #[test]
    fn whoever_has_no_login_yet_is_named() {
        let roster = read("nom;github\nZoé;\nAda;ada\n".as_bytes()).unwrap();
        assert_eq!((roster.entries.len(), roster.without_login), (1, vec!["Zoé".to_owned()]));
    }
}
