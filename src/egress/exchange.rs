//! The story of one request: is it let through, is it known, what does the host answer, and what is written down of it.
//! May import: hyper, `domain/`, and within the room `recorder` and `upstream`.
//! Next: `recorder.rs`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use url::Url;

use super::Inner;
use super::connection::Destination;
use super::log::Used;
use super::recorder;
use super::upstream::Answer;
use crate::domain::egress::EgressMode;
use crate::domain::facts::network::{Asker, Exchange, ExchangeEnd, Failure, Refusal};

/// The body of a request.
const BODY_BYTES: usize = 1024 * 1024;

/// A request that is let through, whole.
#[derive(Debug)]
pub(super) struct Asked {
    pub method: Method,
    pub url: Url,
    /// Without what belongs to the connection.
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// How an answer was come by.
pub(super) enum Told {
    Passed(Answer),
    Recorded(Answer, Kept),
    Replayed(Answer, Kept),
}

/// What a recording says of itself.
pub(super) struct Kept {
    pub address: String,
    pub recorded_at: chrono::DateTime<chrono::Utc>,
}

/// Why there is no answer of the host's.
pub(super) enum Turned {
    Refused(StatusCode, Refusal),
    Failed(Failure),
}

/// Answers a request, and writes down what became of it.
pub(super) async fn answer(
    inner: &Arc<Inner>,
    asker: Asker,
    destination: Destination,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let started = Instant::now();
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let host = destination.shown();
    let told = tell(inner, asker, &destination, request).await;
    let (response, end) = match told {
        Ok(Told::Passed(answer)) => (respond(answer), ExchangeEnd::Passed),
        Ok(Told::Recorded(answer, kept)) => {
            inner.log().used(&Used { address: &kept.address, recorded_at: kept.recorded_at });
            (respond(answer), ExchangeEnd::Recorded)
        }
        Ok(Told::Replayed(answer, kept)) => {
            inner.log().used(&Used { address: &kept.address, recorded_at: kept.recorded_at });
            (respond(answer), ExchangeEnd::Replayed)
        }
        Err(Turned::Refused(status, why)) => {
            inner.log().refused(asker, &host, why);
            let response = if why == Refusal::NotAllowed { not_allowed(&host) } else { refuse(status, refusal(why)) };
            (response, ExchangeEnd::Refused)
        }
        Err(Turned::Failed(why)) => {
            inner.log().failed(asker, &host, why);
            (refuse(StatusCode::BAD_GATEWAY, failure(why)), ExchangeEnd::Failed)
        }
    };
    // A host that says that it cannot is passed on as it is, and is no less in trouble.
    if let (ExchangeEnd::Passed, Some(why)) = (end, trouble(response.status())) {
        inner.log().failed(asker, &host, why);
    }
    let bytes = hyper::body::Body::size_hint(response.body()).exact().unwrap_or(0);
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    inner.log().exchange(Exchange { by: asker, method, host, path, status, bytes, milliseconds, end });
    response
}

async fn tell(
    inner: &Arc<Inner>,
    asker: Asker,
    destination: &Destination,
    request: Request<Incoming>,
) -> Result<Told, Turned> {
    let refused = |status, why| Err(Turned::Refused(status, why));
    if !is_let_through(inner, asker, &destination.host, destination.port) {
        return refused(StatusCode::FORBIDDEN, Refusal::NotAllowed);
    }
    if request.headers().contains_key(header::UPGRADE) {
        return refused(StatusCode::NOT_IMPLEMENTED, Refusal::Upgrade);
    }
    if !is_allowed_method(inner, asker, request.method()) {
        return refused(StatusCode::METHOD_NOT_ALLOWED, Refusal::Method);
    }
    if !inner.takes_request() {
        return refused(StatusCode::TOO_MANY_REQUESTS, Refusal::UsedUp);
    }
    let asked = read(destination, request).await?;
    let at_most = Duration::from_secs(inner.rules().limits.seconds.into());
    let is_recorded = inner.rules().mode == EgressMode::RecordReplay
        || (asker == Asker::Browser && inner.rules().is_asset(&destination.host, destination.port));
    let told = match &inner.egress.shared.recordings {
        Some(recordings) if is_recorded => recorder::answer(inner, recordings, asked, at_most).await?,
        _ => Told::Passed(fetch(inner, &asked, at_most).await?),
    };
    let (Told::Passed(answer) | Told::Recorded(answer, _) | Told::Replayed(answer, _)) = &told;
    if inner.takes_bytes(answer.body.len()) {
        Ok(told)
    } else {
        refused(StatusCode::TOO_MANY_REQUESTS, Refusal::UsedUp)
    }
}

/// Asks the host itself.
pub(super) async fn fetch(inner: &Arc<Inner>, asked: &Asked, at_most: Duration) -> Result<Answer, Turned> {
    let limits = &inner.rules().limits;
    let used = inner.bytes.load(std::sync::atomic::Ordering::Relaxed);
    let left = (u64::from(limits.run_mib) << 20).saturating_sub(used);
    let largest = (u64::from(limits.answer_mib) << 20).min(left.max(1));
    inner.egress.shared.upstream.ask(asked, largest, at_most).await
}

/// Whether this host may be asked at this port.
pub(super) fn is_let_through(inner: &Inner, asker: Asker, host: &str, port: u16) -> bool {
    match asker {
        Asker::Program => inner.rules().lets_programs_ask(host, port),
        Asker::Browser => inner.rules().lets_the_browser_ask(host, port),
    }
}

/// A page asks for its assets, and writes nowhere.
fn is_allowed_method(inner: &Inner, asker: Asker, method: &Method) -> bool {
    let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    match asker {
        Asker::Browser if !is_safe => false,
        _ => inner.rules().limits.methods.contains(method.as_str()),
    }
}

/// The whole request, made anew: nothing of how it was written reaches the host.
async fn read(destination: &Destination, request: Request<Incoming>) -> Result<Asked, Turned> {
    let malformed = || Turned::Refused(StatusCode::BAD_REQUEST, Refusal::Malformed);
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let path = if path.starts_with('/') { path } else { "/" };
    let scheme = if destination.https { "https" } else { "http" };
    let url = format!("{scheme}://{}:{}{path}", destination.host, destination.port);
    let url = Url::parse(&url).map_err(|_| malformed())?;
    let body = match Limited::new(body, BODY_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            return Err(Turned::Refused(StatusCode::PAYLOAD_TOO_LARGE, Refusal::TooLarge));
        }
        Err(_) => return Err(malformed()),
    };
    Ok(Asked { method: parts.method, url, headers: end_to_end(&parts.headers), body })
}

/// Headers without those of the connection, and without what is ours to say.
pub(super) fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    const OURS: [HeaderName; 11] = [
        header::CONNECTION,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        header::HOST,
        header::CONTENT_LENGTH,
        header::EXPECT,
        header::ALT_SVC,
    ];
    let named = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<String> =
        named.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect();
    let is_ours = |name: &HeaderName| {
        OURS.contains(name)
            || matches!(name.as_str(), "keep-alive" | "proxy-connection" | "http2-settings")
            || named.iter().any(|own| own == name.as_str())
    };
    headers.iter().filter(|(name, _)| !is_ours(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn respond(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// What a host says when it is the one in trouble.
pub(super) fn trouble(status: StatusCode) -> Option<Failure> {
    let in_trouble = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    in_trouble.then_some(Failure::Status(status.as_u16()))
}

/// An answer of ours, which no host gave. Its reason is all that many programs show.
pub(super) fn refuse(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(format!("forkgrade: {text}\n")));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(HeaderName::from_static("x-forkgrade"), HeaderValue::from_static("not-the-host"));
    // A reason has one line, of plain letters.
    if let Ok(reason) = ReasonPhrase::try_from(text.as_bytes().to_vec()) {
        response.extensions_mut().insert(reason);
    }
    response
}

/// The host is not one of the course's.
pub(super) fn not_allowed(host: &str) -> Response<Full<Bytes>> {
    refuse(StatusCode::FORBIDDEN, &format!("this course does not let programs ask {host}"))
}

fn refusal(why: Refusal) -> &'static str {
    match why {
        Refusal::NotAllowed | Refusal::NotHere => "this course does not let programs ask that host",
        Refusal::Method => "this course does not let that method pass",
        Refusal::Inside => "that name leads to an address inside, which nobody may ask",
        Refusal::AtOdds => "the request names another host than its connection",
        Refusal::Upgrade => "WebSocket and other upgrades do not pass: only requests and their answers do",
        Refusal::TooLarge => "a request may hold 1 MiB at most",
        Refusal::UsedUp => "this run has asked as much as a run may",
        Refusal::Malformed => "that is no request",
    }
}

fn failure(why: Failure) -> &'static str {
    match why {
        Failure::NoSuchHost => "there is no host of that name",
        Failure::Unresolved => "the host's name could not be looked up",
        Failure::Unreachable => "the host could not be reached",
        Failure::Certificate => "the host's certificate is not to be believed",
        Failure::TimedOut => "the host took too long",
        Failure::BrokeOff => "the host's answer broke off",
        Failure::TooLarge => "the host's answer is larger than one may be",
        Failure::Status(_) => "the host is in trouble",
        Failure::Recording => "the recordings of this course do not answer",
    }
}
