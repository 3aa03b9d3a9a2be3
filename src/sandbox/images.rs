//! Images: found, pulled once, or answered by a stand-in that is named as one.
//! May import: `domain/`.
//! Next: `images/` at the repository's root for the recipes.

use std::collections::HashMap;
use std::time::Duration;

use bollard::models::ImageInspect;
use bollard::query_parameters::CreateImageOptions;
use futures::TryStreamExt;

use super::engine::{Engine, EngineError};

/// How long a pull may take; it is never counted against a student.
const PULL: Duration = Duration::from_secs(900);

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

    async fn pull(&self, reference: &str) -> Result<(), String> {
        if !self.shared.settings.pull {
            return Err("pulling is switched off here (FORKGRADE_PULL=never)".to_owned());
        }
        let _one_at_a_time = self.shared.pulling.lock().await;
        let options = CreateImageOptions { from_image: Some(reference.to_owned()), ..Default::default() };
        let pull = self.docker.create_image(Some(options), None, None).try_collect::<Vec<_>>();
        match tokio::time::timeout(PULL, pull).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("the registry took longer than {} s", PULL.as_secs())),
        }
    }
}

fn image(reference: &str, inspected: ImageInspect) -> Image {
    Image {
        reference: reference.to_owned(),
        digest: inspected.id.unwrap_or_default(),
        stand_in: false,
        labels: inspected.config.and_then(|config| config.labels).unwrap_or_default(),
    }
}
