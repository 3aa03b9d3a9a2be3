//! Which cells of a student's notebook answer which exercise, however they were moved, split, added or taken out.
//! May import: similar, and its siblings.
//! Next: `judge.rs` says how each exercise stands.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::book::{Book, prose, words};
use super::exercises::Exercise;

/// Pairs of cells that are compared word by word; in a notebook with more nothing but equal cells are found again.
const MAX_PAIRS: usize = 40_000;
/// Percentage of words in common from which a cell is another one's edit.
const EDIT: usize = 60;

/// Where the answers are.
#[derive(Debug, Default)]
pub struct Answers {
    /// For every exercise, positions in the student's notebook, in their order.
    pub to: Vec<Vec<usize>>,
    /// Positions of what answers none of them.
    pub added: Vec<usize>,
    /// Where the course's cells went: position in the base to position in the student's notebook.
    pub places: BTreeMap<usize, usize>,
}

/// Finds the answers to the exercises of `base` in `own`.
pub fn find(base: &Book, exercises: &[Exercise], own: &Book) -> Answers {
    let mut found = Answers { to: vec![Vec::new(); exercises.len()], ..Answers::default() };
    let kept = kept(base, own);
    let edited = edited(base, own, &kept);
    let mut origin: BTreeMap<usize, usize> = kept;
    for (&at, &from) in &edited {
        origin.insert(at, from);
        answer_in_place(exercises, from, at, &mut found.to);
    }
    let still_there: BTreeSet<usize> = origin.values().copied().collect();
    for (anchor, cells) in gaps(base, exercises, own, &origin) {
        let room = room_below(base, exercises, anchor, &still_there);
        fill(own, exercises, &room, &cells, &mut found);
    }
    for cells in &mut found.to {
        cells.sort_unstable();
        cells.dedup();
    }
    found.places = origin.into_iter().map(|(at, from)| (from, at)).collect();
    found
}

/// Cells that the student left as they were, wherever they stand now: position in `own` to position in `base`.
fn kept(base: &Book, own: &Book) -> BTreeMap<usize, usize> {
    let told = |book: &Book| -> Vec<usize> { (0..book.keys.len()).filter(|at| !book.key(*at).is_empty()).collect() };
    let (old, new) = (told(base), told(own));
    let keys = |book: &'_ Book, places: &[usize]| -> Vec<String> {
        places.iter().map(|at| book.key(*at).to_owned()).collect()
    };
    let mut kept = BTreeMap::new();
    for operation in capture_diff_slices(Algorithm::Myers, &keys(base, &old), &keys(own, &new)) {
        if let DiffOp::Equal { old_index, new_index, len } = operation {
            let pairs = old.iter().skip(old_index).zip(new.iter().skip(new_index)).take(len);
            kept.extend(pairs.map(|(from, at)| (*at, *from)));
        }
    }
    // What was moved past its neighbours.
    let used: BTreeSet<usize> = kept.values().copied().collect();
    let mut left: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for from in old.into_iter().filter(|from| !used.contains(from)) {
        left.entry(base.key(from)).or_default().push_back(from);
    }
    for at in new {
        if !kept.contains_key(&at)
            && let Some(from) = left.get_mut(own.key(at)).and_then(VecDeque::pop_front)
        {
            kept.insert(at, from);
        }
    }
    kept
}

/// Cells that the student changed: the most alike first, each once.
fn edited(base: &Book, own: &Book, kept: &BTreeMap<usize, usize>) -> BTreeMap<usize, usize> {
    let used: BTreeSet<usize> = kept.values().copied().collect();
    let old: Vec<usize> = (0..base.keys.len()).filter(|at| !base.key(*at).is_empty() && !used.contains(at)).collect();
    let new: Vec<usize> = (0..own.keys.len()).filter(|at| !own.key(*at).is_empty() && !kept.contains_key(at)).collect();
    if old.len() * new.len() > MAX_PAIRS {
        return BTreeMap::new();
    }
    let bags =
        |book: &Book, places: &[usize]| -> Vec<Vec<String>> { places.iter().map(|at| bag(book.key(*at))).collect() };
    let (old_bags, new_bags) = (bags(base, &old), bags(own, &new));
    let mut alike = Vec::new();
    for (from, old_bag) in old.iter().zip(&old_bags) {
        for (at, new_bag) in new.iter().zip(&new_bags) {
            let same_kind =
                base.cells.get(*from).map(|cell| cell.is_code()) == own.cells.get(*at).map(|cell| cell.is_code());
            if !same_kind {
                continue;
            }
            let percent = in_common(old_bag, new_bag);
            // An answer written below its question, or below a blank that was left there, in the same cell.
            let grown = own.key(*at).starts_with(base.key(*from));
            if percent >= EDIT || grown {
                alike.push((std::cmp::Reverse(percent.max(if grown { EDIT } else { 0 })), *from, *at));
            }
        }
    }
    alike.sort_unstable();
    let (mut edited, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for (_, from, at) in alike {
        if !edited.contains_key(&at) && taken.insert(from) {
            edited.insert(at, from);
        }
    }
    edited
}

/// The words of a cell, sorted.
fn bag(key: &str) -> Vec<String> {
    let mut bag: Vec<String> = match key.strip_prefix("¶ ") {
        Some(text) => words(text).map(str::to_lowercase).collect(),
        None => key.split_whitespace().map(str::to_owned).collect(),
    };
    bag.sort_unstable();
    bag
}

/// Percentage of words that two sorted bags share.
fn in_common(a: &[String], b: &[String]) -> usize {
    let (mut left, mut right, mut shared) = (0, 0, 0);
    while let (Some(one), Some(other)) = (a.get(left), b.get(right)) {
        shared += usize::from(one == other);
        left += usize::from(one <= other);
        right += usize::from(other <= one);
    }
    200 * shared / (a.len() + b.len()).max(1)
}

fn answer_in_place(exercises: &[Exercise], from: usize, at: usize, to: &mut [Vec<usize>]) {
    for (exercise, answer) in exercises.iter().zip(to) {
        let below_the_question = exercise.question == Some(from) && exercise.wants.takes_text();
        if exercise.cell == from || below_the_question {
            answer.push(at);
        }
    }
}

/// What the student wrote, by the course's cell that it stands below.
fn gaps(
    base: &Book,
    exercises: &[Exercise],
    own: &Book,
    origin: &BTreeMap<usize, usize>,
) -> BTreeMap<Option<usize>, Vec<usize>> {
    let blanks: BTreeSet<&str> = exercises
        .iter()
        .filter_map(|exercise| base.cells.get(exercise.cell))
        .map(|cell| cell.source.as_str())
        .collect();
    let mut gaps: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    let mut anchor = None;
    for (at, cell) in own.cells.iter().enumerate() {
        if let Some(from) = origin.get(&at) {
            anchor = Some(*from);
            continue;
        }
        let is_blank = own.key(at).is_empty() && blanks.contains(cell.source.as_str());
        if !is_blank && (!own.key(at).is_empty() || prose(cell) > 0) {
            gaps.entry(anchor).or_default().push(at);
        }
    }
    gaps
}

/// Exercises that what stands below a cell of the course can answer.
fn room_below(base: &Book, exercises: &[Exercise], anchor: Option<usize>, still_there: &BTreeSet<usize>) -> Vec<usize> {
    let from = anchor.map_or(0, |anchor| anchor + 1);
    let until = still_there.range(from..).next().copied().unwrap_or(base.cells.len());
    let between = |(_, exercise): &(usize, &Exercise)| (from..until).contains(&exercise.cell);
    let room: Vec<usize> = exercises.iter().enumerate().filter(between).map(|(index, _)| index).collect();
    let Some(anchor) = anchor.filter(|_| room.is_empty()) else { return room };
    // Below the blank that was left as it is, or below more of the course's code in the same section.
    let above = exercises.iter().rposition(|exercise| exercise.cell <= anchor);
    let same_section = |index: &usize| {
        let cell = exercises.get(*index).map_or(0, |exercise| exercise.cell);
        (cell + 1..=anchor).all(|at| base.cells.get(at).is_some_and(|cell| cell.is_code()))
    };
    above.filter(same_section).into_iter().collect()
}

/// Gives cells to exercises in their order; what is left over goes to the last one.
fn fill(own: &Book, exercises: &[Exercise], room: &[usize], cells: &[usize], found: &mut Answers) {
    let mut next = 0;
    let mut answered = false;
    for &at in cells {
        let is_code = own.cells.get(at).is_some_and(|cell| cell.is_code() && !own.key(at).is_empty());
        if is_code && answered && next + 1 < room.len() {
            next += 1;
        }
        let exercise = room.get(next).copied();
        let takes = |index: &usize| is_code || exercises.get(*index).is_some_and(|one| one.wants.takes_text());
        let comments = own.cells.get(at).is_some_and(|cell| cell.is_code());
        match exercise.filter(|index| takes(index) || comments).and_then(|index| found.to.get_mut(index)) {
            Some(answer) => {
                answer.push(at);
                answered |= is_code;
            }
            None => found.added.push(at),
        }
    }
}
