use super::read;

fn titles(text: &str) -> Vec<(String, usize)> {
    read(text).sections.into_iter().filter_map(|section| Some((section.title?, section.level))).collect()
}

fn pairs(wanted: &[(&str, usize)]) -> Vec<(String, usize)> {
    wanted.iter().map(|(title, level)| ((*title).to_owned(), *level)).collect()
}

#[test]
fn titles_are_those_of_docutils() {
    let cases: [(&str, &[(&str, usize)]); 16] = [
        ("Projet\n======\n\nIntroduction\n------------\n\nTexte\n", &[("Projet", 1), ("Introduction", 2)]),
        ("======\nProjet\n======\n\nSuite\n=====\n", &[("Projet", 1), ("Suite", 2)]),
        // An underline shorter than its title counts from four marks on.
        ("Présentation\n----\n", &[("Présentation", 1)]),
        ("Présentation\n---\n", &[]),
        ("Né\n==\n", &[("Né", 1)]),
        // Back to an earlier style closes what lies between.
        ("A\n==\n\nB\n--\n\nC\n==\n\nD\n--\n", &[("A", 1), ("B", 2), ("C", 1), ("D", 2)]),
        // A style that comes anew after going back up is inconsistent.
        ("A\n==\n\nB\n--\n\nC\n==\n\nD\n~~\n", &[("A", 1), ("B", 2), ("C", 1)]),
        ("Texte\n\n-----\n\nTexte\n", &[]),
        ("# Titre Markdown\n\nTexte\n", &[]),
        ("  Indenté\n  =======\n", &[]),
        ("::\n\n  Titre\n  =====\n", &[]),
        // An item is no title, whatever stands below it; a title may follow lines of a block at once.
        ("* puce\n======\n", &[]),
        ("| ligne\nProjet\n------\n", &[("Projet", 1)]),
        ("====  ====\nTitre\n-----\n====  ====\n\nSuite\n-----\n", &[("Suite", 1)]),
        ("Texte ::\n\n------\n------\n\nSuite\n-----\n", &[("Suite", 1)]),
        (">>> x\nTitre\n-----\n", &[]),
    ];
    for (text, wanted) in cases {
        assert_eq!(titles(text), pairs(wanted), "{text:?}");
    }
}

#[test]
fn takes_code_links_and_images_out_of_the_text() {
    let document = read(
        "Lancer\n======\n\nTapez ceci::\n\n    python app.py\n\n.. code-block:: bash\n   :linenos:\n\n   docker-compose up\n\n\
         Voir `la doc <doc.pdf>`_ et ``app.py``.\n\n.. image:: img/accueil.png\n   :alt: accueil\n\n.. _site: https://example.org\n\n\
         .. un commentaire\n   sur deux lignes\n\n* une **liste**\n  sur deux lignes\n",
    );
    assert_eq!(document.code, ["python app.py", "docker-compose up"]);
    assert_eq!(document.links, ["doc.pdf", "https://example.org"]);
    assert_eq!(document.images, ["img/accueil.png"]);
    let visible = document.visible();
    for wanted in ["Voir la doc et app.py.", "une liste", "sur deux lignes"] {
        assert!(visible.contains(wanted), "{wanted:?} in {visible:?}");
    }
    for hidden in ["commentaire", "linenos", "docker-compose"] {
        assert!(!visible.contains(hidden), "{hidden:?} not in {visible:?}");
    }
}
