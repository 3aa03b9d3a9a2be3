//! How this course hears of pushes and what it can tell on commits: which of the ways work, and what mends the others.
//! May import: `app`, `github/`, `db/`.
//! Next: `docs/webhooks.md`, which sets each of them up.

use chrono::{DateTime, Utc};
use url::Url;

use super::{Finding, State, finding};
use crate::app;
use crate::domain::Course;
use crate::github::GithubError;
use crate::github::app::{App, Delivery};
use crate::settings::Settings;

const RECEIVER: &str = "/webhooks/github";

/// Whether the API answers, as whom, and by which way.
pub async fn github(settings: &Settings, course: Option<&Course>) -> Finding {
    let mut who = match (&settings.github_token, &settings.github_app) {
        (Some(_), _) => "with GITHUB_TOKEN",
        (None, Some(_)) => "as the GitHub App where it is installed on the upstream",
        (None, None) => "without a token (public only, 60 requests an hour)",
    }
    .to_owned();
    let network = &settings.network;
    if network.https_proxy.is_some() || network.http_proxy.is_some() {
        who.push_str(", through a proxy");
        if let Some(except) = &network.no_proxy {
            who.push_str(&format!(" (not for {except})"));
        }
    }
    if let Some(ca) = &network.ca {
        who.push_str(&format!(", believing {}", ca.path.display()));
    }
    let Some(course) = course else {
        return finding("github", State::Note, format!("not asked: no course names an upstream; would ask {who}"));
    };
    match ask(settings, course).await {
        Ok(full_name) => finding("github", State::Fine, format!("{full_name} answers, {who}")),
        Err(error) => finding("github", State::Missing, format!("{error:#}")),
    }
}

async fn ask(settings: &Settings, course: &Course) -> anyhow::Result<String> {
    let client = app::client(settings, app::github_app(settings)?.as_ref(), &course.upstream)?;
    Ok(client.repository(&course.upstream).await?.full_name)
}

/// The three ways in which a push is heard of, and the two in which students are told.
pub async fn ways(
    settings: &Settings,
    course: Option<&Course>,
    public_url: Option<&Url>,
    last: Option<DateTime<Utc>>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    match app::github_app(settings) {
        Ok(Some(app)) => github_app(&app, settings, course, public_url, &mut findings).await,
        Ok(None) => {
            let says = "no GITHUB_APP_ID: no app brings webhooks or writes check runs (docs/webhooks.md sets one up)";
            findings.push(finding("github app", State::Note, says));
        }
        Err(error) => findings.push(finding("github app", State::Missing, format!("{error:#}"))),
    }
    findings.push(webhooks(settings, public_url, last));
    let minutes = course.map_or(5, |course| course.sweep_minutes);
    let says = format!("finds within {minutes} minutes what no webhook told; needs nothing");
    findings.push(finding("sweep", State::Fine, says));
    findings
}

async fn github_app(
    app: &App,
    settings: &Settings,
    course: Option<&Course>,
    public_url: Option<&Url>,
    findings: &mut Vec<Finding>,
) {
    let described = match app.describe().await {
        Ok(described) => described,
        Err(GithubError::Unauthorized { .. }) => {
            let says = "GitHub does not accept GITHUB_APP_PRIVATE_KEY: it must be a key of GITHUB_APP_ID, and this machine's clock must be right";
            return findings.push(finding("github app", State::Missing, says));
        }
        Err(error) => return findings.push(finding("github app", State::Missing, error.to_string())),
    };
    let installed = described.installations_count.map(|count| format!(", {count} installations")).unwrap_or_default();
    let tells = if described.permissions.checks() {
        (State::Fine, "writes check runs")
    } else if described.permissions.statuses() {
        (State::Fine, "writes commit statuses; check runs need the permission Checks: write")
    } else {
        (
            State::Note,
            "may write neither check runs nor statuses: give it Checks: write to tell students on their commits",
        )
    };
    findings.push(finding("github app", tells.0, format!("{}{installed}; {}", described.name, tells.1)));
    if let Some(course) = course
        && settings.github_token.is_none()
        && matches!(app.is_on(&course.upstream).await, Ok(false))
    {
        let says =
            format!("not installed on {}, and no GITHUB_TOKEN: the sweep has 60 requests an hour", course.upstream);
        findings.push(finding("github app", State::Note, says));
    }
    findings.push(hook(app, &described.events, public_url).await);
}

/// Whether GitHub delivers the app's events here, by its own word.
async fn hook(app: &App, events: &[String], public_url: Option<&Url>) -> Finding {
    let says = |state, says: String| finding("app webhook", state, says);
    if !events.iter().any(|event| event == "push") {
        return says(
            State::Missing,
            "the app does not listen to pushes: tick Push under Subscribe to events".to_owned(),
        );
    }
    let hook = match app.hook().await {
        Ok(hook) => hook,
        Err(error) => return says(State::Missing, error.to_string()),
    };
    let Some(address) = hook.url.filter(|address| !address.is_empty()) else {
        return says(
            State::Missing,
            "the app has no webhook address: enter <public address>/webhooks/github".to_owned(),
        );
    };
    let wanted = public_url.and_then(|url| url.join(RECEIVER).ok());
    let fits = match &wanted {
        Some(wanted) => Url::parse(&address).is_ok_and(|address| address == *wanted),
        None => address.ends_with(RECEIVER),
    };
    if !fits {
        let wanted = wanted.map_or_else(|| format!("<public address>{RECEIVER}"), |url| url.to_string());
        return says(State::Missing, format!("the app delivers to {address}, and this service listens at {wanted}"));
    }
    match app.deliveries().await {
        Ok(deliveries) => delivered(&address, &deliveries),
        Err(error) => says(State::Note, format!("delivers to {address}; what came of it cannot be asked: {error}")),
    }
}

fn delivered(address: &str, deliveries: &[Delivery]) -> Finding {
    let failed: Vec<_> = deliveries.iter().filter(|one| !(200..300).contains(&one.status_code)).collect();
    let (state, says) = match (deliveries.first(), failed.first()) {
        (None, _) => (State::Note, format!("delivers to {address}; nothing was delivered yet")),
        (Some(last), None) => (
            State::Fine,
            format!(
                "delivers to {address}; the last {} arrived, the newest at {}",
                deliveries.len(),
                last.delivered_at
            ),
        ),
        (Some(_), Some(worst)) => (
            State::Missing,
            format!(
                "delivers to {address}; {} of the last {} did not arrive, the newest of them a {} with status {} at {}: the app's settings \
                 show each under Advanced, and deliver again",
                failed.len(),
                deliveries.len(),
                worst.event,
                worst.status_code,
                worst.delivered_at
            ),
        ),
    };
    finding("app webhook", state, says)
}

fn webhooks(settings: &Settings, public_url: Option<&Url>, last: Option<DateTime<Utc>>) -> Finding {
    if settings.webhook_secrets.is_empty() {
        let says = "GITHUB_WEBHOOK_SECRET is not set: webhooks are refused, pushes are found by sweeping";
        return finding("webhooks", State::Note, says);
    }
    let heard = last.map_or_else(|| "none came yet".to_owned(), |at| format!("the last came at {at}"));
    let where_to = match public_url {
        Some(url) => url.join(RECEIVER).map(String::from).unwrap_or_default(),
        None => format!("<public address>{RECEIVER} (FORKGRADE_PUBLIC_URL is not set)"),
    };
    let says = format!("{} secret(s) accepted at {where_to}; {heard}", settings.webhook_secrets.len());
    finding("webhooks", State::Fine, says)
}
