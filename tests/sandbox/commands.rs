//! Containers of the teacher's that judge: what they are given, what they may do, and every result that they may write.

use forkgrade::domain::facts::JudgeFacts;
use forkgrade::domain::facts::judges::{Amount, JudgeFault, ResultsFacts, Said};
use serde_json::Value as Json;

use crate::support::engine::{Project, engine};
use crate::support::judges::{Judged, command};

fn results(facts: &JudgeFacts) -> &ResultsFacts {
    match &facts.said {
        Said::Results(results) => results,
        other => panic!("{other:?}: {:#?}", facts.log),
    }
}

/// Writes into its result what it was given and what it could do.
const LOOKS: &str = r#"
import json, os, socket
def writes(path):
    try:
        open(path, "w").close()
        return True
    except OSError:
        return False
def connects(address):
    try:
        socket.create_connection(address, 2).close()
        return True
    except OSError:
        return False
told = {
    "files": sorted(os.path.join(root, name) for root, _, files in os.walk("/autograder/submission") for name in files),
    "app": open("/autograder/submission/app.py").read(),
    "facts": json.load(open("/autograder/facts.json")),
    "metadata": json.load(open("/autograder/submission_metadata.json")),
    "writes": [path for path in ("/autograder/submission/app.py", "/autograder/submission/new", "/autograder/facts.json", "/etc/new", "/autograder/new", "/work/app.py") if writes(path)],
    "mongo": connects(("mongo", 27017)), "outside": connects(("192.0.2.1", 80)),
    "user": os.getuid(), "folder": os.getcwd(), "links": os.path.islink("/autograder/submission"),
    "capabilities": open("/proc/self/status").read().split("CapEff:")[1].split()[0],
}
print("harness words")
json.dump({"score": 7.5, "tests": [], "extra_data": {"writes": told["writes"], "user": told["user"]}, "output": json.dumps(told)[:7000]}, open("/autograder/results/results.json", "w"))
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_command_reads_project_facts_and_databases_and_writes_nothing_but_its_result() {
    let app = "from pymongo import MongoClient\nMongoClient('mongo').a.b.insert_one({'n': 1})";
    let mut project = Project::loading(app, &["pymongo"]);
    project.files.push(("dossier/données.txt", "é".into()));
    let mut looks = command(LOOKS);
    looks.out_of = Some("10".parse().unwrap());
    let (_, judges) = Judged::new(project).command("looks", looks).run(&engine().await).await.unwrap();
    let facts = &judges["looks"];
    let results = results(facts);
    assert_eq!((results.score, results.out_of), ("7.5".parse().ok(), "10".parse().ok()));
    assert!(facts.log.head.contains("harness words"));
    let told = &results.output.as_ref().unwrap().text;
    let told: Json = serde_json::from_str(told).unwrap_or_else(|error| panic!("{error}: {told}"));
    assert_eq!(
        told["files"],
        serde_json::json!(["/autograder/submission/app.py", "/autograder/submission/dossier/données.txt"])
    );
    assert_eq!(told["app"], app);
    assert_eq!(told["writes"], serde_json::json!([]));
    assert_eq!((&told["mongo"], &told["outside"]), (&Json::Bool(true), &Json::Bool(false)));
    assert_eq!((&told["user"], &told["folder"]), (&Json::from(10_012), &Json::from("/autograder")));
    assert_eq!((&told["links"], &told["capabilities"]), (&Json::Bool(false), &Json::from("0000000000000000")));
    let metadata = &told["metadata"];
    assert_eq!(metadata["assignment"]["total_points"], "10.0");
    assert_eq!(
        (&metadata["previous_submissions"], &metadata["users"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
    let execution = &told["facts"]["execution"];
    assert_eq!(execution["databases"][1]["collections"][0]["name"], "a.b", "{execution:#?}");
    assert!(told["facts"]["inspection"]["history"].is_null(), "a project has no history of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_without_a_program_is_judged_too() {
    let mut project = Project::loading("", &[]).alone();
    project.files = vec![("README.md", "# Notes".into()), ("analyse.ipynb", "{}".into())];
    let judge = "import json, os\nfacts = json.load(open('/autograder/facts.json'))\nfiles = os.listdir('/autograder/submission')\njson.dump({'tests': [{'name': f, 'score': 1, 'max_score': 1} for f in sorted(files)], 'score': None if facts['execution'] is None else 0}, open('/autograder/results/results.json', 'w'))";
    let judges = Judged::new(project).command("notes", command(judge)).at_rest(&engine().await).await.unwrap();
    let results = results(&judges["notes"]);
    assert_eq!(results.score, None);
    assert_eq!(results.tests.iter().map(|test| test.called()).collect::<Vec<_>>(), ["README.md", "analyse.ipynb"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_result_that_may_be_written_ends_in_facts() {
    let writes = |text: &str| command(&format!("open('/autograder/results/results.json', 'w').write({text})"));
    let mut late = command("import time; time.sleep(100)");
    late.seconds = 2;
    let mut greedy = command("x = b'x' * 400_000_000");
    greedy.memory_mib = 128;
    let judged = Judged::new(Project::loading("", &[]).alone())
        .command("nan", writes("'{\"score\": NaN}'"))
        .command("list", writes("'[]'"))
        .command("half", writes("'{\"score\": 1'"))
        .command("huge", writes("'{\"score\": 1, \"output\": \"' + 'x' * 20_000_000 + '\"}'"))
        .command("negative", writes("'{\"score\": -3, \"tests\": [{\"score\": -1, \"max_score\": 2}]}'"))
        .command("beyond", writes("'{\"tests\": [{\"score\": 3, \"max_score\": 2}]}'"))
        .command(
            "exit",
            command("open('/autograder/results/results.json', 'w').write('{\"score\": 1}'); raise SystemExit(3)"),
        )
        .command("crash", command("raise SystemExit(3)"))
        .command("nothing", command("pass"))
        .command("link", command("import os; os.symlink('/autograder/facts.json', '/autograder/results/results.json')"))
        .command("folder", command("import os; os.makedirs('/autograder/results/results.json/x')"))
        .command("told", writes("'{\"output\": \"only words\"}'"))
        .command("late", late)
        .command("greedy", greedy);
    let judges = judged.at_rest(&engine().await).await.unwrap();
    let fault = |name: &str| judges[name].fault().unwrap_or_else(|| panic!("{name}: {:?}", judges[name].said)).clone();
    for name in ["nan", "list", "half"] {
        assert!(matches!(fault(name), JudgeFault::Malformed { .. }), "{name}");
    }
    assert_eq!(fault("huge"), JudgeFault::TooLarge);
    assert_eq!(fault("crash"), JudgeFault::Exited { code: 3 });
    assert_eq!(fault("nothing"), JudgeFault::NoResult);
    assert_eq!(fault("link"), JudgeFault::NotAFile);
    assert_eq!(fault("folder"), JudgeFault::NoResult);
    assert_eq!(fault("told"), JudgeFault::Empty);
    assert_eq!(fault("late"), JudgeFault::TimedOut);
    assert_eq!(fault("greedy"), JudgeFault::OutOfMemory);
    assert_eq!(results(&judges["exit"]).score, Some(Amount::ONE), "autograders of the wild end as they like");
    assert_eq!(results(&judges["negative"]).score, "-3".parse().ok());
    assert_eq!(results(&judges["beyond"]).tests.len(), 1);
}
