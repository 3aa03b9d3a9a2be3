//! What the dashboard's address asks for: search, filter, order, view. Unknown values mean the usual ones.
//! May import: `class`, `domain/`.
//! Next: `dashboard.rs`.

use std::cmp::Ordering;
use std::collections::HashMap;

use url::form_urlencoded;

use super::class::{Line, folded};

/// Which forks are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
    All,
    HandedIn,
    Runs,
    ShowsData,
    Nothing,
    Ours,
    Late,
    Pending,
    Stale,
}

impl Filter {
    pub const ALL: [Filter; 9] = [
        Filter::All,
        Filter::HandedIn,
        Filter::Runs,
        Filter::ShowsData,
        Filter::Nothing,
        Filter::Ours,
        Filter::Late,
        Filter::Pending,
        Filter::Stale,
    ];

    /// Its word in the address.
    pub fn word(self) -> &'static str {
        self.key().trim_start_matches("show-")
    }

    /// Its key in `pages.ftl`.
    pub fn key(self) -> &'static str {
        match self {
            Filter::All => "show-all",
            Filter::HandedIn => "show-handed-in",
            Filter::Runs => "show-runs",
            Filter::ShowsData => "show-shows-data",
            Filter::Nothing => "show-nothing",
            Filter::Ours => "show-ours",
            Filter::Late => "show-late",
            Filter::Pending => "show-pending",
            Filter::Stale => "show-stale",
        }
    }

    fn lets_through(self, line: &Line) -> bool {
        match self {
            Filter::All => true,
            Filter::HandedIn => line.is_handed_in(),
            Filter::Runs => line.runs(),
            Filter::ShowsData => line.shows_data(),
            Filter::Nothing => line.is_nothing(),
            Filter::Ours => line.is_ours(),
            Filter::Late => line.is_late(),
            Filter::Pending => line.pending().is_some(),
            Filter::Stale => line.is_stale(),
        }
    }
}

/// What the list is ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Name,
    Fork,
    Project,
    Verdict,
    Total,
    Bonus,
    Late,
    Push,
    Run,
}

impl Sort {
    pub const ALL: [Sort; 9] = [
        Sort::Name,
        Sort::Fork,
        Sort::Project,
        Sort::Verdict,
        Sort::Total,
        Sort::Bonus,
        Sort::Late,
        Sort::Push,
        Sort::Run,
    ];

    /// Its word in the address.
    pub fn word(self) -> &'static str {
        self.key().trim_start_matches("column-")
    }

    /// Its key in `pages.ftl`.
    pub fn key(self) -> &'static str {
        match self {
            Sort::Name => "column-name",
            Sort::Fork => "column-fork",
            Sort::Project => "column-project",
            Sort::Verdict => "column-verdict",
            Sort::Total => "column-total",
            Sort::Bonus => "column-bonus",
            Sort::Late => "column-late",
            Sort::Push => "column-push",
            Sort::Run => "column-run",
        }
    }

    /// Numbers and moments are first wanted from the highest down.
    pub fn first_down(self) -> bool {
        matches!(self, Sort::Verdict | Sort::Total | Sort::Bonus | Sort::Late | Sort::Push | Sort::Run)
    }

    /// Ascending; where there is nothing to compare counts as less than everything.
    fn compare(self, a: &Line, b: &Line) -> Ordering {
        let score = |line: &Line| line.record.as_ref().map(|record| (record.score.bonus, record.score.late_penalty));
        let run = |line: &Line| line.row.last_run.as_ref().map(|run| (line.pending().is_some(), run.id));
        match self {
            Sort::Name => by_name(a, b),
            Sort::Fork => folded(&a.row.full_name).cmp(&folded(&b.row.full_name)),
            Sort::Project => a.project.map(|state| state as u8).cmp(&b.project.map(|state| state as u8)),
            Sort::Verdict => a.verdict.cmp(&b.verdict),
            Sort::Total => a.total().cmp(&b.total()),
            Sort::Bonus => score(a).map(|(bonus, _)| bonus).cmp(&score(b).map(|(bonus, _)| bonus)),
            Sort::Late => score(a).map(|(_, late)| late).cmp(&score(b).map(|(_, late)| late)),
            Sort::Push => a.last_push.cmp(&b.last_push),
            Sort::Run => run(a).cmp(&run(b)),
        }
    }
}

fn by_name(a: &Line, b: &Line) -> Ordering {
    let key = |line: &Line| folded(&line.names().join(" "));
    key(a).cmp(&key(b))
}

/// How forks are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    /// A table with one line per fork.
    #[default]
    Forks,
    /// A heat map: forks by criteria.
    Criteria,
}

/// Everything that the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    pub search: String,
    pub filter: Filter,
    pub sort: Sort,
    pub down: bool,
    pub view: View,
}

impl Listing {
    /// Reads the query of an address.
    pub fn parse(query: &HashMap<String, String>) -> Self {
        let word = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let sort = Sort::ALL.into_iter().find(|sort| sort.word() == word("sort")).unwrap_or_default();
        Self {
            search: word("q").chars().take(100).collect(),
            filter: Filter::ALL.into_iter().find(|filter| filter.word() == word("show")).unwrap_or_default(),
            sort,
            down: match word("dir") {
                "asc" => false,
                "desc" => true,
                _ => sort.first_down(),
            },
            view: if word("view") == "criteria" { View::Criteria } else { View::Forks },
        }
    }

    /// The address that asks for this.
    pub fn address(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if self.view == View::Criteria {
            query.append_pair("view", "criteria");
        }
        if !self.search.is_empty() {
            query.append_pair("q", &self.search);
        }
        if self.filter != Filter::All {
            query.append_pair("show", self.filter.word());
        }
        if self.sort != Sort::Name || self.down {
            query.append_pair("sort", self.sort.word());
        }
        if self.down != self.sort.first_down() {
            query.append_pair("dir", if self.down { "desc" } else { "asc" });
        }
        let query = query.finish();
        if query.is_empty() { "/forks".into() } else { format!("/forks?{query}") }
    }

    /// The address of the same list, filtered otherwise.
    pub fn filtered(&self, filter: &Filter) -> String {
        Self { filter: *filter, ..self.clone() }.address()
    }

    /// The address of the same list ordered by `sort`; the other way round where it is ordered by it already.
    pub fn sorted(&self, sort: &Sort) -> String {
        let down = if self.sort == *sort { !self.down } else { sort.first_down() };
        Self { sort: *sort, down, ..self.clone() }.address()
    }

    /// The address of the same forks, shown otherwise.
    pub fn viewed(&self, view: View) -> String {
        Self { view, ..self.clone() }.address()
    }

    /// The listed forks in their order; equals stand by name.
    pub fn apply<'a>(&self, lines: &'a [Line]) -> Vec<&'a Line> {
        let wanted = folded(self.search.trim());
        let found = |line: &Line| {
            let people = line.row.students.iter().map(|student| student.login.as_str());
            let groups = line.row.students.iter().filter_map(|student| student.group.as_deref());
            line.names()
                .into_iter()
                .chain(people)
                .chain(groups)
                .chain([line.row.full_name.as_str()])
                .any(|text| folded(text).contains(&wanted))
        };
        let mut listed: Vec<&Line> =
            lines.iter().filter(|line| self.filter.lets_through(line) && found(line)).collect();
        listed.sort_by(|a, b| {
            let order = self.sort.compare(a, b);
            let order = if self.down { order.reverse() } else { order };
            order.then_with(|| by_name(a, b))
        });
        listed
    }
}
