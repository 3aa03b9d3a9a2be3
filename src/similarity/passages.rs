//! Runs that agree, grown to the left and the right as far as both works say the same.
//! May import: its siblings.
//! Next: `mod.rs` for the shape of a passage.

use std::collections::HashSet;

use super::work::{Document, Work};
use super::{Passage, Place};

/// Passages that are kept of a pair.
const MOST: usize = 24;
/// Lines that are shown of one.
const LINES: usize = 60;
const CHARACTERS: usize = 4_000;

/// Where the same run stands in two works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor {
    pub documents: [usize; 2],
    pub places: [usize; 2],
}

/// The passages of two works, longest first, and their tokens in all.
pub(super) fn passages(works: [&Work; 2], anchors: Vec<Anchor>) -> (Vec<Passage>, u32) {
    // What the left work has in a passage already is not told twice.
    let mut told: HashSet<(usize, usize)> = HashSet::new();
    let mut found = Vec::new();
    for anchor in anchors {
        let [left, right] = [0, 1].map(|side| works[side].documents.get(anchor.documents[side]));
        let (Some(left), Some(right)) = (left, right) else { continue };
        if told.contains(&(anchor.documents[0], anchor.places[0])) {
            continue;
        }
        let (start, length) = grown(left, right, anchor.places);
        told.extend((start[0]..start[0] + length).map(|place| (anchor.documents[0], place)));
        found.push((length, start, left, right));
    }
    let tokens = found.iter().map(|(length, ..)| *length).sum::<usize>();
    found.sort_by_key(|(length, ..)| std::cmp::Reverse(*length));
    let passages = found.into_iter().take(MOST).map(|(length, start, left, right)| Passage {
        places: [place(left, start[0], length), place(right, start[1], length)],
        tokens: u32::try_from(length).unwrap_or(u32::MAX),
    });
    (passages.collect(), u32::try_from(tokens).unwrap_or(u32::MAX))
}

fn grown(left: &Document, right: &Document, places: [usize; 2]) -> ([usize; 2], usize) {
    let same = |back: usize, a: usize, b: usize| {
        let word = |document: &Document, at: usize| document.tokens.get(at).map(|token| token.word);
        let (a, b) = (a.checked_sub(back), b.checked_sub(back));
        matches!((a, b), (Some(a), Some(b)) if word(left, a).is_some() && word(left, a) == word(right, b))
    };
    let [a, b] = places;
    let before = (1..).take_while(|&back| same(back, a, b)).count();
    let after = (0..).take_while(|&ahead| same(0, a + ahead, b + ahead)).count();
    ([a - before, b - before], before + after)
}

fn place(document: &Document, start: usize, length: usize) -> Place {
    let line = |at: usize| document.tokens.get(at).map_or(1, |token| token.line);
    let (first, last) = (line(start), line(start + length.saturating_sub(1)));
    let from = usize::try_from(first).unwrap_or(1).saturating_sub(1);
    let lines = usize::try_from(last - first + 1).unwrap_or(1).min(LINES);
    let text: Vec<&str> = document.text.lines().skip(from).take(lines).collect();
    Place {
        path: document.path.as_str().to_owned(),
        lines: [first, last],
        text: text.join("\n").chars().take(CHARACTERS).collect(),
    }
}
