//! The code of a project, by parsing and not by grepping.

use super::support::{APP, Files, inspect_fork};
use forkgrade::domain::check::Technology;
use forkgrade::domain::facts::inspection::CodeFacts;

fn code(project: Files<'_>) -> CodeFacts {
    let placed: Vec<(String, &str)> =
        project.iter().map(|(path, text)| (format!("6Evaluation/Projet/{path}"), *text)).collect();
    let own: Vec<(&str, &str)> = placed.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    inspect_fork(&own).code
}

fn technologies(project: Files<'_>) -> Vec<Technology> {
    code(project).technologies.into_keys().collect()
}

#[test]
fn what_is_used_is_shown_by_its_line() {
    let facts = code(&[("app.py", APP)]);
    assert_eq!(facts.technologies.get(&Technology::Flask).map(String::as_str), Some("6Evaluation/Projet/app.py:4"));
    assert_eq!(facts.technologies.get(&Technology::Mongodb).map(String::as_str), Some("6Evaluation/Projet/app.py:5"));
    assert_eq!(facts.imports, ["flask", "pymongo"]);
}

#[test]
fn names_in_comments_and_texts_are_no_use() {
    let text = "\"\"\"Flask(__name__), MongoClient(), requests.get()\"\"\"\n# app = Flask(__name__)\nprint('redis.Redis()')\nclass Flask: pass\nFlask()\n";
    assert_eq!(technologies(&[("app.py", text)]), []);
}

#[test]
fn every_way_of_naming_is_followed() {
    use Technology::{Charts, Dash, Elasticsearch, Flask, Mongodb, Redis, Scraping, Scrapy, Search, Selenium, Sql};
    let cases: [(&str, &[Technology]); 12] = [
        ("import flask as f\nsite = f.Flask('x')\n", &[Flask]),
        ("from flask import *\napp = Flask(__name__)\n", &[Flask]),
        ("import dash\napp = dash.Dash()\n", &[Dash, Charts]),
        ("import redis\nr = redis.StrictRedis(host='redis')\n", &[Redis]),
        ("from elasticsearch import Elasticsearch as ES\nes = ES(['http://es:9200'])\n", &[Elasticsearch]),
        ("from flask_pymongo import PyMongo\nm = PyMongo(None)\n", &[Mongodb]),
        ("import sqlite3\nc = sqlite3.connect('x.db')\n", &[Sql]),
        ("import requests\nfrom bs4 import BeautifulSoup\nrequests.get('http://x')\n", &[Scraping]),
        ("import requests\nrequests.get('http://api')\n", &[]),
        ("import scrapy\nclass Films(scrapy.Spider):\n    name = 'films'\n", &[Scraping, Scrapy]),
        ("from selenium import webdriver\nd = webdriver.Firefox()\n", &[Scraping, Selenium]),
        ("from flask import request\ndef f(): return request.args.get('q')\n", &[Search]),
    ];
    for (text, wanted) in cases {
        assert_eq!(technologies(&[("a.py", text)]), wanted, "{text}");
    }
}

#[test]
fn scraping_is_in_real_time_where_the_application_starts_it() {
    let scraper = "import requests\nfrom bs4 import BeautifulSoup\ndef films():\n    return BeautifulSoup(requests.get('http://x').text)\n";
    let app = "from flask import Flask\nimport collecte\napp = Flask(__name__)\napp.run()\n";
    let apart = "from flask import Flask\napp = Flask(__name__)\napp.run()\n";
    let is_live = |files: Files<'_>| technologies(files).contains(&Technology::RealTimeScraping);
    assert!(is_live(&[("app.py", app), ("collecte.py", scraper)]));
    assert!(!is_live(&[("app.py", apart), ("collecte.py", scraper)]), "a scraper that nothing calls is not live");
    let scheduled = format!("import schedule\n{scraper}schedule.every().hour.do(films)\n");
    assert!(is_live(&[("app.py", apart), ("collecte.py", &scheduled)]));
    let unused = format!("import schedule\n{scraper}");
    assert!(!is_live(&[("app.py", apart), ("collecte.py", &unused)]), "an import alone schedules nothing");
    let process = "from flask import Flask\nimport subprocess\napp = Flask(__name__)\nsubprocess.Popen(['scrapy', 'crawl', 'films'])\n";
    assert!(is_live(&[("app.py", process)]));
    let route = "from flask import Flask\nfrom scrapy.crawler import CrawlerRunner\napp = Flask(__name__)\n@app.route('/maj')\ndef maj():\n    CrawlerRunner().crawl('films')\n";
    assert!(is_live(&[("app.py", route)]), "a crawler in a route");
    let thread = "from flask import Flask\nimport threading, collecte\napp = Flask(__name__)\nthreading.Thread(target=collecte.films).start()\n";
    assert!(is_live(&[("app.py", thread), ("collecte.py", scraper)]));
    let script = "from flask import Flask\nimport subprocess, sys\napp = Flask(__name__)\n@app.route('/maj')\ndef maj():\n    subprocess.run([sys.executable, 'outils/collecte.py'])\n";
    assert!(is_live(&[("app.py", script), ("outils/collecte.py", scraper)]));
    assert!(
        !is_live(&[("app.py", script), ("outils/collecte.py", "print('rien')\n")]),
        "what is started scrapes nothing"
    );
    for scheduler in [
        "from apscheduler.schedulers.background import BackgroundScheduler\ns = BackgroundScheduler()\ns.add_job(films, 'interval', minutes=5)\n",
        "from celery import Celery\nc = Celery('x')\n@c.task\ndef t():\n    films()\n",
        "import threading\nthreading.Timer(60, films).start()\n",
        "import time\nwhile True:\n    films()\n    time.sleep(3600)\n",
    ] {
        let scheduled = format!("{scraper}{scheduler}");
        assert!(is_live(&[("app.py", apart), ("collecte.py", &scheduled)]), "{scheduler}");
    }
    let scrolls =
        format!("import time\n{scraper}while True:\n    films()\n    time.sleep(1)\n    if films():\n        break\n");
    assert!(!is_live(&[("app.py", apart), ("collecte.py", &scrolls)]), "a loop that ends scrolls a page");
    let other = "import time\nwhile True:\n    time.sleep(5)\n";
    assert!(
        !is_live(&[("app.py", apart), ("collecte.py", scraper), ("attente.py", other)]),
        "a loop that scrapes nothing"
    );
    let cron = "# toutes les heures\n0 * * * * cd /app && python collecte.py\n";
    assert!(is_live(&[("app.py", apart), ("collecte.py", scraper), ("docker/crontab", cron)]));
    assert!(!is_live(&[("app.py", apart), ("docker/crontab", cron)]), "nothing is scraped at all");
}

#[test]
fn routes_are_read_with_their_methods_and_prefixes() {
    let app = "from flask import Flask, Blueprint\napp = Flask(__name__)\nfilms = Blueprint('films', __name__, url_prefix='/films')\n@app.route('/')\ndef accueil(): pass\n@films.route('/<int:id>', methods=['GET', 'POST'])\ndef un(id): pass\n@app.post('/ajout')\ndef ajout(): pass\napp.add_url_rule('/aide', view_func=accueil)\n@app.errorhandler(404)\ndef perdu(e): pass\n";
    let facts = code(&[("app.py", app)]);
    let told: Vec<_> = facts
        .routes
        .iter()
        .map(|route| format!("{} {:?} {}", route.rule, route.methods, route.place.rsplit('/').next().expect("a file")))
        .collect();
    assert_eq!(
        told,
        [
            "/ [] app.py:4",
            "/films/<int:id> [\"GET\", \"POST\"] app.py:6",
            "/ajout [\"POST\"] app.py:8",
            "/aide [] app.py:10"
        ]
    );
}

fn kept(project: Files<'_>) -> Vec<String> {
    let facts = code(project);
    facts.collections.iter().map(|one| format!("{:?} {}", one.technology, one.name)).collect()
}

#[test]
fn collections_indices_and_keys_are_read() {
    let cases: [(&str, &[&str]); 12] = [
        (
            "from pymongo import MongoClient\nc = MongoClient('mongo')\ndb = c.cinema\ndb.films.insert_one({})\nfor f in db['acteurs'].find(): pass\n",
            &["Mongodb films", "Mongodb acteurs"],
        ),
        ("import pymongo\nfilms = pymongo.MongoClient()['cinema']['films']\nfilms.aggregate([])\n", &["Mongodb films"]),
        (
            "from pymongo import MongoClient\nNOM = 'films'\nclass P:\n    collection = 'vus'\n    def open(self):\n        self.client = MongoClient()\n        self.db = self.client.get_database('x')\n    def item(self, i):\n        self.db[self.collection].insert_one(i)\n        self.db.get_collection(NOM).find({})\n",
            &["Mongodb vus", "Mongodb films"],
        ),
        (
            "from pymongo import MongoClient\ndef base():\n    client = MongoClient()\n    return client.cinema\nbase().films.find()\n",
            &["Mongodb films"],
        ),
        ("from flask_pymongo import PyMongo\nmongo = PyMongo(app)\nmongo.db.films.find()\n", &["Mongodb films"]),
        ("from base import db\ndb.films.count_documents({})\n", &["Mongodb films"]),
        ("from bs4 import BeautifulSoup\nsoup = BeautifulSoup(t)\nsoup.div.find('a')\n", &[]),
        (
            "from elasticsearch import Elasticsearch, helpers\nes = Elasticsearch()\nes.index(index='films', document={})\nes.indices.create('acteurs')\nhelpers.bulk(es, [{'_index': 'lieux'}])\n",
            &["Elasticsearch films", "Elasticsearch acteurs", "Elasticsearch lieux"],
        ),
        (
            "import redis\nr = redis.Redis()\nr.set('compteur', 1)\nr.hset(f'film:{i}', 'a', 1)\nr.get('vues:' + i)\n",
            &["Redis compteur", "Redis film:{}", "Redis vues:{}"],
        ),
        ("d = {}\nd.get('a')\nd.set('b', 1)\n", &[]),
        (
            "from mongoengine import Document\nclass FilmVu(Document): pass\nclass Lieu(Document):\n    meta = {'collection': 'lieux'}\n",
            &["Mongodb film_vu", "Mongodb lieux"],
        ),
        ("from pymongo import MongoClient\n\"\"\"db.films.insert_one({})\"\"\"\nprint('db.films.find_one()')\n", &[]),
    ];
    for (text, wanted) in cases {
        assert_eq!(kept(&[("a.py", text)]), wanted, "{text}");
    }
}

#[test]
fn clients_are_read_without_what_opens_them() {
    let text = "from pymongo import MongoClient\nimport redis\na = MongoClient('mongodb://lea:s3cr3t-word@mongo:27018/db')\nb = redis.Redis(host='redis', password='a1b2c3d4e5f6')\nc = MongoClient()\nd = MongoClient('mongodb+srv://lea:un/mot:de-passe@cloud.example.org/db')\n";
    let facts = code(&[("a.py", text)]);
    let told: Vec<_> =
        facts.clients.iter().map(|client| format!("{:?} {:?}", client.technology, client.hosts)).collect();
    assert_eq!(told[..3], ["Mongodb [\"mongo:27018\"]", "Redis [\"redis\"]", "Mongodb []"]);
    let json = serde_json::to_string(&facts).expect("JSON");
    for secret in ["s3cr3t", "a1b2c3", "mot", "passe"] {
        assert!(!json.contains(secret), "{secret}: {json}");
    }
}

#[test]
fn python_that_only_newer_machines_accept_is_told() {
    let newer = "x = 1\ntype Nom = str\ndef f[T](a: T) -> T:\n    return a\n";
    let facts = code(&[("a.py", newer), ("b.py", "match x:\n    case 1: pass\n")]);
    let told: Vec<_> = facts.newer_python.iter().map(|one| (one.path.name(), one.line, one.python.as_str())).collect();
    assert_eq!(told, [("a.py", 2, "3.12")], "Python 3.10 is what everybody has");
    assert_eq!(facts.syntax_errors, []);
}

/// Every place where a secret can stand, and every fact that could repeat it.
#[test]
fn no_secret_stands_in_the_facts() {
    const SECRET: &str = "zX9-qW7_eR5tY3";
    let with = |text: &str| text.replace("SECRET", SECRET);
    let python = with(
        "import redis\nfrom pymongo import MongoClient\nfrom flask import Flask\napp = Flask(__name__)\napp.config['SECRET_KEY'] = 'SECRET'\nclient = MongoClient('mongodb://lea:SECRET@mongo/db')\nclient.db['mongodb://a:SECRET@b'].find_one()\nr = redis.Redis(password='SECRET')\nr.set('redis://:SECRET@x', 1)\nconfig = {'api_key': 'SECRET'}\nconnect(token='SECRET')\n@app.route('/x/https://u:SECRET@h/')\ndef x(): pass\n",
    );
    let broken = with("api_key = 'SECRET'\nif api_key\n    pass\n");
    let old = with("password = 'SECRET'\nprint password\n");
    let notebook = with("{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"api_token = \\\"SECRET\\\"\"]}]}");
    let settings =
        with("services:\n  web:\n    build: .\n    environment:\n      API_KEY: SECRET\n      - DB_PASSWORD=SECRET\n");
    let files: Vec<(&str, String)> = vec![
        ("app.py", python),
        ("casse.py", broken),
        ("vieux.py", old),
        ("essai.ipynb", notebook),
        (".env", with("DB_PASSWORD=SECRET\nexport API_TOKEN='SECRET'\n")),
        ("reglages.yml", settings),
        ("static/app.js", with("const apiKey = 0; const api_key = \"SECRET\";\n")),
        ("config.json", with("{\"auth_key\": \"SECRET\"}\n")),
        ("Dockerfile", with("FROM python:3.8\nENV API_TOKEN=SECRET\n")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let facts = code(&files);
    let json = serde_json::to_string(&facts).expect("JSON");
    assert!(!json.contains(SECRET), "{json}");
    let found: std::collections::BTreeSet<&str> = facts.secrets.iter().map(|secret| secret.path.name()).collect();
    assert_eq!(found, files.iter().map(|(path, _)| path.rsplit('/').next().expect("a name")).collect());
}

#[test]
fn recipes_count_where_the_student_wrote_them() {
    let compose = "version: '3'\nservices:\n  mongo:\n    image: mongo\n";
    let own = "version: '3'\nservices:\n  web:\n    build: .\n";
    assert_eq!(technologies(&[("docker-compose.yml", compose)]), [], "a copy of the course's");
    assert_eq!(
        technologies(&[("docker-compose.yml", own), ("Dockerfile", "FROM python:3.8\n")]),
        [Technology::Dockerfile, Technology::Compose]
    );
    let fork: Files<'_> = &[("6Evaluation/Projet/app.py", "x = 1\n"), ("docker-compose.yml", own)];
    assert!(inspect_fork(fork).code.technologies.contains_key(&Technology::Compose), "the root's, changed");
}

#[test]
fn errors_are_named_by_line_and_old_python_is_told() {
    let facts = code(&[("a.py", "x = 1\nif x\n    pass\n"), ("b.py", "print 'bonjour'\n"), ("c.py", "x = 1\n")]);
    let errors: Vec<_> = facts.syntax_errors.iter().map(|e| (e.path.name().to_owned(), e.line, e.python2)).collect();
    assert_eq!(errors, [("a.py".to_owned(), 2, false), ("b.py".to_owned(), 1, true)]);
    assert_eq!((facts.python_files, facts.lines), (3, 5));
}

#[test]
fn secrets_are_placed_and_never_quoted() {
    let facts = code(&[
        (
            "app.py",
            "app.secret_key = b'_5#y2L'\nAPI_KEY = '5f2b1c0d9e8a7766'\nuri = 'mongodb://lea:s3cr3t@cloud.example.org/x'\n",
        ),
        (".env", "AWS=AKIAIOSFODNN7EXAMPLE\n"),
    ]);
    let found: Vec<_> = facts.secrets.iter().map(|s| format!("{}:{} {}", s.path.name(), s.line, s.kind)).collect();
    assert_eq!(found, [".env:1 aws-key", "app.py:1 flask-secret-key", "app.py:2 token", "app.py:3 password-in-url"]);
    let json = serde_json::to_string(&facts).expect("JSON");
    for secret in ["_5#y2L", "5f2b1c0d9e8a7766", "s3cr3t", "AKIA"] {
        assert!(!json.contains(secret), "{secret} is printed");
    }
}
