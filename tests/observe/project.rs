//! Finding the project, as CORPUS says that it is handed in.

use std::fs;

use super::support::{
    APP, Files, TEMPLATE, UPSTREAM, Upstream, course, date, folder, inspect_files, inspect_folder, inspect_fork,
    path_of, write,
};
use forkgrade::domain::Source;
use forkgrade::domain::facts::inspection::{ProjectFacts, ProjectState};
use forkgrade::observe::folder::Folder;
use forkgrade::observe::inspect::{InspectRequest, SeparateProject, inspect, inspection_address};
use forkgrade::observe::project::separate_repository;

#[track_caller]
fn assert_project(own: Files<'_>, state: ProjectState, folder: Option<&str>, found_by: &str) -> ProjectFacts {
    let project = inspect_fork(own).project;
    assert_eq!(project.state, state);
    assert_eq!(project.folder.as_ref().map(|folder| folder.as_str()), folder);
    assert_eq!(project.found_by.key, found_by);
    project
}

#[test]
fn the_folder_that_the_course_names() {
    let own: Files<'_> = &[("6Evaluation/Projet/app.py", APP)];
    let project = assert_project(own, ProjectState::Submitted, Some("6Evaluation/Projet"), "project-found-named");
    assert_eq!((project.files, project.own_files, project.own_code_files), (2, 1, 1));
    assert!(project.tree.is_some());
    let lower: Files<'_> = &[("Evaluation/projet/app.py", APP)];
    assert_project(lower, ProjectState::Submitted, Some("Evaluation/projet"), "project-found-named");
}

#[test]
fn nothing_but_what_the_course_provides() {
    assert_project(&[], ProjectState::Template, Some("6Evaluation/Projet"), "project-found-template");
    let notes: Files<'_> = &[("6Evaluation/Projet/notes.txt", "à faire")];
    assert_project(notes, ProjectState::DocumentsOnly, Some("6Evaluation/Projet"), "project-found-documents");
}

#[test]
fn no_folder_and_no_files() {
    let project = inspect_files(&[("README.md", "# Bonjour")]).project;
    assert_eq!((project.state, project.folder), (ProjectState::Missing, None));
    assert_eq!(inspect_files(&[]).project.state, ProjectState::EmptyRepository);
}

#[test]
fn a_repository_inside_the_repository_is_empty_on_github() {
    let fork = folder(UPSTREAM);
    fs::remove_dir_all(fork.path().join("6Evaluation/Projet")).expect("removed");
    write(fork.path(), "6Evaluation/Projet/app.py", APP.as_bytes());
    write(fork.path(), "6Evaluation/Projet/.git/HEAD", b"ref: refs/heads/master\n");
    let project = inspect_folder(fork.path(), Some(Upstream::of(&[UPSTREAM]))).project;
    assert_eq!(project.state, ProjectState::Gitlink);
    assert_eq!(project.refused, [path_of("6Evaluation/Projet")].into_iter().skip(1).collect::<Vec<_>>());
    // One folder deeper it is as empty.
    let fork = folder(UPSTREAM);
    write(fork.path(), "6Evaluation/Projet/appli/app.py", APP.as_bytes());
    write(fork.path(), "6Evaluation/Projet/appli/.git", b"gitdir: ../../.git/modules/appli\n");
    let project = inspect_folder(fork.path(), Some(Upstream::of(&[UPSTREAM]))).project;
    assert_eq!(project.state, ProjectState::Gitlink);
    assert_eq!(project.refused, [path_of("6Evaluation/Projet/appli")]);
}

#[test]
fn a_repository_beside_the_course_s_folders_is_named_where_no_program_was_found() {
    let found = |own: Files<'_>| {
        let fork = folder(UPSTREAM);
        for (path, text) in own {
            write(fork.path(), path, text.as_bytes());
        }
        write(fork.path(), "projet_films/.git/HEAD", b"ref: refs/heads/main\n");
        inspect_folder(fork.path(), Some(Upstream::of(&[UPSTREAM]))).project
    };
    let nothing_else = found(&[]);
    assert_eq!((nothing_else.state, nothing_else.folder), (ProjectState::Gitlink, Some(path_of("projet_films"))));
    let documents = found(&[("6Evaluation/Projet/notes.txt", "à faire")]);
    assert_eq!(
        (documents.state, documents.folder),
        (ProjectState::DocumentsOnly, Some(path_of("6Evaluation/Projet"))),
        "what was handed in is graded"
    );
    assert_eq!(documents.found_by.args.get("nested").map(String::as_str), Some("projet_films"));
    assert_eq!(found(&[("6Evaluation/Projet/app.py", APP)]).state, ProjectState::Submitted);
}

#[test]
fn elsewhere_the_own_program_is_looked_for() {
    use ProjectState::Submitted;
    assert_project(&[("app.py", APP)], Submitted, Some(""), "project-found-root");
    assert_project(&[("Projet/src/app.py", APP)], Submitted, Some("Projet"), "project-found-elsewhere");
    assert_project(&[("6Evaluation/app.py", APP)], Submitted, Some("6Evaluation"), "project-found-elsewhere");
    let beside: Files<'_> = &[("6Evaluation/Films/app.py", APP), ("6Evaluation/Projet/notes.txt", "x")];
    assert_project(beside, Submitted, Some("6Evaluation/Films"), "project-found-elsewhere");
    let composed = |compose| -> [(&str, &str); 3] {
        [("projet/docker-compose.yml", compose), ("projet/site/app.py", APP), ("projet/collecte/autre.py", "x = 1\n")]
    };
    let parts = composed("services:\n  web:\n    build: ./site\n  collecte:\n    build: {context: collecte}\n");
    assert_project(&parts, Submitted, Some("projet"), "project-found-elsewhere");
    let root: Files<'_> =
        &[("docker-compose.yml", "services: {web: {build: {context: site/}}}\n"), ("site/app.py", APP)];
    assert_project(root, Submitted, Some(""), "project-found-root");
    let other: Files<'_> = &[("docker-compose.yml", "services: {web: {image: mongo}}\n"), ("site/app.py", APP)];
    assert_project(other, Submitted, Some("site"), "project-found-elsewhere");
}

#[test]
fn a_starter_beside_its_package_belongs_to_it() {
    let own: Files<'_> = &[
        ("6Evaluation/run.py", "from application import app\napp.run()\n"),
        ("6Evaluation/application/__init__.py", "from flask import Flask\napp = Flask(__name__)\n"),
    ];
    assert_project(own, ProjectState::Submitted, Some("6Evaluation"), "project-found-elsewhere");
    // What nobody imports stands alone.
    let own: Files<'_> = &[
        ("6Evaluation/essai.py", "print('bonjour')\n"),
        ("6Evaluation/application/__init__.py", "from flask import Flask\napp = Flask(__name__)\n"),
    ];
    assert_project(own, ProjectState::Submitted, Some("6Evaluation/application"), "project-found-elsewhere");
}

#[test]
fn an_empty_file_does_not_make_a_folder_the_courses() {
    let fork: Vec<(&str, &str)> =
        [UPSTREAM, &[("Projet/flask/app.py", APP), ("Projet/flask/app/__init__.py", "")]].concat();
    let upstream = [UPSTREAM, &[("2Scrapy/tutorial/__init__.py", "")]].concat();
    let project = inspect_folder(folder(&fork).path(), Some(Upstream::of(&[&upstream]))).project;
    assert_eq!(project.folder, Some(path_of("Projet")));
}

#[test]
fn exercises_in_chapters_and_loose_scripts_are_no_project() {
    let exercise: Files<'_> = &[("4Flask/exercice/app.py", APP)];
    assert_project(exercise, ProjectState::Template, Some("6Evaluation/Projet"), "project-found-template");
    let loose: Files<'_> = &[("essai.py", "print('bonjour')\n")];
    assert_project(loose, ProjectState::Template, Some("6Evaluation/Projet"), "project-found-template");
}

#[test]
fn a_program_inside_a_virtual_environment_is_found_and_the_environment_is_not() {
    let own: Files<'_> = &[
        ("6Evaluation/Projet/venv/pyvenv.cfg", "home = C:\\Python38\n"),
        ("6Evaluation/Projet/venv/Lib/site-packages/flask/__init__.py", "x = 1\n"),
        ("6Evaluation/Projet/venv/Scripts/activate.bat", "@echo off\n"),
        ("6Evaluation/Projet/venv/app/app.py", APP),
        ("6Evaluation/Projet/data/WiredTiger", "WiredTiger\n"),
        ("6Evaluation/Projet/data/collection-0.wt", "x"),
        ("6Evaluation/Projet/chromedriver.exe", "MZ"),
    ];
    let inspection = inspect_fork(own);
    let junk: Vec<String> = inspection.project.junk.iter().map(ToString::to_string).collect();
    let wanted = ["chromedriver.exe", "data", "venv/Lib", "venv/Scripts", "venv/pyvenv.cfg"];
    assert_eq!(junk, wanted.map(|path| format!("6Evaluation/Projet/{path}")));
    assert_eq!(inspection.project.own_files, 1);
    let plan = inspection.plan.expect("a plan");
    assert_eq!(plan.steps.last().map(|step| step.file.as_str()), Some("venv/app/app.py"));
}

#[test]
fn identical_projects_have_one_address_wherever_they_lie() {
    let project = [("6Evaluation/Projet/app.py", APP), ("6Evaluation/Projet/README.md", "# Films")];
    let one = inspect_fork(&project);
    let mut other = project.to_vec();
    other.push(("1Python/essai.py", "print(1)\n"));
    let other = inspect_fork(&other);
    assert_eq!(one.project.tree, other.project.tree);
    assert_eq!(inspection_address(&one), inspection_address(&inspect_fork(&project)));
    let changed = inspect_fork(&[("6Evaluation/Projet/app.py", "x = 1\n"), project[1]]);
    assert_ne!(one.project.tree, changed.project.tree);
}

#[test]
fn the_separate_repository_takes_the_forks_place() {
    let course = course();
    let fork = folder(&[UPSTREAM, &[(".forkgrade.toml", "project = \"lea/films\"\nautre = 1\n")]].concat());
    let fork = Folder::open(fork.path()).expect("a folder").with_upstream(Upstream::of(&[UPSTREAM]));
    assert_eq!(separate_repository(&fork).as_deref(), Some("lea/films"));
    let separate = folder(&[("app.py", APP), ("README.md", "# Films\n\nNotre projet à nous deux, avec Flask.\n")]);
    let separate = Folder::open(separate.path()).expect("a folder");
    let tree: forkgrade::domain::TreeId = "a".repeat(40).parse().expect("a tree id");
    let request =
        |separate| InspectRequest { course: &course, history: None, as_of: date("2024-01-15T12:00:00Z"), separate };
    let found = SeparateProject::Found { name: "lea/films".into(), tree: tree.clone(), source: &separate };
    let inspection = inspect(&fork, request(found));
    assert_eq!(inspection.project.state, ProjectState::Submitted);
    assert_eq!(inspection.project.folder, Some(path_of("")));
    assert_eq!(inspection.project.tree, Some(tree));
    assert_eq!(inspection.project.separate_repository.as_deref(), Some("lea/films"));
    assert_eq!(inspection.readme.candidates.len(), 1, "the README is read there");
    assert!(inspection.plan.is_some());
    let lost = inspect(&fork, request(SeparateProject::Unreadable { name: "lea/films".into() }));
    assert_eq!(lost.project.state, ProjectState::ElsewhereUnreadable);
}

#[test]
fn without_an_upstream_everything_is_own_and_chapters_are_not_searched() {
    let fork = folder(UPSTREAM);
    let project = inspect_folder(fork.path(), None).project;
    assert_eq!(project.state, ProjectState::DocumentsOnly, "the template cannot be told from an own README");
    let project = inspect_folder(folder(&[("app.py", APP)]).path(), None).project;
    assert_eq!((project.state, project.folder), (ProjectState::Submitted, Some(path_of(""))));
}

#[test]
fn a_folder_on_disk_is_read_as_git_would() {
    let files = folder(&[("é/b.txt", "bonjour\n"), (".git/config", "x"), (".gitignore", "")]);
    std::os::unix::fs::symlink("/etc/passwd", files.path().join("lien")).expect("a link");
    let opened = Folder::open(files.path()).expect("a folder");
    let listed: Vec<_> = opened.entries().iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(listed, [".gitignore", "lien", "é", "é/b.txt"]);
    let object = opened.entries().last().and_then(|entry| entry.object.clone()).expect("an id");
    // `printf 'bonjour\n' | git hash-object --stdin`
    assert_eq!(object.as_str(), "1cd909e05d33f0f6bc4ea1caf19b5749b434ceb3");
    assert!(opened.read(&path_of("lien"), 100).is_err(), "links are never followed");
    assert!(opened.read(&path_of("é/b.txt"), 7).is_err(), "no more than the limit is read");
    assert_eq!(opened.read(&path_of("é/b.txt"), 8).expect("read"), b"bonjour\n");
    let template = Upstream::of(&[UPSTREAM]);
    let known = Folder::open(folder(&[("x.rst", TEMPLATE)]).path()).expect("a folder");
    let object = known.entries().first().and_then(|entry| entry.object.clone()).expect("an id");
    assert_eq!(template.is_from_upstream(&object), Some(true));
}
