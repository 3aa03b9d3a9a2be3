//! Images: found, pulled once, or answered by a stand-in that is named as one.
//! May import: `domain/`.
//! Next: `images/` at the repository's root for the recipes.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bollard::models::ImageInspect;
use bollard::query_parameters::CreateImageOptions;
use futures::TryStreamExt;

use super::engine::{Engine, EngineError};

/// How long a pull may take; it is never counted against a student.
const PULL: Duration = Duration::from_secs(900);
/// How long a failed pull is not tried again.
const PULL_AGAIN: Duration = Duration::from_secs(600);

/// An image that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub reference: String,
    /// The engine's content digest.
    pub digest: String,
    /// Speaks the protocol in place of the image that was asked for.
    pub stand_in: bool,
    pub labels: HashMap<String, String>,
}

impl Engine {
    /// The image by its reference, pulled where that is allowed, else its stand-in.
    pub async fn image(&self, reference: &str, stand_in: Option<&str>) -> Result<Image, EngineError> {
        if let Some(image) = self.local_image(reference).await? {
            return Ok(image);
        }
        let cause = match self.pull(reference).await {
            Ok(()) => match self.local_image(reference).await? {
                Some(image) => return Ok(image),
                None => "it was pulled, and is gone again".to_owned(),
            },
            Err(cause) => cause,
        };
        if let Some(stand_in) = stand_in
            && let Some(image) = self.local_image(stand_in).await?
        {
            let stand_in = image.labels.contains_key("forkgrade.stand-in");
            return Ok(Image { stand_in, ..image });
        }
        Err(EngineError::ImageMissing { reference: reference.to_owned(), cause })
    }

    /// The image, if the engine has it.
    pub(super) async fn local_image(&self, reference: &str) -> Result<Option<Image>, EngineError> {
        match self.docker.inspect_image(reference).await {
            Ok(inspected) => Ok(Some(image(reference, inspected))),
            Err(bollard::errors::Error::DockerResponseServerError { status_code: 404, .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// One after the other, and a registry that failed is left in peace for a while: runs with stand-ins don't wait for it.
    async fn pull(&self, reference: &str) -> Result<(), String> {
        if !self.shared.settings.pull {
            return Err("pulling is switched off here (FORKGRADE_PULL=never)".to_owned());
        }
        let mut failures = self.shared.pulling.lock().await;
        if let Some((when, cause)) = failures.get(reference)
            && when.elapsed() < PULL_AGAIN
        {
            return Err(cause.clone());
        }
        // Whoever had the turn before may have brought it.
        if matches!(self.local_image(reference).await, Ok(Some(_))) {
            return Ok(());
        }
        let options = CreateImageOptions { from_image: Some(with_tag(reference)), ..Default::default() };
        let pull = self.docker.create_image(Some(options), None, None).try_collect::<Vec<_>>();
        let pulled = match tokio::time::timeout(PULL, pull).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("the registry took longer than {} s", PULL.as_secs())),
        };
        if let Err(cause) = &pulled {
            failures.insert(reference.to_owned(), (Instant::now(), cause.clone()));
        }
        pulled
    }
}

/// Without a tag the engine would pull every one that there is.
fn with_tag(reference: &str) -> String {
    let name = reference.rsplit('/').next().unwrap_or_default();
    if name.contains([':', '@']) { reference.to_owned() } else { format!("{reference}:latest") }
}

fn image(reference: &str, inspected: ImageInspect) -> Image {
    Image {
        reference: reference.to_owned(),
        digest: inspected.id.unwrap_or_default(),
        stand_in: false,
        labels: inspected.config.and_then(|config| config.labels).unwrap_or_default(),
    }
}
