//! Git over smart HTTP, by git's own CGI program. Reading only.
//! May import: `super`, `settings`.
//! Next: `git help http-backend` for the variables.

use std::process::Stdio;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio_util::io::{ReaderStream, StreamReader};

use super::{Hub, api};
use crate::settings;

const SERVICES: [&str; 2] = ["info/refs", "git-upload-pack"];

/// Answers `/{owner}/{name}[.git]/info/refs` and `…/git-upload-pack`.
pub(super) async fn serve(State(hub): State<Hub>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let mut parts = path.trim_start_matches('/').splitn(3, '/');
    let (Some(owner), Some(name), Some(service)) = (parts.next(), parts.next(), parts.next()) else {
        return api::not_found();
    };
    let found = hub.find(&format!("{owner}/{}", name.strip_suffix(".git").unwrap_or(name)));
    let (Some(repository), true) = (found, SERVICES.contains(&service)) else { return api::not_found() };
    hub.count(&path, true);
    if repository.disabled {
        return (StatusCode::FORBIDDEN, "Access to this repository has been disabled").into_response();
    }
    if repository.private && !request.headers().contains_key(header::AUTHORIZATION) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"GitHub\"")]).into_response();
    }
    let inside = format!("/{}.git/{service}", repository.full_name());
    match run(&hub, &inside, request).await {
        Ok(response) => response,
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn run(hub: &Hub, path: &str, request: Request) -> anyhow::Result<Response> {
    let mut command = Command::new("git");
    command.arg("http-backend").env_clear().envs(settings::for_child_programs());
    command
        .env("GIT_PROJECT_ROOT", &hub.repos)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", path)
        .env("REQUEST_METHOD", request.method().as_str())
        .env("QUERY_STRING", request.uri().query().unwrap_or_default())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null");
    let config = [("uploadpack.allowFilter", "true"), ("http.receivepack", "false"), ("safe.directory", "*")];
    command.env("GIT_CONFIG_COUNT", config.len().to_string());
    for (index, (key, value)) in config.iter().enumerate() {
        command.env(format!("GIT_CONFIG_KEY_{index}"), key).env(format!("GIT_CONFIG_VALUE_{index}"), value);
    }
    let variables = [
        (header::CONTENT_TYPE.as_str(), "CONTENT_TYPE"),
        (header::CONTENT_LENGTH.as_str(), "CONTENT_LENGTH"),
        (header::CONTENT_ENCODING.as_str(), "HTTP_CONTENT_ENCODING"),
        ("git-protocol", "GIT_PROTOCOL"),
    ];
    for (header, variable) in variables {
        if let Some(value) = request.headers().get(header).and_then(|value| value.to_str().ok()) {
            command.env(variable, value);
        }
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        let mut body = StreamReader::new(request.into_body().into_data_stream().map_err(std::io::Error::other));
        // The program may answer before it has read everything, and close its end.
        tokio::spawn(async move { tokio::io::copy(&mut body, &mut stdin).await });
    }
    let Some(stdout) = child.stdout.take() else { anyhow::bail!("git http-backend has no output") };
    answer(child, BufReader::new(stdout)).await
}

/// CGI: headers, an empty line, the body.
async fn answer(mut child: Child, mut stdout: BufReader<ChildStdout>) -> anyhow::Result<Response> {
    let mut status = StatusCode::OK;
    let mut headers = HeaderMap::new();
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).await? == 0 {
            anyhow::bail!("git http-backend broke off");
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        if name.eq_ignore_ascii_case("status") {
            status = value.get(..3).unwrap_or_default().parse()?;
        } else {
            headers.insert(header::HeaderName::from_bytes(name.as_bytes())?, value.parse()?);
        }
    }
    let stream = ReaderStream::with_capacity(stdout, 64 * 1024);
    // The child is waited for while its output is sent; a client that goes away ends it by the closed pipe.
    tokio::spawn(async move { child.wait().await });
    Ok((status, headers, Body::from_stream(stream)).into_response())
}
