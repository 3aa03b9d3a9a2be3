//! Launch plans: what would be started, with which packages, on which Python, and why.

use super::support::{
    APP, Files, UPSTREAM, Upstream, commands, course, date, folder, has_reason, inspect_fork, plan_of, write,
};
use forkgrade::domain::LaunchPlan;
use forkgrade::domain::launch::{DependencyOrigin, LaunchKind, StepRole};
use forkgrade::observe::folder::Folder;
use forkgrade::observe::inspect::{InspectRequest, SeparateProject, inspect};

const LOADER: &str = "import pandas as pd\nfrom pymongo import MongoClient\nbase = MongoClient('mongo')\nbase.films.films.insert_many(pd.read_csv('films.csv').to_dict('records'))\n";
/// A crawl ends by itself before the time of loaders is over.
const CRAWL_LIMITS: &str = "-s CLOSESPIDER_TIMEOUT=30 -s CLOSESPIDER_PAGECOUNT=500 -s TELNETCONSOLE_ENABLED=False";
const SPIDER: &str =
    "import scrapy\nclass Films(scrapy.Spider):\n    name = 'films'\n    start_urls = ['https://example.org']\n";

#[test]
fn an_application_with_its_port_hosts_and_packages() {
    let plan = plan_of(&[("app.py", APP)]);
    assert_eq!(plan.kind, LaunchKind::PythonWeb);
    assert_eq!(commands(&plan), ["python app.py"]);
    assert_eq!((plan.port, plan.workdir.as_str()), (Some(2746), ""));
    assert_eq!(plan.hosts, ["mongo"]);
    assert_eq!(plan.dependencies.origin, DependencyOrigin::Course { file: super::support::path_of("Pipfile") });
    assert_eq!(plan.dependencies.requirements, ["flask", "pymongo"]);
    assert!(has_reason(&plan, "launch-application") && has_reason(&plan, "launch-dependencies-course"));
}

#[test]
fn ports_and_hosts_are_followed_through_names() {
    let app = "import os\nfrom flask import Flask\nfrom redis import Redis\nfrom elasticsearch import Elasticsearch\nPORT = 8080\nHOTE = os.environ.get('REDIS_HOST', 'cache_redis')\napp = Flask(__name__)\napp.config['MONGO_URI'] = 'mongodb://utilisateur:mdp@base:27017/films'\nr = Redis(host=HOTE)\nes = Elasticsearch([{'host': 'elastic', 'port': 9200}])\nfar = Elasticsearch('https://nuage.example.org:9200')\nlocal = Redis('127.0.0.1')\napp.run(port=PORT)\n";
    let plan = plan_of(&[("app.py", app)]);
    assert_eq!(plan.port, Some(8080));
    assert_eq!(plan.hosts, ["base", "cache_redis", "elastic"]);
}

#[test]
fn the_entry_may_lie_folders_down_and_under_any_name() {
    let plan = plan_of(&[("code/site/lancement.py", APP), ("code/outils.py", "x = 1\n")]);
    assert_eq!(commands(&plan), ["python lancement.py"]);
    assert_eq!(plan.workdir.as_str(), "code/site");
    assert_eq!(plan.steps.last().map(|step| step.file.as_str()), Some("code/site/lancement.py"));
}

#[test]
fn of_several_applications_the_documented_one_is_taken() {
    let both: Files<'_> = &[("app.py", APP), ("site/main.py", APP)];
    assert_eq!(commands(&plan_of(both)), ["python app.py"]);
    let told = [both, &[("README.md", "# Films\n\n```\ncd site\npython main.py\n```\n")]].concat();
    let plan = plan_of(&told);
    assert_eq!((commands(&plan), plan.workdir.as_str()), (vec!["python main.py".to_owned()], "site"));
    assert!(has_reason(&plan, "launch-several-applications") && has_reason(&plan, "launch-hinted"));
    let docker = [both, &[("Dockerfile", "FROM python:3.8\nCMD [\"python\", \"site/main.py\"]\n")]].concat();
    let plan = plan_of(&docker);
    assert_eq!((commands(&plan), plan.workdir.as_str()), (vec!["python site/main.py".to_owned()], ""));
}

#[test]
fn an_application_in_parts_is_started_where_it_is_run() {
    let files: Files<'_> = &[
        (
            "run.py",
            "from films import create_app\napp = create_app()\nif __name__ == '__main__':\n    app.run(port=5001)\n",
        ),
        (
            "films/__init__.py",
            "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app\n",
        ),
    ];
    let plan = plan_of(files);
    assert_eq!((commands(&plan), plan.port), (vec!["python run.py".to_owned()], Some(5001)));
    let plan = plan_of(&[("films/__init__.py", files[1].1)]);
    assert_eq!(commands(&plan), ["python -m flask run --port 5000"]);
    assert_eq!(plan.env.get("FLASK_APP").map(String::as_str), Some("__init__.py"));
}

#[test]
fn flask_run_where_nothing_is_run() {
    let app = "from flask import Flask\nsite = Flask(__name__)\n";
    let plan = plan_of(&[("films.py", app)]);
    assert_eq!(commands(&plan), ["python -m flask run --port 5000"]);
    assert_eq!(plan.env.get("FLASK_APP").map(String::as_str), Some("films.py:site"));
    let told =
        plan_of(&[("films.py", app), (".flaskenv", "FLASK_APP=films\nFLASK_RUN_PORT=5050\nFLASK_ENV=development\n")]);
    assert_eq!(commands(&told), ["python -m flask run --port 5050"]);
    assert_eq!(told.env.get("FLASK_APP").map(String::as_str), Some("films"));
    assert_eq!(told.env.get("FLASK_ENV").map(String::as_str), Some("development"));
}

#[test]
fn a_package_that_flask_is_pointed_at_is_run_from_the_folder_above_it() {
    let package =
        "from flask import Flask\nfrom app.films import films\ndef create_app():\n    return Flask(__name__)\n";
    let plan = plan_of(&[
        ("venv/app/__init__.py", package),
        ("venv/app/films.py", "films = []\n"),
        ("README.md", "# Films\n\n```\nset FLASK_APP=app\nflask run\n```\n"),
    ]);
    assert_eq!(
        (plan.workdir.as_str(), plan.env.get("FLASK_APP").map(String::as_str)),
        ("venv", Some("app")),
        "{plan:#?}"
    );
}

#[test]
fn threads_and_processes_are_no_servers() {
    let script = "import subprocess, asyncio\nsubprocess.run(['ls'])\nasyncio.run(None)\n";
    assert_eq!(plan_of(&[("app.py", script)]).kind, LaunchKind::PythonScript);
}

#[test]
fn imports_from_the_parent_folder_work_and_data_is_found() {
    let plan = plan_of(&[
        ("site/app.py", "from flask import Flask\nfrom commun.base import films\napp = Flask(__name__)\napp.run()\n"),
        ("commun/__init__.py", ""),
        ("commun/base.py", "films = open('donnees/films.csv').read()\n"),
        ("donnees/films.csv", "titre\n"),
    ]);
    assert_eq!((commands(&plan), plan.workdir.as_str()), (vec!["python site/app.py".to_owned()], ""));
    assert_eq!(plan.env.get("PYTHONPATH").map(String::as_str), Some("."));
    assert!(has_reason(&plan, "launch-run-from"));
}

#[test]
fn relative_imports_start_the_module() {
    let plan = plan_of(&[
        ("films/app.py", "from flask import Flask\nfrom .base import films\napp = Flask(__name__)\napp.run()\n"),
        ("films/base.py", "films = []\n"),
    ]);
    assert_eq!(commands(&plan), ["python -m films.app"]);
}

#[test]
fn loaders_run_first_and_helpers_do_not() {
    let plan =
        plan_of(&[("app.py", APP), ("load_films.py", LOADER), ("test_load.py", "print(1)\n"), ("films.csv", "a\n")]);
    assert_eq!(commands(&plan), ["python load_films.py", "python app.py"]);
    let roles: Vec<_> = plan.steps.iter().map(|step| step.role).collect();
    assert_eq!(roles, [StepRole::Load, StepRole::Serve]);
    assert!(plan.dependencies.requirements.contains(&"pandas".to_owned()), "what the loader imports is installed too");
    let imported = format!("import load_films\n{APP}");
    assert_eq!(commands(&plan_of(&[("app.py", &imported), ("load_films.py", LOADER)])), ["python app.py"]);
    let told = plan_of(&[
        ("app.py", APP),
        ("etape1.py", "print(1)\n"),
        ("README.md", "# Films\n\nLancer `python etape1.py` puis `python app.py`.\n"),
    ]);
    assert_eq!(commands(&told), ["python etape1.py", "python app.py"]);
    assert!(has_reason(&told, "launch-loader-told"));
}

#[test]
fn crawls_and_scripts_where_nothing_serves() {
    let project: Files<'_> = &[("films/scrapy.cfg", "[settings]\n"), ("films/films/spiders/films.py", SPIDER)];
    let plan = plan_of(project);
    assert_eq!(
        (plan.kind, commands(&plan)),
        (LaunchKind::PythonScript, vec![format!("python -m scrapy crawl films {CRAWL_LIMITS}")])
    );
    assert_eq!(plan.workdir.as_str(), "films");
    assert_eq!(
        commands(&plan_of(&[("films.py", SPIDER)])),
        [format!("python -m scrapy runspider films.py {CRAWL_LIMITS}")]
    );
    assert_eq!(commands(&plan_of(&[("outil.py", "def f(): pass\n"), ("collecte.py", LOADER)])), ["python collecte.py"]);
    assert_eq!(commands(&plan_of(&[("a.py", "print(1)\n"), ("main.py", "print(1)\n")])), ["python main.py"]);
    let web = [project, &[("app.py", APP), ("README.md", "```\nscrapy crawl films\npython app.py\n```\n")]].concat();
    let crawl = format!("env -C films python -m scrapy crawl films {CRAWL_LIMITS}");
    assert_eq!(commands(&plan_of(&web)), [crawl, "python app.py".to_owned()]);
}

#[test]
fn notebooks_alone_are_executed() {
    let notebook = |code: &str| serde_json::json!({"cells": [{"cell_type": "code", "source": code}]}).to_string();
    let (second, first) = (notebook("%matplotlib inline\n!pip install x\nimport bs4"), notebook("import pandas as pd"));
    let plan = plan_of(&[("notes/b.ipynb", &second), ("notes/a.ipynb", &first), ("vide.ipynb", &notebook("%time"))]);
    assert_eq!((plan.kind, plan.workdir.as_str()), (LaunchKind::PythonScript, "notes"));
    let last: Vec<_> = plan.steps.iter().filter_map(|step| step.argv.last()).collect();
    assert_eq!(last, ["a.ipynb", "b.ipynb"]);
    let lines = &plan.dependencies.requirements;
    assert!(["nbclient", "ipykernel", "pandas", "beautifulsoup4"].iter().all(|one| lines.iter().any(|l| l == one)));
    assert!(has_reason(&plan, "launch-notebook-alone"));
}

#[test]
fn notebooks_without_code_and_documents_start_nothing() {
    let plan = plan_of(&[("projet.ipynb", "{\"cells\": []}")]);
    assert_eq!((plan.kind, plan.steps.len()), (LaunchKind::Nothing, 0));
    assert!(has_reason(&plan, "launch-nothing-but-notebooks"));
    assert_eq!(inspect_fork(&[("6Evaluation/Projet/notes.txt", "x")]).plan, None);
    assert_eq!(inspect_fork(&[]).plan, None);
}

#[test]
fn the_nearest_dependency_file_completed_by_the_imports() {
    let plan = plan_of(&[
        ("requirements.txt", "autre\n"),
        ("site/app.py", APP),
        ("site/requirements.txt", "Flask==2.0.1\n-r ../x.txt\npywin32==300\n"),
    ]);
    let file = super::support::path_of("site/requirements.txt");
    assert_eq!(plan.dependencies.origin, DependencyOrigin::Project { file });
    assert_eq!(plan.dependencies.requirements, ["flask==2.0.1", "pymongo"]);
    assert_eq!(plan.dependencies.refused, ["-r ../x.txt", "pywin32==300"]);
    assert!(has_reason(&plan, "launch-imports-added") && has_reason(&plan, "launch-lines-refused"));
}

#[test]
fn dependency_files_of_windows_are_read() {
    let project = folder(&[UPSTREAM, &[("6Evaluation/Projet/app.py", APP)]].concat());
    let utf16: Vec<u8> = "\u{feff}Flask==2.0.1\r\npymongo\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    write(project.path(), "6Evaluation/Projet/requirements.txt", &utf16);
    let plan = super::support::inspect_folder(project.path(), Some(Upstream::of(&[UPSTREAM]))).plan.expect("a plan");
    assert_eq!(plan.dependencies.requirements, ["flask==2.0.1", "pymongo"]);
}

#[test]
fn unknown_modules_are_named_and_not_guessed() {
    let app = format!("import mes_cles\nimport bs4\nimport json\n{APP}");
    let plan = plan_of(&[("app.py", &app), ("requirements.txt", "")]);
    assert_eq!(plan.dependencies.requirements, ["beautifulsoup4", "flask", "pymongo"]);
    let unknown = plan.reasons.iter().find(|reason| reason.key == "launch-imports-unknown").expect("a reason");
    assert_eq!(unknown.args.get("modules").map(String::as_str), Some("mes_cles"));
}

fn plan_in(year: &str, project: Files<'_>) -> LaunchPlan {
    let upstream: Files<'_> = &[("README.md", "# Cours")];
    let files: Vec<(String, &str)> =
        project.iter().map(|(path, text)| (format!("Evaluation/Projet/{path}"), *text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let root = folder(&[upstream, &files].concat());
    let source = Folder::open(root.path()).expect("a folder").with_upstream(Upstream::of(&[upstream]));
    let course = course();
    let as_of = date(&format!("{year}-06-01T00:00:00Z"));
    inspect(&source, InspectRequest { course: &course, history: None, as_of, separate: SeparateProject::NotNamed })
        .plan
        .expect("a plan")
}

#[test]
fn the_python_is_declared_or_of_its_year_and_parses_the_code() {
    let app = ("app.py", APP);
    let newer = "match 1:\n    case 1: pass\n";
    let modern = format!("{newer}{APP}");
    let cases: [(&str, Files<'_>, &str, &str); 9] = [
        ("2024", &[app], "3.11", "launch-python-default"),
        ("2019", &[app], "3.8", "launch-python-of-year"),
        ("2024", &[app, ("requirements.txt", "flask\npandas==1.1.4\n")], "3.8", "launch-python-of-pins"),
        ("2024", &[app, ("requirements.txt", "pandas==2.1.0\n")], "3.11", "launch-python-default"),
        ("2024", &[app, ("Dockerfile", "FROM python:3.7-slim\n")], "3.8", "launch-python-declared"),
        ("2019", &[app, (".python-version", "3.10.2\n")], "3.11", "launch-python-declared"),
        (
            "2024",
            &[app, ("Pipfile", "[packages]\nflask='*'\n[requires]\npython_version='3.6'\n")],
            "3.8",
            "launch-python-declared",
        ),
        (
            "2024",
            &[app, ("pyproject.toml", "[project]\ndependencies=['flask']\nrequires-python='>=3.8'\n")],
            "3.11",
            "launch-python-default",
        ),
        ("2019", &[("app.py", &modern)], "3.11", "launch-python-of-year"),
    ];
    for (year, project, python, reason) in cases {
        let plan = plan_in(year, project);
        assert_eq!(plan.python, python, "{year} {project:?}");
        assert!(has_reason(&plan, reason), "{reason} in {:?}", plan.reasons);
    }
}

#[test]
fn a_declaration_ends_every_guess() {
    let declared = "command = \"python site.py --port 80\"\nbuild = [\"python a.py\", [\"python\", \"b c.py\"]]\nport = 80\npython = \"3.8\"\nrequirements = [\"flask==1.1.2\"]\ncomand = 1\nport2 = 3\n";
    let plan = plan_of(&[("app.py", APP), ("site.py", "import flask\n"), (".forkgrade.toml", declared)]);
    assert_eq!(plan.kind, LaunchKind::Declared);
    assert_eq!(commands(&plan), ["python a.py", "python b c.py", "python site.py --port 80"]);
    assert_eq!((plan.port, plan.python.as_str()), (Some(80), "3.8"));
    assert_eq!(plan.dependencies.requirements, ["flask==1.1.2"]);
    assert_eq!(plan.steps.last().map(|step| step.file.as_str()), Some("site.py"));
    let unknown = plan.reasons.iter().filter(|reason| reason.key == "launch-declared-unknown-key").count();
    assert_eq!(unknown, 2);
    let broken = plan_of(&[("app.py", APP), (".forkgrade.toml", "port = 'cinq'\ncommand =\n")]);
    assert_eq!(commands(&broken), ["python app.py"]);
    assert_eq!(line_of(&broken, "launch-declared-broken"), "2");
}

fn line_of<'p>(plan: &'p LaunchPlan, reason: &str) -> &'p str {
    let found = plan.reasons.iter().find(|found| found.key == reason).expect("the reason");
    found.args.get("line").expect("its line")
}

#[test]
fn mistakes_in_a_declaration_have_their_line_and_the_rest_counts() {
    let declared = "# Projet\n\nport = 'cinq'\nbuild = 'cd src && python a.py'\ncommand = ['python', 'b $X.py']\n";
    let plan = plan_of(&[("app.py", APP), (".forkgrade.toml", declared)]);
    assert_eq!(line_of(&plan, "launch-declared-wrong-value"), "3");
    let argv: Vec<_> = plan.steps.iter().map(|step| step.argv.clone()).collect();
    assert_eq!(argv, [vec!["/bin/sh", "-c", "cd src && python a.py"], vec!["python", "b $X.py"]]);
    let port = plan_of(&[("app.py", APP), (".forkgrade.toml", "port = 0x1F90\nvitesse = 1\n")]);
    assert_eq!((commands(&port), port.port), (vec!["python app.py".to_owned()], Some(8080)));
    assert_eq!(line_of(&port, "launch-declared-unknown-key"), "2");
    let lists =
        ["command = []", "command = ['python', 3]", "command = ' '", "port = 0", "port = 70000", "python = '2.7'"];
    for wrong in lists {
        let plan = plan_of(&[("app.py", APP), (".forkgrade.toml", wrong)]);
        assert_eq!(
            (commands(&plan), line_of(&plan, "launch-declared-wrong-value")),
            (vec!["python app.py".to_owned()], "1")
        );
    }
}

#[test]
fn compose_is_read_for_names_commands_and_settings() {
    let compose = "version: '3'\nservices:\n  base:\n    image: mongo\n    container_name: mongo_films\n  web:\n    build: .\n    command: python site/films.py\n    environment:\n      MONGO_HOST: base\n";
    let app = "import os\nfrom flask import Flask\nfrom pymongo import MongoClient\napp = Flask(__name__)\nMongoClient(os.environ['MONGO_HOST'])\napp.run()\n";
    let plan = plan_of(&[("docker-compose.yml", compose), ("site/films.py", app), ("app.py", APP)]);
    assert_eq!(commands(&plan), ["python site/films.py"]);
    assert_eq!(plan.hosts, ["base", "mongo", "mongo_films", "web"]);
    assert_eq!(plan.env.get("MONGO_HOST").map(String::as_str), Some("base"));
    assert!(has_reason(&plan, "launch-compose-read-for-names"));
}
