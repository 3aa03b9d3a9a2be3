//! Who is behind commits: one person under the names and addresses of all their machines.
//! May import: `domain/`.
//! Next: `history.rs` tells of every commit.

use std::collections::BTreeMap;

use git2::{Commit, Mailmap, Repository, Signature};

use crate::domain::facts::inspection::PersonFacts;

/// People that are told, characters of a name, addresses of one person.
const MAX_PEOPLE: usize = 50;
const MAX_NAME: usize = 100;
const MAX_ADDRESSES: usize = 20;
/// Bytes of a `.mailmap` that is obeyed.
const MAX_MAILMAP: usize = 64 << 10;
/// Bytes of a message, and co-authors of one commit, that are read.
const MAX_MESSAGE: usize = 16 << 10;
const MAX_CO_AUTHORS: usize = 20;
/// Names that machines and editors give by themselves: two people can have them.
const NOBODY: [&str; 16] = [
    "",
    "root",
    "user",
    "admin",
    "administrator",
    "ubuntu",
    "debian",
    "vagrant",
    "student",
    "etudiant",
    "unknown",
    "name",
    "your name",
    "votre nom",
    "jovyan",
    "codespace",
];
/// Accounts that work by themselves, without the mark of a robot in their name.
const ROBOTS: [&str; 6] =
    ["github-actions", "dependabot", "renovate", "actions-user", "pre-commit-ci", "github-classroom"];

/// One name and address as a commit gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    name: String,
    /// Lower case.
    address: String,
}

impl Identity {
    fn of(signature: &Signature<'_>) -> Self {
        Self::new(&String::from_utf8_lossy(signature.name_bytes()), &String::from_utf8_lossy(signature.email_bytes()))
    }

    fn new(name: &str, address: &str) -> Self {
        Self { name: shown(name), address: address.trim().chars().take(320).collect::<String>().to_lowercase() }
    }

    /// The login in `12345+login@users.noreply.github.com` and `login@users.noreply.github.com`.
    fn login(&self) -> Option<&str> {
        let (local, _) = self.address.split_once('@').filter(|(_, host)| host.starts_with("users.noreply."))?;
        let login = match local.split_once('+') {
            Some((number, login)) if number.chars().all(|c| c.is_ascii_digit()) => login,
            _ => local,
        };
        let is_login = !login.is_empty() && login.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        is_login.then_some(login)
    }

    /// A robot of GitHub's or of somebody's workflow.
    pub(super) fn is_robot(&self) -> bool {
        let name = self.name.to_lowercase();
        let marked = name.ends_with("[bot]") || self.address.contains("[bot]@");
        marked || ROBOTS.contains(&name.as_str()) || self.login().is_some_and(|login| ROBOTS.contains(&login))
    }

    /// What joins identities: each of these is one person's.
    fn marks(&self) -> Vec<String> {
        let mut marks = Vec::new();
        if self.address.contains('@') {
            marks.push(format!("<{}>", self.address));
        }
        if let Some(login) = self.login() {
            marks.push(login.to_lowercase());
        }
        let name = self.name.to_lowercase();
        if !NOBODY.contains(&name.as_str()) {
            marks.push(name);
        }
        marks
    }
}

/// A name without control characters and what turns the direction of text, bounded.
fn shown(name: &str) -> String {
    let steers =
        |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    let clean: String = name.trim().chars().filter(|c| !c.is_control() && !steers(*c)).take(MAX_NAME).collect();
    clean.trim().to_owned()
}

/// Names as the fork's own `.mailmap` wants them.
pub(super) struct Names(Option<Mailmap>);

impl Names {
    /// The `.mailmap` at the root of a commit; one that is too large, or a link, is not obeyed.
    pub(super) fn of(repository: &Repository, commit: &Commit<'_>) -> Self {
        let read = || {
            let tree = commit.tree().ok()?;
            let entry = tree.get_name(".mailmap").filter(|entry| entry.filemode() != 0o120_000)?;
            let odb = repository.odb().ok()?;
            odb.read_header(entry.id()).ok().filter(|(size, _)| *size <= MAX_MAILMAP)?;
            let blob = repository.find_blob(entry.id()).ok()?;
            let text = String::from_utf8_lossy(blob.content()).replace('\0', "");
            // One line that cannot be read would make all of them void.
            let readable = |line: &&str| line.contains('@') && Mailmap::from_buffer(line).is_ok();
            let lines: Vec<&str> = text.lines().filter(readable).collect();
            Mailmap::from_buffer(&lines.join("\n")).ok()
        };
        Self(read())
    }

    /// Who wrote a commit.
    pub(super) fn author(&self, commit: &Commit<'_>) -> Identity {
        let author = commit.author();
        match &self.0 {
            Some(map) => {
                map.resolve_signature(&author).map_or_else(|_| Identity::of(&author), |known| Identity::of(&known))
            }
            None => Identity::of(&author),
        }
    }

    /// Who else the message names: `Co-authored-by: Lina <lina@example.org>`.
    pub(super) fn co_authors(&self, commit: &Commit<'_>) -> Vec<Identity> {
        let bytes = commit.message_bytes();
        let message = String::from_utf8_lossy(bytes.get(..MAX_MESSAGE).unwrap_or(bytes));
        let named = message.lines().filter_map(|line| {
            let (key, value) = line.trim().split_once(':')?;
            let (name, rest) = value.rsplit_once('<')?;
            key.eq_ignore_ascii_case("co-authored-by").then(|| self.mapped(name, rest.trim_end_matches('>').trim()))
        });
        named.take(MAX_CO_AUTHORS).collect()
    }

    fn mapped(&self, name: &str, address: &str) -> Identity {
        let resolved = self.0.as_ref().and_then(|map| {
            let signature = Signature::new(name.trim(), address, &git2::Time::new(0, 0)).ok()?;
            Some(Identity::of(&map.resolve_signature(&signature).ok()?))
        });
        resolved.unwrap_or_else(|| Identity::new(name, address))
    }
}

/// Everybody behind commits, gathered one identity at a time.
#[derive(Debug, Default)]
pub(super) struct People {
    people: Vec<Person>,
    /// Which of them a mark is of.
    by_mark: BTreeMap<String, usize>,
}

#[derive(Debug, Clone, Default)]
struct Person {
    /// How many commits gave which name.
    names: BTreeMap<String, u32>,
    login: Option<String>,
    addresses: Vec<String>,
    commits: u32,
    co_authored: u32,
    /// Joined into another one.
    gone: bool,
}

impl People {
    /// One more own commit of somebody.
    pub(super) fn wrote(&mut self, who: &Identity) {
        if let Some(person) = self.person(who) {
            person.commits += 1;
            *person.names.entry(who.name.clone()).or_default() += 1;
        }
    }

    /// One more own commit of somebody else's that names them too.
    pub(super) fn helped(&mut self, who: &Identity) {
        if let Some(person) = self.person(who) {
            person.co_authored += 1;
            person.names.entry(who.name.clone()).or_default();
        }
    }

    /// The person that an identity is of; joins those that it shows to be one. `None` where there are too many.
    fn person(&mut self, who: &Identity) -> Option<&mut Person> {
        let marks = who.marks();
        let known: Vec<usize> = marks.iter().filter_map(|mark| self.by_mark.get(mark).copied()).collect();
        let index = match known.iter().min().copied() {
            Some(first) => first,
            None => self.add(&marks)?,
        };
        for other in known.into_iter().filter(|other| *other != index) {
            self.join(index, other);
        }
        for mark in marks {
            self.by_mark.insert(mark, index);
        }
        let person = self.people.get_mut(index)?;
        person.login = person.login.take().or_else(|| who.login().map(str::to_owned));
        let address = hashed(&who.address);
        if who.address.contains('@') && !person.addresses.contains(&address) && person.addresses.len() < MAX_ADDRESSES {
            person.addresses.push(address);
        }
        Some(person)
    }

    fn add(&mut self, marks: &[String]) -> Option<usize> {
        // Whoever has neither name nor address is one person, whose mark is empty.
        let nameless = marks.is_empty();
        if nameless && let Some(index) = self.by_mark.get("") {
            return Some(*index);
        }
        if self.people.len() >= 20 * MAX_PEOPLE {
            return None;
        }
        self.people.push(Person::default());
        let index = self.people.len() - 1;
        if nameless {
            self.by_mark.insert(String::new(), index);
        }
        Some(index)
    }

    fn join(&mut self, into: usize, from: usize) {
        let Some(old) = self.people.get_mut(from).map(std::mem::take) else { return };
        if let Some(left) = self.people.get_mut(from) {
            left.gone = true;
        }
        for index in self.by_mark.values_mut().filter(|index| **index == from) {
            *index = into;
        }
        let Some(person) = self.people.get_mut(into) else { return };
        for (name, count) in old.names {
            *person.names.entry(name).or_default() += count;
        }
        person.login = person.login.take().or(old.login);
        person.commits += old.commits;
        person.co_authored += old.co_authored;
        for address in old.addresses {
            if !person.addresses.contains(&address) && person.addresses.len() < MAX_ADDRESSES {
                person.addresses.push(address);
            }
        }
    }

    /// As facts: who wrote most first.
    pub(super) fn into_facts(self) -> Vec<PersonFacts> {
        let mut facts: Vec<PersonFacts> =
            self.people.into_iter().filter(|person| !person.gone).map(Person::told).collect();
        facts.sort_by(|a, b| (b.commits, b.co_authored, &a.name).cmp(&(a.commits, a.co_authored, &b.name)));
        facts.truncate(MAX_PEOPLE);
        facts
    }
}

impl Person {
    fn told(mut self) -> PersonFacts {
        self.addresses.sort_unstable();
        // The name that most commits give; of equals the longest, which says most.
        let best = self.names.into_iter().max_by_key(|(name, count)| (*count, name.chars().count(), name.clone()));
        let name = best.map(|(name, _)| name).filter(|name| !name.is_empty()).or_else(|| self.login.clone());
        PersonFacts {
            name: name.unwrap_or_else(|| "?".to_owned()),
            login: self.login,
            addresses: self.addresses,
            commits: self.commits,
            co_authored: self.co_authored,
        }
    }
}

/// What an address is known by in facts: whoever has the address can tell, and nobody can read it.
fn hashed(address: &str) -> String {
    crate::domain::facts::history::address_mark(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(identities: &[(&str, &str)]) -> Vec<(String, u32)> {
        let mut people = People::default();
        for (name, address) in identities {
            people.wrote(&Identity::new(name, address));
        }
        people.into_facts().into_iter().map(|person| (person.name, person.commits)).collect()
    }

    #[test]
    fn one_person_on_several_machines_is_one_person() {
        let joined = people(&[
            ("Lina Élan", "lina@example.org"),
            ("lina-elan", "12345+lina-elan@users.noreply.github.com"),
            ("LINA ÉLAN", "lina@laptop.local"),
            ("Tom", "tom@example.org"),
            ("Lina Élan", "lina-elan@users.noreply.github.com"),
        ]);
        assert_eq!(joined, [("Lina Élan".into(), 4), ("Tom".into(), 1)]);
        // A later commit shows that two known people are one.
        let late = people(&[("a", "a@x"), ("b", "b@x"), ("a", "b@x")]);
        assert_eq!(late, [("a".into(), 3)]);
    }

    #[test]
    fn names_that_machines_give_join_nobody() {
        assert_eq!(
            people(&[("root", "a@x"), ("root", "b@x"), ("ubuntu", "b@x")]),
            [("ubuntu".into(), 2), ("root".into(), 1)]
        );
        assert_eq!(people(&[("", ""), ("", "")]), [("?".into(), 2)]);
    }

    #[test]
    fn a_name_turns_no_text_around() {
        assert_eq!(shown("  A\u{202E}b\u{0}\u{7}\u{200B} "), "Ab");
        assert_eq!(shown(&"x".repeat(5_000)).len(), MAX_NAME);
    }

    #[test]
    fn robots_are_told() {
        for (name, address) in [
            ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
            ("github-actions", "github-actions@github.com"),
            ("Un nom", "41898282+github-actions[bot]@users.noreply.github.com"),
        ] {
            assert!(Identity::new(name, address).is_robot(), "{name}");
        }
        assert!(!Identity::new("Robot Dupont", "robot@example.org").is_robot());
    }
}
