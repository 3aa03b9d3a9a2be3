//! Facts as the observers write them, for projects that nobody had to run.

use std::collections::BTreeMap;

use forkgrade::domain::check::Technology;
use forkgrade::domain::facts::execution::{
    BoundedLog, CollectionFacts, DatabaseFacts, DatabaseKind, Execution, ImageFacts, InstallFacts, InstallOutcome,
    PageFacts, ProcessEnd, ProcessFacts,
};
use forkgrade::domain::facts::inspection::{
    CellFacts, CellState, ClientFacts, CodeFacts, CollectionNameFacts, HistoryFacts, Inspection, NotebookFacts,
    NotebookState, ProjectFacts, ProjectState, ReadmeCandidate, ReadmeFacts, ReadmeFormat, ReadmePlace,
    ReadmeRendering, RouteFacts, SecretFacts, SignFacts,
};
use forkgrade::domain::facts::rendering::RenderingEnd;
use forkgrade::domain::facts::screenshots::{
    FailedRequest, Noted, Picture, PictureFacts, ScreenshotFacts, ScreenshotTrouble,
};
use forkgrade::domain::launch::{Dependencies, DependencyOrigin, LaunchKind, LaunchPlan, Step, StepRole};
use forkgrade::domain::{Message, PictureAddress, RepoPath, TreeId};

use super::site::at;

pub fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a safe path")
}

/// A log that fits.
pub fn log(text: &str) -> BoundedLog {
    BoundedLog { head: text.to_owned(), tail: String::new(), dropped_bytes: 0 }
}

/// What was read of a Flask project; `seed` makes its tree its own.
pub fn submitted(seed: usize, technologies: &[Technology]) -> Inspection {
    let place = |technology: &Technology| (*technology, format!("app.py:{}", 3 + *technology as usize));
    Inspection {
        version: 1,
        project: ProjectFacts {
            state: ProjectState::Submitted,
            folder: Some(path("6Evaluation/Projet")),
            found_by: Message::new("project-found-named")
                .with("folder", "6Evaluation/Projet")
                .with("pattern", "*Evaluation/Projet"),
            tree: Some(TreeId::try_from(format!("{seed:040x}")).expect("a tree id")),
            files: 24,
            own_files: 22,
            own_code_files: 6,
            bytes: 184_320,
            ..nothing(ProjectState::Submitted).project
        },
        readme: ReadmeFacts { best: Some(0), candidates: vec![readme(2400)] },
        notebooks: notebooks(14, 20),
        code: CodeFacts {
            python_files: 6,
            lines: 540,
            imports: ["bs4", "flask", "pymongo", "requests"].map(str::to_owned).to_vec(),
            technologies: technologies.iter().map(place).collect(),
            syntax_errors: Vec::new(),
            secrets: if seed.is_multiple_of(7) {
                vec![SecretFacts { path: path("app.py"), line: 12, kind: "flask-secret-key".into() }]
            } else {
                Vec::new()
            },
            routes: vec![
                RouteFacts { rule: "/".into(), methods: Vec::new(), place: "6Evaluation/Projet/app.py:12".into() },
                RouteFacts {
                    rule: "/films/<int:id>".into(),
                    methods: vec!["GET".into(), "POST".into()],
                    place: "6Evaluation/Projet/app.py:20".into(),
                },
            ],
            clients: vec![ClientFacts {
                technology: Technology::Mongodb,
                hosts: vec!["mongo:27017".into()],
                place: "6Evaluation/Projet/base.py:4".into(),
            }],
            collections: vec![CollectionNameFacts {
                technology: Technology::Mongodb,
                name: "films".into(),
                place: "6Evaluation/Projet/base.py:9".into(),
            }],
            newer_python: Vec::new(),
        },
        history: Some(history(4 + (seed * 5 % 17) as u32, 1 + (seed % 6) as u32)),
        plan: Some(plan()),
        signs: if seed.is_multiple_of(5) {
            vec![SignFacts {
                path: path("donnees/films.csv"),
                line: None,
                message: Message::new("sign-data").with("count", 3).with("kib", 740),
            }]
        } else {
            Vec::new()
        },
    }
}

/// What was read where there is no project to run.
pub fn nothing(state: ProjectState) -> Inspection {
    Inspection {
        version: 1,
        project: ProjectFacts {
            state,
            folder: (state != ProjectState::Missing).then(|| path("6Evaluation/Projet")),
            found_by: Message::new(if state == ProjectState::Template {
                "project-found-template"
            } else {
                "project-found-nothing"
            })
            .with("folder", "6Evaluation/Projet"),
            tree: None,
            files: 1,
            own_files: 0,
            own_code_files: 0,
            bytes: 812,
            junk: Vec::new(),
            refused: Vec::new(),
            too_large: Vec::new(),
            separate_repository: None,
        },
        readme: ReadmeFacts { best: None, candidates: Vec::new() },
        notebooks: notebooks(6, 20),
        code: CodeFacts::default(),
        history: Some(history(3, 2)),
        plan: None,
        signs: Vec::new(),
    }
}

/// A filled README of so many characters.
pub fn readme(characters: u32) -> ReadmeCandidate {
    ReadmeCandidate {
        path: path("6Evaluation/Projet/README.md"),
        format: ReadmeFormat::Markdown,
        is_template: false,
        place: ReadmePlace::Project,
        characters,
        words: characters / 6,
        headings: ["Présentation", "Installation", "Architecture", "Guide utilisateur"].map(str::to_owned).to_vec(),
        code_blocks: 3,
        images: 1,
        broken_links: Vec::new(),
        run_commands: vec!["docker-compose up".into()],
        says_how_to_run: characters > 500,
        technical: characters > 900,
        functional: characters > 1500,
        language: "fr".into(),
        paragraphs: 6,
        screenshots: 1,
        rendering: Some(ReadmeRendering {
            address: "a".repeat(64).parse().expect("an address"),
            renderer: "comrak 0.59.0".into(),
            end: RenderingEnd::Rendered,
            complaints: Vec::new(),
        }),
        ..ReadmeCandidate::default()
    }
}

fn notebooks(completed: u32, exercises: u32) -> Vec<NotebookFacts> {
    vec![NotebookFacts {
        path: path("2Scraping/exercices.ipynb"),
        state: NotebookState::Worked,
        exercise_cells: exercises,
        completed_cells: completed,
        changed_cells: completed,
        executed_cells: completed,
        error_cells: 0,
        cells: vec![
            cell(4, CellState::Completed, "requests.get(url, timeout=10).json()"),
            cell(9, CellState::Open, "Exercice 3"),
        ],
        ..NotebookFacts::default()
    }]
}

fn cell(number: u32, state: CellState, first_line: &str) -> CellFacts {
    CellFacts { number: Some(number), state, executed: true, error: false, first_line: first_line.into() }
}

fn history(own_commits: u32, days_active: u32) -> HistoryFacts {
    HistoryFacts {
        own_commits,
        days_active,
        authors: vec!["Une Étudiante".into()],
        first_commit: Some(at("2026-01-10T10:00:00Z")),
        last_commit: Some(at("2026-01-27T18:00:00Z")),
        behind_upstream: Some(2),
        shares_history: true,
        ..HistoryFacts::default()
    }
}

/// `python load.py`, then `python app.py`.
pub fn plan() -> LaunchPlan {
    let step = |role, file: &str| Step {
        role,
        argv: vec!["python".into(), file.into()],
        built: None,
        file: path(file),
        part: None,
    };
    LaunchPlan {
        kind: LaunchKind::PythonWeb,
        reasons: vec![
            Message::new("launch-application").with("file", "app.py"),
            Message::new("launch-loader-found").with("file", "load.py"),
            Message::new("launch-dependencies-project").with("file", "requirements.txt"),
            Message::new("launch-python-default").with("python", "3.11"),
        ],
        python: "3.11".into(),
        python_of_year: None,
        dependencies: Dependencies {
            origin: DependencyOrigin::Project { file: path("requirements.txt") },
            requirements: ["beautifulsoup4", "flask", "pymongo", "requests"].map(str::to_owned).to_vec(),
            refused: Vec::new(),
        },
        workdir: RepoPath::root(),
        steps: vec![step(StepRole::Load, "load.py"), step(StepRole::Serve, "app.py")],
        env: BTreeMap::new(),
        hosts: vec!["mongo".into()],
        routes: Vec::new(),
        logins: Vec::new(),
        remote_browser: false,
        port: Some(5000),
        layout: None,
        build: None,
        parts: Vec::new(),
    }
}

/// An application that starts, answers and shows data.
pub fn shows_data(seed: usize) -> Execution {
    let count = 40 + seed as u64 * 13;
    let process = |role, file: &str, end, milliseconds, text: &str| ProcessFacts {
        role,
        argv: vec!["python".into(), file.into()],
        file: path(file),
        end,
        milliseconds,
        cpu_milliseconds: Some(milliseconds / 3),
        peak_memory_bytes: Some(74_000_000),
        out_of_memory: false,
        log: log(text),
    };
    Execution {
        version: 1,
        plan: plan(),
        images: images(),
        builds: Vec::new(),
        install: InstallFacts {
            outcome: InstallOutcome::Installed,
            cached: !seed.is_multiple_of(3),
            python: None,
            relaxed: Vec::new(),
            installed: ["beautifulsoup4==4.12.3", "flask==3.1.0", "pymongo==4.10.1", "requests==2.32.3"]
                .map(str::to_owned)
                .to_vec(),
            milliseconds: 2_300,
            log: log("Resolved 14 packages in 310ms\nInstalled 14 packages in 42ms\n + flask==3.1.0\n + pymongo==4.10.1\n"),
        },
        processes: vec![
            process(
                StepRole::Load,
                "load.py",
                ProcessEnd::Exited { code: 0 },
                3_400,
                &format!("lecture de data/films.csv\n{count} documents insérés dans cinema.films\n"),
            ),
            process(
                StepRole::Serve,
                "app.py",
                ProcessEnd::Stopped,
                12_800,
                " * Serving Flask app 'app'\n * Debug mode: on\n * Running on http://127.0.0.1:5000\n127.0.0.1 - - \"GET / HTTP/1.1\" 200 -\n",
            ),
        ],
        ports: vec![5000],
        pages: vec![
            page("/", Some(200), "Ciné Paris", 24, "Les films à l’affiche cette semaine à Paris, classés par note moyenne. Rechercher un film…"),
            page("/stats", Some(200), "Statistiques", 12, "Nombre de séances par arrondissement, moyenne des notes, genres les plus programmés."),
            page("/film/42", Some(500), "Internal Server Error", 0, "The server encountered an internal error and was unable to complete your request."),
        ],
        listening_after: Some(1_400),
        paths: Vec::new(),
        screenshots: vec![
            screenshot("/", "Ciné Paris", 24, CINEMA),
            ScreenshotFacts {
                console: Noted { first: vec!["ReferenceError: Plotly is not defined".into()], more: 2 },
                failed_requests: Noted {
                    first: vec![
                        failed("https://cdn.plot.ly/plotly-2.35.2.min.js", "net::ERR_NAME_NOT_RESOLVED", true),
                        failed("http://localhost:5000/static/style.css", "404", false),
                        failed("https://cdn.jsdelivr.net/npm/absent@1.css", "404", true),
                    ],
                    more: 0,
                },
                ..screenshot("/stats", "Statistiques", 12, BICYCLES)
            },
            ScreenshotFacts {
                picture: None,
                trouble: Some(ScreenshotTrouble::NeverRests),
                ..screenshot("/carte", "Carte", 0, EMPTY)
            },
        ],
        without_browser: false,
        remote_browser: Default::default(),
        databases: vec![
            DatabaseFacts {
                service: "mongo".into(),
                kind: DatabaseKind::Mongo,
                answered: true,
                collections: vec![CollectionFacts {
                    name: "cinema.films".into(),
                    items: count,
                    samples: vec![r#"{"_id": "65b7", "titre": "Le Havre", "realisateur": "Aki Kaurismäki", "note": 4.1, "salles": ["Grand Action", "Reflet Médicis"]}"#.into()],
                }],
            },
            DatabaseFacts { service: "redis".into(), kind: DatabaseKind::Redis, answered: true, collections: Vec::new() },
        ],
        network: None,
        milliseconds: 21_400,
    }
}

fn images() -> Vec<ImageFacts> {
    let image = |role: &str, reference: &str, digit: &str, stand_in| ImageFacts {
        role: role.into(),
        reference: reference.into(),
        digest: format!("sha256:{}", digit.repeat(64)),
        stand_in,
    };
    vec![
        image("python", "forkgrade/python:3.11", "3", false),
        image("mongo", "forkgrade/mongo-stand-in:7", "7", true),
        image("redis", "redis:7", "9", false),
    ]
}

pub fn page(path: &str, status: Option<u16>, title: &str, data_elements: u32, excerpt: &str) -> PageFacts {
    PageFacts {
        port: 5000,
        path: path.into(),
        secure: false,
        status,
        error: status.is_none().then(|| "connection refused".into()),
        content_type: Some("text/html; charset=utf-8".into()),
        title: Some(title.into()),
        bytes: 18_400,
        truncated: false,
        milliseconds: 84,
        data_elements,
        excerpt: excerpt.into(),
    }
}

/// A picture in its two sizes.
type Sizes = [&'static [u8]; 2];

const CINEMA: Sizes =
    [include_bytes!("../fixtures/screenshots/cine.webp"), include_bytes!("../fixtures/screenshots/cine-small.webp")];
const BICYCLES: Sizes =
    [include_bytes!("../fixtures/screenshots/velo.webp"), include_bytes!("../fixtures/screenshots/velo-small.webp")];
const EMPTY: Sizes =
    [include_bytes!("../fixtures/screenshots/vide.webp"), include_bytes!("../fixtures/screenshots/vide-small.webp")];

/// Every picture that these facts name.
pub fn pictures() -> Vec<Picture> {
    let all = [CINEMA, BICYCLES, EMPTY].concat();
    all.into_iter().map(|content| Picture { address: address_of(content), content: content.to_vec() }).collect()
}

fn address_of(content: &[u8]) -> PictureAddress {
    PictureAddress::from(*blake3::hash(content).as_bytes())
}

pub fn screenshot(path: &str, title: &str, data_elements: u32, [large, small]: Sizes) -> ScreenshotFacts {
    let picture = PictureFacts { address: address_of(large), thumbnail: address_of(small), bytes: large.len() as u64 };
    ScreenshotFacts {
        port: 5000,
        path: path.into(),
        secure: false,
        picture: Some(picture),
        status: Some(200),
        title: Some(title.into()),
        text_characters: 312,
        data_elements,
        excerpt: "Les films à l’affiche".into(),
        console: Noted::default(),
        failed_requests: Noted::default(),
        dialogs: 0,
        trouble: None,
        milliseconds: 840,
    }
}

fn failed(address: &str, reason: &str, leads_out: bool) -> FailedRequest {
    FailedRequest { address: address.into(), reason: reason.into(), leads_out }
}

/// Starts and answers, but nothing is stored and nothing is shown.
pub fn starts_empty(seed: usize) -> Execution {
    let mut execution = shows_data(seed);
    execution.processes.remove(0);
    execution.databases.iter_mut().for_each(|database| database.collections.clear());
    execution.pages =
        vec![page("/", Some(200), "Mon projet", 1, "Bienvenue sur mon projet. Aucune donnée pour le moment.")];
    execution.screenshots = vec![screenshot("/", "Mon projet", 1, EMPTY)];
    execution
}

/// Stops at its start.
pub fn crashed(seed: usize) -> Execution {
    let mut execution = starts_empty(seed);
    execution.ports.clear();
    execution.pages.clear();
    execution.screenshots.clear();
    execution.listening_after = None;
    if let Some(serving) = execution.processes.last_mut() {
        serving.end = ProcessEnd::Exited { code: 1 };
        serving.milliseconds = 900;
        serving.log = log(
            "Traceback (most recent call last):\n  File \"/work/app.py\", line 4, in <module>\n    import plotly\nModuleNotFoundError: No module named 'plotly'\n",
        );
    }
    execution
}

/// The dependencies cannot be installed.
pub fn not_installed(seed: usize) -> Execution {
    let mut execution = crashed(seed);
    execution.processes.clear();
    execution.install = InstallFacts {
        outcome: InstallOutcome::Refused,
        cached: false,
        python: None,
        relaxed: Vec::new(),
        installed: Vec::new(),
        milliseconds: 1_200,
        log: log(
            "error: because pywin32 has no wheels for linux and you require pywin32==306, your requirements are unsatisfiable\n",
        ),
    };
    // Something has to be started for an installation to matter.
    execution.processes = crashed(seed).processes;
    execution
}

/// Starts, but never listens.
pub fn silent(seed: usize) -> Execution {
    let mut execution = starts_empty(seed);
    execution.ports.clear();
    execution.pages.clear();
    execution.screenshots.clear();
    execution.listening_after = None;
    if let Some(serving) = execution.processes.last_mut() {
        serving.log = BoundedLog {
            head: "page 1\npage 2\npage 3\n".repeat(20),
            tail: "page 8112\npage 8113\n".into(),
            dropped_bytes: 143_000,
        };
    }
    execution
}
