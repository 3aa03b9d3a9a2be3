use chrono::DateTime;

use super::{Setting, safe};
use crate::db::views::SubmissionSource;
use crate::domain::RepoPath;
use crate::domain::course::Language;
use crate::domain::facts::inspection::Picture;
use crate::domain::ids::{CourseId, ForkId, RepoId, SubmissionId};
use crate::web::source::Source;
use crate::web::words::Words;

const BLOB: &str = "0123456789012345678901234567890123456789";

fn shown(html: &str) -> String {
    let source = Source::of(SubmissionSource {
        submission: SubmissionId(7),
        course: CourseId(1),
        fork: ForkId(1),
        repo: RepoId(1),
        html_url: "https://github.example/lina/course".into(),
        commit: "f".repeat(40).parse().unwrap(),
        project_commit: None,
        named_project: None,
        known_project: None,
        logins: vec!["lina".into()],
    });
    let readme = RepoPath::parse("6Evaluation/Projet/README.md").unwrap();
    let path = RepoPath::parse("6Evaluation/Projet/img/a b.png").unwrap();
    let pictures = [Picture { target: "img/a%20b.png".into(), path, object: BLOB.parse().unwrap() }];
    let now = DateTime::from_timestamp(0, 0).unwrap();
    let words = Words::new(Language::En, chrono_tz::Europe::Paris, now);
    safe(html, &Setting { source: &source, readme: &readme, pictures: &pictures, words: &words })
}

#[test]
fn nothing_runs() {
    for hostile in [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='  JaVaScRiPt:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<a href='vbscript:x'>x</a>",
        "<style>body{display:none}</style>",
        "<p style='position:fixed'>",
        "<iframe src=https://evil.example></iframe>",
        "<form action=/sign-out/everywhere method=post><button>x</button></form>",
        "<input type=text autofocus onfocus=alert(1)>",
        "<base href=https://evil.example/>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<svg><script>alert(1)</script></svg>",
        "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<template><script>alert(1)</script></template>",
        "<object data=x></object><embed src=x>",
        "<video src=https://evil.example/x></video>",
        "<picture><source srcset=https://evil.example/x><img src=https://evil.example/y></picture>",
        "<div class='bar notice'>",
        "<table background=https://evil.example/x>",
    ] {
        let html = shown(hostile);
        for never in [
            "script",
            "alert",
            "onerror",
            "onclick",
            "onfocus",
            "style",
            "iframe",
            "<form",
            "<input",
            "<button",
            "<base",
            "<meta",
            "<link",
            "<object",
            "<embed",
            "<video",
            "<source",
            "srcset",
            "javascript",
            "vbscript",
            "data:",
            "<img",
            "bar",
            "background",
        ] {
            assert!(!html.contains(never), "{never} in {html} of {hostile}");
        }
    }
}

#[test]
fn pictures_are_those_of_the_commit_and_nothing_comes_from_outside() {
    let html = shown(
        "<img src='img/a%20b.png' alt='Accueil' width=300px style='x'><img src='https://evil.example/p.png?who=me' alt='Suivi'>\
         <img src='img/none.png'><img src='/static/icon.svg' alt=x><img src='//evil.example/p.png'><img src='data:image/png;base64,AAAA'>",
    );
    assert_eq!(html.matches("<img").count(), 1, "{html}");
    let address = format!("/submissions/7/files/6Evaluation/Projet/img/a%20b.png?v={BLOB}");
    assert!(html.contains(&format!("src=\"{address}\"")) && html.contains("width=\"300\""), "{html}");
    assert!(html.contains("<a class=\"elsewhere\" href=\"https://evil.example/p.png?who=me\""), "{html}");
    assert!(html.contains("Suivi (picture from outside, at evil.example)"), "{html}");
    assert!(html.contains("none.png (picture that is not in the repository)"), "{html}");
}

#[test]
fn links_lead_to_the_commit_or_away_without_a_word_about_us() {
    let page = format!("https://github.example/lina/course/blob/{}", "f".repeat(40));
    for (href, wanted) in [
        ("doc/guide.md#usage", format!("{page}/6Evaluation/Projet/doc/guide.md#usage")),
        ("../README.rst", format!("{page}/6Evaluation/README.rst")),
        ("/Pipfile", format!("{page}/Pipfile")),
        ("app.py?raw=true", format!("{page}/6Evaluation/Projet/app.py")),
        ("#choix", "#r-choix".to_owned()),
        ("https://flask.example/", "https://flask.example/".to_owned()),
        ("//flask.example/x", "https://flask.example/x".to_owned()),
        ("mailto:lina@example.org", "mailto:lina@example.org".to_owned()),
    ] {
        let html = shown(&format!("<a href=\"{href}\">texte</a>"));
        assert!(html.contains(&format!("href=\"{wanted}\"")), "{href}: {html}");
        assert!(html.contains("rel=\"nofollow noopener noreferrer\""), "{html}");
    }
    for nowhere in ["../../../../etc/passwd", "file:///etc/passwd", "ftp://x.example/", "#", ""] {
        let html = shown(&format!("<a href=\"{nowhere}\">texte</a>"));
        assert_eq!(html, "texte", "{nowhere}");
    }
}

#[test]
fn it_stands_on_the_page_as_a_part_of_it() {
    let html = shown(
        "<h1 id=readme-title>Un</h1><h4>Deux</h4><h2>Trois</h2><h1>Quatre</h1><section id=x><h6>Cinq</h6></section>\
         <table><thead><tr><th>a</th></tr></thead></table><ul><li><input type=checkbox checked disabled> fait</li></ul>\
         <p>un <span class='docutils literal'>mot</span></p><center>milieu</center><a href=#x class=anchor></a><a href=a><a href=b>c</a></a>",
    );
    for wanted in [
        "<h3 id=\"r-readme-title\">Un</h3><h4>Deux</h4><h4>Trois</h4><h3>Quatre</h3>",
        "<div id=\"r-x\"><h4>Cinq</h4></div>",
        "<th scope=\"col\">a</th>",
        "<li>☑ fait</li>",
        "<code>mot</code>",
        "<div align=\"center\">milieu</div>",
    ] {
        assert!(html.contains(wanted), "{wanted} in {html}");
    }
    assert!(!html.contains("anchor"), "{html}");
}
