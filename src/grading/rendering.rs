//! READMEs rendered before they are judged: each file once, whoever pushed it.
//! May import: `observe/`, `sandbox/`, `db/`, `domain/`.
//! Next: `observe/rendering.rs` renders, `grade.rs` goes on with what is found here.

use std::sync::Arc;

use super::grade::{GradeError, Grading, blocking};
use super::project::Project;
use crate::db;
use crate::db::facts::FactsKind;
use crate::db::runs::Claim;
use crate::domain::FactsAddress;
use crate::domain::facts::Rendering;
use crate::git::Snapshot;
use crate::observe::inspect::{InspectRequest, readmes};
use crate::observe::readme::{Renderings, ToRender};
use crate::observe::rendering::{Renderer, VERSION};
use crate::sandbox::Owner;

/// What renderers make of a submission's READMEs, from earlier where it is known. Two forks that bring the same file at the same
/// time may both render it; they store one document.
pub async fn renderings(
    grading: &Grading,
    claim: &Claim,
    snapshot: &Arc<Snapshot>,
    project: &Project,
) -> Result<Renderings, GradeError> {
    let wanted = {
        let (course, snapshot, project) = (Arc::clone(&grading.course), Arc::clone(snapshot), project.clone());
        blocking(move || {
            let as_of = snapshot.committed_at();
            let request = InspectRequest { course: &course, history: None, as_of, separate: project.as_separate() };
            Ok(readmes(snapshot.as_ref(), &request))
        })
        .await?
    };
    let mut found = Renderings::new();
    for readme in wanted {
        let rendered = rendering(grading, claim, &readme).await?;
        found.insert(readme.object, rendered);
    }
    Ok(found)
}

async fn rendering(
    grading: &Grading,
    claim: &Claim,
    readme: &ToRender,
) -> Result<(FactsAddress, Rendering), GradeError> {
    let renderer = Renderer::of(&grading.engine, readme.format).await?;
    let key = renderer.key(readme);
    let known = db::facts::find(&mut *grading.pool.acquire().await?, FactsKind::Rendering, &key).await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let owner = Owner { run: claim.run, lease: claim.lease };
    let rendering = renderer.render(&grading.engine, owner, readme).await?;
    let (conn, now) = (&mut *grading.pool.acquire().await?, grading.clock.now());
    let address = db::facts::store(conn, FactsKind::Rendering, &key, VERSION, &rendering, now).await?;
    Ok((address, rendering))
}
