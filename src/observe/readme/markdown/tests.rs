use super::{MAX_RENDERED, read, render};
use crate::domain::facts::rendering::RenderingEnd;

#[test]
fn reads_as_github_does() {
    let document = read(
        "Projet\n======\n\nUn site sur les **films** `app.py`.\n\n## Lancer\n\n```bash\npython app.py\n```\n\n![vue](img/a.png) [doc](doc.pdf)\n\n<img src=\"b.png\" width=\"3\">\n\n\tdocker-compose up\n\n#pas un titre\n",
    );
    assert_eq!(document.titles().collect::<Vec<_>>(), ["Projet", "Lancer"]);
    assert_eq!(document.code, ["python app.py\n", "docker-compose up\n"]);
    assert_eq!(document.images, ["img/a.png", "b.png"]);
    assert!(document.links.contains(&"doc.pdf".to_owned()));
    assert!(document.visible().contains("Un site sur les films app.py."));
    assert!(document.visible().contains("#pas un titre"));
}

#[test]
fn titles_are_those_of_github() {
    type Title<'t> = (&'t str, usize, u32);
    let cases: [(&str, &[Title<'_>]); 13] = [
        ("# Un `code` et *plus*\n", &[("Un code et plus", 1, 1)]),
        ("## Titre ##\n", &[("Titre", 2, 1)]),
        ("Deux\nlignes\n---\n", &[("Deux lignes", 2, 1)]),
        ("<h1 align=\"center\">Ciné Paris</h1>\n\nTexte\n", &[("Ciné Paris", 1, 1)]),
        ("Texte\n\n<h1 align=\"center\">\n  <img src=\"a.png\">\n  <br>Ciné\n</h1>\n", &[("Ciné", 1, 5)]),
        ("<div align=\"center\">\n\n# Milieu\n\n</div>\n", &[("Milieu", 1, 3)]),
        ("---\ntitle: x\n---\n\n# Après\n", &[("Après", 1, 5)]),
        ("# :rocket: Lancer\n", &[("🚀 Lancer", 1, 1)]),
        ("# [Un lien](x) et ![image](y)\n", &[("Un lien et", 1, 1)]),
        ("# ![Le logo](y)\n", &[("Le logo", 1, 1)]),
        ("#pas\n\n    # code\n\n```\n# code\n```\n", &[]),
        ("> # Cité\n\n- # Liste\n", &[("Cité", 1, 1), ("Liste", 1, 3)]),
        ("<!-- # Caché -->\n\n# A & B &lt;c&gt;\n", &[("A & B <c>", 1, 3)]),
    ];
    for (text, wanted) in cases {
        let sections = read(text).sections.into_iter();
        let found: Vec<_> =
            sections.filter_map(|section| Some((section.title?, section.level, section.line?))).collect();
        let wanted: Vec<_> = wanted.iter().map(|(title, level, line)| ((*title).to_owned(), *level, *line)).collect();
        assert_eq!(found, wanted, "{text:?}");
    }
}

#[test]
fn anchors_are_those_of_github() {
    let html = render("# Choix techniques : Été\n\n# Choix techniques : Été\n", 1).html;
    assert!(html.contains("id=\"choix-techniques--été\"") && html.contains("id=\"choix-techniques--été-1\""), "{html}");
}

#[test]
fn what_is_too_much_is_said_to_be() {
    assert_eq!(render(&"<div>\n\n".repeat(5_000), 1).end, RenderingEnd::TooMuch);
    assert_eq!(render(&"a ".repeat(MAX_RENDERED), 1).end, RenderingEnd::TooLarge);
    assert!(read(&"<div>\n\n".repeat(5_000)).visible().starts_with("<div>"));
    let picture = format!("# Titre\n\n![x](data:image/png;base64,{})\n", "QUJD".repeat(60_000));
    assert_eq!(render(&picture, 1).end, RenderingEnd::Rendered);
}
