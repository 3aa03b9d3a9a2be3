//! How much of a README is the course's own template.
//! May import: similar, `domain/`, and within the room `tree` and `decode`.
//! Next: `mod.rs`.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::domain::source::RepoPath;
use crate::observe::decode;
use crate::observe::tree::Tree;

/// Words of a README that take part in the comparison with the template.
const MAX_COMPARED: usize = 4_000;
/// Words that may be added to a template before it counts as written in: names, a group, a date.
const ADDED_WORDS: usize = 15;
/// The same, in percent of the template's words: what is larger counts.
const ADDED_PERCENT: usize = 10;
/// How much of a README has to be the course's for it to be the template: a short text of one's own is none.
const KEPT_PERCENT: usize = 50;

/// How a README stands to the versions of the course's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Nearness {
    pub is_template: bool,
    /// Words of it that are the nearest version's, in percent.
    pub percent: u32,
}

/// Compares a README with every version of the upstream's at its path, whatever markup that was in.
pub fn nearness(tree: &Tree<'_>, path: &RepoPath, text: &str) -> Nearness {
    let own: Vec<&str> = text.split_whitespace().take(MAX_COMPARED).collect();
    let renamed = ["README.rst", "README.md"].iter().filter_map(|name| path.parent().join(name));
    let paths: BTreeSet<RepoPath> = renamed.chain([path.clone()]).collect();
    let versions = paths.iter().flat_map(|path| tree.source().upstream_versions(path));
    let all = versions.map(|version| {
        let version = decode::text(&version);
        let template: Vec<&str> = version.split_whitespace().take(MAX_COMPARED).collect();
        judge(&template, &own)
    });
    all.max_by_key(|one| (one.is_template, one.percent)).unwrap_or_default()
}

fn judge(template: &[&str], own: &[&str]) -> Nearness {
    let (kept, added) = compared(template, own);
    let percent = (100 * kept).checked_div(own.len()).unwrap_or(100);
    let few = ADDED_WORDS.max(template.len() * ADDED_PERCENT / 100);
    Nearness {
        is_template: added <= few && percent >= KEPT_PERCENT,
        percent: u32::try_from(percent).unwrap_or(u32::MAX),
    }
}

/// Words of the template that were kept, and words that were added.
fn compared(old: &[&str], new: &[&str]) -> (usize, usize) {
    let operations = capture_diff_slices(Algorithm::Myers, old, new);
    operations.into_iter().fold((0, 0), |(kept, added), operation| match operation {
        DiffOp::Equal { len, .. } => (kept + len, added),
        DiffOp::Insert { new_len, .. } | DiffOp::Replace { new_len, .. } => (kept, added + new_len),
        DiffOp::Delete { .. } => (kept, added),
    })
}

#[cfg(test)]
mod tests {
    use super::{Nearness, judge};

    #[test]
    fn names_do_not_fill_a_template_and_a_text_does() {
        let template: Vec<&str> =
            "Projet Étudiants : Prénom Nom et Prénom Nom Groupe : X Décrivez ici votre projet en \
             quelques lignes Installation Dites comment le lancer Documentation technique Documentation fonctionnelle"
                .split_whitespace()
                .collect();
        let with = |from: &str, to: &str| template.join(" ").replace(from, to);
        let judged = |text: &str| judge(&template, &text.split_whitespace().collect::<Vec<_>>());
        let named = with("Prénom Nom et Prénom Nom Groupe : X", "Amélie Moreau et Théo Lefèvre Groupe : TD 2");
        assert_eq!(judged(&named), Nearness { is_template: true, percent: 78 });
        assert_eq!(judged(&template.join(" ")), Nearness { is_template: true, percent: 100 });
        let filled = with(
            "Décrivez ici votre projet en quelques lignes",
            "Notre application montre les films de la semaine, avec leurs salles, leurs notes et une recherche par titre",
        );
        assert!(!judged(&filled).is_template, "{:?}", judged(&filled));
        assert!(!judged("Un site sur les vins").is_template, "short, and nobody's but the student's");
        assert!(!judge(&[], &["Un", "site"]).is_template, "the course's file was empty");
        assert!(judge(&[], &[]).is_template);
    }
}
