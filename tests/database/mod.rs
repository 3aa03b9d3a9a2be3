//! The database when it is away, ahead of the program, or our own.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use forkgrade::db::cluster::Cluster;
use forkgrade::db::{DatabaseError, connect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

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

/// A server that says it is Postgres 13, and is the test's own in all else.
async fn an_old_postgres(real: &Database) -> String {
    const OLD: i32 = 130_011;
    let number: i32 =
        sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&real.pool).await.unwrap();
    let mut url = url::Url::parse(&real.url()).unwrap();
    let address = (url.host_str().unwrap().to_owned(), url.port().unwrap_or(5432));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(address.clone()).await.unwrap();
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
            tokio::spawn(async move {
                let mut buffer = [0; 8192];
                while let Ok(length @ 1..) = from_server.read(&mut buffer).await {
                    let said = &mut buffer[..length];
                    let place = said.windows(4).position(|bytes| bytes == number.to_be_bytes());
                    if let Some(place) = place {
                        said[place..place + 4].copy_from_slice(&OLD.to_be_bytes());
                    }
                    to_client.write_all(said).await.unwrap();
                }
            });
        }
    });
    url.into()
}

#[tokio::test]
async fn a_postgres_that_is_too_old_is_named_with_what_is_needed() {
    let database = Database::new().await;
    let error = connect(&an_old_postgres(&database).await, 1).await.unwrap_err();
    assert_eq!(error.to_string(), "Postgres 13 is too old: forkgrade needs 15 or later");
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
