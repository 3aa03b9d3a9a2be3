//! Titles as people write them: accents, case, punctuation and one wrong letter do not matter.
//! May import: strsim, unicode-normalization.
//! Next: `observe/readme/words.rs` knows what titles announce, `rubric/checks/readme.rs` what a course asks for.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters from which a wrong one is forgiven: shorter words are too near to one another.
const FORGIVING: usize = 6;

/// Lower case without accents: `Exécution` and `execution` are one word.
pub fn fold(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// A folded title as its words: `3. Choix techniques` is `3`, `choix`, `techniques`. An apostrophe divides.
pub fn words(title: &str) -> Vec<String> {
    let folded = fold(title);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether these words hold an expression: each of its words begins one of theirs, one after the other. `choix techn` is in
/// `nos choix techniques`. The expression is folded already.
pub fn hold(title: &[String], expression: &str) -> bool {
    let wanted: Vec<&str> = expression.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    !wanted.is_empty()
        && title
            .windows(wanted.len())
            .any(|window| window.iter().zip(&wanted).all(|(word, wanted)| begins_with(word, wanted)))
}

/// Whether a word begins with another one, or almost does: `instalation` with `install`.
fn begins_with(word: &str, beginning: &str) -> bool {
    if word.starts_with(beginning) {
        return true;
    }
    let letters = beginning.chars().count();
    if letters < FORGIVING || word.chars().next() != beginning.chars().next() {
        return false;
    }
    (letters - 1..=letters + 1).any(|length| {
        let cut: String = word.chars().take(length).collect();
        cut.chars().count() == length && strsim::osa_distance(&cut, beginning) == 1
    })
}

#[cfg(test)]
mod tests {
    use super::{hold, words};

    #[test]
    fn titles_are_understood_however_they_are_written() {
        let cases = [
            ("Installation", "install", true),
            ("INSTALATION", "install", true),
            ("3.2 Architecutre du projet", "architecture", true),
            ("Mode d’emploi :", "mode d'emploi", true),
            ("Modes d'emplois", "mode d'emploi", true),
            ("Pré-requis", "pre requis", true),
            ("🚀 Démarrage rapide", "demarr", true),
            ("Choix de la base", "choix techn", false),
            ("Coder", "code", true),
            ("Décoder", "code", false),
            ("Auteurs", "architecture", false),
            ("Usinage", "usage", false),
            ("", "usage", false),
            ("Titre", "", false),
        ];
        for (title, expression, wanted) in cases {
            assert_eq!(hold(&words(title), expression), wanted, "{title:?} and {expression:?}");
        }
    }
}
