//! What forks have in common: copies are found whatever they were renamed to, and nobody is accused of what all have.

mod years;

use forkgrade::observe::folder::Folder;
use forkgrade::similarity::{Known, Pair, Work, compare};

use crate::observe::support::{Files, TEMPLATE, UPSTREAM, Upstream, course, folder};

const SCRAPER: &str = r#"# Récupère les films
import requests
from bs4 import BeautifulSoup
from pymongo import MongoClient

def lire_page(adresse, numero):
    reponse = requests.get(adresse, params={"page": numero}, timeout=10)
    soupe = BeautifulSoup(reponse.text, "html.parser")
    resultats = []
    for bloc in soupe.find_all("div", class_="film"):
        titre = bloc.find("h2").get_text().strip()
        note = float(bloc.find("span", class_="note").get_text().replace(",", "."))
        if note > 3 and len(titre) > 0:
            resultats.append({"titre": titre, "note": note, "page": numero})
    return sorted(resultats, key=lambda film: film["note"], reverse=True)

def tout_lire(base, nombre):
    client = MongoClient("mongo", 27017)
    collection = client["cinema"]["films"]
    collection.drop()
    total = 0
    for numero in range(1, nombre + 1):
        films = lire_page(base, numero)
        if not films:
            break
        collection.insert_many(films)
        total = total + len(films)
        print("page", numero, "->", total)
    return total
"#;

/// As a student renames it: names, texts, comments, layout.
fn renamed() -> String {
    let mut text = SCRAPER.to_owned();
    for (from, to) in [
        ("# Récupère les films", "#!/usr/bin/env python\n# Mon scraper à moi\n"),
        ("lire_page", "fetch"),
        ("tout_lire", "main_loop"),
        ("adresse", "url"),
        ("numero", "i"),
        ("soupe", "s"),
        ("resultats", "out"),
        ("titre", "name"),
        ("note", "rating"),
        ("collection", "table"),
        ("    return total", "    # fini\n    return total"),
        ("\"cinema\"", "\"imdb\""),
    ] {
        text = text.replace(from, to);
    }
    text
}

const UNRELATED: &str = r#"from flask import Flask, jsonify, request
from redis import Redis

application = Flask(__name__)
cache = Redis(host="redis", decode_responses=True)

@application.route("/vote/<city>", methods=["POST"])
def vote(city):
    weight = int(request.form.get("weight", 1))
    if weight not in (1, 2, 3):
        return jsonify(error="weight"), 400
    cache.zincrby("cities", weight, city)
    return jsonify(city=city, score=cache.zscore("cities", city))

@application.route("/ranking")
def ranking():
    best = cache.zrevrange("cities", 0, 9, withscores=True)
    return jsonify([{"city": city, "score": score} for city, score in best])

@application.errorhandler(404)
def missing(error):
    return jsonify(error=str(error), path=request.path), 404
"#;

/// The pairs of forks with these own files beside the course's.
fn pairs(upstream: Files<'_>, forks: &[Files<'_>]) -> Vec<Pair> {
    let (mut known, mut works) = (Known::default(), Vec::new());
    for own in forks {
        let both: Vec<(&str, &str)> = upstream.iter().chain(*own).copied().collect();
        let files = folder(&both);
        let fork = Folder::open(files.path()).unwrap().with_upstream(Upstream::of(&[upstream]));
        works.push(Work::read(&fork, None, &course().project_dirs, &mut known));
    }
    compare(&works, works.len(), &known)
}

#[test]
fn a_renamed_copy_is_found_with_its_lines() {
    let copy = renamed();
    let pairs = pairs(
        UPSTREAM,
        &[
            &[("6Evaluation/Projet/films.py", SCRAPER)],
            &[("6Evaluation/Projet/app.py", UNRELATED)],
            &[("6Evaluation/Projet/outils/scrap.py", &copy), ("6Evaluation/Projet/app.py", "print('films')\n")],
        ],
    );
    let [pair] = pairs.as_slice() else { panic!("one pair: {pairs:#?}") };
    assert_eq!(pair.works, [0, 2]);
    assert!(pair.percent >= 90, "{}", pair.percent);
    let [left, right] = &pair.passages[0].places;
    assert_eq!(
        (left.path.as_str(), right.path.as_str()),
        ("6Evaluation/Projet/films.py", "6Evaluation/Projet/outils/scrap.py")
    );
    assert_eq!((left.lines, right.lines), ([6, 29], [8, 32]), "imports and comments are nobody's");
    assert!(left.text.starts_with("def lire_page") && left.text.ends_with("return total"), "{}", left.text);
    assert!(right.text.starts_with("def fetch"), "{}", right.text);
}

#[test]
fn what_the_course_gave_is_not_in_common() {
    let upstream: Vec<(&str, &str)> = [UPSTREAM, &[("6Evaluation/Projet/exemple.py", SCRAPER)]].concat();
    let mine = SCRAPER.replace("timeout=10", "timeout=20") + "\nprint(tout_lire('a', 1))\n";
    let other = SCRAPER.replace("\"cinema\"", "\"films\"") + "\nprint(tout_lire('b', 2))\n";
    let path = "6Evaluation/Projet/exemple.py";
    assert_eq!(pairs(&upstream, &[&[(path, &mine)], &[(path, &other)]]), []);
    assert_eq!(
        pairs(UPSTREAM, &[&[(path, &mine)], &[(path, &other)]]).len(),
        1,
        "it is the course that makes the difference"
    );
}

#[test]
fn what_everybody_writes_is_nobodys() {
    let own: Files<'_> = &[("6Evaluation/Projet/films.py", SCRAPER)];
    assert_eq!(pairs(UPSTREAM, &[own, own]).len(), 1);
    assert_eq!(pairs(UPSTREAM, &[own; 6]), []);
}

#[test]
fn a_copied_readme_and_a_copied_notebook_are_found() {
    let words: Vec<String> = (0..240).map(|n| format!("mot{}", n * 7919 % 240)).collect();
    let readme = format!("{TEMPLATE}\n{}\n", words.chunks(9).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n"));
    let code: Vec<String> = SCRAPER.lines().map(|line| format!("{line}\n")).collect();
    let notebook = serde_json::json!({ "nbformat": 4, "cells": [{ "cell_type": "code", "source": code }] }).to_string();
    let own: Files<'_> = &[("6Evaluation/Projet/README.rst", &readme), ("6Evaluation/Projet/analyse.ipynb", &notebook)];
    let pairs = pairs(UPSTREAM, &[own, own]);
    let paths: Vec<&str> = pairs[0].passages.iter().map(|passage| passage.places[0].path.as_str()).collect();
    assert!(paths.contains(&"6Evaluation/Projet/README.rst"), "{paths:?}");
    assert!(paths.contains(&"6Evaluation/Projet/analyse.ipynb"), "{paths:?}");
}

#[test]
fn tables_of_data_and_imports_are_no_program() {
    let cities: String = (0..300).map(|n| format!("    (\"ville{n}\", {n}, {n}.5),\n")).collect();
    let table = format!("import os\nimport sys\nimport json\nVILLES = [\n{cities}]\n");
    let own: Files<'_> = &[("6Evaluation/Projet/donnees.py", &table)];
    assert_eq!(pairs(UPSTREAM, &[own, own]), []);
}

#[test]
fn two_of_an_earlier_year_are_nobodys_pair() {
    let copy = renamed();
    let (mut known, mut works) = (Known::default(), Vec::new());
    for text in [SCRAPER, copy.as_str(), SCRAPER] {
        let files = folder(&[("6Evaluation/Projet/films.py", text)]);
        let fork = Folder::open(files.path()).unwrap().with_upstream(Upstream::of(&[UPSTREAM]));
        works.push(Work::read(&fork, None, &course().project_dirs, &mut known));
        known.next_course();
    }
    let found =
        |earlier: usize| compare(&works, earlier, &known).into_iter().map(|pair| pair.works).collect::<Vec<_>>();
    let mut all = found(3);
    all.sort();
    assert_eq!(all, [[0, 1], [0, 2], [1, 2]]);
    let mut this_year = found(1);
    this_year.sort();
    assert_eq!(this_year, [[0, 1], [0, 2]]);
}
