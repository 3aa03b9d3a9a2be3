//! Chapter notebooks: only what the student wrote counts.

use super::support::cells::{code, executed, markdown, notebook};
use super::support::{Files, Upstream, folder, inspect_folder};
use forkgrade::domain::facts::inspection::{NotebookFacts, NotebookState};
use serde_json::{Value, json};

/// Two exercises: a blank below a question, and code to complete.
fn chapter() -> Vec<Value> {
    vec![
        markdown("# Les listes"),
        code("x = [1, 2]\nprint(x)"),
        markdown("Exercice : triez la liste."),
        code(""),
        code("def somme(x):\n    # votre code ici\n    pass"),
        code(""),
    ]
}

fn read_with(own: Option<&str>, versions: &[&str]) -> NotebookFacts {
    let path = "1Python/1-Listes.ipynb";
    let versions: Vec<Vec<(&str, &str)>> = versions.iter().map(|version| vec![(path, *version)]).collect();
    let versions: Vec<Files<'_>> = versions.iter().map(Vec::as_slice).collect();
    let own: Vec<(&str, &str)> = own.map(|own| (path, own)).into_iter().chain([("a.txt", "a")]).collect();
    // The fork began from the oldest of them.
    let upstream = Upstream::begun(&versions, Some(versions.len() - 1));
    let notebooks = inspect_folder(folder(&own).path(), Some(upstream)).notebooks;
    assert_eq!(notebooks.len(), 1);
    notebooks.into_iter().next().expect("one notebook")
}

fn read(own: &str) -> NotebookFacts {
    read_with(Some(own), &[&notebook(&chapter())])
}

fn counts(facts: &NotebookFacts) -> (u32, u32, u32, u32, u32) {
    (facts.exercise_cells, facts.completed_cells, facts.changed_cells, facts.executed_cells, facts.error_cells)
}

#[test]
fn untouched_and_resaved_are_no_work() {
    let upstream = notebook(&chapter());
    let facts = read(&upstream);
    assert_eq!((facts.state.clone(), counts(&facts)), (NotebookState::Untouched, (2, 0, 0, 0, 0)));
    let resaved = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&upstream).expect("JSON")).expect("JSON");
    let resaved = resaved.replace('\n', "\r\n");
    let facts = read(&resaved);
    assert_eq!((facts.state.clone(), counts(&facts)), (NotebookState::Resaved, (2, 0, 0, 0, 0)));
    let mut run = chapter();
    run[1] = executed("x = [1, 2]  \r\nprint(x)\n", "stream");
    assert_eq!(read(&notebook(&run)).state, NotebookState::Resaved, "the teacher's code, executed, is no work");
}

#[test]
fn answers_count_in_place_and_below() {
    let mut cells = chapter();
    cells[3] = executed("x.sort()", "stream");
    let facts = read(&notebook(&cells));
    assert_eq!((facts.state.clone(), counts(&facts)), (NotebookState::Worked, (2, 1, 1, 1, 0)));
    cells[4] = executed("def somme(x):\n    return sum(y)", "error");
    assert_eq!(counts(&read(&notebook(&cells))), (2, 2, 2, 2, 1));
    let mut below = chapter();
    below.insert(4, code("sorted(x)"));
    assert_eq!(counts(&read(&notebook(&below))), (2, 1, 1, 0, 0), "an answer below the blank");
}

#[test]
fn a_later_edit_of_the_course_is_no_work_of_the_student() {
    let old = notebook(&chapter());
    let mut newer = chapter();
    newer.insert(1, code("import math"));
    let newest = notebook(&newer);
    let mut own = chapter();
    own[3] = code("x.sort()");
    let facts = read_with(Some(&notebook(&own)), &[&newest, &old]);
    assert_eq!(counts(&facts), (2, 1, 1, 0, 0));
    let facts = read_with(Some(&old), &[&newest, &old]);
    assert_eq!(facts.state, NotebookState::Untouched, "an older version is the course's too");
}

#[test]
fn the_old_format_is_read_too() {
    let old = json!({"nbformat": 3, "worksheets": [{"cells": [
        {"cell_type": "markdown", "source": "Question 1"},
        {"cell_type": "code", "input": ["print 'a'"], "prompt_number": 4, "outputs": [{"output_type": "pyerr"}]},
    ]}]});
    let upstream = json!({"nbformat": 3, "worksheets": [{"cells": [
        {"cell_type": "markdown", "source": "Question 1"},
        {"cell_type": "code", "input": [], "outputs": []},
    ]}]});
    let facts = read_with(Some(&old.to_string()), &[&upstream.to_string()]);
    assert_eq!(counts(&facts), (1, 1, 1, 1, 1));
}

#[test]
fn what_cannot_be_read_says_why() {
    let cases = [
        ("{\"cells\": [\n{\"cell_type\"", "notebook-broken-json"),
        ("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> main\n", "notebook-merge-conflict"),
        ("[]", "notebook-no-cells"),
        ("", "notebook-broken-json"),
    ];
    for (text, key) in cases {
        let facts = read(text);
        let NotebookState::Broken { reason } = &facts.state else { panic!("{text} is broken: {facts:?}") };
        assert_eq!(reason.key, key);
        super::support::assert_worded(reason);
        assert_eq!(facts.exercise_cells, 2, "its exercises are still to do");
    }
    // Python's JSON module writes these, and Jupyter reads them.
    let mut odd = chapter();
    odd[3] = executed("x.sort() # NaN, \\ud83d", "stream");
    let odd = notebook(&odd)
        .replace("\"output_type\":\"stream\"", r#""data":{"a":NaN,"b":[-Infinity,Infinity],"c":"\ud83d\ud83d\ude00"}"#);
    assert!(serde_json::from_str::<Value>(&odd).is_err());
    assert_eq!(counts(&read(&odd)), (2, 1, 1, 1, 0));
    let huge = " ".repeat(6 << 20);
    let NotebookState::Broken { reason } = read(&huge).state else { panic!("too large to be read") };
    assert_eq!(reason.key, "notebook-too-large");
}

#[test]
fn a_deleted_chapter_is_named_and_an_own_notebook_is_none() {
    let facts = read_with(None, &[&notebook(&chapter())]);
    assert_eq!((facts.state.clone(), counts(&facts)), (NotebookState::Deleted, (2, 0, 0, 0, 0)));
    let own = folder(&[("essai.ipynb", &notebook(&chapter()))]);
    let other: Files<'_> = &[("autre.txt", "x")];
    assert_eq!(inspect_folder(own.path(), Some(Upstream::of(&[other]))).notebooks, []);
}
