//! What a notebook of the course leaves to its reader: blanks to fill in, code to write, questions to answer in words.
//! May import: regex, and within the room `readme/words`.
//! Next: `answers.rs` finds what a student put there.

use std::sync::LazyLock;

use regex::Regex;

use super::book::Book;
use super::cells::Cell;
use crate::observe::readme::words;

/// One exercise of a notebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exercise {
    /// Position of the cell that is to be filled in; of the question, where no cell was left for the answer.
    pub cell: usize,
    /// Position of the question.
    pub question: Option<usize>,
    pub wants: Wants,
    /// Left empty or with a blank in it: filled by whoever changes it.
    pub open: bool,
}

/// What answers an exercise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    Code,
    Text,
    /// The question asks why, and leaves a code cell below it.
    Either,
}

impl Wants {
    /// Whether words answer it.
    pub fn takes_text(self) -> bool {
        self != Self::Code
    }
}

#[allow(clippy::unwrap_used, reason = "the patterns are constants, and the tests use each of them")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:exercices?|exercises?|questions?|a vous|a toi|todo|to do|your turn|votre tour|essayez|completez|ecrivez|try it|write a|ecrire un)\b",
    )
});
static ASKS_FOR_TEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:expliqu\w+|pourquoi|decri(?:re|vez|s)|justifi\w+|commente[rz]|que (?:fait|remarqu|constat|signifi)\w*",
        r"|quelles? (?:est|sont) les? differences?|discute[rz]|avec vos (?:propres )?mots|explain|why|describe|justify|discuss",
        r"|comment on|in your own words|what (?:does|is the difference|do you (?:notice|observe)))\b"
    ))
});
/// Where the course writes that an answer belongs.
static ROOM_FOR_TEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^[\s#>*_-]*(?:(?:(?:ecrivez|write|tapez|type) )?(?:votre |ta |la |your )?(?:reponse|answer)(?: ici| here)?",
        r"|a completer|to complete|double[- ]cli\w+.*|\.{3,}|…+|_{3,})[\s.:*_…>-]*$"
    ))
});
static BLANK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?m)^\s*\.\.\.\s*$|=\s*\.\.\.\s*$|#.*\b(?:votre code|your code|a completer|a vous|todo|to do|complete|completez|write here|insert code)\b|_{4,}|\?\?\?",
    )
});

/// Whether code holds a blank to fill in.
pub fn has_blank(code: &str) -> bool {
    BLANK.is_match(&words::fold(code))
}

/// A question that waits for its room.
#[derive(Clone, Copy)]
struct Pending {
    at: usize,
    for_text: bool,
}

/// What a notebook leaves to its reader, in the order of its cells.
pub fn of(book: &Book) -> Vec<Exercise> {
    let cells = &book.cells;
    let last = cells.iter().rposition(|cell| !cell.source.is_empty());
    let mut found: Vec<Exercise> = Vec::new();
    let mut pending: Option<Pending> = None;
    let mut after_empty = false;
    for (position, cell) in cells.iter().enumerate() {
        if !cell.is_code() {
            after_empty = false;
            read_text(position, cell, &mut pending, &mut found);
            continue;
        }
        let is_empty = cell.source.is_empty();
        // Jupyter leaves an empty cell at the end, and several blanks in a row are room for one answer.
        let is_room = is_empty && !after_empty && (pending.is_some() || last.is_some_and(|last| position < last));
        let is_blank = !is_empty && has_blank(&cell.source);
        let is_asked = !is_empty && !is_blank && pending.is_some() && !has_room_below(cells, position);
        if is_room || is_blank || is_asked {
            let wants = if pending.is_some_and(|pending| pending.for_text) { Wants::Either } else { Wants::Code };
            let question = pending.map(|pending| pending.at).or_else(|| text_above(cells, position));
            found.push(Exercise { cell: position, question, wants, open: is_room || is_blank });
            pending = None;
        }
        after_empty = is_empty;
    }
    close(pending, &mut found);
    found.sort_by_key(|exercise| exercise.cell);
    found
}

fn read_text(position: usize, cell: &Cell, pending: &mut Option<Pending>, found: &mut Vec<Exercise>) {
    let text = words::fold(&cell.source).replace('’', "'");
    let is_room = ROOM_FOR_TEXT.is_match(text.trim()) || (text.trim().is_empty() && pending.is_some());
    if is_room {
        let question = pending.take().map(|pending| pending.at);
        found.push(Exercise { cell: position, question, wants: Wants::Text, open: true });
    } else if ASKS.is_match(&text) {
        close(pending.take(), found);
        *pending = Some(Pending { at: position, for_text: ASKS_FOR_TEXT.is_match(&text) });
    } else if text.trim_start().starts_with('#') {
        // Another section: what was asked before it has no room any more.
        close(pending.take(), found);
    } else if let Some(waiting) = pending {
        // The question goes on below its title.
        waiting.for_text |= ASKS_FOR_TEXT.is_match(&text);
    }
}

/// A question without room is one that words answer, or none.
fn close(pending: Option<Pending>, found: &mut Vec<Exercise>) {
    if let Some(Pending { at, for_text: true }) = pending {
        found.push(Exercise { cell: at, question: Some(at), wants: Wants::Text, open: false });
    }
}

/// Whether the same section leaves room below given code: then the code is where to begin from, and not what to change.
fn has_room_below(cells: &[Cell], position: usize) -> bool {
    let mut below = cells.iter().skip(position + 1).take_while(|cell| cell.is_code());
    let is_last = cells.iter().skip(position + 1).all(|cell| cell.source.is_empty());
    below.any(|cell| (cell.source.is_empty() && !is_last) || has_blank(&cell.source))
}

fn text_above(cells: &[Cell], position: usize) -> Option<usize> {
    cells.iter().take(position).rposition(|cell| !cell.is_code() && !cell.source.is_empty())
}
