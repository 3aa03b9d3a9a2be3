//! What was read of a submission, as pages show it: what the code does, where each cell of a notebook stands, and when it came about.
//! May import: `report`, `rubric`, `db/views`, `domain/`.
//! Next: `templates/parts/code.html` and `notebooks.html`.

use super::report::Report;
use crate::domain::Student;
use crate::domain::facts::history::address_mark;
use crate::domain::facts::inspection::{CodeFacts, HistoryFacts, NotebookFacts, NotebookState, PersonFacts};

/// Somebody behind commits, by the name that the class knows.
pub struct Committer {
    pub name: String,
    pub login: Option<String>,
    pub commits: u32,
    pub co_authored: u32,
    /// On the roster of this fork.
    pub known: bool,
}

impl Report {
    /// The page of a file at its line, for `path:line` or a path alone.
    pub fn link(&self, place: &str) -> Option<String> {
        let source = self.source.as_ref()?;
        match place.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse().ok()?))) {
            Some((path, line)) => source.at_github(path, Some(line)),
            None => source.at_github(place, None),
        }
    }

    /// What the code does, where it does anything that is told.
    pub fn code(&self) -> Option<&CodeFacts> {
        let code = &self.inspection.as_ref()?.code;
        let tells = !code.routes.is_empty() || !code.clients.is_empty() || !code.collections.is_empty();
        (tells || !code.technologies.is_empty()).then_some(code)
    }

    /// Notebooks in which something happened.
    pub fn notebooks(&self) -> Vec<&NotebookFacts> {
        let all = self.inspection.iter().flat_map(|inspection| &inspection.notebooks);
        let quiet = |state: &NotebookState| {
            matches!(state, NotebookState::Untouched | NotebookState::Resaved | NotebookState::NotFetched)
        };
        all.filter(|notebook| !quiet(&notebook.state)).collect()
    }
}

/// The people behind a history under the names of the roster, where an address or login tells who they are.
pub fn committers(history: &HistoryFacts, people: &[Student]) -> Vec<Committer> {
    let mut found: Vec<(Option<usize>, Committer)> = Vec::new();
    // Older facts know names alone.
    let named = |name: &String| PersonFacts { name: name.clone(), ..PersonFacts::default() };
    let all = match history.people.as_slice() {
        [] => history.authors.iter().map(named).collect(),
        people => people.to_vec(),
    };
    for person in &all {
        let student = people.iter().position(|student| is_one(person, student));
        let known = student.and_then(|index| people.get(index));
        let same = found.iter_mut().find(|(other, _)| student.is_some() && *other == student);
        if let Some((_, committer)) = same {
            committer.commits += person.commits;
            committer.co_authored += person.co_authored;
            continue;
        }
        let name = known.and_then(|student| student.name.clone()).unwrap_or_else(|| person.name.clone());
        let login = known.map(|student| student.login.to_string()).or_else(|| person.login.clone());
        let (commits, co_authored) = (person.commits, person.co_authored);
        found.push((student, Committer { name, login, commits, co_authored, known: student.is_some() }));
    }
    found.into_iter().map(|(_, committer)| committer).collect()
}

fn is_one(person: &PersonFacts, student: &Student) -> bool {
    let by_login = person.login.as_deref().is_some_and(|login| login.eq_ignore_ascii_case(student.login.as_str()));
    let by_address = student.email.as_deref().is_some_and(|email| person.addresses.contains(&address_mark(email)));
    let by_name = student.name.as_deref().is_some_and(|name| name.to_lowercase() == person.name.to_lowercase());
    by_login || by_address || by_name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::StudentId;

    #[test]
    fn addresses_of_one_student_are_one_person() {
        let person = |name: &str, login: Option<&str>, address: &str, commits| PersonFacts {
            name: name.into(),
            login: login.map(str::to_owned),
            addresses: vec![address_mark(address)],
            commits,
            co_authored: 0,
        };
        let history = HistoryFacts {
            people: vec![
                person("jovyan", None, "lina.elan@ecole.example", 3),
                person("lina", Some("Lina-Elan"), "1+lina-elan@users.noreply.github.com", 2),
                person("Tom", None, "tom@example.org", 1),
            ],
            ..HistoryFacts::default()
        };
        let email = Some("Lina.Elan@ecole.example".to_owned());
        let (login, name) = ("lina-elan".parse().unwrap(), Some("Lina Élan".into()));
        let lina = Student { id: StudentId(1), login, name, email, group: None };
        let told = committers(&history, &[lina]);
        let told: Vec<_> = told.iter().map(|one| (one.name.as_str(), one.commits, one.known)).collect();
        assert_eq!(told, [("Lina Élan", 5, true), ("Tom", 1, false)]);
    }
}
