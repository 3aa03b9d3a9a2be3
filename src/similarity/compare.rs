//! Winnowing (Schleimer, Wilkerson, Aiken 2003): of every few neighbouring runs of tokens one is kept, always the same one, so
//! that a copied passage is found wherever it was moved to.
//! May import: its siblings.
//! Next: `passages.rs`, which grows what is found here into passages.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Pair;
use super::passages::{Anchor, passages};
use super::work::{Document, Known, Work, grams};

/// Of this many neighbouring runs one is kept.
const WINDOW: usize = 8;
/// What stands in more works than this (or one in twenty-five) is how everybody writes it, or a framework's skeleton.
const COMMON: usize = 4;
const ONE_IN: usize = 25;
/// Least overlap that is worth a teacher's look: a share of the smaller work, or much in itself.
const PERCENT: u32 = 20;
const MUCH: usize = 60;
/// Fewer kept runs in common are chance, and so are fewer tokens: an exercise has few solutions.
const FEWEST: usize = 4;
const TOKENS: u32 = 150;

/// Where a kept run stands.
#[derive(Clone, Copy)]
struct Posting {
    work: usize,
    document: usize,
    place: usize,
}

/// The pairs that share what others do not have, the closest first. The same works give the same pairs. From the place `earlier` on
/// they are of earlier years, which are not compared with one another.
pub fn compare(works: &[Work], earlier: usize, known: &Known) -> Vec<Pair> {
    let mut postings: HashMap<u64, Vec<Posting>> = HashMap::new();
    for (work, one) in works.iter().enumerate() {
        for (document, file) in one.documents.iter().enumerate() {
            for (place, gram) in winnowed(file).into_iter().filter(|(_, gram)| !known.holds(*gram)) {
                postings.entry(gram).or_default().push(Posting { work, document, place });
            }
        }
    }
    let common = COMMON.max(works.len() / ONE_IN);
    let holders = |postings: &[Posting]| postings.iter().map(|one| one.work).collect::<BTreeSet<_>>();
    postings.retain(|_, postings| holders(postings).len() <= common);

    let mut sizes = vec![0_usize; works.len()];
    let mut shared: BTreeMap<(usize, usize), Vec<u64>> = BTreeMap::new();
    for (&gram, places) in &postings {
        let holders: Vec<usize> = holders(places).into_iter().collect();
        for (index, &a) in holders.iter().enumerate() {
            sizes[a] += 1;
            if a >= earlier {
                continue;
            }
            for &b in holders.iter().skip(index + 1) {
                shared.entry((a, b)).or_default().push(gram);
            }
        }
    }
    let mut pairs: Vec<Pair> = Vec::new();
    for ((a, b), grams) in shared {
        let smaller = sizes[a].min(sizes[b]).max(1);
        let percent = u32::try_from(100 * grams.len() / smaller).unwrap_or(100);
        if grams.len() < FEWEST || (percent < PERCENT && grams.len() < MUCH) {
            continue;
        }
        let anchors = anchors(&postings, &grams, a, b);
        let (passages, tokens) = passages([&works[a], &works[b]], anchors);
        if tokens >= TOKENS {
            pairs.push(Pair { works: [a, b], percent, tokens, passages });
        }
    }
    pairs.sort_by_key(|pair| (std::cmp::Reverse((pair.percent, pair.tokens)), pair.works));
    pairs
}

/// The kept runs of a document: the smallest hash of every window, the rightmost where equal.
fn winnowed(document: &Document) -> Vec<(usize, u64)> {
    let all: Vec<(usize, u64)> = grams(document.language, &document.tokens).collect();
    let mut kept: Vec<(usize, u64)> = Vec::new();
    for window in all.windows(WINDOW.min(all.len()).max(1)) {
        let Some(&smallest) = window.iter().rev().min_by_key(|(_, gram)| *gram) else { continue };
        if kept.last() != Some(&smallest) {
            kept.push(smallest);
        }
    }
    kept
}

fn anchors(postings: &HashMap<u64, Vec<Posting>>, grams: &[u64], a: usize, b: usize) -> Vec<Anchor> {
    let mut anchors = Vec::new();
    for places in grams.iter().filter_map(|gram| postings.get(gram)) {
        let of = |work: usize| places.iter().filter(move |one| one.work == work);
        // A run that stands in one work many times needs no more than one partner each time.
        for (left, right) in of(a).zip(of(b).cycle()) {
            anchors.push(Anchor { documents: [left.document, right.document], places: [left.place, right.place] });
        }
    }
    anchors.sort_unstable();
    anchors
}
