//! How every exercise of a notebook stands: whose its answer is, whether it ran, and in which order.
//! May import: `domain/`, its siblings, and within the room `python/secrets`.
//! Next: `domain/facts/notebooks.rs` for what is told.

use std::collections::BTreeSet;

use super::answers::{self, Answers};
use super::book::{Book, prose};
use super::cells::Cell;
use super::exercises::{self, Exercise};
use crate::domain::facts::inspection::{CellFacts, CellState, NotebookFacts, NotebookState};
use crate::domain::source::RepoPath;
use crate::observe::python::secrets;

/// Cells of a notebook that are told one by one.
const MAX_TOLD: usize = 300;
/// Characters of a first line.
const MAX_LINE: usize = 80;
/// Words from which a text is an answer.
const MIN_WORDS: usize = 3;
/// Tokens below which there are few ways to write an answer: alone, it is nobody's copy of the course's solution.
const SHORT: usize = 10;

/// What the course ever wrote in one of its notebooks.
#[derive(Debug, Default)]
pub struct Course<'v> {
    /// Keys of all cells in all versions.
    pub known: BTreeSet<&'v str>,
    /// Keys of code that fills a blank of another version.
    pub solutions: BTreeSet<&'v str>,
}

/// Compares a student's notebook with the version of the course's that it began from. What is not the student's own file is a
/// version of the course's, and nothing in it is an answer.
pub fn judge(path: RepoPath, base: &Book, own: &Book, course: &Course<'_>, is_own: bool) -> NotebookFacts {
    let exercises = exercises::of(base);
    let answers = answers::find(base, &exercises, own);
    let judged = Judged { base, own, course, copies: !is_own || copies_solutions(own, &answers, course) };
    let mut facts = NotebookFacts { path, exercise_cells: count(exercises.len()), ..NotebookFacts::default() };
    for (exercise, cells) in exercises.iter().zip(&answers.to) {
        let told = judged.exercise(exercise, cells, &answers);
        facts.completed_cells += u32::from(told.state == CellState::Completed);
        facts.solution_cells += u32::from(told.state == CellState::Solution);
        facts.cells.push(told);
    }
    let answering: BTreeSet<usize> = answers.to.iter().flatten().copied().collect();
    let changed: Vec<usize> = (0..own.cells.len()).filter(|at| judged.is_own_code(*at)).collect();
    let others = changed.iter().filter(|at| !answering.contains(at));
    facts.cells.extend(others.map(|at| judged.told(CellState::Added, &[*at])));
    facts.cells.truncate(MAX_TOLD);
    let cell = |at: &usize| own.cells.get(*at);
    facts.changed_cells = count(changed.len());
    facts.executed_cells = count(changed.iter().filter_map(cell).filter(|cell| cell.executed()).count());
    facts.error_cells = count(changed.iter().filter_map(cell).filter(|cell| cell.has_error).count());
    facts.out_of_order_cells = out_of_order(changed.iter().filter_map(cell));
    facts.state = if facts.changed_cells > 0 || facts.completed_cells > 0 {
        NotebookState::Worked
    } else if facts.solution_cells > 0 {
        NotebookState::Solution
    } else {
        NotebookState::Resaved
    };
    facts
}

/// Cells that ran before one that stands above them.
fn out_of_order<'c>(cells: impl Iterator<Item = &'c Cell>) -> u32 {
    let mut highest = 0;
    let mut late = 0;
    for run in cells.filter_map(|cell| cell.count) {
        late += u32::from(run < highest);
        highest = highest.max(run);
    }
    late
}

/// Whether some answer that could have been written in many ways is the course's own.
fn copies_solutions(own: &Book, answers: &Answers, course: &Course<'_>) -> bool {
    let long = |at: &usize| own.key(*at).split_whitespace().count() >= SHORT;
    answers.to.iter().flatten().any(|at| course.solutions.contains(own.key(*at)) && long(at))
}

struct Judged<'j> {
    base: &'j Book,
    own: &'j Book,
    course: &'j Course<'j>,
    /// The student took over solutions of the course: its short answers are then taken for the same.
    copies: bool,
}

impl Judged<'_> {
    fn exercise(&self, exercise: &Exercise, cells: &[usize], answers: &Answers) -> CellFacts {
        let answering: Vec<usize> = cells.iter().copied().filter(|at| self.answers(exercise, *at)).collect();
        if !answering.is_empty() {
            return self.told(CellState::Completed, &answering);
        }
        let copied: Vec<usize> =
            cells.iter().copied().filter(|at| self.course.solutions.contains(self.own.key(*at))).collect();
        if !copied.is_empty() && exercise.open {
            return self.told(CellState::Solution, &copied);
        }
        let commented: Vec<usize> = cells
            .iter()
            .copied()
            .filter(|at| self.own.cells.get(*at).is_some_and(Cell::is_code) && self.own.key(*at).is_empty())
            .collect();
        if !commented.is_empty() {
            return self.told(CellState::CommentsOnly, &commented);
        }
        self.open(exercise, answers)
    }

    /// Whether a cell of the student's answers an exercise.
    fn answers(&self, exercise: &Exercise, at: usize) -> bool {
        let Some(cell) = self.own.cells.get(at) else { return false };
        if self.is_own_code(at) {
            return true;
        }
        let key = self.own.key(at);
        let is_short_solution = self.course.solutions.contains(key) && exercise.open && !self.copies;
        if cell.is_code() && !key.is_empty() {
            return is_short_solution;
        }
        if !exercise.wants.takes_text() || (!key.is_empty() && self.course.known.contains(key)) {
            return false;
        }
        let before = self.base.cells.get(exercise.question.unwrap_or(exercise.cell));
        let repeated = before.filter(|before| cell.source.starts_with(&before.source)).map_or(0, prose);
        let room = self.base.cells.get(exercise.cell).filter(|room| !room.is_code() && exercise.open);
        let repeated = repeated.max(room.filter(|room| cell.source.starts_with(&room.source)).map_or(0, prose));
        // Where the course left room for words, one of them may be all that is asked for.
        let least = if room.is_some() { 1 } else { MIN_WORDS };
        prose(cell) >= repeated + least
    }

    fn is_own_code(&self, at: usize) -> bool {
        let key = self.own.key(at);
        self.own.cells.get(at).is_some_and(Cell::is_code) && !key.is_empty() && !self.course.known.contains(key)
    }

    fn told(&self, state: CellState, cells: &[usize]) -> CellFacts {
        let all = || cells.iter().filter_map(|at| self.own.cells.get(*at));
        let mut code = all().filter(|cell| cell.is_code()).peekable();
        // Words need not run.
        let executed = code.peek().is_none() || code.all(Cell::executed);
        let line = all().next().map(|cell| first_line(&cell.source)).unwrap_or_default();
        let number = cells.first().map(|at| count(at + 1));
        CellFacts { number, state, executed, error: all().any(|cell| cell.has_error), first_line: line }
    }

    /// An exercise without an answer: where one would stand, and what is asked.
    fn open(&self, exercise: &Exercise, answers: &Answers) -> CellFacts {
        let place = |from: usize| answers.places.get(&from).copied();
        let itself = place(exercise.cell).map(|at| at + 1);
        let number = itself.or_else(|| exercise.question.and_then(place).map(|at| at + 2)).map(count);
        let asked = exercise.question.and_then(|at| self.base.cells.get(at));
        let line = asked.or(self.base.cells.get(exercise.cell)).map(|cell| first_line(&cell.source));
        let state = CellState::Open;
        CellFacts { number, state, executed: false, error: false, first_line: line.unwrap_or_default() }
    }
}

/// The first line that says something, as it may be shown.
fn first_line(source: &str) -> String {
    let line = source.lines().map(str::trim).find(|line| line.chars().any(char::is_alphanumeric)).unwrap_or_default();
    if secrets::in_text(source).or(secrets::in_line(line)).is_some() {
        return "…".to_owned();
    }
    let shown = line.trim_start_matches(['#', ' ']).chars().filter(|c| !c.is_control() && !is_steering(*c));
    shown.take(MAX_LINE).collect()
}

/// Turns the direction of what follows, or shows nothing at all.
fn is_steering(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// A number of cells, as facts hold it.
pub fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
