//! The README on a submission's pages: as its readers see it at GitHub, and nothing of the outside.

use forkgrade::db;
use forkgrade::db::facts::FactsKind;
use forkgrade::domain::facts::Rendering;
use forkgrade::domain::facts::inspection::{Inspection, Picture, ReadmeCandidate, ReadmeFormat, ReadmeRendering};
use forkgrade::domain::facts::rendering::{Complaint, RenderingEnd, Severity};
use forkgrade::observe::folder::blob_id;
use forkgrade::observe::readme::ToRender;
use forkgrade::observe::rendering::render_here;

use crate::support::class::Member;
use crate::support::observed;
use crate::support::site::Site;

/// A README as a student might write it, and as one might who wants more than a grade.
pub const MARKDOWN: &str = include_str!("readme.md");

/// Stores what is made of a README, and returns what a submission's facts say of it.
pub async fn stored(site: &Site, rendering: Rendering) -> ReadmeRendering {
    let conn = &mut *site.database.pool.acquire().await.unwrap();
    let key = forkgrade::domain::FactsAddress::from(*blake3::hash(rendering.html.as_bytes()).as_bytes());
    let address = db::facts::store(conn, FactsKind::Rendering, &key, 1, &rendering, site.clock.now())
        .await
        .expect("it is stored");
    let Rendering { renderer, end, complaints, .. } = rendering;
    ReadmeRendering { address, renderer, end, complaints }
}

/// The Markdown above, as a candidate of a submission.
pub async fn candidate(site: &Site) -> ReadmeCandidate {
    let object = blob_id(MARKDOWN.as_bytes()).unwrap();
    let format = ReadmeFormat::Markdown;
    let rendering = render_here(&ToRender { object, format, text: MARKDOWN.to_owned(), too_large: false });
    let path = observed::path("6Evaluation/Projet/captures/accueil.png");
    let picture = Picture { target: "captures/accueil.png".into(), path, object: "1".repeat(40).parse().unwrap() };
    ReadmeCandidate {
        rendering: Some(stored(site, rendering).await),
        pictures: vec![picture],
        screenshots: 0,
        broken_links: vec!["captures/absente.png".into()],
        broken_lines: vec![Some(12)],
        run_line: Some(24),
        ..observed::readme(2_400)
    }
}

async fn graded(site: &Site, spoil: impl FnOnce(&mut Inspection), readme: ReadmeCandidate) -> Member {
    let member = site.fork(&[("lina", "Lina Moreau")]).await;
    let now = site.clock.now();
    let submission = site.submit(member.fork, now).await;
    let mut inspection = observed::submitted(1, &[]);
    inspection.readme.candidates = vec![readme];
    spoil(&mut inspection);
    site.grade(submission, &inspection, None, now).await;
    member
}

#[tokio::test]
async fn teacher_and_student_see_it_rendered_and_safe() {
    let site = Site::new().await;
    let member = graded(&site, |_| {}, candidate(&site).await).await;
    let teacher = site.teacher().await.get(&format!("/forks/{}?lang=fr", member.fork)).await;
    let student = site.student(member.students[0]).await.get("/me?lang=fr").await;
    for page in [teacher, student] {
        assert_eq!(page.all(".readme h3"), ["Ciné Paris 🎬"]);
        assert_eq!(page.all(".readme h4"), ["Présentation", "Lancer", "Choix techniques"]);
        assert!(page.all(".readme pre").iter().any(|code| code.contains("docker-compose up -d")));
        let images: Vec<_> = page.body.match_indices("<img").collect();
        assert_eq!(images.len(), 1, "one picture lies in the tree");
        assert!(page.body.contains("/files/6Evaluation/Projet/captures/accueil.png?v=1111"), "served by us, by its id");
        assert!(page.text().contains("Suivi (image hors du dépôt, sur evil.example)"), "{}", page.text());
        for never in
            ["<script>alert", "onerror", "javascript:", "src=\"https://evil.example", "<iframe", "<form action=\"https"]
        {
            assert!(!page.body.contains(never), "{never}");
        }
        assert!(
            page.body.contains("/blob/") && page.body.contains("6Evaluation/Projet/app.py\""),
            "links lead to the commit"
        );
        let hints = page.all("#readme .hints li");
        assert!(hints.iter().any(|hint| hint.contains("captures/absente.png")), "{hints:?}");
        assert!(hints.iter().any(|hint| hint.contains("capture d'écran")), "{hints:?}");
        assert!(page.body.contains("README.md?plain=1#L12"), "a hint leads to its line");
        assert!(page.body.contains("README.md?plain=1#L24"), "and so does a finding");
    }
}

#[tokio::test]
async fn what_docutils_complains_of_stands_at_its_line() {
    let site = Site::new().await;
    let complaints = vec![Complaint {
        severity: Severity::Error,
        line: Some(31),
        text: "Unknown directive type \"<script>alert(1)</script>\".".into(),
    }];
    let rendering = Rendering {
        version: 1,
        renderer: "docutils 0.22.4".into(),
        end: RenderingEnd::Rendered,
        complaints,
        document: None,
        html: "<section id=\"projet\"><h2>Projet</h2><p>Texte</p></section>".into(),
    };
    let readme = ReadmeCandidate {
        path: observed::path("6Evaluation/Projet/README.rst"),
        format: ReadmeFormat::Restructuredtext,
        rendering: Some(stored(&site, rendering).await),
        ..observed::readme(2_400)
    };
    let member = graded(&site, |_| {}, readme).await;
    let page = site.student(member.students[0]).await.get("/me?lang=en").await;
    assert!(page.text().contains("docutils 0.22.4 reports an error"), "{}", page.text());
    assert!(page.body.contains("README.rst?plain=1#L31") && !page.body.contains("<script>alert"));
    assert_eq!(page.all("#readme-complaints li").len(), 1);
}

#[tokio::test]
async fn where_there_is_nothing_to_show_it_says_why() {
    let site = Site::new().await;
    type Spoil = fn(&mut ReadmeCandidate);
    let cases: [(Spoil, &str); 4] = [
        (|one| (one.is_template, one.rendering) = (true, None), "still the course's template"),
        (|one| (one.format, one.rendering) = (ReadmeFormat::Pdf, None), "cannot be read here"),
        (|one| one.rendering.iter_mut().for_each(|one| one.end = RenderingEnd::TooMuch), "cannot be shown here"),
        // Facts of an earlier version.
        (|one| one.rendering = None, "can be read at GitHub"),
    ];
    let member = site.fork(&[("lina", "")]).await;
    let student = site.student(member.students[0]).await;
    for (spoil, wanted) in cases {
        let mut readme = observed::readme(2_400);
        spoil(&mut readme);
        let mut inspection = observed::submitted(1, &[]);
        inspection.readme.candidates = vec![readme];
        let submission = site.submit(member.fork, site.clock.now()).await;
        site.grade(submission, &inspection, None, site.clock.now()).await;
        let page = student.get(&format!("/me?lang=en&submission={submission}")).await;
        assert!(
            page.all("#readme > p").iter().any(|text| text.contains(wanted)),
            "{wanted}: {:?}",
            page.all("#readme > p")
        );
        assert_eq!(page.all(".readme"), [""; 0]);
    }
}
