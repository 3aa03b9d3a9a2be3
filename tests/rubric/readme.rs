//! What is judged of a README, and what is only hinted at.

use forkgrade::domain::check::{Check, ReadmeAspect};
use forkgrade::domain::facts::inspection::*;
use forkgrade::domain::facts::rendering::{Complaint, RenderingEnd, Severity};
use forkgrade::domain::language::Language;
use forkgrade::domain::{Finding, Outcome, Rubric};
use forkgrade::rubric::hints;

use super::checks::assert_finding;
use super::support::{course, found, inspection, path};

fn check(aspect: ReadmeAspect) -> Check {
    Check::Readme { aspect, min_characters: 600, sections: Vec::new(), languages: Vec::new() }
}

fn readme(aspect: ReadmeAspect, spoil: impl Fn(&mut ReadmeCandidate)) -> Finding {
    judged(check(aspect), spoil)
}

fn judged(check: Check, spoil: impl Fn(&mut ReadmeCandidate)) -> Finding {
    let mut facts = inspection();
    facts.readme.candidates.iter_mut().for_each(spoil);
    found(check, &facts, None)
}

fn rendered(end: RenderingEnd, complaints: Vec<Complaint>) -> Option<ReadmeRendering> {
    let address = "a".repeat(64).parse().expect("an address");
    Some(ReadmeRendering { address, renderer: "docutils 0.22.4".into(), end, complaints })
}

fn complaint(severity: Severity, line: u32, text: &str) -> Complaint {
    Complaint { severity, line: Some(line), text: text.into() }
}

#[test]
fn readme_aspects() {
    use Outcome::{Failed, Partial, Passed};
    use ReadmeAspect::{Content, Functional, HowToRun, Present, Technical};
    for aspect in [Present, Content, HowToRun, Technical, Functional] {
        assert_finding(&readme(aspect, |_| {}), Passed, 100, &[]);
        assert_finding(
            &readme(aspect, |readme| readme.is_template = true),
            Failed,
            0,
            &["readme-untouched", "readme-fill"],
        );
        let mut none = inspection();
        none.readme = ReadmeFacts { best: None, candidates: vec![] };
        assert_finding(&found(check(aspect), &none, None), Failed, 0, &["readme-none", "readme-write"]);
    }
    assert_finding(&readme(Content, |readme| readme.characters = 300), Partial, 50, &["readme-too-short"]);
    for format in [ReadmeFormat::Pdf, ReadmeFormat::Office] {
        assert_finding(&readme(Content, |readme| readme.format = format), Partial, 50, &["readme-write-as-text"]);
    }
    assert_finding(&readme(Content, |readme| readme.too_large = true), Failed, 0, &["readme-shorten"]);
    assert_finding(&readme(HowToRun, |r| r.says_how_to_run = false), Failed, 0, &["readme-add-commands"]);
    assert_finding(&readme(HowToRun, |r| r.run_commands.clear()), Passed, 100, &["readme-run-section"]);
    assert_finding(&readme(Technical, |r| r.technical = false), Failed, 0, &["readme-add-technical"]);
    assert_finding(&readme(Functional, |r| r.functional = false), Failed, 0, &["readme-add-functional"]);
}

#[test]
fn what_other_documents_say_counts_and_what_nobody_can_read_counts_half() {
    let with = |other: ReadmeCandidate| {
        let mut facts = inspection();
        facts.readme.candidates.iter_mut().for_each(|best| (best.technical, best.says_how_to_run) = (false, false));
        facts.readme.candidates.push(other);
        facts
    };
    let guide = |name: &str, format| ReadmeCandidate {
        path: path(name),
        format,
        technical: true,
        says_how_to_run: true,
        run_commands: vec!["flask run".into()],
        run_line: Some(4),
        ..ReadmeCandidate::default()
    };
    let readable = with(guide("Evaluation/Projet/docs/guide.md", ReadmeFormat::Markdown));
    let finding = found(check(ReadmeAspect::Technical), &readable, None);
    assert_finding(&finding, Outcome::Passed, 100, &["readme-technical"]);
    let finding = found(check(ReadmeAspect::HowToRun), &readable, None);
    assert_eq!(finding.evidence[0].place(), Some(("Evaluation/Projet/docs/guide.md", Some(4))));
    assert_finding(&found(check(ReadmeAspect::Present), &readable, None), Outcome::Passed, 100, &["readme-others"]);
    let unread = with(guide("Evaluation/Projet/reference_guide.pdf", ReadmeFormat::Pdf));
    assert_finding(&found(check(ReadmeAspect::Technical), &unread, None), Outcome::Partial, 50, &["readme-pdf"]);
    let template = with(ReadmeCandidate { is_template: true, ..guide("Evaluation/README.rst", ReadmeFormat::Text) });
    assert_finding(&found(check(ReadmeAspect::Technical), &template, None), Outcome::Failed, 0, &[]);
}

#[test]
fn languages_are_asked_for_where_there_is_enough_to_tell() {
    let asked = |languages: &[Language]| Check::Readme {
        aspect: ReadmeAspect::Content,
        min_characters: 600,
        sections: Vec::new(),
        languages: languages.to_vec(),
    };
    let (fr, en) = (Language::Fr, Language::En);
    assert_finding(&judged(asked(&[fr, en]), |_| {}), Outcome::Passed, 100, &[]);
    let foreign = judged(asked(&[en]), |_| {});
    assert_finding(&foreign, Outcome::Partial, 50, &["readme-foreign", "readme-write-in-english"]);
    let short = |readme: &mut ReadmeCandidate| (readme.characters, readme.words) = (300, 40);
    assert_finding(&judged(asked(&[en]), short), Outcome::Partial, 50, &["readme-too-short"]);
    let both = |readme: &mut ReadmeCandidate| readme.characters = 300;
    assert_finding(&judged(asked(&[en]), both), Outcome::Partial, 25, &["readme-too-short", "readme-foreign"]);
}

#[test]
fn sections_are_found_by_any_of_their_names() {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let asked = Check::Readme {
        aspect: ReadmeAspect::Sections,
        min_characters: 0,
        sections: vec![
            names(&["Installation", "Lancement"]),
            names(&["Choix techniques", "Architecture"]),
            names(&["Sources"]),
        ],
        languages: Vec::new(),
    };
    let section = |title: &str, weight| ReadmeSection { title: title.into(), line: Some(7), weight };
    let with = |sections: Vec<ReadmeSection>| judged(asked.clone(), move |readme| readme.sections = sections.clone());
    let all =
        with(vec![section("1. LANCEMENT :", 20), section("Architecutre", 20), section("Nos sources de données", 9)]);
    assert_finding(&all, Outcome::Passed, 100, &["readme-section"]);
    assert_eq!(all.evidence[1].place(), Some(("Evaluation/Projet/README.md", Some(7))));
    let some = with(vec![section("Installation", 0), section("Les choix techniques", 20), section("Ressources", 20)]);
    assert_finding(&some, Outcome::Partial, 33, &["readme-section-empty", "readme-fill-section", "readme-add-section"]);
    assert_finding(&with(vec![]), Outcome::Failed, 0, &["readme-add-section"]);
}

#[test]
fn errors_of_its_renderer_stand_at_their_lines_with_what_to_do() {
    use ReadmeAspect::Renders;
    let with = |end: RenderingEnd, complaints: Vec<Complaint>| {
        readme(Renders, move |readme| readme.rendering = rendered(end.clone(), complaints.clone()))
    };
    assert_finding(&readme(Renders, |_| {}), Outcome::Passed, 100, &["readme-renders"]);
    assert_finding(&readme(Renders, |one| one.rendering = None), Outcome::Skipped, 0, &["readme-not-rendered"]);
    let warning = complaint(Severity::Warning, 3, "Title underline too short.");
    assert_finding(&with(RenderingEnd::Rendered, vec![warning]), Outcome::Passed, 100, &["readme-renders"]);
    let errors = [
        ("Unknown directive type \"unknown\".", "readme-mend-directive"),
        ("Error in \"image\" directive: no content permitted.", "readme-mend-directive"),
        ("Unknown interpreted text role \"x\".", "readme-mend-directive"),
        ("Inconsistent title style: skip from level 1 to 3.", "readme-mend-titles"),
        ("Missing matching underline for section title overline.", "readme-mend-titles"),
        ("Malformed table.", "readme-mend-table"),
        ("Unexpected indentation.", "readme-mend-indentation"),
        ("Unknown target name: \"x\".", "readme-mend-references"),
        ("Undefined substitution referenced: \"x\".", "readme-mend-references"),
        ("Line 3 exceeds the line-length-limit.", "readme-mend-long-line"),
        ("Something new.", "readme-mend"),
    ];
    for (text, key) in errors {
        let finding = with(RenderingEnd::Rendered, vec![complaint(Severity::Error, 12, text)]);
        assert_finding(&finding, Outcome::Partial, 50, &["readme-errors", "readme-complaint", key]);
        assert_eq!(finding.evidence[1].place(), Some(("Evaluation/Projet/README.md", Some(12))));
        assert_eq!(finding.evidence[1].args["text"], text);
    }
    assert_finding(&with(RenderingEnd::TooLarge, vec![]), Outcome::Failed, 0, &["readme-too-large", "readme-shorten"]);
    assert_finding(&with(RenderingEnd::TooMuch, vec![]), Outcome::Failed, 0, &["readme-too-much", "readme-simplify"]);
    let broken = RenderingEnd::Broken { error: "IndexError".into() };
    assert_finding(&with(broken, vec![]), Outcome::Failed, 0, &["readme-broken"]);
}

fn hinted(rubric: &Rubric, spoil: impl Fn(&mut ReadmeCandidate)) -> Vec<String> {
    let mut facts = inspection();
    facts.readme.candidates.iter_mut().for_each(spoil);
    let hints = hints(rubric, &facts.readme);
    hints.iter().for_each(crate::observe::support::assert_worded);
    hints.into_iter().map(|hint| hint.key).collect()
}

#[test]
fn hints_are_told_apart_from_what_is_judged() {
    let rubric = course().rubric;
    assert_eq!(hinted(&rubric, |_| {}), [""; 0]);
    type Spoil = fn(&mut ReadmeCandidate);
    let cases: [(&str, Spoil); 7] = [
        ("hint-readme-move", |one| one.place = ReadmePlace::Below),
        ("hint-readme-plain-text", |one| one.format = ReadmeFormat::Text),
        ("hint-readme-no-headings", |one| one.headings.clear()),
        ("hint-readme-no-screenshot", |one| one.screenshots = 0),
        ("hint-readme-one-paragraph", |one| one.paragraphs = 1),
        ("hint-readme-broken-link", |one| one.broken_links = vec!["a.png".into()]),
        ("hint-readme-warning", |one| {
            one.rendering =
                rendered(RenderingEnd::Rendered, vec![complaint(Severity::Warning, 3, "Title underline too short.")]);
        }),
    ];
    for (key, spoil) in cases {
        assert_eq!(hinted(&rubric, spoil), [key]);
    }
    // The length is a criterion's business in the default course, and a hint where no criterion asks.
    let short: Spoil = |one| one.characters = 100;
    assert_eq!(hinted(&rubric, short), [""; 0]);
    let mut silent = rubric.clone();
    silent.criteria.retain(|criterion| criterion.id != "readme-content");
    assert_eq!(hinted(&silent, short), ["hint-readme-short"]);
    assert_eq!(hinted(&rubric, |one| (one.is_template, one.screenshots) = (true, 0)), [""; 0], "that is a finding");
    assert_eq!(
        hinted(&rubric, |one| (one.format, one.screenshots) = (ReadmeFormat::Pdf, 0)),
        [""; 0],
        "nobody read it"
    );

    let mut facts = inspection();
    let template = path("Evaluation/Projet/README.rst");
    facts.readme.candidates.push(ReadmeCandidate { path: template, is_template: true, ..ReadmeCandidate::default() });
    let told = hints(&rubric, &facts.readme);
    assert_eq!(told.iter().map(|hint| hint.key.as_str()).collect::<Vec<_>>(), ["hint-readme-template-beside"]);
}
