//! READMEs read by docutils in its container, beside our own reader; and READMEs that are too much for it.

use std::path::PathBuf;

use forkgrade::domain::facts::Rendering;
use forkgrade::domain::facts::inspection::{ReadmeCandidate, ReadmeFormat};
use forkgrade::domain::facts::rendering::{Document, RenderingEnd, Severity};
use forkgrade::observe::folder::{Folder, blob_id};
use forkgrade::observe::inspect::{InspectRequest, SeparateProject, inspect_rendered, readmes};
use forkgrade::observe::readme::{ToRender, rst};
use forkgrade::observe::rendering::renderings;
use forkgrade::sandbox::Engine;
use futures::{StreamExt, stream};

use super::support::{APP, Files, UPSTREAM, Upstream, course, date, folder};
use crate::support::engine::{engine, owner};

fn restructured(text: &str) -> ToRender {
    let object = blob_id(text.as_bytes()).expect("an id");
    ToRender { object, format: ReadmeFormat::Restructuredtext, text: text.to_owned(), too_large: false }
}

async fn rendered(engine: &Engine, text: &str) -> Rendering {
    let all =
        renderings(engine, owner(), vec![restructured(text)]).await.expect("scripts/images docutils makes the image");
    all.into_values().next().expect("one rendering").1
}

fn titles(document: &Document) -> Vec<(String, usize)> {
    document.sections.iter().filter_map(|section| Some((section.title.clone()?, section.level))).collect()
}

/// READMEs in the manner of the course: short underlines under accents, overlines, skipped levels, code, tables, lists.
fn corpus() -> Vec<(PathBuf, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/readme");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the fixtures").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read_to_string(&path).expect("UTF-8"))).collect()
}

#[tokio::test]
async fn our_reader_sees_the_titles_that_docutils_sees() {
    let engine = &engine().await;
    let corpus = corpus();
    assert!(corpus.len() >= 20, "{corpus:?}");
    let compared = stream::iter(&corpus).map(|(path, text)| async move { (path, text, rendered(engine, text).await) });
    let compared: Vec<_> = compared.buffer_unordered(3).collect().await;
    let mut wrong = Vec::new();
    for (path, text, rendering) in compared {
        let document = rendering.document.unwrap_or_else(|| panic!("{}: {:?}", path.display(), rendering.end));
        let (docutils, own) = (titles(&document), titles(&rst::read(text)));
        if docutils != own {
            wrong.push(format!("{}\n docutils {docutils:?}\n own      {own:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(engine.reap(&Default::default()).await.unwrap(), 0, "containers stayed behind");
}

#[tokio::test]
async fn docutils_says_what_is_wrong_and_where() {
    let rendering = rendered(
        &engine().await,
        "Projet\n====\n\n.. inconnue:: x\n\n|absent| et `sans fin\n\n.. image:: a.png\n   :largeur: 3\n\nFin\n---\n",
    )
    .await;
    assert_eq!(rendering.end, RenderingEnd::Rendered);
    let said: Vec<_> = rendering.complaints.iter().map(|one| (one.severity, one.line, one.text.as_str())).collect();
    assert!(said.contains(&(Severity::Error, Some(4), "Unknown directive type \"inconnue\".")), "{said:?}");
    assert!(said.contains(&(Severity::Warning, Some(2), "Title underline too short.")), "{said:?}");
    assert!(
        said.iter()
            .any(|(severity, line, text)| *severity == Severity::Error && *line == Some(6) && text.contains("absent")),
        "{said:?}"
    );
    assert!(said.is_sorted_by_key(|(severity, ..)| std::cmp::Reverse(*severity)), "errors first: {said:?}");
    assert!(rendering.renderer.starts_with("docutils 0."), "{}", rendering.renderer);
}

#[tokio::test]
async fn nothing_of_the_container_comes_into_a_readme() {
    let rendering = rendered(
        &engine().await,
        "Projet\n======\n\n.. include:: /etc/passwd\n\n.. include:: /opt/render.py\n   :literal:\n\n.. csv-table:: x\n   :file: /etc/passwd\n\n\
         .. csv-table:: y\n   :url: http://127.0.0.1/\n\n.. raw:: html\n   :file: /etc/passwd\n\n.. raw:: html\n\n   <script>alert(1)</script>\n\n\
         .. code:: python\n   :file: /opt/render.py\n\n`x <javascript:alert(1)>`_\n",
    )
    .await;
    assert_eq!(rendering.end, RenderingEnd::Rendered);
    let text = format!("{} {:?}", rendering.html, rendering.document);
    for never in ["root:", "SETTINGS", "<script"] {
        assert!(!text.contains(never), "{never} in {text}");
    }
    assert!(
        rendering
            .complaints
            .iter()
            .filter(|one| one.text.contains("isabled") || one.text.contains("eactivated"))
            .count()
            >= 4,
        "{:?}",
        rendering.complaints
    );
}

#[tokio::test]
async fn what_is_too_much_ends_at_a_limit_and_is_said_to() {
    let engine = &engine().await;
    let doubled = |depth: usize| {
        let lines = (0..depth).map(|n| format!(".. |a{n}| replace:: |a{}| |a{}|\n", n + 1, n + 1));
        lines.collect::<String>() + &format!(".. |a{depth}| replace:: x\n\n|a0|\n")
    };
    let hostile = [
        ("substitutions that double", doubled(60)),
        ("lists in lists", (0..400).map(|depth| " ".repeat(2 * depth) + "- a\n\n").collect()),
        ("quotations in quotations", (0..700).map(|depth| " ".repeat(depth) + "a\n\n").collect()),
        ("a section for every line", "Titre\n=====\n\n".repeat(30_000)),
        ("ten megabytes", "Un paragraphe.\n\n".repeat(700_000)),
    ];
    let ends = stream::iter(&hostile).map(|(name, text)| async move { (name, rendered(engine, text).await.end) });
    for (name, end) in ends.buffer_unordered(2).collect::<Vec<_>>().await {
        match *name {
            "ten megabytes" => assert_eq!(end, RenderingEnd::TooLarge),
            _ => assert_eq!(end, RenderingEnd::TooMuch, "{name}"),
        }
    }
    // What only looks dangerous is answered.
    for text in
        ["`<".repeat(4_000), "*".repeat(9_000), format!("{}\n", "|".repeat(9_000)), "\u{0}\u{1b}[31m\u{202e}x".into()]
    {
        assert_eq!(rendered(engine, &text).await.end, RenderingEnd::Rendered, "{}", &text[..5]);
    }
    assert_eq!(engine.reap(&Default::default()).await.unwrap(), 0, "containers stayed behind");
}

/// The best README of a fork with these files, after docutils has seen it.
async fn best(own: Files<'_>) -> ReadmeCandidate {
    let both: Vec<(&str, &str)> =
        UPSTREAM.iter().chain(&[("6Evaluation/Projet/app.py", APP)]).chain(own).copied().collect();
    let files = folder(&both);
    let fork = Folder::open(files.path()).unwrap().with_upstream(Upstream::of(&[UPSTREAM]));
    let course = course();
    let request = || InspectRequest {
        course: &course,
        history: None,
        as_of: date("2024-01-15T12:00:00Z"),
        separate: SeparateProject::NotNamed,
    };
    let found = renderings(&engine().await, owner(), readmes(&fork, &request())).await.unwrap();
    let readme = inspect_rendered(&fork, request(), &found).readme;
    readme.best.and_then(|best| readme.candidates.get(best).cloned()).expect("a README")
}

#[tokio::test]
async fn the_facts_are_docutils_where_it_was_asked() {
    // To docutils a line too long is the end of everything; our own reader reads on.
    let own = "Notre site montre les films de la semaine, avec leurs salles, leurs notes et une recherche par titre, acteur ou genre.";
    let long =
        format!("Projet\n======\n\n{own}\n\nInstallation\n------------\n\npython app.py\n\n{}\n", "x".repeat(11_000));
    assert_eq!(titles(&rst::read(&long)).len(), 2);
    let readme = best(&[("6Evaluation/Projet/README.rst", &long)]).await;
    assert_eq!(readme.headings, [""; 0]);
    let rendering = readme.rendering.expect("docutils saw it");
    assert_eq!(rendering.complaints[0].severity, Severity::Error);

    let readme = best(&[("6Evaluation/Projet/README.rst", "Projet\n======\n\nLancer\n------\n\n::\n\n    python app.py\n\nTexte assez long pour compter comme du texte, et non comme un modèle.\n")]).await;
    assert_eq!(
        (readme.headings.as_slice(), readme.run_line),
        (["Projet".to_owned(), "Lancer".into()].as_slice(), Some(9))
    );
    assert_eq!(readme.sections[1].title, "Lancer");
}

#[tokio::test]
async fn the_courses_own_template_is_not_rendered() {
    assert_eq!(best(&[]).await.rendering, None);
}
