//! What goes into a run.

use std::io::Read;

use super::support::{APP, folder, inspect_folder, path_of};
use forkgrade::observe::files::{FileLimits, archive, project_files};
use forkgrade::observe::folder::Folder;

const LIMITS: FileLimits = FileLimits { file: 1000, project: 100_000 };

#[test]
fn junk_links_and_large_files_stay_out() {
    let fork = folder(&[
        ("Evaluation/Projet/app.py", APP),
        ("Evaluation/Projet/templates/index.html", "<p>"),
        ("Evaluation/Projet/node_modules/d3/d3.js", "x"),
        ("Evaluation/Projet/gros.csv", &"x".repeat(1001)),
        ("Evaluation/autre.py", "x"),
    ]);
    std::os::unix::fs::symlink("/etc/passwd", fork.path().join("Evaluation/Projet/lien")).expect("a link");
    let inspection = inspect_folder(fork.path(), None);
    let source = Folder::open(fork.path()).expect("a folder");
    let found = project_files(&source, &inspection.project, inspection.plan.as_ref(), LIMITS);
    let names: Vec<_> = found.files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(names, ["app.py", "templates/index.html"]);
    assert_eq!(found.left_out, [path_of("gros.csv")]);
    let tight = FileLimits { file: 1000, project: 5 };
    let found = project_files(&source, &inspection.project, inspection.plan.as_ref(), tight);
    assert!(found.files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() <= 5);
}

#[test]
fn junk_goes_in_where_the_program_lies_in_it() {
    let fork = folder(&[
        ("Evaluation/Projet/bin/activate", "x"),
        ("Evaluation/Projet/bin/app.py", APP),
        ("Evaluation/Projet/outil.py", "x = 1\n"),
        ("Evaluation/Projet/.forkgrade.toml", "command = 'python bin/app.py'"),
    ]);
    let inspection = inspect_folder(fork.path(), None);
    let source = Folder::open(fork.path()).expect("a folder");
    let found = project_files(&source, &inspection.project, inspection.plan.as_ref(), LIMITS);
    assert!(found.files.iter().any(|(path, _)| path.as_str() == "bin/app.py"), "{:?}", inspection.plan);
}

#[test]
fn the_archive_is_the_same_every_time() {
    let long = format!("{}/{}.py", "d".repeat(120), "é".repeat(60));
    let files =
        vec![(path_of("a/b/c.py"), b"x = 1\n".to_vec()), (path_of("a/d.py"), Vec::new()), (path_of(&long), vec![1])];
    let bytes = archive(&files).expect("an archive");
    assert_eq!(bytes, archive(&files).expect("an archive"));
    let mut read = tar::Archive::new(bytes.as_slice());
    let mut listed = Vec::new();
    for entry in read.entries().expect("entries") {
        let mut entry = entry.expect("an entry");
        let header = entry.header();
        assert_eq!((header.uid().ok(), header.gid().ok(), header.mtime().ok()), (Some(10_001), Some(10_001), Some(0)));
        let mode = header.mode().expect("a mode");
        assert_eq!(mode, if header.entry_type().is_dir() { 0o755 } else { 0o644 });
        let path = entry.path().expect("a path").display().to_string();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("content");
        listed.push((path.trim_end_matches('/').to_owned(), content.len()));
    }
    let wanted = [
        ("a".to_owned(), 0),
        ("a/b".into(), 0),
        ("a/b/c.py".into(), 6),
        ("a/d.py".into(), 0),
        ("d".repeat(120), 0),
        (long, 1),
    ];
    assert_eq!(listed, wanted);
}
