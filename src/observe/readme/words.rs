//! What titles and lines of a README mean, in French and English: sections by their synonyms, commands by their programs.
//! May import: regex, unicode-normalization.
//! Next: `mod.rs` asks it of every README.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents: `Exécution` and `execution` are one word.
pub fn fold(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// Beginnings of words of titles under which a README says how to install and run.
const RUN: [&str; 29] = [
    "install",
    "lanc",
    "demarr",
    "execut",
    "utilisation",
    "how to",
    "usage",
    "getting started",
    "run",
    "quick start",
    "quickstart",
    "deploi",
    "deploy",
    "comment",
    "prerequis",
    "prerequisite",
    "requirement",
    "mise en route",
    "mise en place",
    "start",
    "setup",
    "set up",
    "configuration",
    "commande",
    "command",
    "docker",
    "dependances",
    "mode d'emploi",
    "build",
];
/// Beginnings of words of titles of technical documentation.
const TECHNICAL: [&str; 47] = [
    "techni",
    "architectur",
    "choix",
    "conception",
    "structure",
    "implement",
    "developp",
    "develop",
    "technolog",
    "outils",
    "tools",
    "stack",
    "base de donnee",
    "bases de donnee",
    "database",
    "scraping",
    "scrap",
    "spider",
    "crawl",
    "pipeline",
    "backend",
    "back-end",
    "frontend",
    "front-end",
    "code",
    "organisation",
    "fichiers",
    "files",
    "arborescence",
    "modele",
    "model",
    "flask",
    "mongo",
    "elastic",
    "redis",
    "docker",
    "api",
    "collecte",
    "recuperation",
    "stockage",
    "traitement",
    "design",
    "librair",
    "bibliotheque",
    "fonctionnement",
    "package",
    "realis",
];
/// Beginnings of words of titles of functional documentation.
const FUNCTIONAL: [&str; 38] = [
    "fonctionnel",
    "functional",
    "utilisateur",
    "user",
    "utilisation",
    "usage",
    "guide",
    "fonctionnalit",
    "feature",
    "presentation",
    "description",
    "objectif",
    "contexte",
    "context",
    "introduction",
    "sujet",
    "but ",
    "application",
    "site",
    "overview",
    "about",
    "a propos",
    "demo",
    "apercu",
    "page",
    "le projet",
    "principe",
    "manuel",
    "manual",
    "purpose",
    "goal",
    "project",
    "navigation",
    "resultat",
    "results",
    "dashboard",
    "interface",
    "peut faire",
];

/// What a section is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Topic {
    pub run: bool,
    pub technical: bool,
    pub functional: bool,
}

/// What a title announces. `Guide d'utilisation` is about use and about running: a title may announce several things.
pub fn topic(title: &str) -> Topic {
    let folded = fold(title).replace('’', "'");
    let begins = |known: &str| {
        folded
            .match_indices(known)
            .any(|(at, _)| !folded.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric)))
    };
    Topic {
        run: RUN.iter().any(|known| begins(known)),
        technical: TECHNICAL.iter().any(|known| begins(known)),
        functional: FUNCTIONAL.iter().any(|known| begins(known)),
    }
}

#[allow(clippy::unwrap_used, reason = "the patterns are constants, and the tests below use each of them")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// Commands that start the project itself.
static START: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\bdocker[- ]compose\b[^\n`]{0,60}?\bup\b|\bdocker run\b|\b(?:python|python3|py|pipenv run python|poetry run python|uv run)(?:\.exe)? (?:-m )?[\w./\\-]+|\bflask(?: --app \S+)? run\b|\bscrapy crawl\b|\bstreamlit run\b|\buvicorn \S+|\bgunicorn \S+|\bmake (?:run|up|start)\b|\b(?:sh|bash) \S+\.sh\b|(?:^|[\s`])\./[\w-]+\.sh\b|\bjupyter[ -](?:notebook|lab)\b)",
    )
});
/// Commands that prepare it.
static PREPARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?:pip|pip3|python3? -m pip) install\b|\bpipenv (?:install|shell|sync)\b|\bpoetry install\b|\buv (?:sync|pip)\b|\bconda (?:env create|install|create)\b|\bdocker (?:build|pull)\b|\bdocker[- ]compose build\b|\bgit clone\b|\b(?:export|set) FLASK_APP\b|\$env:FLASK_APP|\bnpm install\b|\bpython3? -m venv\b|\bvirtualenv \w|^\s*[$>]?\s*cd [\w./\\-]+\s*$)",
    )
});

/// A command found in a README.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub text: String,
    /// Starts the project, and does not only prepare it.
    pub starts: bool,
}

/// The command on a line of a code block (taken whole) or of prose (taken up to where the sentence goes on).
pub fn command(line: &str, is_code: bool) -> Option<Command> {
    let (found, starts) = match START.find(line) {
        Some(found) => (found, true),
        None => (PREPARE.find(line)?, false),
    };
    let line = line.trim_end();
    let from = if is_code { 0 } else { found.start() };
    let rest = line.get(from..)?;
    let end = if is_code { rest.len() } else { prose_end(rest, found.end() - from) };
    let text = rest
        .get(..end)?
        .trim()
        .trim_start_matches(['$', '>', '#', '`', ' '])
        .trim_end_matches(['`', '.', ' ', '"', '»']);
    // "python est un langage" is a sentence, "python app.py" a command.
    let is_sentence =
        !is_code && starts && text.to_lowercase().starts_with("py") && !text.contains('.') && !text.contains(" -m ");
    (!is_sentence && !text.is_empty()).then(|| Command { text: text.chars().take(200).collect(), starts })
}

/// A command in prose goes on while its words look like arguments.
fn prose_end(rest: &str, matched: usize) -> usize {
    let mut end = matched;
    for word in rest.get(matched..).unwrap_or_default().split_inclusive(' ') {
        let bare = word.trim();
        let is_argument = bare.is_empty() || bare.starts_with('-') || bare.contains(['.', '/', '=', '_']);
        if !is_argument {
            break;
        }
        match word.find(['`', ',', ')', ';', '"']) {
            Some(stop) => return end + stop,
            None => end += word.len(),
        }
    }
    end
}

/// `fr`, `en` or `other`, by the language's commonest words.
pub fn language(text: &str) -> &'static str {
    const FRENCH: [&str; 14] =
        ["le", "la", "les", "des", "et", "une", "est", "pour", "dans", "nous", "du", "sur", "qui", "avec"];
    const ENGLISH: [&str; 14] =
        ["the", "and", "is", "to", "of", "for", "with", "you", "this", "we", "in", "are", "that", "from"];
    let words: Vec<String> = text.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase).collect();
    let count = |known: [&str; 14]| words.iter().filter(|word| known.contains(&word.as_str())).count();
    let (french, english) = (count(FRENCH), count(ENGLISH));
    match (french, english) {
        _ if french + english < 3 => "other",
        _ if french >= english => "fr",
        _ => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::{Topic, command, fold, language, topic};

    #[test]
    fn titles_mean_what_students_mean() {
        let of = |run, technical, functional| Topic { run, technical, functional };
        let cases = [
            ("Installation", of(true, false, false)),
            ("3. Lancement de l'application", of(true, false, true)),
            ("Démarrage rapide", of(true, false, false)),
            ("How to run", of(true, false, false)),
            ("Documentation technique", of(false, true, false)),
            ("Documentation fonctionnelle", of(false, false, true)),
            ("Choix techniques", of(false, true, false)),
            ("User guide", of(false, false, true)),
            ("Guide d’utilisation", of(true, false, true)),
            ("Auteurs", of(false, false, false)),
        ];
        for (title, wanted) in cases {
            assert_eq!(topic(title), wanted, "{title}");
        }
        assert_eq!(fold("Éxécution"), "execution");
    }

    #[test]
    fn finds_commands_in_code_and_in_prose() {
        let cases = [
            ("$ docker-compose up -d --build", true, Some("docker-compose up -d --build")),
            ("docker compose -f a.yml up", true, Some("docker compose -f a.yml up")),
            ("Lancez la commande python app.py puis ouvrez la page", false, Some("python app.py")),
            ("Il faut faire `pip install -r requirements.txt`.", false, Some("pip install -r requirements.txt")),
            ("python est un langage que nous aimons", false, None),
            ("set FLASK_APP=run.py", true, Some("set FLASK_APP=run.py")),
            ("flask run", true, Some("flask run")),
            ("Bonjour", false, None),
        ];
        for (line, is_code, wanted) in cases {
            assert_eq!(command(line, is_code).map(|found| found.text).as_deref(), wanted, "{line}");
        }
    }

    #[test]
    fn guesses_the_language() {
        assert_eq!(language("Nous avons fait une application pour les films"), "fr");
        assert_eq!(language("This is the application that we made for you"), "en");
        assert_eq!(language("Lorem ipsum"), "other");
    }
}
