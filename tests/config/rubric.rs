//! The rubric's own mistakes at their lines, and rubrics written back as TOML.

use forkgrade::config::{self, ConfigError};
use forkgrade::domain::check::Check;
use forkgrade::domain::rubric::{Kind, Step};
use forkgrade::domain::{Points, Rubric};

const GROUPS: &str =
    "[[rubric.groups]]\nid = \"run\"\ntitle_fr = \"Exécution\"\ntitle_en = \"Running\"\nat_most = 5\n\n";
const CRITERION: &str =
    "[[rubric.criteria]]\nid = \"p\"\ntitle_fr = \"P\"\ntitle_en = \"P\"\ncheck = \"starts\"\npoints = 2\n";

fn read(text: &str) -> Result<Rubric, Vec<String>> {
    config::parse_rubric(text, "rubric", None).map_err(|error| match error {
        ConfigError::Mistakes(mistakes) => mistakes.iter().map(ToString::to_string).collect(),
        other => vec![other.to_string()],
    })
}

/// The only mistakes of a text, each with its line and some of its words.
#[track_caller]
fn assert_mistakes(text: &str, wanted: &[(usize, &str)]) {
    let found = read(text).expect_err("it has mistakes");
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    for ((line, words), found) in wanted.iter().zip(&found) {
        assert!(found.starts_with(&format!("rubric:{line}:")) && found.contains(words), "{line} {words:?}: {found}");
    }
}

#[test]
fn a_rubric_stands_alone() {
    let rubric = read(&format!("[rubric]\nround_to = 0.5\nrounding = \"up\"\n{GROUPS}{CRITERION}group = \"run\"\n"))
        .expect("valid");
    assert_eq!(rubric.groups[0].at_most, Some(Points::whole(5)));
    assert_eq!(rubric.heading(&rubric.criteria[0], config::example_course().unwrap().language), "Exécution");
    assert_mistakes(&format!("slug = \"de\"\n{CRITERION}"), &[(1, "unknown key \"slug\"; known are rubric")]);
    assert_mistakes("", &[(1, "missing key \"rubric\"")]);
}

#[test]
fn judges_are_those_of_the_course_where_it_is_known() {
    let text = CRITERION.replace("\"starts\"", "\"tests\"\nsuite = \"web\"");
    assert!(read(&text).is_ok(), "of some course");
    let course = config::example_course().unwrap();
    let found = config::parse_rubric(&text, "rubric", Some(&course)).expect_err("no such suite").to_string();
    assert!(found.contains("rubric:6:") && found.contains("no table [suites.web]; there is none"), "{found}");
}

#[test]
fn groups_are_declared_once_and_named_as_declared() {
    assert_mistakes(
        &format!("{GROUPS}{CRITERION}group = \"runn\"\n"),
        &[(13, "no group has the id \"runn\"; did you mean \"run\"?")],
    );
    assert_mistakes(&format!("{GROUPS}{GROUPS}{CRITERION}"), &[(8, "\"run\" is used by another group")]);
    assert_mistakes(
        &format!("{}{CRITERION}", GROUPS.replace("at_most = 5", "at_most = 0")),
        &[(5, "counts for nothing")],
    );
    assert_mistakes(
        &format!("{}{CRITERION}", GROUPS.replace("at_most = 5", "atmost = 5")),
        &[(5, "did you mean \"at_most\"?")],
    );
    assert_mistakes(&format!("{}{CRITERION}", GROUPS.replace("\"Running\"", "\" \"")), &[(4, "must not be empty")]);
    assert!(
        read(&format!("{CRITERION}group = \"Any words\"\n")).is_ok(),
        "without groups it is a heading in any words"
    );
}

#[test]
fn kinds_do_not_contradict() {
    assert_mistakes(&format!("{CRITERION}kind = \"bonsu\"\n"), &[(7, "did you mean \"bonus\"?")]);
    let base = CRITERION.replace("\"p\"", "\"q\"");
    assert_mistakes(
        &format!("{base}{CRITERION}kind = \"penalty\"\nbonus = true\n"),
        &[(13, "contradicts bonus = true")],
    );
    let zero = CRITERION.replace("points = 2", "points = 0");
    assert_mistakes(&format!("{base}{zero}kind = \"penalty\"\n"), &[(13, "takes nothing off")]);
    assert_mistakes(&format!("{CRITERION}kind = \"penalty\"\n"), &[(1, "make up the scale")]);
    let both = read(&format!("{base}{CRITERION}kind = \"bonus\"\nbonus = true\n")).expect("the same said twice");
    assert_eq!(both.criteria[1].kind, Kind::Bonus);
    assert_mistakes(&format!("[rubric]\nrounding = \"half\"\n{CRITERION}"), &[(2, "half-up")]);
}

#[test]
fn steps_lead_upwards_to_all() {
    let steps = |steps: &str| format!("{CRITERION}steps = [{steps}]\n");
    let rubric = read(&steps("{ at = 30, share = 25 }, { at = 90, share = 100 }")).expect("valid");
    assert_eq!(rubric.criteria[0].steps[1], Step { at: 90, share: 100 });
    for (text, words) in [
        ("{ at = 50, share = 50 }, { at = 40, share = 100 }", "steps lead upwards"),
        ("{ at = 50, share = 50 }, { at = 50, share = 100 }", "steps lead upwards"),
        ("{ at = 50, share = 60 }, { at = 60, share = 50 }, { at = 70, share = 100 }", "more never gives less"),
        ("{ at = 50, share = 60 }", "or nobody reaches all of the points"),
        ("{ at = 0, share = 60 }, { at = 60, share = 100 }", "no percentage from 1 to 100"),
        ("{ at = 50, share = 60 }, { at = 150, share = 100 }", "no percentage from 1 to 100"),
        ("", "there are none"),
        ("{ at = 50, shar = 100 }", "did you mean \"share\"?"),
    ] {
        let found = read(&steps(text)).expect_err(text);
        assert!(
            found.iter().any(|found| found.starts_with("rubric:7:") && found.contains(words)),
            "{words}: {found:#?}"
        );
    }
    let contradiction = format!("{CRITERION}partial = false\nsteps = [{{ at = 90, share = 100 }}]\n");
    assert_mistakes(&contradiction, &[(8, "all or nothing")]);
}

/// Whatever a rubric says comes back from its TOML, and no more is written than is needed.
#[test]
fn a_rubric_survives_its_toml() {
    let course = config::example_course().expect("the default");
    let text = config::rubric_section(&course.rubric);
    assert_eq!(read(&text).expect("valid"), course.rubric, "{text}");
    assert!(!text.contains("partial") && !text.contains("rounding") && !text.contains("hidden"), "{text}");
    assert!(text.contains("points = 1.5\n") && text.contains("kind = \"bonus\"\n"), "{text}");

    let mut hard = course.rubric.clone();
    hard.groups[0].at_most = Some(Points::from_hundredths(425));
    let criterion = &mut hard.criteria[0];
    criterion.title_fr = "« L'\"étoile\" » \\ # [x]\nsuite".into();
    (criterion.partial, criterion.hidden, criterion.group) = (false, true, "project".into());
    hard.criteria[1].steps = vec![Step { at: 40, share: 0 }, Step { at: 41, share: 100 }];
    hard.criteria[2].kind = Kind::Penalty;
    hard.criteria[3].check = Check::Notebooks {
        chapters: Some("2*/**".into()),
        full_at_percent: 70,
        require_executed: false,
        forbid_errors: false,
    };
    let text = config::rubric_section(&hard);
    assert_eq!(read(&text).expect("valid"), hard, "{text}");
}
