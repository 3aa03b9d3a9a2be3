//! Whatever a student pushes, reading it ends and says something.

use super::support::{Files, Upstream, course, date, folder, inspect_folder, write};
use forkgrade::domain::facts::inspection::ProjectState;
use forkgrade::observe::folder::Folder;
use forkgrade::observe::inspect::{InspectRequest, SeparateProject, inspect};
use proptest::prelude::*;

#[test]
fn deep_nesting_exhausts_no_stack() {
    let cases: Vec<(&str, String)> = vec![
        ("app.py", format!("x = {}", "(".repeat(200_000))),
        ("b.py", format!("x = {}1", "-".repeat(300_000))),
        ("README.md", ">".repeat(100_000)),
        ("LISEZMOI.md", "[".repeat(100_000)),
        ("readme2.md", format!("{}x", "- ".repeat(20_000))),
        ("README.rst", "`<".repeat(100_000)),
        ("docker-compose.yml", "[".repeat(100_000)),
        (
            "compose.yml",
            format!("a: &a [x]\n{}", (0..50).map(|i| format!("b{i}: &b{i} [*a, *a]\n")).collect::<String>()),
        ),
        (".forkgrade.toml", format!("command = {}", "[".repeat(100_000))),
        ("pyproject.toml", format!("a = {}", "{a=".repeat(50_000))),
        ("Pipfile.lock", "[".repeat(100_000)),
        ("n.ipynb", "{\"a\":".repeat(100_000)),
    ];
    let files: Vec<(String, String)> =
        cases.into_iter().map(|(name, text)| (format!("Evaluation/Projet/{name}"), text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let inspection = inspect_folder(folder(&files).path(), None);
    assert_eq!(inspection.project.state, ProjectState::Submitted);
    assert_eq!(inspection.code.syntax_errors.len(), 2);
}

#[test]
fn odd_names_are_data() {
    let odd: Files<'_> = &[
        ("Evaluation/Projet/-rf.py", "import flask\n"),
        ("Evaluation/Projet/a\nb.py", "x = 1\n"),
        ("Evaluation/Projet/\u{202e}yp.app.py", "x = 1\n"),
        ("Evaluation/Projet/'; drop table fork;--.py", "x = 1\n"),
        ("Evaluation/Projet/ .py", "x = 1\n"),
    ];
    let inspection = inspect_folder(folder(odd).path(), None);
    assert_eq!(inspection.code.python_files, 5);
}

/// Names that readers look for, and some that they do not.
fn names() -> impl Strategy<Value = String> {
    let known = [
        "app.py",
        "main.py",
        "load.py",
        "__init__.py",
        "README.md",
        "README.rst",
        "README.txt",
        "README.pdf",
        "Pipfile",
        "Pipfile.lock",
        "requirements.txt",
        "pyproject.toml",
        "uv.lock",
        "docker-compose.yml",
        "Dockerfile",
        ".env",
        ".flaskenv",
        ".forkgrade.toml",
        ".python-version",
        "scrapy.cfg",
        "n.ipynb",
        "index.html",
        "pyvenv.cfg",
        "WiredTiger",
        "x",
    ];
    let folders =
        ["", "Evaluation/Projet/", "6Evaluation/Projet/src/", "venv/Lib/site-packages/", "4Flask/", "Projet/é/"];
    (prop::sample::select(folders.to_vec()), prop::sample::select(known.to_vec()))
        .prop_map(|(folder, name)| format!("{folder}{name}"))
}

/// Random bytes, and pieces of what students write put together at random.
fn contents() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "import flask\n",
        "from . import app\n",
        "app = Flask(__name__)\n",
        "app.run(",
        "MongoClient(",
        "'mongo'",
        ")",
        "[",
        "{",
        "\"",
        "\n",
        "    ",
        "def f():\n",
        "class A(scrapy.Spider):\n",
        "====\n",
        "----\n",
        "..",
        " code::",
        "# ",
        "```\n",
        "version: '3'\n",
        "services:\n",
        "  web:\n",
        "    build: .\n",
        "[packages]\n",
        "flask = \"*\"\n",
        "flask==1.0\n",
        "{\"cells\": [",
        "{\"cell_type\": \"code\"",
        "]}",
        "FROM python:3",
        "CMD [\"python\", ",
        "é",
        "\u{feff}",
        "\0",
        "f\"{",
        "}\"",
        "python app.py\n",
        "cd ..\n",
        "command = ",
        "&a *a\n",
        "<",
        ">",
    ];
    let text = prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40)
        .prop_map(|parts| parts.concat().into_bytes());
    prop_oneof![text, prop::collection::vec(any::<u8>(), 0..200)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_tree_gives_the_same_facts_twice(
        files in prop::collection::vec((names(), contents()), 0..12),
        upstream in prop::collection::vec((names(), contents()), 0..4),
    ) {
        let root = folder(&[]);
        for (path, bytes) in &files {
            write(root.path(), path, bytes);
        }
        let upstream: Vec<(String, String)> = upstream.into_iter().map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned())).collect();
        let version: Vec<(&str, &str)> = upstream.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let source = Folder::open(root.path()).expect("a folder").with_upstream(Upstream::of(&[&version]));
        let course = course();
        let request = || InspectRequest { course: &course, history: None, as_of: date("2024-01-15T12:00:00Z"), separate: SeparateProject::NotNamed };
        let first = inspect(&source, request());
        prop_assert_eq!(&first, &inspect(&source, request()));
        for message in first.plan.iter().flat_map(|plan| &plan.reasons) {
            super::support::assert_worded(message);
        }
        let json = serde_json::to_string(&first).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<forkgrade::domain::facts::Inspection>(&json).expect("reads"), first);
    }
}
