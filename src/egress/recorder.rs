//! Recordings: the same question has the same answer, whoever asks, and its host is asked once.
//! May import: `db/recordings`, `random`, `domain/`, and within the room `exchange` and `upstream`.
//! Next: `db/recordings.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::TimeDelta;
use hyper::StatusCode;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use url::Url;
use uuid::Uuid;

use super::exchange::{self, Asked, Kept, Told, Turned};
use super::upstream::Answer;
use super::{Inner, Recordings};
use crate::db;
use crate::db::recordings::{Claimed, Question};
use crate::domain::facts::network::Failure;

/// How often somebody who waits for another run's question looks again.
const LOOK: Duration = Duration::from_millis(100);
/// Letters of an address that are kept for people.
const URL: usize = 2000;

/// Headers that hosts answer differently to, and say so (`Vary`).
const VARIED: [HeaderName; 4] =
    [header::ACCEPT, header::ACCEPT_LANGUAGE, HeaderName::from_static("x-requested-with"), header::ORIGIN];
/// Headers that ask for less than the whole answer: recordings are whole.
const CONDITIONAL: [HeaderName; 7] = [
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_MATCH,
    header::IF_UNMODIFIED_SINCE,
    header::IF_RANGE,
    header::CACHE_CONTROL,
    header::PRAGMA,
];
/// Headers that differ from program to program and change no answer worth telling apart. Every other header is part of the question, cookies
/// and credentials above all: nobody is answered with what another one may see.
const INDIFFERENT: [&str; 8] = [
    "accept-encoding",
    "referer",
    "dnt",
    "priority",
    "save-data",
    "upgrade-insecure-requests",
    "user-agent",
    "sec-gpc",
];
/// Parameters that are there so that no two addresses are the same.
const BUSTERS: [&str; 5] = ["_", "cb", "nocache", "cachebuster", "cache_buster"];

/// The answer from a recording, or from the host and recorded.
pub(super) async fn answer(
    inner: &Arc<Inner>,
    recordings: &Recordings,
    asked: Asked,
    at_most: Duration,
) -> Result<Told, Turned> {
    let question = question(recordings, &asked);
    // Whoever waits for somebody else's question waits for its end, and may then have to ask.
    let deadline = Instant::now() + at_most * 2;
    loop {
        if let Some((answer, kept)) = find(recordings, &question, &asked.headers).await.map_err(ours)? {
            return Ok(Told::Replayed(answer, kept));
        }
        if let Some(token) = claim(inner, recordings, &question, &asked, at_most).await.map_err(ours)? {
            let claim = Claim { recordings: recordings.clone(), question, token };
            // Also where the program has gone meanwhile: others may wait for this answer.
            let recorded = tokio::spawn(record(Arc::clone(inner), claim, asked, at_most)).await;
            return recorded.unwrap_or(Err(Turned::Failed(Failure::Recording)));
        }
        if Instant::now() >= deadline {
            return Err(Turned::Failed(Failure::TimedOut));
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn ours(error: sqlx::Error) -> Turned {
    tracing::warn!(%error, "recordings cannot be read or written");
    Turned::Failed(Failure::Recording)
}

/// What an answer follows from.
fn question(recordings: &Recordings, asked: &Asked) -> Question {
    let mut key = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        key.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    };
    part(asked.method.as_str().as_bytes());
    part(without_busters(&asked.url).as_str().as_bytes());
    part(blake3::hash(&asked.body).as_bytes());
    part(agent(&asked.headers).as_bytes());
    let mut own: Vec<(&str, &[u8])> = asked
        .headers
        .iter()
        .filter(|(name, _)| is_of_the_question(name))
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    own.sort_unstable();
    for (name, value) in own {
        part(name.as_bytes());
        part(value);
    }
    let mut fingerprint = blake3::Hasher::new();
    for name in &VARIED {
        fingerprint.update(sent(&asked.headers, name).as_bytes()).update(b"\n");
    }
    Question {
        course: recordings.course,
        key: key.finalize().to_hex().to_string(),
        fingerprint: fingerprint.finalize().to_hex().to_string(),
    }
}

fn is_of_the_question(name: &HeaderName) -> bool {
    let indifferent = INDIFFERENT.contains(&name.as_str()) || name.as_str().starts_with("sec-");
    !(indifferent || VARIED.contains(name) || CONDITIONAL.contains(name))
}

/// Many hosts turn programs away that say what they are: a browser and a library ask two questions, and every browser the same.
fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(['/', ' ']).next().unwrap_or_default().to_ascii_lowercase()
}

/// What a header says, as it is compared: who accepts anything may say so or not.
fn sent(headers: &HeaderMap, name: &HeaderName) -> String {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| latin1(value).trim().to_ascii_lowercase()).collect();
    let text = values.join(",");
    if *name == header::ACCEPT && text == "*/*" { String::new() } else { text }
}

/// The address without parameters such as `_=1700000000000`.
fn without_busters(url: &Url) -> Url {
    let is_buster = |(name, value): &(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
        BUSTERS.contains(&name.to_ascii_lowercase().as_str()) && value.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    if !url.query_pairs().any(|pair| is_buster(&pair)) {
        return url.clone();
    }
    let kept: Vec<_> = url.query_pairs().filter(|pair| !is_buster(pair)).collect();
    let mut plain = url.clone();
    plain.set_query(None);
    if !kept.is_empty() {
        plain.query_pairs_mut().extend_pairs(kept);
    }
    plain
}

/// The recording that answers this program: the same headers, or at least the same of those that the answer varies by.
async fn find(
    recordings: &Recordings,
    question: &Question,
    headers: &HeaderMap,
) -> sqlx::Result<Option<(Answer, Kept)>> {
    let conn = &mut *recordings.pool.acquire().await?;
    let variants = db::recordings::variants(conn, question).await?;
    let fits = |vary: &BTreeMap<String, String>| {
        vary.iter().all(|(name, value)| {
            HeaderName::from_bytes(name.as_bytes()).is_ok_and(|name| sent(headers, &name) == *value)
        })
    };
    let same = variants.iter().find(|variant| variant.fingerprint == question.fingerprint);
    let Some(variant) = same.or_else(|| variants.iter().find(|variant| fits(&variant.vary))) else { return Ok(None) };
    let kept = db::recordings::load(conn, question.course, variant.id).await?;
    Ok(kept.map(|kept| {
        let told = Kept { address: kept.address.clone(), recorded_at: kept.recorded_at };
        (answer_of(kept), told)
    }))
}

async fn claim(
    inner: &Inner,
    recordings: &Recordings,
    question: &Question,
    asked: &Asked,
    at_most: Duration,
) -> sqlx::Result<Option<Uuid>> {
    let (token, now) = (crate::random::lease(), inner.egress.shared.clock.now());
    // Beyond every bound of its own: who still holds it then is dead.
    let until = now + TimeDelta::from_std(at_most * 2).unwrap_or_default() + TimeDelta::seconds(10);
    let claimed = Claimed {
        method: asked.method.as_str(),
        url: &asked.url.as_str().chars().take(URL).collect::<String>(),
        host: asked.url.host_str().unwrap_or_default(),
        run: inner.run,
    };
    let conn = &mut *recordings.pool.acquire().await?;
    let claims = db::recordings::claim(conn, question, &claimed, token, now, until).await?;
    Ok(claims.then_some(token))
}

/// The right to ask.
struct Claim {
    recordings: Recordings,
    question: Question,
    token: Uuid,
}

/// Asks the host, and keeps an answer that is worth it.
async fn record(inner: Arc<Inner>, claim: Claim, mut asked: Asked, at_most: Duration) -> Result<Told, Turned> {
    let started = Instant::now();
    for name in &CONDITIONAL {
        asked.headers.remove(name);
    }
    let answer = match exchange::fetch(&inner, &asked, at_most).await {
        Ok(answer) => answer,
        Err(turned) => {
            give_up(&claim).await;
            return Err(turned);
        }
    };
    let kept = match varies(&answer, &asked.headers) {
        Some(vary) if is_worth_keeping(answer.status) => {
            keep(&inner, &claim, &answer, &vary, started.elapsed()).await.map_err(ours)?
        }
        _ => None,
    };
    match kept {
        Some(kept) => Ok(Told::Recorded(answer, kept)),
        None => {
            give_up(&claim).await;
            Ok(Told::Passed(answer))
        }
    }
}

async fn give_up(claim: &Claim) {
    let given_up = async {
        let conn = &mut *claim.recordings.pool.acquire().await?;
        db::recordings::give_up(conn, &claim.question, claim.token).await
    };
    // It runs out by itself.
    if let Err(error) = given_up.await {
        tracing::warn!(%error, "a claim on a recording was not given back");
    }
}

/// `None` where the claim was lost or the course's recordings are full.
async fn keep(
    inner: &Inner,
    claim: &Claim,
    answer: &Answer,
    vary: &BTreeMap<String, String>,
    took: Duration,
) -> sqlx::Result<Option<Kept>> {
    let conn = &mut *claim.recordings.pool.acquire().await?;
    let held = db::recordings::held_bytes(conn, claim.recordings.course).await?;
    let most = u64::from(inner.rules().limits.recordings_mib) << 20;
    if held + answer.body.len() as u64 > most {
        tracing::warn!(held, "the recordings of this course are full: answers pass, and are not kept");
        return Ok(None);
    }
    let headers: Vec<(String, String)> =
        answer.headers.iter().map(|(name, value)| (name.as_str().to_owned(), latin1(value))).collect();
    let kept = db::recordings::Kept {
        status: answer.status.as_u16(),
        address: address(answer.status, &headers, &answer.body),
        headers,
        body: answer.body.to_vec(),
        recorded_at: inner.egress.shared.clock.now(),
    };
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let is_kept = db::recordings::keep(conn, &claim.question, claim.token, &kept, vary, milliseconds).await?;
    Ok(is_kept.then_some(Kept { address: kept.address, recorded_at: kept.recorded_at }))
}

/// What is wrong only today is asked again tomorrow.
fn is_worth_keeping(status: StatusCode) -> bool {
    let for_now = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    !status.is_server_error() && !for_now.contains(&status)
}

/// The headers that an answer varies by, as this program sent them; `None` where it varies by everything.
fn varies(answer: &Answer, headers: &HeaderMap) -> Option<BTreeMap<String, String>> {
    let mut by = BTreeMap::new();
    for value in answer.headers.get_all(header::VARY) {
        for name in latin1(value).split(',').map(str::trim) {
            if name == "*" {
                return None;
            }
            if let Some(name) = VARIED.iter().find(|varied| name.eq_ignore_ascii_case(varied.as_str())) {
                by.insert(name.as_str().to_owned(), sent(headers, name));
            }
        }
    }
    Some(by)
}

fn address(status: StatusCode, headers: &[(String, String)], body: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&status.as_u16().to_le_bytes());
    for (name, value) in headers {
        hasher.update(name.as_bytes()).update(b": ").update(value.as_bytes()).update(b"\n");
    }
    hasher.update(b"\n").update(body);
    hasher.finalize().to_hex().to_string()
}

/// Bytes of a header as text; every byte has its letter.
fn latin1(value: &HeaderValue) -> String {
    value.as_bytes().iter().map(|&byte| char::from(byte)).collect()
}

fn answer_of(kept: db::recordings::Kept) -> Answer {
    let mut headers = HeaderMap::new();
    for (name, value) in kept.headers {
        let bytes: Vec<u8> = value.chars().map(|letter| u8::try_from(letter).unwrap_or(b'?')).collect();
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(&bytes)) {
            headers.append(name, value);
        }
    }
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::BAD_GATEWAY);
    Answer { status, headers, body: Bytes::from(kept.body) }
}

#[cfg(test)]
mod tests;
