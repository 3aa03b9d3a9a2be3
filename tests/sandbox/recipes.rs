//! Compose files and Dockerfiles as students write them, read, planned and run in the real engine.

use forkgrade::domain::build::BuildOutcome;
use forkgrade::domain::facts::execution::{ProcessEnd, Verdict};
use forkgrade::domain::launch::{LaunchKind, StepRole};

use super::kinds::{run, run_fork, without_services};
use crate::observe::support::has_reason;

/// Nearly every fork's Compose file.
const COMPOSE: &str = "version: '3'\nservices:\n  base_films:\n    image: mongo:4.2\n    container_name: mongo_films\n    hostname: hote_films\n    restart: always\n    volumes:\n      - ./data:/data/db\n    ports:\n      - \"27018:27017\"\n  web:\n    build: .\n    container_name: web_films\n    restart: unless-stopped\n    volumes:\n      - .:/app\n    ports:\n      - \"80:2746\"\n    links:\n      - base_films:lien_films\n    depends_on:\n      - base_films\n";
const DOCKERFILE: &str = "FROM python:3.6\nRUN apt-get update && apt-get install -y tree && tree --version\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install --upgrade pip && pip3 install -r requirements.txt\nCMD [\"python3.6\", \"app.py\"]\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_compose_file_as_nearly_everybody_writes_it() {
    let app = "import csv, os\nfrom flask import Flask\nfrom pymongo import MongoClient\napp = Flask(__name__)\nnames = ['base_films', 'mongo_films', 'hote_films', 'lien_films']\nfor name in names:\n    MongoClient(name, serverSelectionTimeoutMS=2000).films[name].insert_many(csv.DictReader(open('/app/films.csv')))\nopen('journal.txt', 'w').write('x')\n\n@app.route('/')\ndef accueil():\n    return '<title>%s</title>' % os.getcwd() + '<li>film</li>' * 5\n\nif __name__ == '__main__':\n    app.run(host='0.0.0.0', port=2746)\n";
    let files = [
        ("docker-compose.yml", COMPOSE),
        ("Dockerfile", DOCKERFILE),
        ("requirements.txt", "flask\npymongo\n"),
        ("app.py", app),
        ("films.csv", "titre\nAlien\nBrazil\n"),
    ];
    let ran = run(&files, |_| {}).await;
    assert_eq!((ran.plan.kind, ran.plan.python.as_str(), ran.plan.port), (LaunchKind::Compose, "3.8", Some(2746)));
    assert_eq!(ran.execution.verdict(), Verdict::ShowsData, "{:#?}", ran.execution);
    assert_eq!((ran.execution.ports.as_slice(), ran.execution.stored_items()), ([2746].as_slice(), 8));
    assert_eq!(ran.execution.pages[0].title.as_deref(), Some("/app"));
    assert!(has_reason(&ran.plan, "launch-compose") && has_reason(&ran.plan, "launch-built"));
    let outcome = &ran.execution.builds[0].outcome;
    assert!(matches!(outcome, BuildOutcome::Built { .. }), "{:#?}", ran.execution.builds);
}

#[tokio::test(flavor = "multi_thread")]
async fn services_run_in_containers_of_their_own_in_order() {
    let compose = "services:\n  web:\n    image: python:3.8-slim\n    working_dir: /code/web\n    command: sh -c \"pip install -r requirements.txt && python site.py\"\n    volumes: ['.:/code']\n    ports: ['5000:5000']\n    depends_on: [interface, collecte]\n  interface:\n    build: {context: ./interface, dockerfile: Dockerfile.api}\n    env_file: reglages.env\n    environment: {MESSAGE: depuis-compose}\n  collecte:\n    build: ./collecte\n    hostname: collecteur\n    depends_on: [cache_films]\n  cache_films:\n    image: redis:alpine\n  carnet:\n    image: jupyter/scipy-notebook\n  vue:\n    image: mongo-express\n";
    let api = "import http.server, os\nclass Page(http.server.BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_response(200); self.end_headers()\n        self.wfile.write((os.environ['MESSAGE'] + os.environ['SUITE']).encode())\nhttp.server.HTTPServer(('0.0.0.0', 8001), Page).serve_forever()\n";
    let web = "import urllib.request\nfrom flask import Flask\napp = Flask(__name__)\n\n@app.route('/')\ndef accueil():\n    return '<title>' + urllib.request.urlopen('http://interface:8001/').read().decode() + '</title>'\n\napp.run()\n";
    let collect = "import redis\nr = redis.Redis('cache_films')\nfor n in range(3):\n    r.set(f'film{n}', n)\n";
    let files = [
        ("docker-compose.yaml", compose),
        ("reglages.env", "# réglages\nMESSAGE=perdu\nSUITE='-et-fichier'\n"),
        ("web/site.py", web),
        ("web/requirements.txt", "flask\n"),
        (
            "interface/Dockerfile.api",
            "ARG V=3.11\nFROM python:${V}-alpine\nADD api.py /srv/\nWORKDIR /srv\nENTRYPOINT [\"python\"]\nCMD [\"api.py\"]\n",
        ),
        ("interface/api.py", api),
        (
            "collecte/Dockerfile",
            "FROM python:3\nCOPY . /collecte\nRUN pip install redis\nCMD python /collecte/collecte.py\n",
        ),
        ("collecte/collecte.py", collect),
    ];
    let ran = run(&files, |course| course.services.retain(|name, _| name == "redis")).await;
    assert_eq!(ran.plan.kind, LaunchKind::Compose);
    let steps: Vec<_> = ran.plan.steps.iter().map(|step| (step.role, step.part.as_deref())).collect();
    assert_eq!(
        steps,
        [(StepRole::Load, Some("collecte")), (StepRole::Beside, Some("interface")), (StepRole::Serve, None)],
        "{:#?}",
        ran.plan
    );
    assert_eq!(
        ran.execution.pages.iter().find_map(|page| page.title.as_deref()),
        Some("depuis-compose-et-fichier"),
        "{:#?}",
        ran.execution
    );
    assert_eq!((ran.execution.ports.as_slice(), ran.execution.stored_items()), ([5000, 8001].as_slice(), 3));
    let ends: Vec<_> = ran.execution.processes.iter().map(|process| process.end.clone()).collect();
    assert_eq!(ends, [ProcessEnd::Exited { code: 0 }, ProcessEnd::Stopped, ProcessEnd::Stopped]);
    assert!(has_reason(&ran.plan, "launch-compose-left-out") && has_reason(&ran.plan, "launch-compose-databases"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dockerfile_that_copies_to_the_root() {
    let dockerfile = "ARG VERSION=3.8\nFROM python:${VERSION}-slim AS base\nENV TITRE=\"Mes films\" PATH=/nulle/part\nFROM base\nCOPY *.py /\nADD donnees /donnees\nRUN pip install flask && python -m nltk.downloader all && mkdir -p /var/lib/x /donnees/vide\nWORKDIR /neuf/la\nEXPOSE 5000/tcp\nCMD python /app.py\n";
    let app = "import os\nfrom flask import Flask\nimport outils\napp = Flask(__name__)\n@app.route('/')\ndef accueil():\n    return f\"<title>{os.environ['TITRE']} {outils.N} {os.getcwd()} {os.listdir('/donnees/vide')}</title>\" + open('/donnees/a.html').read()\napp.run(host='0.0.0.0')\n";
    let files =
        [("Dockerfile", dockerfile), ("app.py", app), ("outils.py", "N = 3\n"), ("donnees/a.html", "<li>a</li>")];
    let ran = run(&files, without_services).await;
    assert_eq!((ran.plan.kind, ran.plan.python.as_str()), (LaunchKind::Dockerfile, "3.8"));
    assert_eq!(ran.execution.pages[0].title.as_deref(), Some("Mes films 3 /neuf/la []"), "{:#?}", ran.execution);
    assert!(has_reason(&ran.plan, "launch-run-left-out"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_compose_file_asks_of_the_host_is_refused() {
    let compose = "version: '2'\nservices:\n  web:\n    build: .\n    image: forkgrade/python:3.11\n    privileged: true\n    network_mode: host\n    pid: host\n    cap_add: [SYS_ADMIN]\n    devices: ['/dev/sda:/dev/sda']\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n      - /:/hote\n      - ../../../..:/dehors\n";
    let app = "import os, socket\nfrom flask import Flask\napp = Flask(__name__)\nseen = [path for path in ['/var/run/docker.sock', '/hote', '/dehors', '/dev/sda', '/dev/mem'] if os.path.exists(path)]\ncapabilities = [line for line in open('/proc/self/status') if line.startswith('CapEff')][0].split()[1]\ninterfaces = [name for _, name in socket.if_nameindex() if name.startswith(('eth', 'docker', 'en'))]\n\n@app.route('/')\ndef accueil():\n    return f'<title>{seen} {int(capabilities, 16)} {interfaces}</title>'\n\napp.run()\n";
    let files = [
        ("docker-compose.yml", compose),
        (
            "Dockerfile",
            "FROM python:3.11\nWORKDIR /proc/x\nCOPY . /usr/bin\nCOPY . .\nRUN pip install flask\nCMD [\"python\", \"app.py\"]\n",
        ),
        ("app.py", app),
    ];
    let ran = run(&files, without_services).await;
    assert_eq!(ran.plan.kind, LaunchKind::Compose);
    assert_eq!(ran.execution.pages[0].title.as_deref(), Some("[] 0 []"), "{:#?}", ran.execution);
    let refused = ran.plan.reasons.iter().filter(|reason| reason.key == "launch-compose-refused");
    let what: Vec<_> = refused.filter_map(|reason| reason.args.get("what")).map(String::as_str).collect();
    for wanted in [
        "privileged: true",
        "network_mode: host",
        "pid: host",
        "cap_add",
        "devices",
        "/:/hote",
        "../../../..:/dehors",
        "/var/run/docker.sock:/var/run/docker.sock",
    ] {
        assert!(what.contains(&wanted), "{wanted} in {what:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_compose_file_at_the_root_starts_the_project() {
    let compose = "version: '3'\nservices:\n  mongo:\n    image: mongo\n  web:\n    build: ./6Evaluation/Projet/\n    volumes:\n      - .:/depot\n    working_dir: /depot/6Evaluation/Projet\n  notebook:\n    image: jupyter/datascience-notebook\n    volumes: ['.:/home/jovyan/work']\n";
    let app = "import os\nfrom flask import Flask\napp = Flask(__name__)\n@app.route('/')\ndef accueil():\n    return '<title>' + os.getcwd() + '</title>'\napp.run()\n";
    let files = [
        ("docker-compose.yml", compose),
        (
            "6Evaluation/Projet/Dockerfile",
            "FROM tiangolo/uwsgi-nginx-flask:python3.8\nRUN pip install flask\nCMD flask run\n",
        ),
        ("6Evaluation/Projet/app.py", app),
    ];
    let ran = run_fork(&files, without_services).await;
    assert_eq!((ran.plan.kind, ran.plan.python.as_str()), (LaunchKind::Compose, "3.8"), "{:#?}", ran.plan);
    assert_eq!(ran.execution.pages[0].title.as_deref(), Some("/depot/6Evaluation/Projet"), "{:#?}", ran.execution);
}
