//! Every mistake of a teacher: where it is, what is wrong, what was meant.

use forkgrade::config::{self, ConfigError};

const HEAD: &str = "slug = \"de\"\ntitle = \"Data\"\nupstream = \"a/b\"\n";
const RUBRIC: &str = "[[rubric.criteria]]\nid = \"p\"\ntitle_fr = \"P\"\ntitle_en = \"P\"\ncheck = \"project\"\naspect = \"submitted\"\npoints = 2\n";

fn mistakes(text: &str) -> Vec<String> {
    match config::parse(text, "course.toml") {
        Ok(_) => Vec::new(),
        Err(ConfigError::Mistakes(mistakes)) => mistakes.iter().map(ToString::to_string).collect(),
        Err(other) => vec![other.to_string()],
    }
}

#[track_caller]
fn assert_mistake(text: &str, place: &str, parts: &[&str]) {
    let found = mistakes(text);
    let wanted = found.iter().find(|mistake| mistake.starts_with(&format!("course.toml:{place}: ")));
    let Some(mistake) = wanted else { panic!("no mistake at {place} in {found:#?}") };
    for part in parts {
        assert!(mistake.contains(part), "{part:?} in {mistake:?}");
    }
    assert_eq!(found.len(), 1, "only one mistake: {found:#?}");
}

#[test]
fn images_stand_for_something() {
    let text = format!("{HEAD}[sandbox.images]\nnode = \"node:22\"\nmysql = \"none\"\nbase = \"mong\"\n{RUBRIC}");
    assert_mistake(&text, "7:8", &["\"mong\"", "did you mean \"mongo\"?", "python"]);
    let text = format!("{HEAD}[sandbox.images]\n\"a[\" = \"python\"\n{RUBRIC}");
    assert_mistake(&text, "5:1", &["\"a[\" is no pattern"]);
}

#[test]
fn the_minimal_course_has_none() {
    assert_eq!(mistakes(&format!("{HEAD}{RUBRIC}")), Vec::<String>::new());
}

#[test]
fn unknown_keys_are_named_with_what_was_meant() {
    let text = format!("{HEAD}time_zon = \"Europe/Paris\"\n{RUBRIC}");
    assert_mistake(&text, "4:1", &["unknown key \"time_zon\"", "did you mean \"time_zone\"?"]);
    let text = format!("{HEAD}[deadline]\nat = 2026-01-31T23:59:00+01:00\ngrace = 5\n{RUBRIC}");
    assert_mistake(&text, "6:1", &["\"grace\" in deadline", "\"grace_minutes\""]);
    let text = format!("{HEAD}[sandbox]\nmemory = 5\n{RUBRIC}");
    assert_mistake(&text, "5:1", &["\"memory\" in sandbox", "\"memory_mib\""]);
    let text =
        format!("{HEAD}[services.mongo]\nimage = 'm'\nkind = 'mongo'\nport = 1\ndata_dir = '/d'\nmem = 5\n{RUBRIC}");
    assert_mistake(&text, "9:1", &["\"mem\" in services.mongo", "memory_mib"]);
}

#[test]
fn unknown_keys_of_a_criterion_are_told_by_its_check() {
    let text = format!("{HEAD}{RUBRIC}min_pages = 2\n");
    assert_mistake(&text, "11:1", &["unknown key \"min_pages\"", "aspect"]);
    let text = format!("{HEAD}{}", RUBRIC.replace("aspect = \"submitted\"", "aspct = \"submitted\""));
    let found = mistakes(&text);
    assert!(
        found.iter().any(|m| m.starts_with("course.toml:9:1: ") && m.contains("did you mean \"aspect\"?")),
        "{found:#?}"
    );
    assert!(found.iter().any(|m| m.contains("missing key \"aspect\"")), "{found:#?}");
}

#[test]
fn wrong_types_and_words_say_what_was_expected() {
    let cases: [(&str, &str, &[&str]); 12] = [
        ("sweep_minutes = \"5\"\n", "4:17", &["expected a whole number, found a text"]),
        ("sweep_minutes = -5\n", "4:17", &["-5 is not between 0 and"]),
        ("teachers = \"prof\"\n", "4:12", &["expected a list, found a text"]),
        ("teachers = [\"prof\", \"a b\"]\n", "4:21", &["\"a b\" is not a GitHub login"]),
        ("language = \"french\"\n", "4:12", &["\"french\" is not known", "fr, en"]),
        ("visibility = \"after_deadline\"\n", "4:14", &["did you mean \"after-deadline\"?"]),
        ("time_zone = \"Europe/Pari\"\n", "4:13", &["did you mean \"Europe/Paris\"?"]),
        ("project_dirs = [\"a/{b\"]\n", "4:17", &["glob", "a/{b"]),
        ("scale = 20.125\n", "4:9", &["\"20.125\"", "at most two decimals"]),
        ("scale = -20\n", "4:9", &["negative"]),
        ("scale = 0\n", "4:9", &["more than 0"]),
        ("deadline = { at = 2026-01-31T23:59:00 }\n", "4:19", &["offset", "2026-01-31T23:59:00+01:00"]),
    ];
    for (line, place, parts) in cases {
        assert_mistake(&format!("{HEAD}{line}{RUBRIC}"), place, parts);
    }
}

#[test]
fn names_of_the_course_are_checked() {
    let slug = HEAD.replace("\"de\"", "\"D E\"");
    assert_mistake(&format!("{slug}{RUBRIC}"), "1:8", &["slug", "lower-case letters"]);
    let upstream = HEAD.replace("a/b", "https://github.com/a/b");
    assert_mistake(&format!("{upstream}{RUBRIC}"), "3:12", &["owner/name"]);
}

#[test]
fn needs_have_to_lead_somewhere() {
    let second = RUBRIC.replace("id = \"p\"", "id = \"q\"\nneeds = [\"pp\"]");
    assert_mistake(
        &format!("{HEAD}{RUBRIC}{second}"),
        "13:10",
        &["no criterion has the id \"pp\"", "did you mean \"p\"?"],
    );
    let first = RUBRIC.replace("id = \"p\"", "id = \"p\"\nneeds = [\"q\"]");
    let second = RUBRIC.replace("id = \"p\"", "id = \"q\"\nneeds = [\"p\"]");
    let found = mistakes(&format!("{HEAD}{first}{second}"));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().all(|mistake| mistake.contains("circle")), "{found:#?}");
    assert_mistake(&format!("{HEAD}{RUBRIC}{RUBRIC}"), "12:6", &["\"p\" is used by another criterion"]);
}

#[test]
fn a_rubric_is_worth_something() {
    assert_mistake(HEAD, "1:1", &["missing key \"rubric\""]);
    assert_mistake(&format!("{HEAD}[rubric]\ncriteria = []\n"), "5:12", &["no criteria"]);
    let bonus = format!("{HEAD}{RUBRIC}bonus = true\n");
    assert_eq!(mistakes(&bonus).len(), 1);
    let points = RUBRIC.replace("points = 2", "points = 1.125");
    assert_mistake(&format!("{HEAD}{points}"), "10:10", &["at most two decimals"]);
    let check = RUBRIC.replace("\"project\"", "\"projet\"");
    assert_mistake(&format!("{HEAD}{check}"), "8:9", &["unknown check \"projet\"", "did you mean \"project\"?"]);
    let without = RUBRIC.replace("check = \"project\"\n", "");
    assert_mistake(&format!("{HEAD}{without}"), "4:1", &["missing key \"check\"", "readme, notebooks"]);
}

#[test]
fn the_default_python_has_an_image() {
    let text = format!("{HEAD}[sandbox]\ndefault_python = \"3.12\"\n{RUBRIC}");
    assert_mistake(&text, "5:18", &["\"3.12\" is none of the Pythons", "3.11, 3.8"]);
    let text = format!("{HEAD}[sandbox]\npython = {{ \"3.9\" = \"x\" }}\n{RUBRIC}");
    assert_mistake(&text, "5:10", &["\"3.11\" is none of the Pythons", "3.9"]);
}

#[test]
fn what_runs_may_reach_says_what_it_means() {
    let cases: [(&str, &str, &[&str]); 14] = [
        ("\"nonne\"", "5:10", &["\"nonne\" is not known", "did you mean \"none\"?"]),
        ("5", "5:10", &["expected one of none, found a whole number"]),
        (
            "{ allow = [\"a.fr\"], asets = [] }",
            "5:30",
            &["unknown key \"asets\" in sandbox.egress", "did you mean \"assets\"?"],
        ),
        ("{ allow = \"a.fr\" }", "5:20", &["expected a list, found a text"]),
        ("{ allow = [\"https://a.fr\"] }", "5:21", &["\"https://a.fr\" names no host", "*.example.org"]),
        ("{ assets = [\"a b\"] }", "5:22", &["\"a b\" names no host"]),
        (
            "{ mode = \"allow\", allow = [\"a.fr\"] }",
            "5:19",
            &["\"allow\" is not known", "did you mean \"allow-list\"?"],
        ),
        ("{ mode = \"record-replay\" }", "5:19", &["lets nobody be asked without `allow`", "allow = [\"*\"]"]),
        ("{ mode = \"none\", allow = [\"a.fr\"] }", "5:19", &["\"none\" with `allow`"]),
        ("{ requests = 5 }", "5:10", &["names no hosts", "egress = \"none\""]),
        ("{ allow = [\"a.fr\"], methods = [\"get\"] }", "5:41", &["\"get\" is no method", "capital letters"]),
        ("{ allow = [\"a.fr\"], methods = [\"CONNECT\"] }", "5:41", &["no method that can pass"]),
        ("{ allow = [\"a.fr\"], requests = 0 }", "5:41", &["requests: is more than 0"]),
        ("{ allow = [\"a.fr\"], seconds = 3600 }", "5:40", &["at most 600"]),
    ];
    for (egress, place, parts) in cases {
        assert_mistake(&format!("{HEAD}[sandbox]\negress = {egress}\n{RUBRIC}"), place, parts);
    }
}

#[test]
fn all_mistakes_come_at_once_in_the_order_of_the_file() {
    let text = format!("slug = \"D E\"\ntitel = \"Data\"\nupstream = \"a\"\nscale = \"vingt\"\n{RUBRIC}neds = []\n");
    let places: Vec<String> = mistakes(&text)
        .iter()
        .filter_map(|m| m.strip_prefix("course.toml:")?.split(": ").next().map(str::to_owned))
        .collect();
    assert_eq!(places, ["1:1", "1:8", "2:1", "3:12", "4:9", "12:1"]);
}

#[test]
fn broken_toml_is_reported_with_its_place() {
    let found = mistakes("slug = \"de\ntitle = 'x'\n= 3\n");
    assert!(found.first().is_some_and(|mistake| mistake.starts_with("course.toml:1:")), "{found:#?}");
    assert!(found.len() >= 2, "every broken line is reported: {found:#?}");
}

#[test]
fn parameters_of_a_check_fit_together() {
    let other = |check: &str| {
        format!(
            "{HEAD}{RUBRIC}[[rubric.criteria]]\nid = \"q\"\ntitle_fr = \"Q\"\ntitle_en = \"Q\"\npoints = 1\n{check}"
        )
    };
    assert_mistake(&other("check = \"stack\"\n"), "16:9", &["any_of or all_of"]);
    assert_eq!(mistakes(&other("check = \"stack\"\nall_of = [\"flask\"]\n")), Vec::<String>::new());
    assert_mistake(&other("check = \"answers\"\npath = \"films\"\n"), "17:8", &["begins with one /"]);
    assert_mistake(&other("check = \"answers\"\npath = \"//evil.example/\"\n"), "17:8", &["begins with one /"]);
}
