//! Signs for the teacher: in whole projects, found where they are and silent where there are none.

use super::support::{APP, Files, assert_worded, inspect_fork};

/// Keys of the signs with their places.
fn signs(project: Files<'_>) -> Vec<(String, String)> {
    let placed: Vec<(String, &str)> =
        project.iter().map(|(path, text)| (format!("6Evaluation/Projet/{path}"), *text)).collect();
    let own: Vec<(&str, &str)> = placed.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let found = inspect_fork(&own).signs;
    found.iter().for_each(|sign| assert_worded(&sign.message));
    found
        .into_iter()
        .map(|sign| {
            let path = sign.path.as_str().trim_start_matches("6Evaluation/Projet/").to_owned();
            (sign.message.key, sign.line.map_or(path.clone(), |line| format!("{path}:{line}")))
        })
        .collect()
}

fn one(key: &str, place: &str) -> Vec<(String, String)> {
    vec![(key.to_owned(), place.to_owned())]
}

const SCRAPER: &str = "import requests\nfrom bs4 import BeautifulSoup\npage = requests.get('https://example.org')\nsoup = BeautifulSoup(page.text)\n";

#[test]
fn an_honest_project_has_none() {
    let app = format!("import scraper\n{APP}");
    let spider = "import scrapy\nclass Films(scrapy.Spider):\n    name = 'films'\n";
    assert_eq!(signs(&[("app.py", &app), ("scraper.py", SCRAPER), ("README.md", "# Films\n\n<!-- à faire -->\n")]), []);
    assert_eq!(signs(&[("app.py", APP), ("collecte.py", SCRAPER), ("README.md", "Lancer `python collecte.py`")]), []);
    assert_eq!(signs(&[("app.py", APP), ("spider.py", spider), ("README.md", "`scrapy crawl films`")]), []);
    // Data is no sign where nobody claims to collect it, and a small file is an example.
    let csv = "titre;annee\n".repeat(4_000);
    assert_eq!(signs(&[("app.py", APP), ("films.csv", &csv)]), []);
    assert_eq!(signs(&[("app.py", &app), ("scraper.py", SCRAPER), ("exemple.csv", "titre;annee\n")]), []);
}

#[test]
fn data_beside_a_scraper_is_a_sign() {
    let (app, csv) = (format!("import scraper\n{APP}"), "titre;annee\n".repeat(4_000));
    let project = [("app.py", app.as_str()), ("scraper.py", SCRAPER), ("films.csv", csv.as_str())];
    assert_eq!(signs(&project), one("sign-data", "films.csv"));
}

#[test]
fn a_scraper_that_nothing_starts_is_a_sign() {
    // It does nothing when it is run, so no launch plan takes it for a loader either.
    let idle = "import requests\nfrom bs4 import BeautifulSoup\ndef collecte():\n    return BeautifulSoup(requests.get('https://example.org').text)\n";
    assert_eq!(signs(&[("app.py", APP), ("vitrine.py", idle)]), one("sign-unreached", "vitrine.py:4"));
}

#[test]
fn what_the_course_gave_is_nobodys_sign() {
    let speech = "dear reader of this text please look at the whole of it because it has more than fifteen words in it";
    let project = [("README.md", format!("# Films\n\n<!-- {speech} -->\n")), ("app.py", APP.to_owned())];
    let own: Vec<(&str, &str)> = project.iter().map(|(path, text)| (*path, text.as_str())).collect();
    assert_eq!(signs(&own), one("sign-hidden", "README.md:3"));
}

#[test]
fn a_file_full_of_signs_is_bounded() {
    let text = "print('Score: 20/20')\n".repeat(5_000);
    assert_eq!(signs(&[("app.py", APP), ("triche.py", &text)]).len(), 10);
}
