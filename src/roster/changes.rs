//! What an import would change, said before it does.
//! May import: `domain/`.
//! Next: `db/roster.rs`, which stores just this.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Entry;
use crate::domain::ids::{Login, StudentId};

/// A student as the course knows them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub id: StudentId,
    pub login: Login,
    pub name: Option<String>,
    pub email: Option<String>,
    pub group: Option<String>,
    /// A class list named them before.
    pub rostered: bool,
    /// Logins that GitHub says are theirs no more, in small letters.
    pub former: Vec<String>,
}

/// What of a student changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Login,
    Name,
    Email,
    Group,
    /// The owner of a fork, whom no list had named.
    Listed,
}

/// A known student with what the list says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub id: StudentId,
    /// After the change.
    pub login: Login,
    pub entry: Entry,
    /// Field, before, after.
    pub fields: Vec<(Field, String, String)>,
}

impl Change {
    /// Whether the login changes by more than its case.
    pub fn is_another_account(&self) -> bool {
        let differs = |(field, before, after): &(Field, String, String)| {
            *field == Field::Login && !before.eq_ignore_ascii_case(after)
        };
        self.fields.iter().any(differs)
    }
}

/// Everything that an import would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    pub new: Vec<Entry>,
    pub changed: Vec<Change>,
    pub unchanged: usize,
    /// Named by an earlier list and not by this one: they stay.
    pub gone: Vec<Login>,
    /// Without a login, and nobody that the course knows by their address: remembered until the login is known.
    pub awaited: Vec<Entry>,
}

/// Compares a list with the class. Students are met by login without regard to case, by a login that was theirs before GitHub said
/// otherwise, and else by the e-mail address: a mended login keeps its history, and an old list brings no stale login back.
pub fn changes(known: &[Known], entries: &[Entry]) -> Changes {
    let people = People::new(known, entries);
    let (mut changes, mut met) = (Changes::default(), HashSet::new());
    for entry in entries {
        let found = people.find(entry).filter(|(one, _)| met.insert(one.id));
        match (found, &entry.login) {
            (None, None) => changes.awaited.push(entry.clone()),
            (None, Some(_)) => changes.new.push(entry.clone()),
            (Some((one, login)), _) => match differences(one, &login, entry) {
                fields if fields.is_empty() => changes.unchanged += 1,
                fields => changes.changed.push(Change { id: one.id, login, entry: entry.clone(), fields }),
            },
        }
    }
    changes.gone =
        known.iter().filter(|one| one.rostered && !met.contains(&one.id)).map(|one| one.login.clone()).collect();
    changes
}

/// The class by everything that tells one student from another.
struct People<'k> {
    by_login: HashMap<String, &'k Known>,
    by_former: HashMap<&'k str, &'k Known>,
    /// Of those whom no login of the list names.
    by_email: HashMap<String, Vec<&'k Known>>,
}

impl<'k> People<'k> {
    fn new(known: &'k [Known], entries: &[Entry]) -> Self {
        let by_login: HashMap<_, _> = known.iter().map(|one| (one.login.as_str().to_lowercase(), one)).collect();
        let by_former: HashMap<_, _> =
            known.iter().flat_map(|one| one.former.iter().map(move |login| (login.as_str(), one))).collect();
        let listed: HashSet<String> =
            entries.iter().filter_map(|entry| Some(entry.login.as_ref()?.as_str().to_lowercase())).collect();
        let mut by_email: HashMap<String, Vec<&Known>> = HashMap::new();
        for one in known.iter().filter(|one| !listed.contains(&one.login.as_str().to_lowercase())) {
            if let Some(email) = &one.email {
                by_email.entry(email.to_lowercase()).or_default().push(one);
            }
        }
        Self { by_login, by_former, by_email }
    }

    /// Who it is, and the login that they have after the import.
    fn find(&self, entry: &Entry) -> Option<(&'k Known, Login)> {
        if let Some(login) = &entry.login {
            let written = login.as_str().to_lowercase();
            if let Some(one) = self.by_login.get(&written) {
                return Some((one, login.clone()));
            }
            // GitHub's word is newer than the list's.
            if let Some(one) = self.by_former.get(written.as_str()) {
                return Some((one, one.login.clone()));
            }
        }
        let same = self.by_email.get(&entry.email.as_ref()?.to_lowercase())?;
        // Two people with one address are not told apart by it.
        let [one] = <[&Known; 1]>::try_from(same.clone()).ok()?;
        Some((one, entry.login.clone().unwrap_or_else(|| one.login.clone())))
    }
}

/// What a list leaves out stays as it is.
fn differences(known: &Known, login: &Login, entry: &Entry) -> Vec<(Field, String, String)> {
    let mut fields = Vec::new();
    if known.login != *login {
        fields.push((Field::Login, known.login.to_string(), login.to_string()));
    }
    for (field, before, after) in [
        (Field::Name, &known.name, &entry.name),
        (Field::Email, &known.email, &entry.email),
        (Field::Group, &known.group, &entry.group),
    ] {
        let is_same = |after: &String| match field {
            // An address is the same in capitals.
            Field::Email => before.as_ref().is_some_and(|before| before.eq_ignore_ascii_case(after)),
            _ => before.as_ref() == Some(after),
        };
        if let Some(after) = after.as_ref().filter(|after| !is_same(after)) {
            fields.push((field, before.clone().unwrap_or_default(), after.clone()));
        }
    }
    if !known.rostered {
        fields.push((Field::Listed, String::new(), String::new()));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(id: i64, login: &str, email: &str, rostered: bool) -> Known {
        let email = Some(email.to_owned()).filter(|email| !email.is_empty());
        let former = Vec::new();
        Known { id: StudentId(id), login: login.parse().unwrap(), name: None, email, group: None, rostered, former }
    }

    fn entry(login: &str, email: &str) -> Entry {
        let email = Some(email.to_owned()).filter(|email| !email.is_empty());
        Entry { login: login.parse().ok(), name: None, email, group: None }
    }

    #[test]
    fn everybody_is_new_changed_unchanged_or_gone() {
        let class = [known(1, "ada", "a@x", true), known(2, "blaise", "", false), known(3, "carl", "", true)];
        let changes = changes(&class, &[entry("ADA", "a@x"), entry("blaise", ""), entry("dora", "")]);
        assert_eq!(changes.new, [entry("dora", "")]);
        let fields: Vec<_> = changes.changed.iter().map(|change| (change.id.0, change.fields[0].0)).collect();
        assert_eq!(fields, [(1, Field::Login), (2, Field::Listed)], "GitHub shows logins with their case");
        assert_eq!(changes.gone, ["carl".parse().unwrap()]);
    }

    #[test]
    fn a_mended_login_is_the_same_student() {
        let changes = changes(&[known(1, "adaa", "A@x", true)], &[entry("ada", "a@X")]);
        assert_eq!((changes.new.len(), changes.changed[0].id), (0, StudentId(1)));
        assert_eq!(changes.changed[0].fields[0], (Field::Login, "adaa".into(), "ada".into()));
        assert_eq!(changes.gone, []);
    }

    #[test]
    fn an_address_that_two_people_share_tells_nobody_apart() {
        let class = [known(1, "adaa", "x@x", true), known(2, "blaise", "x@x", true)];
        assert_eq!(changes(&class, &[entry("ada", "x@x")]).new.len(), 1);
    }

    #[test]
    fn what_the_list_leaves_out_stays() {
        let changes = changes(&[known(1, "ada", "a@x", true)], &[entry("ada", "")]);
        assert_eq!((changes.unchanged, changes.changed.len(), changes.new.len()), (1, 0, 0));
    }

    #[test]
    fn a_login_that_github_changed_is_not_brought_back() {
        let mut ada = known(1, "ada-lovelace", "a@x", true);
        ada.former = vec!["ada".into()];
        let changes = changes(&[ada], &[entry("Ada", "")]);
        assert_eq!((changes.unchanged, changes.new.len(), changes.gone.len()), (1, 0, 0));
    }

    #[test]
    fn whoever_has_no_login_is_met_by_the_address_or_awaited() {
        let class = [known(1, "ada", "a@x", true)];
        let changes = changes(&class, &[entry("", "A@X"), entry("", "b@x"), entry("", "")]);
        assert_eq!((changes.unchanged, changes.awaited.len()), (1, 2));
    }
}
