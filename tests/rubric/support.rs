//! Facts made by hand for scoring: a complete project that runs, to be spoilt where a test wants it.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use forkgrade::config::{DEFAULT_COURSE, parse};
use forkgrade::domain::check::{Check, Technology};
use forkgrade::domain::facts::execution::*;
use forkgrade::domain::facts::inspection::*;
use forkgrade::domain::facts::rendering::RenderingEnd;
use forkgrade::domain::facts::{Execution, Facts, Inspection};
use forkgrade::domain::finding::Provenance;
use forkgrade::domain::launch::*;
use forkgrade::domain::rubric::{Criterion, Kind};
use forkgrade::domain::source::RepoPath;
use forkgrade::domain::{Course, Finding, Message, Points, Score};
use forkgrade::rubric::{Submitted, rubric_hash, score};

pub fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a path")
}

pub fn on_time() -> DateTime<Utc> {
    "2026-01-15T12:00:00Z".parse().expect("a date")
}

/// The default course, read once.
static COURSE: LazyLock<Course> = LazyLock::new(|| parse(DEFAULT_COURSE, "course.toml").expect("the default course"));

pub fn course() -> Course {
    COURSE.clone()
}

/// The default course with only these criteria.
pub fn course_of(criteria: Vec<Criterion>) -> Course {
    let mut course = course();
    course.rubric.criteria = criteria;
    course
}

pub fn criterion(id: &str, points: i64, bonus: bool, check: Check) -> Criterion {
    Criterion {
        id: id.into(),
        title_fr: format!("Critère {id}"),
        title_en: format!("Criterion {id}"),
        group: String::new(),
        points: Points::from_hundredths(points),
        kind: if bonus { Kind::Bonus } else { Kind::Base },
        hidden: false,
        partial: true,
        steps: Vec::new(),
        needs: Vec::new(),
        check,
    }
}

/// A check as `course.toml` writes it.
pub fn check(toml: &str) -> Check {
    toml::from_str(toml).unwrap_or_else(|error| panic!("{toml}: {error}"))
}

pub fn provenance(course: &Course) -> Provenance {
    let address = "0".repeat(64).parse().expect("an address");
    Provenance {
        rubric: rubric_hash(&course.rubric),
        inspection: address,
        execution: None,
        program: "0.1.0".into(),
        judges: Vec::new(),
    }
}

pub fn scored(course: &Course, inspection: &Inspection, execution: Option<&Execution>) -> Score {
    score(course, Facts { inspection, execution, judges: &[] }, Submitted::at(on_time()), provenance(course))
}

/// The one finding of a check.
pub fn found(check: Check, inspection: &Inspection, execution: Option<&Execution>) -> Finding {
    let course = course_of(vec![criterion("c", 100, false, check)]);
    let finding = scored(&course, inspection, execution).findings.remove(0);
    for message in finding.evidence.iter().chain(&finding.advice) {
        crate::observe::support::assert_worded(message);
    }
    finding
}

pub fn plan() -> LaunchPlan {
    LaunchPlan {
        kind: LaunchKind::PythonWeb,
        reasons: vec![],
        python: "3.11".into(),
        python_of_year: None,
        dependencies: Dependencies {
            origin: DependencyOrigin::Project { file: path("requirements.txt") },
            requirements: vec!["flask".into()],
            refused: vec![],
        },
        workdir: RepoPath::root(),
        steps: vec![],
        env: Default::default(),
        hosts: vec![],
        routes: Vec::new(),
        logins: Vec::new(),
        remote_browser: false,
        port: Some(5000),
        layout: None,
        build: None,
        parts: Vec::new(),
    }
}

/// A project as the course wishes it.
pub fn inspection() -> Inspection {
    let technologies = [Technology::Flask, Technology::Mongodb, Technology::Scraping];
    Inspection {
        version: 1,
        project: ProjectFacts {
            state: ProjectState::Submitted,
            folder: Some(path("Evaluation/Projet")),
            found_by: Message::new("project-found-root"),
            tree: None,
            files: 10,
            own_files: 9,
            own_code_files: 3,
            bytes: 10_000,
            junk: vec![],
            refused: vec![],
            too_large: vec![],
            separate_repository: None,
        },
        readme: ReadmeFacts { best: Some(0), candidates: vec![readme()] },
        notebooks: vec![notebook(10, 9)],
        code: CodeFacts {
            python_files: 3,
            lines: 300,
            imports: vec!["flask".into(), "requests".into()],
            technologies: technologies.map(|technology| (technology, "app.py:1".to_owned())).into(),
            syntax_errors: vec![],
            secrets: vec![],
            ..CodeFacts::default()
        },
        history: Some(HistoryFacts {
            own_commits: 12,
            days_active: 4,
            authors: vec!["Léa".into()],
            first_commit: None,
            last_commit: None,
            behind_upstream: Some(0),
            shares_history: true,
            ..HistoryFacts::default()
        }),
        plan: Some(plan()),
        signs: vec![],
    }
}

pub fn readme() -> ReadmeCandidate {
    ReadmeCandidate {
        path: path("Evaluation/Projet/README.md"),
        format: ReadmeFormat::Markdown,
        is_template: false,
        place: ReadmePlace::Project,
        characters: 1_200,
        words: 200,
        headings: vec!["Films".into()],
        code_blocks: 1,
        images: 1,
        broken_links: vec![],
        run_commands: vec!["python app.py".into()],
        says_how_to_run: true,
        technical: true,
        functional: true,
        language: "fr".into(),
        paragraphs: 4,
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

pub fn notebook(exercise_cells: u32, completed_cells: u32) -> NotebookFacts {
    NotebookFacts {
        path: path("1Python/1.ipynb"),
        state: NotebookState::Worked,
        exercise_cells,
        completed_cells,
        changed_cells: completed_cells,
        executed_cells: completed_cells,
        error_cells: 0,
        ..NotebookFacts::default()
    }
}

pub fn process(role: StepRole, end: ProcessEnd) -> ProcessFacts {
    ProcessFacts {
        role,
        argv: vec!["python".into(), "app.py".into()],
        file: path("app.py"),
        end,
        milliseconds: 4_200,
        cpu_milliseconds: None,
        peak_memory_bytes: None,
        out_of_memory: false,
        log: BoundedLog {
            head: "bonjour\n".into(),
            tail: "Traceback\nModuleNotFoundError: No module named 'x'\n".into(),
            dropped_bytes: 0,
        },
    }
}

pub fn page(path: &str, status: Option<u16>) -> PageFacts {
    PageFacts {
        port: 5000,
        path: path.into(),
        secure: false,
        status,
        error: status.is_none().then(|| "connection reset".into()),
        content_type: None,
        title: None,
        bytes: 100,
        truncated: false,
        milliseconds: 10,
        data_elements: 20,
        excerpt: String::new(),
    }
}

/// It runs, answers and stores.
pub fn execution() -> Execution {
    Execution {
        version: 1,
        plan: plan(),
        images: vec![],
        builds: vec![],
        install: InstallFacts {
            outcome: InstallOutcome::Installed,
            cached: false,
            python: None,
            relaxed: vec![],
            installed: vec!["flask==3.0.0".into()],
            milliseconds: 100,
            log: BoundedLog::default(),
        },
        processes: vec![process(StepRole::Serve, ProcessEnd::Stopped)],
        ports: vec![5000],
        pages: vec![page("/", Some(200))],
        listening_after: Some(900),
        paths: Vec::new(),
        screenshots: Vec::new(),
        without_browser: false,
        remote_browser: Default::default(),
        databases: vec![DatabaseFacts {
            service: "mongo".into(),
            kind: DatabaseKind::Mongo,
            answered: true,
            collections: vec![CollectionFacts { name: "films.films".into(), items: 250, samples: vec![] }],
        }],
        network: None,
        milliseconds: 9_000,
    }
}
