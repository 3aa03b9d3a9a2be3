//! Hostile projects, a folder each: run through the real engine beside an innocent one, each with what must be said of it.
//! `case.toml` says what it tries and what is seen; what it prints behind `GOT` is what no project may get.

mod attack;
mod case;
mod objects;
mod world;

use attack::assert_answered;

/// A test per folder: each runs alone, and says by its name what is tried.
macro_rules! cases {
    ($($name:ident: $folder:literal;)*) => {
        const CASES: &[&str] = &[$($folder),*];
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                assert_answered($folder).await;
            }
        )*
    };
}

cases! {
    a_million_files: "a-million-files";
    attack_at_build: "attack-at-build";
    attack_at_install: "attack-at-install";
    compose_asks_for_the_host: "compose-asks-for-the-host";
    daemonises: "daemonises";
    databases_shut_down: "databases-shut-down";
    dockerfile_asks_for_the_host: "dockerfile-asks-for-the-host";
    elasticsearch_to_disk: "elasticsearch-to-disk";
    endless_body: "endless-body";
    endless_flood: "endless-flood";
    endless_line: "endless-line";
    engine_socket: "engine-socket";
    fifty_megabytes: "fifty-megabytes";
    forged_results: "forged-results";
    fork_bomb: "fork-bomb";
    fork_bomb_that_serves: "fork-bomb-that-serves";
    full_disk: "full-disk";
    gzip_bomb: "gzip-bomb";
    ignores_sigterm: "ignores-sigterm";
    kernel_files: "kernel-files";
    loaded_by_python: "loaded-by-python";
    memory_bomb: "memory-bomb";
    memory_bomb_in_a_child: "memory-bomb-in-a-child";
    mongo_filled: "mongo-filled";
    never_answers: "never-answers";
    never_listens: "never-listens";
    poisoned_layer: "poisoned-layer";
    redirects_forever: "redirects-forever";
    redirects_out: "redirects-out";
    redis_filled: "redis-filled";
    redis_writes_files: "redis-writes-files";
    secrets_of_ours: "secrets-of-ours";
    setuid: "setuid";
    sparse_file: "sparse-file";
    speaks_to_a_model: "speaks-to-a-model";
    system_calls: "system-calls";
    tags_of_ours: "tags-of-ours";
    ten_gigabytes: "ten-gigabytes";
    ten_thousand_pages: "ten-thousand-pages";
    terminal_escapes: "terminal-escapes";
    work_of_others: "work-of-others";
    wrong_content_length: "wrong-content-length";
    yaml_bomb: "yaml-bomb";
    zombies: "zombies";
}

#[test]
fn every_folder_is_a_test() {
    let folders = std::fs::read_dir(case::folder("")).expect("tests/hostile").flatten();
    let mut names: Vec<String> = folders
        .filter(|entry| entry.path().join("case.toml").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, CASES);
}
