//! Results as autograders of the wild write them, and as somebody hostile would.

use super::*;

const WORTH: Worth = Worth { out_of: None, total_points: Amount::ONE };

fn facts(json: &str) -> ResultsFacts {
    match read(json.as_bytes(), WORTH) {
        Ok(facts) => facts,
        Err(error) => panic!("{error:?}: {json}"),
    }
}

#[test]
fn the_published_example() {
    let json = r#"{ "score": 44.0, "execution_time": 136, "output": "Text relevant to the entire submission", "output_format": "simple_format",
      "test_output_format": "md", "test_name_format": "text", "visibility": "after_due_date", "stdout_visibility": "visible", "extra_data": {"a": [1]},
      "tests": [ { "score": 2.0, "max_score": 2.0, "status": "passed", "name": "Your name here", "name_format": "text", "number": "1.1",
          "output": "Giant multiline string", "output_format": "ansi", "tags": ["tag1", "tag2"], "visibility": "visible", "extra_data": {} },
        {"score": 0.30000000000000004, "max_score": 1, "number": 2, "output": "**no**"} ],
      "leaderboard": [ {"name": "Accuracy", "value": 0.926}, {"name": "Stars", "value": "*****"} ] }"#;
    let facts = facts(json);
    assert_eq!(facts.score, "44".parse().ok());
    assert_eq!(facts.output.as_ref().map(|output| output.format), Some(TextFormat::SimpleFormat));
    assert_eq!(facts.stdout_visibility, TestVisibility::Visible);
    assert_eq!(facts.extra_data.as_deref(), Some(r#"{"a": [1]}"#));
    assert!(facts.leaderboard);
    let [first, second] = facts.tests.as_slice() else { panic!("two tests") };
    assert_eq!((first.visibility, second.visibility), (TestVisibility::Visible, TestVisibility::AfterDueDate));
    assert_eq!(first.output.as_ref().map(|output| output.format), Some(TextFormat::Ansi));
    assert_eq!(second.output.as_ref().map(|output| output.format), Some(TextFormat::Md));
    assert_eq!((first.number.as_deref(), second.number.as_deref()), (Some("1.1"), Some("2")));
    assert_eq!(second.score, "0.3".parse().ok());
    assert_eq!((first.has_passed(), second.has_passed()), (Some(true), Some(false)));
    assert_eq!(first.tags, ["tag1", "tag2"]);
}

#[test]
fn shapes_of_the_wild() {
    // otter: hidden harness output; gradescope-utils: names without numbers; scripts: numbers in quotes, nulls.
    let facts = facts(
        r#"{"tests": [{"name": "Q1", "score": "1.5", "max_score": "2", "visibility": "hidden", "output": null},
        {"name": null, "status": "failed", "max_score": 3}, {"output": {"why": 1}}], "output": "", "stdout_visibility": null}"#,
    );
    assert_eq!(facts.tests[0].points(), Some(("1.5".parse().unwrap(), "2".parse().unwrap())));
    assert_eq!(facts.tests[1].points(), Some((Amount::ZERO, "3".parse().unwrap())));
    assert_eq!(facts.tests[2].points(), None);
    assert_eq!(facts.tests[2].output.as_ref().map(|output| output.text.as_str()), Some(r#"{"why":1}"#));
    assert_eq!((facts.output, facts.stdout_visibility), (None, TestVisibility::Hidden));
    assert_eq!(read(b"\xef\xbb\xbf{\"score\": 1}", WORTH).unwrap().score, Some(Amount::ONE));
}

#[test]
fn what_is_misspelt_hides_rather_than_shows() {
    let facts = facts(
        r#"{"score": 1, "visibility": "after_deadline", "tests": [{"name": "a"}, {"name": "b", "visibility": 7}]}"#,
    );
    assert!(facts.tests.iter().all(|test| test.visibility == TestVisibility::Hidden));
}

#[test]
fn what_is_no_result_is_told() {
    for json in [
        "",
        "[]",
        "null",
        "{\"score\": NaN}",
        "{\"score\": Infinity}",
        "{\"score\": 1e999}",
        "{\"score\": true}",
        "{\"score\": 1, \"score\": 2}",
        "{\"tests\": {}}",
        "{\"tests\": [{\"score\": \"ten\"}]}",
        "{\"score\": 1",
        "{\"score\": 10000000000}",
    ] {
        assert!(matches!(read(json.as_bytes(), WORTH), Err(Unread::Malformed(_))), "{json}");
    }
    for json in ["{}", "{\"tests\": []}", "{\"tests\": [{\"name\": \"only told\"}]}", "{\"score\": null}"] {
        assert_eq!(read(json.as_bytes(), WORTH), Err(Unread::Empty), "{json}");
    }
    let deep = format!("{{\"score\": 1, \"extra_data\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let _ = read(deep.as_bytes(), WORTH);
    let deep = format!("{{\"score\": 1, \"output\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(read(deep.as_bytes(), WORTH), Err(Unread::Malformed(_))));
    let many = format!("{{\"tests\": [{}{{}}]}}", "{\"score\": 1, \"max_score\": 1},".repeat(1_000));
    assert!(matches!(read(many.as_bytes(), WORTH), Err(Unread::Malformed(text)) if text.starts_with("1001 tests")));
}

#[test]
fn outputs_are_bounded_together() {
    let test = format!("{{\"score\": 1, \"max_score\": 1, \"output\": \"{}\"}}", "x".repeat(20_000));
    let json = format!("{{\"tests\": [{}]}}", vec![test; 200].join(","));
    let facts = facts(&json);
    let letters: usize = facts.tests.iter().filter_map(|test| Some(test.output.as_ref()?.text.chars().count())).sum();
    assert!(letters <= OUTPUTS + 200 && facts.tests[0].output.is_some(), "{letters}");
}
