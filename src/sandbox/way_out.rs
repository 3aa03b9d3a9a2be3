//! A pod's way out: one line of bytes from our own program in it to the proxy outside. No network is added to the pod.
//! May import: `probe/` (its messages).
//! Next: `probe/way_out.rs` in the pod, `egress/` outside.

use std::collections::BTreeSet;
use std::io;

use bollard::container::LogOutput;
use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::ExecConfig;
use bytes::Bytes;
use futures::{StreamExt, future};
use tokio::io::{AsyncRead, AsyncWrite, join};
use tokio_util::io::StreamReader;

use super::engine::EngineError;
use super::limits::tmpfs;
use super::pod::Pod;
use super::probe_image::PROBE;
use super::workspace::STUDENT;
use crate::probe::PROXY_PORT;

/// Where a student's container finds the certificate of the proxy's authority.
const CA_FOLDER: &str = "/run/egress";
const CA_FILE: &str = "/run/egress/ca.pem";

/// What goes out of a pod, and how.
#[derive(Debug, Clone)]
pub struct WayOut {
    /// Ports at which allowed names are answered in the pod, for programs that know no proxy.
    pub direct: BTreeSet<u16>,
    /// The certificate (PEM) of the proxy's authority.
    pub ca_pem: String,
    /// What a browser believes instead: SHA-256 of the public key behind the proxy's certificates, in base64.
    pub ca_pin: String,
    /// Whether the student's programs go this way too, or the browser alone.
    pub for_programs: bool,
}

impl Pod {
    /// Starts our own program that listens in the pod, and returns the line to it. Containers that are made from now on know of it.
    pub async fn open_way_out(
        &self,
        way_out: WayOut,
    ) -> Result<impl AsyncRead + AsyncWrite + Unpin + Send + use<>, EngineError> {
        let docker = &self.engine.docker;
        let ports: Vec<String> = way_out.direct.iter().map(u16::to_string).collect();
        let config = ExecConfig {
            cmd: Some(PROBE.into_iter().chain(["--way-out", &ports.join(",")]).map(str::to_owned).collect()),
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..Default::default()
        };
        let exec = docker.create_exec(self.anchor(), config).await?.id;
        let StartExecResults::Attached { output, input } = docker.start_exec(&exec, None::<StartExecOptions>).await?
        else {
            return Err(EngineError::Refused("the engine detached the way out".to_owned()));
        };
        let said = output.filter_map(|chunk| {
            future::ready(match chunk {
                Ok(LogOutput::StdErr { message }) => {
                    tracing::warn!("the way out: {}", String::from_utf8_lossy(&message).trim_end());
                    None
                }
                Ok(chunk) => Some(Ok::<Bytes, io::Error>(chunk.into_bytes())),
                Err(error) => Some(Err(io::Error::other(error))),
            })
        });
        // A pod has one, opened before anything of the student's is in it.
        let _ = self.way_out.set(way_out);
        Ok(join(StreamReader::new(Box::pin(said)), input))
    }

    /// What the browser that looks at this pod is started with, so that it goes this way and looks no name up itself: what pages ask
    /// for must not read as what the student's programs asked for.
    pub(super) fn browser_flags(&self) -> Vec<String> {
        let local = ["localhost", "*.localhost", "127.*", "0.0.0.0", "::1", "[::1]"].into_iter();
        let local = local.chain(self.names().iter().map(String::as_str)).map(|name| format!(", EXCLUDE {name}"));
        let names = format!("--host-resolver-rules=MAP * ~NOTFOUND{}", local.collect::<String>());
        let proxy = self.way_out.get().map_or_else(|| vec!["--no-proxy-server".to_owned()], |way| self.flags(way));
        proxy.into_iter().chain([names]).collect()
    }

    /// What a browser is started with that the student's programs drive: it goes where they may go.
    pub(super) fn programs_flags(&self) -> Vec<String> {
        let way_out = self.way_out.get().filter(|way_out| way_out.for_programs);
        way_out.map_or_else(|| vec!["--no-proxy-server".to_owned()], |way| self.flags(way))
    }

    fn flags(&self, way_out: &WayOut) -> Vec<String> {
        vec![
            format!("--proxy-server=http://127.0.0.1:{PROXY_PORT}"),
            // The loopback is spared by itself, the pod's own names are not.
            format!("--proxy-bypass-list={}", self.names().join(";")),
            format!("--ignore-certificate-errors-spki-list={}", way_out.ca_pin),
        ]
    }

    /// The folder and the certificate that a student's container is given.
    pub(super) fn authority(&self) -> Option<((String, String), String)> {
        let way_out = self.way_out.get().filter(|way_out| way_out.for_programs)?;
        Some((tmpfs(CA_FOLDER, 1, STUDENT, false), way_out.ca_pem.clone()))
    }

    /// What a student's programs read of the way out in their environment. It stands above what they set themselves: a campus's proxy, which
    /// many projects name, is not reached from here.
    pub(super) fn environment(&self) -> Vec<String> {
        if self.way_out.get().is_none_or(|way_out| !way_out.for_programs) {
            return Vec::new();
        }
        let proxy = format!("http://127.0.0.1:{PROXY_PORT}");
        let own = ["localhost", "127.0.0.1", "::1", "0.0.0.0"].into_iter();
        let except = own.chain(self.names().iter().map(String::as_str)).collect::<Vec<_>>().join(",");
        let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];
        let files = [
            "SSL_CERT_FILE",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "PIP_CERT",
            "NODE_EXTRA_CA_CERTS",
            "GIT_SSL_CAINFO",
            "AWS_CA_BUNDLE",
        ];
        let proxies = proxies.into_iter().map(|name| format!("{name}={proxy}"));
        let exceptions = ["NO_PROXY", "no_proxy"].into_iter().map(|name| format!("{name}={except}"));
        let files = files.into_iter().map(|name| format!("{name}={CA_FILE}"));
        proxies.chain(exceptions).chain(files).chain(["NODE_USE_ENV_PROXY=1".to_owned()]).collect()
    }
}
