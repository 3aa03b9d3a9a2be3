//! GitHub behind a certificate authority of the campus's own, and behind its proxy: over real TLS and a real proxy.

use forkgrade::demo::server::router;
use forkgrade::domain::ids::RepoId;
use forkgrade::git::{Mirror, MirrorSettings, bundle};
use forkgrade::github::{Client, ClientSettings, GithubError};
use forkgrade::settings::{Network, Secret};
use tempfile::tempdir;
use url::Url;

use crate::support::campus::{Authority, Proxy};
use crate::support::github::{Github, UPSTREAM};
use crate::support::logs;

fn client(api_url: &Url, network: Network) -> Client {
    Client::new(ClientSettings { api_url: api_url.clone(), github_url: None, token: None, network }).expect("a client")
}

/// A GitHub Enterprise Server whose certificate only the campus knows.
async fn enterprise(github: &Github, authority: &Authority) -> Url {
    let port = authority.serve(router(github.server.hub.clone())).await;
    Url::parse(&format!("https://localhost:{port}")).expect("an address")
}

#[tokio::test]
async fn a_certificate_that_only_the_campus_knows_is_believed_where_it_is_named() {
    let (github, authority) = (Github::start().await, Authority::new());
    let url = enterprise(&github, &authority).await;
    let refused = client(&url, Network::default()).repository(UPSTREAM).await.unwrap_err();
    assert!(matches!(refused, GithubError::Unreachable { .. }), "{refused:?}");
    assert!(refused.to_string().contains("FORKGRADE_CA_FILE"), "{refused}");
    let ca = authority.file();
    let found =
        client(&url, Network { ca: Some(ca.clone()), ..Network::default() }).repository(UPSTREAM).await.unwrap();
    assert_eq!(found.full_name, UPSTREAM);

    // Git believes it too, and the machine's own besides.
    let folder = tempdir().unwrap();
    let clone_url = url.join(&format!("{UPSTREAM}.git")).unwrap();
    let mut settings = MirrorSettings::new(5 << 20, None, vec![url]);
    settings.environment.retain(|(name, _)| name == "PATH");
    let doubting = Mirror::open(&folder.path().join("doubting.git"), settings.clone()).unwrap();
    assert!(doubting.fetch_upstream(clone_url.as_str(), "main").await.is_err());
    let certificates = bundle(folder.path(), &ca).unwrap();
    assert!(std::fs::read(&certificates).unwrap().ends_with(&ca.pem));
    settings.certificates = Some(certificates);
    let mirror = Mirror::open(&folder.path().join("mirror.git"), settings).unwrap();
    let head = mirror.fetch_upstream(clone_url.as_str(), "main").await.unwrap().head.expect("a head");
    assert_eq!(head, github.repo(UPSTREAM).head("main"));
}

#[tokio::test]
async fn requests_go_through_the_proxy_but_to_those_that_need_none() {
    let (github, authority) = (Github::start().await, Authority::new());
    let url = enterprise(&github, &authority).await;
    let password = "campus:a-password-of-the-proxy";
    logs::secret("a-password-of-the-proxy");
    let proxy = Proxy::start(Some(password)).await;
    let (through, ca) = (Secret::new(format!("http://{password}@{}", proxy.address)), authority.file());
    let both = (Some(through.clone()), Some(through.clone()));
    let network = Network { ca: Some(ca.clone()), https_proxy: both.0, http_proxy: both.1, no_proxy: None };
    client(&url, network.clone()).repository(UPSTREAM).await.unwrap();
    let tunnel = format!("CONNECT localhost:{}", url.port().unwrap());
    assert_eq!(proxy.asked(), std::slice::from_ref(&tunnel));

    // Plain HTTP is forwarded.
    client(&github.url(), network.clone()).repository(UPSTREAM).await.unwrap();
    assert_eq!(proxy.asked()[1..], [format!("GET {}repos/{UPSTREAM}", github.url())]);

    for except in ["localhost", "*", "example.org, localhost"] {
        let network = Network { no_proxy: Some(except.to_owned()), ..network.clone() };
        client(&url, network).repository(UPSTREAM).await.unwrap();
    }
    assert_eq!(proxy.asked().len(), 2, "NO_PROXY goes around it");

    // Git, by the same variables.
    let folder = tempdir().unwrap();
    let mut settings = MirrorSettings::new(5 << 20, None, vec![url.clone()]);
    settings.certificates = Some(bundle(folder.path(), &ca).unwrap());
    settings.environment.retain(|(name, _)| name == "PATH");
    settings.environment.push(("https_proxy".into(), through.expose().into()));
    let mirror = Mirror::open(&folder.path().join("mirror.git"), settings).unwrap();
    github.fork(UPSTREAM, "lina");
    mirror.fetch_fork(RepoId(7), url.join("lina/course.git").unwrap().as_str(), "main").await.unwrap();
    assert!(proxy.asked()[2..].iter().all(|asked| *asked == tunnel) && proxy.asked().len() > 2, "{:?}", proxy.asked());
}

#[tokio::test]
async fn a_proxy_that_refuses_or_is_away_is_named_without_its_password() {
    let github = Github::start().await;
    let proxy = Proxy::start(Some("campus:right")).await;
    let wrong = Secret::new(format!("http://campus:wrong-password@{}", proxy.address));
    let network = Network { http_proxy: Some(wrong), ..Network::default() };
    let refused = client(&github.url(), network).repository(UPSTREAM).await.unwrap_err().to_string();
    assert!(refused.contains("proxies") && !refused.contains("wrong-password"), "{refused}");
    let away =
        Network { http_proxy: Some(Secret::new("http://campus:wrong-password@127.0.0.1:1")), ..Network::default() };
    let refused = client(&github.url(), away).repository(UPSTREAM).await.unwrap_err().to_string();
    assert!(refused.contains("HTTPS_PROXY") && !refused.contains("wrong-password"), "{refused}");
    let garbled = Network { http_proxy: Some(Secret::new("http://")), ..Network::default() };
    let settings = ClientSettings { api_url: github.url(), github_url: None, token: None, network: garbled };
    assert!(Client::new(settings).err().unwrap().to_string().contains("HTTP_PROXY"));
}
