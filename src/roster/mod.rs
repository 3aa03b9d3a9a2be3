//! Class lists as teachers have them: Moodle's export, a spreadsheet saved on Windows, a file written by hand.
//! May import: csv, encoding_rs, `db/`, `domain/`.
//! Next: `headings.rs` for which column is which, `changes.rs` for what an import would change, `import.rs`, which does it.

mod changes;
mod headings;
mod import;
mod write;

pub use changes::{Change, Changes, Field, Known, changes};
pub use import::{Look, import, look};
pub use write::write;

use std::borrow::Cow;
use std::collections::HashMap;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
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
    /// `None` where the list does not know it yet.
    pub login: Option<Login>,
    pub name: Option<String>,
    pub email: Option<String>,
    /// Partners have the same.
    pub group: Option<String>,
}

/// A class list, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    pub entries: Vec<Entry>,
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
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(vec![mistake(None, Message::new("roster-spreadsheet"))]);
    }
    let text = decoded(bytes);
    let (delimiter, skipped, text) = delimiter(&text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headings = match reader.headers() {
        Ok(headings) if headings.iter().any(|heading| !heading.is_empty()) => headings.clone(),
        Ok(_) => return Err(vec![mistake(None, Message::new("roster-empty"))]),
        Err(error) => return Err(vec![unreadable(&error)]),
    };
    let columns = Columns::of(&headings).map_err(|message| vec![mistake(Some(1 + skipped), message)])?;
    let mut list = List { width: headings.len(), delimiter: delimiter.into(), ..List::default() };
    for record in reader.records() {
        match record {
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line) + skipped;
                list.add(line, &record, &columns);
            }
            Err(error) => {
                list.mistakes.push(unreadable(&error));
                break;
            }
        }
    }
    // A quotation mark that is never closed takes everything up to the end of the file into its cell.
    let is_told = list.mistakes.iter().any(|mistake| mistake.message.key == "roster-unclosed");
    if !is_told && text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        list.mistakes.push(mistake(Some(list.last), Message::new("roster-unclosed")));
    }
    if list.mistakes.is_empty() && list.entries.is_empty() {
        list.mistakes.push(mistake(None, Message::new("roster-nobody")));
    }
    list.mistakes.truncate(MAX_NAMED);
    if list.mistakes.is_empty() { Ok(Roster { entries: list.entries }) } else { Err(list.mistakes) }
}

/// A list on its way in.
#[derive(Default)]
struct List {
    /// Columns that the headings have, and what stands between them.
    width: usize,
    delimiter: char,
    entries: Vec<Entry>,
    mistakes: Vec<Mistake>,
    /// Where a login or an address stood first.
    seen: HashMap<String, u64>,
    /// Line of the record that came last.
    last: u64,
}

impl List {
    fn add(&mut self, line: u64, record: &csv::StringRecord, columns: &Columns) {
        self.last = line;
        // A line break within quotation marks is a cell's own, but where a whole record stands before it, or cells are missing after it, it
        // has swallowed one.
        let is_record = |line: &str| self.width > 1 && line.matches(self.delimiter).count() + 1 >= self.width;
        let mut broken = record.iter().filter(|cell| cell.contains('\n'));
        if broken.any(|cell| record.len() < self.width || cell.lines().any(is_record)) {
            return self.mistakes.push(mistake(Some(line), Message::new("roster-unclosed")));
        }
        match columns.entry(record) {
            Ok(entry) => {
                let login = entry.login.as_ref().map(|login| ("roster-twice", login.to_string()));
                let email = entry.email.as_ref().map(|email| ("roster-email-twice", email.clone()));
                for (key, what) in login.into_iter().chain(email) {
                    if let Some(first) = self.seen.insert(what.to_lowercase(), line) {
                        let message = Message::new(key).with("what", what).with("line", first);
                        return self.mistakes.push(mistake(Some(line), message));
                    }
                }
                let is_somebody = entry.login.is_some() || entry.name.is_some() || entry.email.is_some();
                self.entries.extend(is_somebody.then_some(entry));
            }
            Err(message) => self.mistakes.push(mistake(Some(line), message)),
        }
    }
}

fn unreadable(error: &csv::Error) -> Mistake {
    let line = error.position().map(csv::Position::line);
    mistake(line, Message::new("roster-unreadable"))
}

/// By its byte order mark, else UTF-16 where every other byte is nothing, else UTF-8 where it is that, else what Windows in Western
/// Europe writes.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let is_zero = |from: usize| bytes.iter().skip(from).step_by(2).take(200).filter(|byte| **byte == 0).count();
    let half = bytes.len().min(400) / 4;
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if half > 0 && is_zero(1) > half => UTF_16LE,
        None if half > 0 && is_zero(0) > half => UTF_16BE,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => WINDOWS_1252,
    };
    encoding.decode(bytes).0
}

/// What separates the columns: what Excel's own first line says (`sep=;`), else what the headings have most of, semicolons where Excel
/// speaks French. With how many lines were skipped, and what follows them.
fn delimiter(text: &str) -> (u8, u64, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(said) = first.trim_end().strip_prefix("sep=")
        && let [delimiter] = said.as_bytes()
    {
        return (*delimiter, 1, rest);
    }
    let headings = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: u8| headings.bytes().filter(|byte| *byte == delimiter).count();
    let found = [b';', b'\t', b','].into_iter().rev().max_by_key(|delimiter| count(*delimiter));
    (found.unwrap_or(b','), 0, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logins(bytes: &[u8]) -> Vec<(String, Option<String>, Option<String>)> {
        let roster = read(bytes).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        let login = |entry: &Entry| entry.login.as_ref().map(ToString::to_string).unwrap_or_default();
        roster.entries.into_iter().map(|entry| (login(&entry), entry.name, entry.group)).collect()
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
        assert_eq!(logins(&wide[2..]), one("Zoe-LG", "Zoé Le Gall", "Groupe 3"), "and forgets to say so");
        let excel = format!("sep=;\r\n{}", moodle.trim_start_matches('\u{feff}'));
        assert_eq!(logins(excel.as_bytes()), one("Zoe-LG", "Zoé Le Gall", "Groupe 3"));
    }

    #[test]
    fn logins_are_read_however_they_are_written() {
        for written in [
            "ada",
            "@ada",
            "@ ada",
            "https://github.com/ada",
            "http://www.github.com/ada/course?tab=code",
            "github.com/ada",
            "git@github.com:ada/course.git",
            "ssh://git@github.com/ada/course.git",
            "https://github.campus.example/ada",
        ] {
            assert_eq!(logins(format!("github\n{written}\n").as_bytes()), one("ada", "", ""), "{written}");
        }
        for written in ["https://gitlab.com/ada", "ada@example.org", "Ada Lovelace", "https://example.org/ada"] {
            assert_eq!(keys(format!("github\n{written}\n").as_bytes()), [(Some(2), "roster-bad-login".into())]);
        }
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_swallows_nobody() {
        let open = b"name,github,email\n\"Ada,ada,a@x\nBob,bob,b@x\nCarl,carl,c@x\n";
        assert_eq!(keys(open), [(Some(2), "roster-unclosed".into())]);
        let twice = b"name,github,email\n\"Ada,ada,a@x\n\"Bob,bob,b@x\nCarl,carl,c@x\n";
        assert_eq!(keys(twice), [(Some(2), "roster-unclosed".into())]);
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
        assert_eq!(keys(b"name,mark\nAda,12\n"), [(Some(1), "roster-no-login-column".into())]);
        assert_eq!(keys(b"github,GitHub login\nada,ada\n"), [(Some(1), "roster-two-login-columns".into())]);
        assert_eq!(keys(b"PK\x03\x04rest"), [(None, "roster-spreadsheet".into())]);
        assert_eq!(keys(b"login,email\nada,nowhere\n"), [(Some(2), "roster-bad-email".into())]);
        assert_eq!(keys(b"login,email\nada,a@x\nbob,A@X\n"), [(Some(3), "roster-email-twice".into())]);
        assert_eq!(keys(b"login\n"), [(None, "roster-nobody".into())]);
        assert_eq!(
            keys(b"login\nada\nno spaces here\nADA\n"),
            [(Some(3), "roster-bad-login".into()), (Some(4), "roster-twice".into())]
        );
        assert_eq!(keys(&vec![b'x'; LARGEST + 1]), [(None, "roster-too-large".into())]);
    }

    #[test]
    fn whoever_has_no_login_yet_is_on_the_list_too() {
        assert_eq!(logins("nom;github\nZoé;\nAda;ada\n".as_bytes())[0], ("".into(), Some("Zoé".into()), None));
        // Moodle's own export, before anybody was asked for a login.
        let moodle = "Prénom;Nom;Adresse de courriel\nZoé;Roux;zoe@example.org\n";
        assert_eq!(logins(moodle.as_bytes()), one("", "Zoé Roux", ""));
    }
}
