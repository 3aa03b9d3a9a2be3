//! Reports as runners of the field write them, and as somebody hostile would.

use super::*;

fn outcomes(xml: &str) -> Vec<(String, CaseOutcome, String)> {
    let cases = read(xml.as_bytes()).expect("a report");
    cases.into_iter().map(|case| (case.full_name(), case.outcome, case.message)).collect()
}

fn one(name: &str, outcome: CaseOutcome, message: &str) -> (String, CaseOutcome, String) {
    (name.to_owned(), outcome, message.to_owned())
}

#[test]
fn pytest() {
    let xml = r#"<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.125" timestamp="2026-01-15T12:00:00+00:00" hostname="pod">
<testcase classname="test_api.TestUsers" name="test_list[a-&lt;b&gt;]" time="0.012"><properties><property name="points" value="2.5" /></properties></testcase>
<testcase classname="test_api" name="test_missing" time="0.003"><failure message="AssertionError: assert 404 == 200&#10; +  where 404 = &lt;Response [404]&gt;.status_code">def test_missing():
&gt;       assert get("/nothing").status_code == 200
E       assert 404 == 200</failure></testcase>
<testcase classname="test_api" name="test_data" time="0.001"><error message="failed on setup with &quot;ConnectionError&quot;">fixture</error></testcase>
<testcase classname="test_api" name="test_later" time="0.000"><skipped type="pytest.skip" message="no mongo">reason</skipped></testcase></testsuite></testsuites>"#;
    let found = outcomes(xml);
    assert_eq!(found[0], one("test_api.TestUsers.test_list[a-<b>]", CaseOutcome::Passed, ""));
    assert_eq!(found[1].1, CaseOutcome::Failed);
    assert!(found[1].2.starts_with("AssertionError: assert 404 == 200"), "{found:?}");
    assert_eq!(found[2], one("test_api.test_data", CaseOutcome::Error, "failed on setup with \"ConnectionError\""));
    assert_eq!(found[3].1, CaseOutcome::Skipped);
    let cases = read(xml.as_bytes()).unwrap();
    assert_eq!(cases[0].weight, "2.5".parse().ok());
    assert_eq!(cases[0].milliseconds, Some(12));
    assert!(cases[1].detail.contains("> ") && cases[1].detail.contains("status_code == 200"), "{:?}", cases[1].detail);
}

#[test]
fn unittest_xml_reporting_with_one_suite_at_the_root() {
    let xml = r#"<testsuite name="Test.TestA-2026" tests="2" file="t.py" time="0.1" timestamp="x" failures="1" errors="0" skipped="0">
  <testcase classname="TestA" name="test_ok" time="0.000" file="t.py" line="5"/>
  <testcase classname="TestA" name="test_ko" time="1,234.500"><failure type="AssertionError" message=""><![CDATA[Traceback (most recent call last):
  File "t.py", line 8
AssertionError: 1 != 2
]]></failure><system-out><![CDATA[<failure>not one</failure>]]></system-out></testcase>
</testsuite>"#;
    let cases = read(xml.as_bytes()).unwrap();
    assert_eq!((cases[0].outcome, cases[1].outcome), (CaseOutcome::Passed, CaseOutcome::Failed));
    assert_eq!(cases[1].message, "AssertionError");
    assert_eq!(cases[1].milliseconds, Some(1_234_500));
}

#[test]
fn jest_without_a_message_is_told_by_its_last_line() {
    let xml = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="jest tests" tests="2" failures="1" errors="0" time="1.2">
  <testsuite name="api" errors="0" failures="1" skipped="1" timestamp="2026" time="0.4" tests="2">
    <testcase classname="api answers" name="api answers" time="0.02"><failure>Error: expect(received).toBe(expected)

Expected: 200
Received: 404</failure></testcase>
    <testcase classname="api later" name="api later" time="0"><skipped/></testcase>
  </testsuite>
</testsuites>"#;
    let found = outcomes(xml);
    assert_eq!(found[0], one("api answers.api answers", CaseOutcome::Failed, "Received: 404"));
    assert_eq!(found[1].1, CaseOutcome::Skipped);
}

#[test]
fn surefire_with_reruns_and_properties_of_the_suite() {
    let xml = r#"<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0" name="fr.AppTest" time="0.1" tests="3" errors="0" skipped="0" failures="1">
  <properties><property name="points" value="99"/></properties>
  <testcase name="flaky" classname="fr.AppTest" time="0.01"><flakyFailure message="once" type="x">t</flakyFailure></testcase>
  <testcase name="bad" classname="fr.AppTest" time="0.01"><failure message="first" type="a.B">t</failure><rerunFailure message="second">t</rerunFailure></testcase>
  <testcase name="both" classname="fr.AppTest"><failure message="m"/><error message="e"/></testcase>
</testsuite>"#;
    let found = outcomes(xml);
    assert_eq!(found[0], one("fr.AppTest.flaky", CaseOutcome::Passed, ""));
    assert_eq!(found[1], one("fr.AppTest.bad", CaseOutcome::Failed, "first"));
    assert_eq!(found[2], one("fr.AppTest.both", CaseOutcome::Error, "m"));
    assert!(read(xml.as_bytes()).unwrap().iter().all(|case| case.weight.is_none()));
}

#[test]
fn nested_suites_and_a_byte_order_mark() {
    let xml = "\u{feff}<testsuites><testsuite name='a'><testsuite name='b'><testcase name='x'/></testsuite><testcase name='y'/></testsuite></testsuites>";
    assert_eq!(outcomes(xml).len(), 2);
}

#[test]
fn a_billion_laughs_and_outside_entities_stay_names() {
    let xml = r#"<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
<testsuite><testcase name="n&b;"><failure message="&x;">&b;&x; R&amp;D &#x41;</failure></testcase></testsuite>"#;
    let cases = read(xml.as_bytes()).unwrap();
    assert_eq!(cases[0].name, "n&b;");
    assert_eq!(cases[0].message, "&x;");
    assert_eq!(cases[0].detail, "\u{FFFD}\u{FFFD} R&D A");
}

#[test]
fn depth_number_and_length_are_bounded() {
    let deep = "<testsuite>".repeat(100_000);
    assert!(read(deep.as_bytes()).unwrap_err().contains("inside one another"));
    let many = format!("<testsuite>{}</testsuite>", "<testcase name='x'/>".repeat(2_001));
    assert!(read(many.as_bytes()).unwrap_err().starts_with("2001 tests"));
    let long = format!(
        "<testsuite><testcase name='{0}'><failure message='{0}'>{0}</failure></testcase></testsuite>",
        "é".repeat(1 << 20)
    );
    let case = read(long.as_bytes()).unwrap().remove(0);
    assert!(case.name.chars().count() <= NAME + 1 && case.message.chars().count() <= MESSAGE + 1);
    assert!(case.detail.chars().count() <= DETAIL + 1);
}

#[test]
fn what_is_no_report_is_told() {
    for (xml, part) in [
        ("", "no <testsuite>"),
        ("not xml at all", "no <testsuite>"),
        ("<html><body/></html>", "no <testsuite>"),
        ("<testsuite><testcase name='x'>", "middle"),
        ("<testsuite></testsuites>", "byte"),
        ("<testsuite><testcase <<</testsuite>", "middle"),
    ] {
        let error = read(xml.as_bytes()).unwrap_err();
        assert!(error.contains(part), "{xml}: {error}");
    }
}

#[test]
fn terminals_are_not_played_with() {
    let xml = "<testsuite><testcase name='a&#27;[31mb\u{202E}'><failure message='&#0;&#7;x'/></testcase></testsuite>";
    let case = read(xml.as_bytes()).unwrap().remove(0);
    assert_eq!(case.name, "ab\u{FFFD}");
    assert!(!case.message.contains('\u{7}'), "{:?}", case.message);
}
