//! The code of a project, by parsing and not by grepping.

use super::support::{APP, Files, inspect_fork};
use forkgrade::domain::facts::inspection::CodeFacts;
use forkgrade::domain::rubric::Technology;

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
    let process = "from flask import Flask\nimport subprocess\napp = Flask(__name__)\nsubprocess.Popen(['scrapy', 'crawl', 'films'])\n";
    assert!(is_live(&[("app.py", process)]));
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
