//! READMEs: which one is judged, and what it says.

use super::support::{APP, Files, TEMPLATE, inspect_fork};
use forkgrade::domain::facts::inspection::{ReadmeCandidate, ReadmeFormat, ReadmePlace};

const FILLED: &str = "# Films\n\nNotre application montre les films que nous avons récupérés sur le site, avec une recherche et des graphiques.\n\n## Lancer\n\n```\ndocker-compose up -d\n```\n\n## Documentation technique\n\nFlask sert les pages, MongoDB garde les films, un spider les récupère chaque jour sur le site public des films.\n\n## Guide utilisateur\n\nLa page d'accueil montre les films, la recherche les filtre, chaque film a sa page avec ses acteurs et sa note.\n\n![accueil](img/accueil.png) [absent](nulle/part.md) [site](https://example.org)\n";

#[track_caller]
fn best(own: Files<'_>) -> ReadmeCandidate {
    let readme = inspect_fork(&[&[("6Evaluation/Projet/app.py", APP)], own].concat()).readme;
    readme.best.and_then(|best| readme.candidates.get(best).cloned()).expect("a README")
}

#[test]
fn a_filled_one_beats_the_untouched_template_beside_it() {
    let readme = best(&[("6Evaluation/Projet/readme.md", FILLED)]);
    assert_eq!((readme.path.name(), readme.format), ("readme.md", ReadmeFormat::Markdown));
    assert!(!readme.is_template);
    assert!(best(&[]).is_template);
}

#[test]
fn a_template_with_a_name_written_into_it_is_still_one() {
    let signed = format!("{TEMPLATE}\nLéa et Tom\n");
    assert!(best(&[("6Evaluation/Projet/README.rst", &signed)]).is_template);
    let renamed = best(&[("6Evaluation/Projet/README.md", TEMPLATE)]);
    assert!(renamed.is_template, "renamed to Markdown it is the same text");
    let filled = TEMPLATE.replace("Décrivez ici votre projet.", FILLED);
    assert!(!best(&[("6Evaluation/Projet/README.rst", &filled)]).is_template);
}

#[test]
fn above_and_below_count_where_the_project_has_none() {
    let above = best(&[("6Evaluation/README.md", FILLED)]);
    assert_eq!(above.place, ReadmePlace::Above);
    let below = best(&[("6Evaluation/Projet/site/README.md", FILLED), ("6Evaluation/README.md", FILLED)]);
    assert_eq!(below.place, ReadmePlace::Below);
    let inside = best(&[("6Evaluation/Projet/README.txt", FILLED), ("6Evaluation/Projet/site/README.md", FILLED)]);
    assert_eq!((inside.place, inside.format), (ReadmePlace::Project, ReadmeFormat::Text));
    let pdf = best(&[("6Evaluation/Projet/Rapport.pdf", "%PDF-1.4")]);
    assert_eq!(pdf.format, ReadmeFormat::Pdf, "a PDF beats an untouched template");
}

#[test]
fn says_what_its_reader_would() {
    let readme = best(&[("6Evaluation/Projet/README.md", FILLED), ("6Evaluation/Projet/img/accueil.png", "x")]);
    assert_eq!(readme.headings, ["Films", "Lancer", "Documentation technique", "Guide utilisateur"]);
    assert_eq!(readme.run_commands, ["docker-compose up -d"]);
    assert!(readme.says_how_to_run && readme.technical && readme.functional);
    assert_eq!(readme.broken_links, ["nulle/part.md"]);
    assert_eq!((readme.code_blocks, readme.images, readme.language.as_str()), (1, 1, "fr"));
    assert!((300..500).contains(&readme.characters), "{}", readme.characters);
}

#[test]
fn titles_without_text_say_nothing() {
    let readme = best(&[(
        "6Evaluation/Projet/README.md",
        "# Projet\n\n## Installation\n\n## Documentation technique\n\nÀ faire avant la fin du mois, par Léa ou par Tom, avec une image et du texte en plus.\n\n## Guide utilisateur\n",
    )]);
    assert!(!readme.says_how_to_run && readme.technical && !readme.functional);
}

#[test]
fn the_courses_own_readme_is_no_answer() {
    let readme = inspect_fork(&[("Projet/app.py", APP)]).readme;
    assert_eq!(readme.best, None, "{readme:?}");
}
