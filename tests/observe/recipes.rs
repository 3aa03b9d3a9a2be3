//! Which of the ways is taken where a project has a Compose file or a Dockerfile, and why no better one.

use forkgrade::domain::LaunchPlan;
use forkgrade::domain::launch::{LaunchKind, StepRole};

use super::support::{APP, Files, commands, has_reason, plan_of};

const DOCKERFILE: (&str, &str) =
    ("Dockerfile", "FROM python:3.8\nWORKDIR /app\nCOPY . .\nRUN pip install flask\nCMD python app.py\n");
const COMPOSE: (&str, &str) =
    ("docker-compose.yml", "services:\n  base:\n    image: bitnami/mongodb:4.4\n  web:\n    build: .\n");

fn kind_of(files: Files<'_>) -> (LaunchKind, LaunchPlan) {
    let plan = plan_of(files);
    (plan.kind, plan)
}

#[test]
fn the_nearest_documented_way_is_taken() {
    let app = ("app.py", APP);
    let declared = (".forkgrade.toml", "command = 'python app.py'");
    let all: &[(Files<'_>, LaunchKind)] = &[
        (&[app], LaunchKind::PythonWeb),
        (&[app, DOCKERFILE], LaunchKind::Dockerfile),
        (&[app, DOCKERFILE, COMPOSE], LaunchKind::Compose),
        (&[app, DOCKERFILE, COMPOSE, declared], LaunchKind::Declared),
        (&[app, DOCKERFILE, COMPOSE, (".forkgrade.toml", "port = 80")], LaunchKind::Compose),
    ];
    for (files, wanted) in all {
        assert_eq!(kind_of(files).0, *wanted, "{files:?}");
    }
}

#[test]
fn what_cannot_be_taken_says_why() {
    let app = ("app.py", APP);
    let compose = |text: &'static str| ("docker-compose.yml", text);
    let docker = |text: &'static str| ("Dockerfile", text);
    let cases: &[(Files<'_>, LaunchKind, &str)] = &[
        (&[app, COMPOSE], LaunchKind::PythonWeb, "launch-dockerfile-missing"),
        (&[app, compose("services: [")], LaunchKind::PythonWeb, "launch-compose-broken"),
        (
            &[app, compose("services:\n  web:\n    image: films_web\n    ports: ['5000:5000']\n")],
            LaunchKind::PythonWeb,
            "launch-service-unknown",
        ),
        (
            &[app, DOCKERFILE, compose("services:\n  web:\n    image: films_web\n    ports: ['5000:5000']\n")],
            LaunchKind::Compose,
            "launch-image-of-a-laptop",
        ),
        (
            &[app, compose("services:\n  web:\n    build: https://example.org/x.git\n")],
            LaunchKind::PythonWeb,
            "launch-compose-refused",
        ),
        (
            &[app, compose("services:\n  web:\n    build: ../../../x\n")],
            LaunchKind::PythonWeb,
            "launch-compose-refused",
        ),
        (
            &[app, compose("services:\n  mongo:\n    image: mongo\n")],
            LaunchKind::PythonWeb,
            "launch-compose-read-for-names",
        ),
        (&[app, docker("FROM node:18\nCMD node app.js\n")], LaunchKind::PythonWeb, "launch-base-unknown"),
        (&[app, docker("FROM python:3.8\n")], LaunchKind::PythonWeb, "launch-no-command"),
        (
            &[app, docker("FROM python:3.8\nCOPY . .\nCMD tail -f /dev/null\n")],
            LaunchKind::PythonWeb,
            "launch-no-command",
        ),
        (
            &[app, docker("FROM python:3.8\nWORKDIR /app\nCMD python app.py\n")],
            LaunchKind::PythonWeb,
            "launch-command-missing",
        ),
        (
            &[app, ("collecte.py", "print(1)\n"), docker("FROM python:3.8\nCOPY . .\nCMD python collecte.py\n")],
            LaunchKind::PythonWeb,
            "launch-serves-nothing",
        ),
        (
            &[
                app,
                docker(
                    "FROM python:3.8\nADD https://example.org/x.tar /x\nCOPY absent.txt .\nCOPY . .\nCMD python app.py\n",
                ),
            ],
            LaunchKind::Dockerfile,
            "launch-copy-left-out",
        ),
    ];
    for (files, wanted, reason) in cases {
        let (kind, plan) = kind_of(files);
        assert_eq!(kind, *wanted, "{files:?} {:?}", plan.reasons);
        assert!(has_reason(&plan, reason), "{reason} in {:?}", plan.reasons);
    }
}

#[test]
fn commands_lose_what_only_the_build_needs() {
    let cases = [
        ("CMD pip install -r requirements.txt && python3.9 app.py", "python app.py"),
        ("CMD [\"pipenv\", \"run\", \"python\", \"app.py\"]", "python app.py"),
        (
            "ENTRYPOINT [\"/usr/local/bin/python3\"]\nCMD [\"/app/app.py\", \"--port\", \"80\"]",
            "python /app/app.py --port 80",
        ),
        ("ENTRYPOINT python app.py\nCMD [\"ignoré\"]", "python app.py"),
        ("CMD cd . && python app.py", "/bin/sh -c cd . && python app.py"),
        ("CMD [\"flask\", \"run\", \"--host=0.0.0.0\"]", "flask run --host=0.0.0.0"),
        ("CMD gunicorn -b 0.0.0.0:80 app:app", "gunicorn -b 0.0.0.0:80 app:app"),
    ];
    for (command, wanted) in cases {
        let dockerfile = format!("FROM python:3.8\nWORKDIR /app\nCOPY . /app\n{command}\n");
        let plan = plan_of(&[("app.py", APP), ("requirements.txt", "flask\n"), ("Dockerfile", &dockerfile)]);
        assert_eq!((plan.kind, commands(&plan)), (LaunchKind::Dockerfile, vec![wanted.to_owned()]), "{command}");
        assert_eq!(plan.steps[0].file.as_str(), "app.py", "{command}");
    }
}

#[test]
fn loaders_that_are_run_by_hand_still_run_first() {
    let loader = "from pymongo import MongoClient\nMongoClient('base').films.films.insert_one({})\n";
    let plan = plan_of(&[("app.py", APP), ("load_films.py", loader), DOCKERFILE, COMPOSE]);
    assert_eq!(commands(&plan), ["python load_films.py", "python app.py"]);
    let compose = "services:\n  charge:\n    build: .\n    command: python load_films.py\n  web:\n    build: .\n";
    let plan = plan_of(&[("app.py", APP), ("load_films.py", loader), DOCKERFILE, ("compose.yaml", compose)]);
    let steps: Vec<_> = plan.steps.iter().map(|step| (step.role, step.part.as_deref())).collect();
    assert_eq!(steps, [(StepRole::Load, Some("charge")), (StepRole::Serve, None)]);
}

#[test]
fn a_readme_s_commands_run_in_their_order() {
    let loader = "from pymongo import MongoClient\nMongoClient().films.films.insert_one({})\n";
    let spider = "import scrapy\nclass Films(scrapy.Spider):\n    name = 'films'\n";
    let readme = "# Films\n\n## Lancement\n\n```\ncd collecte\nscrapy crawl films\ncd ..\npy outils\\nettoyer.py --pages 3\npython3 -m outils.charger\npython3 remplir.py <chemin>\npython app.py\n```\n";
    let files: Files<'_> = &[
        ("app.py", APP),
        ("README.md", readme),
        ("collecte/scrapy.cfg", "[settings]\ndefault = collecte.settings\n"),
        ("collecte/collecte/settings.py", "SPIDER_MODULES = ['collecte.spiders']\n"),
        ("collecte/collecte/spiders/films.py", spider),
        ("outils/__init__.py", ""),
        ("outils/nettoyer.py", loader),
        ("outils/charger.py", loader),
        ("remplir.py", loader),
        ("init_base.py", loader),
    ];
    let plan = plan_of(files);
    let [crawl, clean, module, fill, found, serve] = commands(&plan).try_into().expect("six commands");
    assert!(crawl.starts_with("env -C collecte python -m scrapy crawl films -s CLOSESPIDER_TIMEOUT="), "{crawl}");
    assert_eq!([clean, module], ["python outils/nettoyer.py --pages 3", "python -m outils.charger"]);
    assert_eq!([fill, found, serve], ["python remplir.py", "python init_base.py", "python app.py"]);
    assert!(has_reason(&plan, "launch-command-told") && has_reason(&plan, "launch-loader-told"));
}

#[test]
fn servers_that_a_readme_or_a_procfile_names_show_the_application() {
    let one = "from flask import Flask\nsite = Flask(__name__)\n";
    let other = "from flask import Flask\napp = Flask(__name__)\n";
    let files: Files<'_> = &[
        ("app.py", other),
        ("web/site.py", one),
        ("charge.py", "import pymongo\npymongo.MongoClient().a.b.insert_one({})\n"),
        ("Procfile", "web: gunicorn --chdir . web.site:site\nrelease: python charge.py\n"),
    ];
    let plan = plan_of(files);
    assert_eq!(commands(&plan), ["python charge.py", "python -m flask run --port 5000"], "{plan:#?}");
    assert_eq!(plan.env.get("FLASK_APP").map(String::as_str), Some("web/site.py:site"));
}

#[test]
fn what_goes_on_for_ever_runs_beside_the_application() {
    let live = "import schedule, time\nfrom pymongo import MongoClient\ndef charge():\n    MongoClient().films.films.insert_one({})\nschedule.every(10).seconds.do(charge)\nwhile True:\n    schedule.run_pending()\n    time.sleep(1)\n";
    let plan = plan_of(&[("app.py", APP), ("scrap_films.py", live)]);
    let roles: Vec<_> = plan.steps.iter().map(|step| step.role).collect();
    assert_eq!(roles, [StepRole::Beside, StepRole::Serve], "{plan:#?}");
    let plan = plan_of(&[("scrap_films.py", live)]);
    assert_eq!(plan.steps.iter().map(|step| step.role).collect::<Vec<_>>(), [StepRole::Load]);
}

#[test]
fn what_a_compose_file_shares_or_guards_is_said() {
    let compose = "services:\n  mongo:\n    image: mongo:6\n    environment: {MONGO_INITDB_ROOT_USERNAME: root, MONGO_INITDB_ROOT_PASSWORD: secret}\n  charge:\n    build: .\n    command: python charge.py\n    volumes: ['partage:/partage']\n  web:\n    build: .\n    volumes: ['partage:/partage']\n    ports: ['5000:2746']\n    depends_on:\n      charge: {condition: service_completed_successfully}\n      mongo: {condition: service_healthy}\n  api:\n    build: .\n    ports: ['5001:2746']\nvolumes: {partage: {}}\n";
    let over = "services:\n  web:\n    environment: {TITRE: surcouche}\n";
    let endless = "while True:\n    pass\n";
    let files: Files<'_> = &[
        ("app.py", APP),
        ("charge.py", endless),
        DOCKERFILE,
        ("docker-compose.yml", compose),
        ("docker-compose.override.yml", over),
    ];
    let plan = plan_of(files);
    let login = plan.logins.first().map(|login| (login.service.as_str(), login.user.as_str(), login.password.as_str()));
    assert_eq!(login, Some(("mongo", "root", "secret")));
    for reason in ["launch-compose-volume-apart", "launch-compose-same-port"] {
        assert!(has_reason(&plan, reason), "{reason}: {:#?}", plan.reasons);
    }
    assert_eq!(plan.env.get("TITRE").map(String::as_str), Some("surcouche"), "{plan:#?}");
    let charge = plan.steps.iter().find(|step| step.part.as_deref() == Some("charge")).expect("a step");
    assert_eq!(charge.role, StepRole::Load);
    assert!(!format!("{:?}", plan.reasons).contains("secret"));
}

#[test]
fn variables_that_were_not_committed_are_those_of_the_example() {
    let compose = "services:\n  mongo:\n    image: mongo:6\n    environment:\n      MONGO_INITDB_ROOT_USERNAME: ${NOM}\n      MONGO_INITDB_ROOT_PASSWORD: ${MOT}\n  cache:\n    image: redis\n    command: redis-server --requirepass x\n  web:\n    image: python:3.8\n    env_file: .env\n    working_dir: /code\n    volumes: ['$PWD/site:/code']\n    command: python app.py\n";
    let files: Files<'_> = &[
        ("docker-compose.yml", compose),
        (".env.example", "NOM=eleve\nMOT=mot\nhttp_proxy=http://proxy.ecole:3128\n"),
        ("site/app.py", APP),
    ];
    let plan = plan_of(files);
    assert_eq!(plan.kind, LaunchKind::Compose, "{plan:#?}");
    let logins: Vec<_> = plan.logins.iter().map(|login| (login.user.as_str(), login.password.as_str())).collect();
    assert_eq!(logins, [("eleve", "mot")]);
    assert!(has_reason(&plan, "launch-compose-no-login"), "Redis lets everybody in, and a password is an error");
    assert_eq!(plan.env.get("NOM").map(String::as_str), Some("eleve"));
    assert!(!plan.env.contains_key("http_proxy"), "a school's proxy answers nobody here");
}

#[test]
fn what_flask_is_pointed_at_must_lie_in_the_container() {
    let compose =
        "services:\n  web:\n    build: .\n    environment: {FLASK_APP: run}\n    command: flask run --host 0.0.0.0\n";
    let dockerfile = "FROM python:3.8\nWORKDIR /home\nCOPY . .\n";
    let plan = plan_of(&[("docker-compose.yml", compose), ("Dockerfile", dockerfile), ("site/run.py", APP)]);
    assert_eq!((plan.kind, commands(&plan)), (LaunchKind::PythonWeb, vec!["python run.py".to_owned()]), "{plan:#?}");
    assert!(has_reason(&plan, "launch-command-missing"));
    let plan = plan_of(&[("docker-compose.yml", compose), ("Dockerfile", dockerfile), ("run.py", APP)]);
    assert_eq!(plan.kind, LaunchKind::Compose, "{plan:#?}");
}

#[test]
fn what_does_not_lie_in_the_container_is_named_and_not_run() {
    let loader = "from pymongo import MongoClient\nMongoClient('mongo').films.films.insert_one({'a': 1})\n";
    let dockerfile = "FROM python:3.8\nWORKDIR /app\nCOPY . .\nCMD python app.py\n";
    let files: Files<'_> = &[("site/Dockerfile", dockerfile), ("site/app.py", APP), ("charge_donnees.py", loader)];
    let plan = plan_of(files);
    assert_eq!((plan.kind, commands(&plan)), (LaunchKind::Dockerfile, vec!["python app.py".to_owned()]), "{plan:#?}");
    assert!(has_reason(&plan, "launch-loader-elsewhere"), "{plan:#?}");
}

#[test]
fn images_may_have_the_name_of_a_framework() {
    let readme = "# Films\n\n## Lancement\n\n```\ndocker build -t flask -f Dockerfile_flask .\ndocker run --link mongo -p 5000:5000 flask\n```\n";
    let plan = plan_of(&[("app.py", APP), ("README.md", readme)]);
    assert_eq!(commands(&plan), ["python app.py"], "{plan:#?}");
}

#[test]
fn pages_that_the_code_has_addresses_for_are_known() {
    let app = "from flask import Flask\napp = Flask(__name__)\n@app.route('/films')\ndef films(): return ''\n@app.route('/films/<int:id>')\ndef film(id): return ''\n@app.route('/note', methods=['POST'])\ndef note(): return ''\napp.run()\n";
    assert_eq!(plan_of(&[("app.py", app)]).routes, ["/films"]);
}
