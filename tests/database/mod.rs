//! The database when it is away, ahead of the program, or our own.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use forkgrade::db::cluster::Cluster;
use forkgrade::db::{DatabaseError, connect};

use crate::support::database::Database;

#[tokio::test]
async fn a_database_that_is_away_says_so_and_what_to_look_at() {
    let error = connect("postgres://nobody@127.0.0.1:1/none", 1).await.unwrap_err();
    assert!(matches!(error, DatabaseError::Away(_)));
    assert!(error.to_string().contains("DATABASE_URL"), "{error}");
    let error = connect("not an address", 1).await.unwrap_err();
    assert!(matches!(error, DatabaseError::BadUrl(_)), "{error}");
}

#[tokio::test]
async fn a_database_ahead_of_the_program_is_not_touched() {
    let database = Database::new().await;
    sqlx::query("insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (99999, 'from the future', true, '', 0)")
        .execute(&database.pool)
        .await
        .unwrap();
    let error = connect(&database.url(), 1).await.unwrap_err();
    assert!(matches!(error, DatabaseError::Ahead { version: 99999 }), "{error}");
}

#[tokio::test]
async fn facts_cannot_be_changed() {
    let database = Database::new().await;
    sqlx::query("insert into facts (address, kind, key, version, document, created_at) values ('a', 'execution', 'k', 1, '{}', now())")
        .execute(&database.pool)
        .await
        .unwrap();
    for sql in ["update facts set version = 2", "delete from facts"] {
        let error = sqlx::query(sql).execute(&database.pool).await.unwrap_err();
        assert!(error.to_string().contains("immutable"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_cluster_is_started_once_and_stopped_by_the_last() {
    let folder = tempfile::tempdir().unwrap();
    // Postgres runs as another user where the test is root, and has to walk to its data.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = Arc::new(folder.path().join("postgres"));
    let start = |path: Arc<std::path::PathBuf>| tokio::task::spawn_blocking(move || Cluster::start(&path).unwrap());
    let (first, second) = tokio::join!(start(Arc::clone(&path)), start(Arc::clone(&path)));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.url, second.url);
    let url = first.url.clone();
    let pool = connect(&url, 2).await.unwrap();
    tokio::task::spawn_blocking(move || first.stop()).await.unwrap();
    assert!(sqlx::query("select 1").execute(&pool).await.is_ok(), "the second still uses it");
    pool.close().await;
    tokio::task::spawn_blocking(move || second.stop()).await.unwrap();
    assert!(matches!(connect(&url, 1).await.unwrap_err(), DatabaseError::Away(_)));
}
