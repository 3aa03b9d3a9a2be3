//! Which package brings which module, and how requirement lines are read.
//! May import: std.
//! Next: `manifests.rs` reads the files, `dependencies.rs` adds what they forgot.

/// Modules whose package has another name.
const RENAMED: [(&str, &str); 53] = [
    ("bs4", "beautifulsoup4"),
    ("BeautifulSoup", "beautifulsoup4"),
    ("sklearn", "scikit-learn"),
    ("PIL", "pillow"),
    ("cv2", "opencv-python-headless"),
    ("yaml", "pyyaml"),
    ("dotenv", "python-dotenv"),
    ("dns", "dnspython"),
    ("bson", "pymongo"),
    ("gridfs", "pymongo"),
    ("flask_pymongo", "flask-pymongo"),
    ("flask_cors", "flask-cors"),
    ("flask_migrate", "flask-migrate"),
    ("flask_mail", "flask-mail"),
    ("flask_security", "flask-security"),
    ("flask_restx", "flask-restx"),
    ("plotly_express", "plotly-express"),
    ("flask_wtf", "flask-wtf"),
    ("flask_bootstrap", "flask-bootstrap"),
    ("flask_sqlalchemy", "flask-sqlalchemy"),
    ("flask_mongoengine", "flask-mongoengine"),
    ("flask_login", "flask-login"),
    ("flask_socketio", "flask-socketio"),
    ("flask_restful", "flask-restful"),
    ("flask_caching", "flask-caching"),
    ("flask_session", "flask-session"),
    ("flask_moment", "flask-moment"),
    ("flask_paginate", "flask-paginate"),
    ("flask_table", "flask-table"),
    ("flask_bcrypt", "flask-bcrypt"),
    ("flask_apscheduler", "flask-apscheduler"),
    ("flask_googlemaps", "flask-googlemaps"),
    ("flask_redis", "flask-redis"),
    ("dash_core_components", "dash-core-components"),
    ("dash_html_components", "dash-html-components"),
    ("dash_table", "dash-table"),
    ("dash_bootstrap_components", "dash-bootstrap-components"),
    ("dash_daq", "dash-daq"),
    ("dash_extensions", "dash-extensions"),
    ("elasticsearch_dsl", "elasticsearch-dsl"),
    ("mysql", "mysql-connector-python"),
    ("MySQLdb", "mysqlclient"),
    ("psycopg2", "psycopg2-binary"),
    ("dateutil", "python-dateutil"),
    ("dateparser", "dateparser"),
    ("webdriver_manager", "webdriver-manager"),
    ("fake_useragent", "fake-useragent"),
    ("requests_html", "requests-html"),
    ("googletrans", "googletrans"),
    ("wordcloud", "wordcloud"),
    ("pycountry_convert", "pycountry-convert"),
    ("jwt", "pyjwt"),
    ("twisted", "twisted"),
];

/// Modules whose package has the same name. A module that is in neither list is not guessed: anyone can register a name.
const SAME: &str = "flask dash fastapi streamlit django uvicorn gunicorn waitress gevent eventlet werkzeug jinja2 wtforms \
    markupsafe itsdangerous quart starlette pydantic pymongo motor mongoengine redis elasticsearch sqlalchemy pymysql peewee \
    requests scrapy selenium parsel lxml html5lib httpx aiohttp urllib3 pyquery cloudscraper feedparser newspaper w3lib \
    itemadapter scrapyd crochet pandas numpy scipy matplotlib seaborn plotly bokeh altair pygal folium geopandas geopy shapely \
    branca squarify networkx statsmodels xlrd openpyxl tqdm schedule apscheduler celery rq unidecode nltk spacy textblob \
    gensim wordcloud pytz tweepy praw spotipy wikipedia yfinance imdbpy ipython notebook jupyter colorama tabulate \
    termcolor loguru arrow pendulum simplejson ujson orjson boto3 faker click cachetools pycountry emoji langdetect \
    transformers torch tensorflow keras chart_studio pyecharts holoviews hvplot panel graphene attrs chardet certifi \
    nbclient ipykernel nbformat kaleido ldap3 \
    psutil pyspark kafka pika paramiko cryptography bcrypt passlib stem playwright pyppeteer splinter mechanize robobrowser";

/// The package that brings a dotted module; `None` for a module that is not known.
pub fn package_of(module: &str) -> Option<&'static str> {
    let top = module.split('.').next().unwrap_or(module);
    let renamed = RENAMED.iter().find(|(known, _)| *known == top).map(|(_, package)| *package);
    renamed.or_else(|| SAME.split_whitespace().find(|known| known.eq_ignore_ascii_case(top)))
}

/// Whether a package, by its name as indices compare it, is one that a known module brings.
pub fn is_known(package: &str) -> bool {
    RENAMED.iter().any(|(_, known)| *known == package) || SAME.split_whitespace().any(|known| normal(known) == package)
}

/// Lines that name no package for Linux: parts of Python itself, Windows only, left behind by a broken tool.
const NO_PACKAGES: [&str; 18] = [
    "pywin32",
    "pypiwin32",
    "pywinpty",
    "wincertstore",
    "win-inet-pton",
    "pyreadline",
    "windows-curses",
    "pkg-resources",
    "os",
    "sys",
    "json",
    "time",
    "math",
    "random",
    "re",
    "csv",
    "subprocess",
    "urllib",
];

/// One line that the installer can take.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// As indices compare it: lower case, `-` for every separator.
    pub name: String,
    /// PEP 508.
    pub line: String,
}

impl Requirement {
    /// A package of any version.
    pub fn any(package: &str) -> Self {
        let name = normal(package);
        Self { line: name.clone(), name }
    }

    /// The exact version asked for, as numbers.
    pub fn pinned(&self) -> Option<Vec<u32>> {
        let (_, version) = self.line.split_once("==")?;
        let digits = version.trim().split(['.', ';', ' ', 'a', 'b', 'r', '+', ',', '*']);
        Some(digits.map_while(|part| part.parse().ok()).collect())
    }
}

/// A package's name as indices compare it.
pub fn normal(name: &str) -> String {
    let mut normal = String::new();
    for c in name.to_lowercase().chars() {
        let c = if matches!(c, '_' | '.') { '-' } else { c };
        if !(c == '-' && normal.ends_with('-')) {
            normal.push(c);
        }
    }
    normal
}

/// What a line of a requirements file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Package(Requirement),
    /// An option, a path, an address, a part of Python, or not a requirement at all.
    Refused,
    Blank,
}

/// Reads one line of a requirements file.
pub fn line(text: &str) -> Line {
    let text = text.split(" #").next().unwrap_or(text).split(" --hash").next().unwrap_or(text);
    let text = text.trim().trim_end_matches('\\').trim();
    if text.is_empty() || text.starts_with('#') || text.starts_with("--hash") {
        return Line::Blank;
    }
    let name: String = text.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
    let edges =
        name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.ends_with(|c: char| c.is_ascii_alphanumeric());
    let rest = text.get(name.len()..).unwrap_or_default();
    if !edges || !is_specification(rest) || text.contains("://") || NO_PACKAGES.contains(&normal(&name).as_str()) {
        return Line::Refused;
    }
    // The name that the course's students write for scikit-learn refuses to install since 2023.
    let name = match normal(&name).as_str() {
        "sklearn" => "scikit-learn".to_owned(),
        "bs4" => "beautifulsoup4".to_owned(),
        other => other.to_owned(),
    };
    let rest: String = rest.split_whitespace().collect::<Vec<_>>().join(" ");
    Line::Package(Requirement { line: format!("{name}{rest}"), name })
}

/// What may follow a name: extras, version comparisons, an environment marker.
fn is_specification(rest: &str) -> bool {
    let rest = rest.trim();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => match extras.split_once(']') {
            Some((_, after)) => after.trim(),
            None => return false,
        },
        None => rest,
    };
    let (versions, _) = rest.split_once(';').unwrap_or((rest, ""));
    let versions = versions.trim().trim_start_matches('(').trim_end_matches(')');
    let comparison = |part: &str| {
        let part = part.trim();
        let version = part.trim_start_matches(['=', '<', '>', '!', '~']);
        let operator = part.len() - version.len();
        let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '*' | '+' | '-' | '_' | '!');
        // One `=` is conda's, and not understood by the installer.
        let known = matches!(part.get(..operator), Some("==" | "<" | ">" | "<=" | ">=" | "!=" | "~=" | "==="));
        known && !version.trim().is_empty() && version.trim().chars().all(valid)
    };
    versions.is_empty() || versions.split(',').filter(|part| !part.trim().is_empty()).all(comparison)
}

#[cfg(test)]
mod tests {
    use super::{Line, Requirement, line, package_of};

    #[test]
    fn reads_lines_as_students_write_them() {
        let taken = [
            ("Flask==1.1.2", "flask==1.1.2"),
            ("requests >= 2.0, < 3  # pour le scraping", "requests>= 2.0, < 3"),
            ("uvicorn[standard]", "uvicorn[standard]"),
            ("sklearn", "scikit-learn"),
            ("pandas==1.1.4 --hash=sha256:abc", "pandas==1.1.4"),
            ("Flask_PyMongo", "flask-pymongo"),
            ("colorama==0.4.4; sys_platform == 'win32'", "colorama==0.4.4; sys_platform == 'win32'"),
        ];
        for (text, wanted) in taken {
            let Line::Package(requirement) = line(text) else { panic!("{text} is a package") };
            assert_eq!(requirement.line, wanted);
        }
        let refused = [
            "-r autre.txt",
            "-e .",
            "./paquet",
            "../x",
            "https://example.org/a.whl",
            "flask @ https://example.org/a.whl",
            "numpy=1.19=py37_0",
            "pip install flask",
            "pywin32==300",
            "json",
            "file:///C:/a",
            "flask==",
            "@@",
            "é",
        ];
        for text in refused {
            assert_eq!(line(text), Line::Refused, "{text}");
        }
        for text in ["", "  ", "# commentaire"] {
            assert_eq!(line(text), Line::Blank, "{text:?}");
        }
        let pinned = Requirement { name: "pandas".into(), line: "pandas==1.1.4; python_version > '3'".into() };
        assert_eq!(pinned.pinned(), Some(vec![1, 1, 4]));
    }

    #[test]
    fn knows_packages_and_guesses_none() {
        let cases = [
            ("bs4", Some("beautifulsoup4")),
            ("sklearn.cluster", Some("scikit-learn")),
            ("flask", Some("flask")),
            ("IPython", Some("ipython")),
            ("mes_cles", None),
        ];
        for (module, wanted) in cases {
            assert_eq!(package_of(module), wanted, "{module}");
        }
    }
}
