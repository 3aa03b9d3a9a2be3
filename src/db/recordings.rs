//! Recordings: what hosts answered, kept for later runs. A row is claimed first, so that everybody asks once.
//! May import: `domain/`.
//! Next: `egress/recorder.rs`, which decides what is the same question.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::ids::{CourseId, ForkId, RunId};

/// What is asked: the same for everybody who may get the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub course: CourseId,
    pub key: String,
    /// Of the headers that hosts may answer differently to.
    pub fingerprint: String,
}

/// A recording that may answer a question, without its body.
#[derive(Debug, Clone)]
pub struct Variant {
    pub id: i64,
    pub fingerprint: String,
    /// Header names in small letters, with the values that the first program sent.
    pub vary: BTreeMap<String, String>,
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub status: u16,
    /// In their order; bytes of a value as Latin-1.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub address: String,
    pub recorded_at: DateTime<Utc>,
}

/// What is claimed: for people, and for whoever asks the host.
#[derive(Debug, Clone)]
pub struct Claimed<'a> {
    pub method: &'a str,
    pub url: &'a str,
    pub host: &'a str,
    pub run: RunId,
}

/// Every recording under a key, the oldest first.
pub async fn variants(conn: &mut PgConnection, question: &Question) -> sqlx::Result<Vec<Variant>> {
    let rows = sqlx::query!(
        r#"select id, fingerprint, vary as "vary: Json<BTreeMap<String, String>>" from recording
           where course_id = $1 and key = $2 and recorded_at is not null order by id"#,
        question.course.0,
        question.key,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| Variant { id: row.id, fingerprint: row.fingerprint, vary: row.vary.0 }).collect())
}

/// An answer; `None` where a teacher has forgotten it meanwhile.
pub async fn load(conn: &mut PgConnection, course: CourseId, id: i64) -> sqlx::Result<Option<Kept>> {
    let row = sqlx::query!(
        r#"select status as "status!", headers as "headers!: Json<Vec<(String, String)>>", body as "body!", address as "address!",
             recorded_at as "recorded_at!"
           from recording where course_id = $1 and id = $2 and recorded_at is not null"#,
        course.0,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Kept {
        status: u16::try_from(row.status).unwrap_or_default(),
        headers: row.headers.0,
        body: row.body,
        address: row.address,
        recorded_at: row.recorded_at,
    }))
}

/// The right to ask the host: `false` while somebody else does, or where it is recorded already. A claim that has run out is taken over.
pub async fn claim(
    conn: &mut PgConnection,
    question: &Question,
    claimed: &Claimed<'_>,
    token: Uuid,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into recording (course_id, key, fingerprint, method, url, host, claim, claimed_until, run_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, (select id from run where id = $9))
         on conflict (course_id, key, fingerprint) do update
         set claim = excluded.claim, claimed_until = excluded.claimed_until, run_id = excluded.run_id
         where recording.claimed_until < $10",
        question.course.0,
        question.key,
        question.fingerprint,
        claimed.method,
        claimed.url,
        claimed.host,
        token,
        until,
        claimed.run.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps the answer to a claimed question; `false` where the claim was lost.
pub async fn keep(
    conn: &mut PgConnection,
    question: &Question,
    token: Uuid,
    kept: &Kept,
    vary: &BTreeMap<String, String>,
    milliseconds: u64,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update recording
         set claim = null, claimed_until = null, vary = $5, status = $6, headers = $7, body = $8, body_bytes = $9, address = $10,
           milliseconds = $11, recorded_at = $12
         where course_id = $1 and key = $2 and fingerprint = $3 and claim = $4",
        question.course.0,
        question.key,
        question.fingerprint,
        token,
        Json(vary) as _,
        i32::from(kept.status),
        Json(&kept.headers) as _,
        kept.body,
        i64::try_from(kept.body.len()).unwrap_or(i64::MAX),
        kept.address,
        i32::try_from(milliseconds).unwrap_or(i32::MAX),
        kept.recorded_at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a claim up: the next who wants to know asks.
pub async fn give_up(conn: &mut PgConnection, question: &Question, token: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from recording where course_id = $1 and key = $2 and fingerprint = $3 and claim = $4",
        question.course.0,
        question.key,
        question.fingerprint,
        token,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Bytes of all bodies that a course keeps.
pub async fn held_bytes(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<u64> {
    let bytes = sqlx::query_scalar!(
        r#"select coalesce(sum(body_bytes), 0)::bigint as "bytes!" from recording where course_id = $1"#,
        course.0
    )
    .fetch_one(conn)
    .await?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}

/// What is recorded of one host.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct HostSummary {
    pub host: String,
    pub answers: u64,
    pub bytes: u64,
    pub oldest: DateTime<Utc>,
    pub newest: DateTime<Utc>,
}

/// Every host with recordings, by name.
pub async fn hosts(conn: &mut PgConnection, course: CourseId) -> sqlx::Result<Vec<HostSummary>> {
    let rows = sqlx::query!(
        r#"select host, count(*) as "answers!", sum(body_bytes)::bigint as "bytes!", min(recorded_at) as "oldest!",
             max(recorded_at) as "newest!"
           from recording where course_id = $1 and recorded_at is not null group by host order by host"#,
        course.0
    )
    .fetch_all(conn)
    .await?;
    let summaries = rows.into_iter().map(|row| HostSummary {
        host: row.host,
        answers: u64::try_from(row.answers).unwrap_or(0),
        bytes: u64::try_from(row.bytes).unwrap_or(0),
        oldest: row.oldest,
        newest: row.newest,
    });
    Ok(summaries.collect())
}

/// A recording in a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    pub id: i64,
    pub method: String,
    pub url: String,
    pub host: String,
    pub status: i32,
    pub bytes: u64,
    pub milliseconds: u64,
    pub recorded_at: DateTime<Utc>,
    pub address: String,
    /// The fork whose run asked first.
    pub fork: Option<ForkId>,
    pub fork_name: Option<String>,
}

/// Recordings of one host (all where absent) or a single one, the newest first.
pub async fn list(
    conn: &mut PgConnection,
    course: CourseId,
    host: Option<&str>,
    id: Option<i64>,
    most: i64,
) -> sqlx::Result<Vec<Listed>> {
    let rows = sqlx::query!(
        r#"select recording.id, method, url, host, recording.status as "status!", body_bytes, milliseconds as "milliseconds!",
             recorded_at as "recorded_at!", address as "address!", fork.id as "fork?", fork.full_name as "fork_name?"
           from recording
             left join run on run.id = recording.run_id
             left join submission on submission.id = run.submission_id
             left join fork on fork.id = submission.fork_id
           where recording.course_id = $1 and recorded_at is not null
             and ($2::text is null or host = $2) and ($3::bigint is null or recording.id = $3)
           order by recorded_at desc, recording.id desc limit $4"#,
        course.0,
        host,
        id,
        most,
    )
    .fetch_all(conn)
    .await?;
    let listed = rows.into_iter().map(|row| Listed {
        id: row.id,
        method: row.method,
        url: row.url,
        host: row.host,
        status: row.status,
        bytes: u64::try_from(row.body_bytes).unwrap_or(0),
        milliseconds: u64::try_from(row.milliseconds).unwrap_or(0),
        recorded_at: row.recorded_at,
        address: row.address,
        fork: row.fork.map(ForkId),
        fork_name: row.fork_name,
    });
    Ok(listed.collect())
}

/// Forgets what is recorded: of one host, or one recording, or everything. What is being recorded right now stays.
pub async fn forget(
    conn: &mut PgConnection,
    course: CourseId,
    host: Option<&str>,
    id: Option<i64>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "delete from recording where course_id = $1 and recorded_at is not null
           and ($2::text is null or host = $2) and ($3::bigint is null or id = $3)",
        course.0,
        host,
        id,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
