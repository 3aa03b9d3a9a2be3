//! What titles and lines of a README mean, in French and English: sections by their synonyms, commands by their programs.
//! May import: regex, `domain/title`.
//! Next: `mod.rs` asks it of every README.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::title;

pub use crate::domain::title::fold;

/// Expressions by which titles announce a topic. The first of them say it by themselves; the second ones, only in titles
/// that say nothing clearer: `Lancer avec Docker` is about running, `Docker` may be about anything.
struct Known {
    clear: &'static [&'static str],
    vague: &'static [&'static str],
}

/// How to install and run.
const RUN: Known = Known {
    clear: &[
        "install",
        "lanc",
        "demarr",
        "execut",
        "utilisation",
        "utiliser",
        "how to",
        "usage",
        "using",
        "getting started",
        "get started",
        "run",
        "quick start",
        "quickstart",
        "deploi",
        "deploy",
        "comment faire",
        "prerequis",
        "pre requis",
        "prerequisite",
        "requirement",
        "mise en route",
        "mise en place",
        "mise en oeuvre",
        "mise en service",
        "premiers pas",
        "prise en main",
        "start",
        "launch",
        "setup",
        "set up",
        "configuration",
        "configurer",
        "commande",
        "command",
        "dependances",
        "dependenc",
        "mode d emploi",
        "build",
        "guide d install",
        "tutoriel",
        "tutorial",
        "instruction",
    ],
    vague: &["docker", "environnement", "environment"],
};

/// How it is made.
const TECHNICAL: Known = Known {
    clear: &[
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
        "base mongo",
        "database",
        "scraping",
        "scrap",
        "spider",
        "crawl",
        "pipeline",
        "backend",
        "back end",
        "frontend",
        "front end",
        "code",
        "organisation",
        "arborescence",
        "modele",
        "model",
        "schema",
        "collecte",
        "recuperation",
        "stockage",
        "traitement",
        "design",
        "librair",
        "bibliotheque",
        "fonctionnement",
        "realis",
        "how it works",
        "how it is made",
        "under the hood",
        "reference guide",
        "guide de reference",
        "data source",
        "source de donnee",
        "sources de donnee",
        "extraction",
        "composants",
        "component",
        "module",
    ],
    vague: &[
        "docker", "flask", "mongo", "elastic", "redis", "api", "package", "fichiers", "files", "serveur", "server",
        "donnees", "data", "python", "dash", "scrapy",
    ],
};

/// What it offers whoever uses it.
const FUNCTIONAL: Known = Known {
    clear: &[
        "fonctionnel",
        "functional",
        "utilisateur",
        "user",
        "utilisation",
        "utiliser",
        "usage",
        "fonctionnalit",
        "feature",
        "presentation",
        "description",
        "objectif",
        "objective",
        "contexte",
        "context",
        "introduction",
        "sujet",
        "subject",
        "but du",
        "but de",
        "buts",
        "overview",
        "about",
        "a propos",
        "demo",
        "apercu",
        "principe",
        "manuel",
        "manual",
        "mode d emploi",
        "purpose",
        "goal",
        "navigation",
        "resultat",
        "result",
        "peut faire",
        "what it does",
        "what is",
        "qu est ce",
        "cas d usage",
        "use case",
        "capture",
        "screenshot",
        "visite",
        "guide",
        "problematique",
        "resume",
        "summary",
        "prise en main",
    ],
    vague: &["application", "site", "page", "projet", "project", "dashboard", "interface", "website"],
};

/// What a section is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Topic {
    pub run: bool,
    pub technical: bool,
    pub functional: bool,
}

/// What a title announces. `Guide d'utilisation` is about use and about running: a title may announce several things.
pub fn topic(title: &str) -> Topic {
    let words = title::words(title);
    let about = |known: fn(&Known) -> &'static [&'static str]| {
        let says = |topic: &Known| known(topic).iter().any(|expression| title::hold(&words, expression));
        Topic { run: says(&RUN), technical: says(&TECHNICAL), functional: says(&FUNCTIONAL) }
    };
    let clear = about(|known| known.clear);
    // A technical guide is no user's guide.
    let guide = words.iter().filter(|word| !matches!(word.as_str(), "guide" | "documentation" | "doc")).cloned();
    let guided = guide.collect::<Vec<_>>();
    let only_guide = clear.functional
        && clear.technical
        && !FUNCTIONAL.clear.iter().any(|expression| title::hold(&guided, expression));
    if only_guide {
        return Topic { functional: false, ..clear };
    }
    if clear == Topic::default() { about(|known| known.vague) } else { clear }
}

/// Whether a title says by itself what it is about. `Mon application` may head anything.
pub fn is_clear(title: &str) -> bool {
    let words = title::words(title);
    [&RUN, &TECHNICAL, &FUNCTIONAL]
        .iter()
        .any(|known| known.clear.iter().any(|expression| title::hold(&words, expression)))
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
/// What a sentence tells its reader to start: a program by its file, within a few words of the verb.
static TOLD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:lance[rz]|relance[rz]|ex[ée]cute[rz]|d[ée]marre[rz]|fai(?:re|tes) tourner|run(?:ning)?|start(?:ing)?|launch(?:ing)?|execut(?:e|ing))\b[^.\n]{0,50}?[\s`'«“(]((?:[\w-]+[/\\])*[\w-]+\.(?:py|sh|bat|ipynb)|docker[- ]compose(?:\.ya?ml)?)\b",
    )
});
/// Where a sentence sends its reader's browser.
static OPENED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:ouvr(?:ez|ir)|all(?:ez|er)|rende[zs][- ]vous|se rendre|visite[rz]|connecte[rz]|acc[ée]de[rz]|accessible|disponible|tape[rz]|consulte[rz]|open|go|visit|browse|navigate|available|reach(?:able)?|served?|running|head|type)\b[^\n]{0,60}?((?:https?://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d{2,5})?[\w/.-]*)",
    )
});

/// A command found in a README.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub text: String,
    /// Starts the project or opens what was started, and does not only prepare it.
    pub starts: bool,
}

/// The command on a line of a code block (taken whole) or of prose (taken up to where the sentence goes on).
pub fn command(line: &str, is_code: bool) -> Option<Command> {
    written(line, is_code).or_else(|| if is_code { None } else { told(line) })
}

/// A command as one types it.
fn written(line: &str, is_code: bool) -> Option<Command> {
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

/// What a sentence says to do without writing the command: `lancez app.py avec python` is `python app.py`.
fn told(line: &str) -> Option<Command> {
    if let Some(file) = TOLD.captures(line).and_then(|found| found.get(1)) {
        let file = file.as_str();
        let lower = file.to_lowercase();
        let text = match lower.rsplit_once('.') {
            Some((_, "py")) => format!("python {file}"),
            Some((_, "sh")) => format!("sh {file}"),
            Some((_, "ipynb")) => format!("jupyter notebook {file}"),
            _ if lower.starts_with("docker") => "docker-compose up".to_owned(),
            _ => file.to_owned(),
        };
        return Some(Command { text: text.chars().take(200).collect(), starts: true });
    }
    let opened = OPENED.captures(line)?.get(1)?.as_str().trim_end_matches(['.', '/', '-']);
    Some(Command { text: opened.chars().take(200).collect(), starts: true })
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
mod tests;
