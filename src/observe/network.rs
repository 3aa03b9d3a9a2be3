//! What a run asks of the world: let out as the course allows, or only written down.
//! May import: `sandbox/`, `egress/`, `probe/` (its messages), `domain/`, and within the room `execution`.
//! Next: `egress/` for what passes, `probe/names.rs` for what is asked where nothing does.

use std::time::Duration;

use crate::domain::egress::EgressMode;
use crate::domain::facts::network::{Asker, NetworkFacts, Refusal, Refused};
use crate::egress::Session;
use crate::probe::{Answer, Question};
use crate::sandbox::{EngineError, Pod, WayOut};

use super::execution::ExecutionRequest;

const NAMES: Duration = Duration::from_secs(5);

/// How a run's names are answered.
pub enum Way {
    /// Nothing leaves: names are remembered in the pod.
    Closed,
    Open(Session),
}

/// Opens the way out before anything of the student's is in the pod.
pub async fn open(pod: &Pod, request: &ExecutionRequest<'_>) -> Result<Way, EngineError> {
    let (egress, rules) = (request.egress, request.egress.rules());
    if rules.is_closed() {
        pod.ask(&Question::WatchNames, NAMES).await?;
        return Ok(Way::Closed);
    }
    let mut direct = rules.ports();
    // The address of every name is one of the pod's own: a program that serves everywhere would find its port taken.
    if let Some(port) = request.plan.port {
        direct.remove(&port);
    }
    let way_out = WayOut {
        direct,
        ca_pem: egress.ca_pem(),
        ca_pin: egress.ca_pin(),
        for_programs: rules.mode != EgressMode::None,
    };
    let session = egress.session(request.owner.run);
    let line = pod.open_way_out(way_out).await?;
    if session.open(line).await {
        Ok(Way::Open(session))
    } else {
        Err(EngineError::Probe("the way out of its pod did not open".to_owned()))
    }
}

/// What was asked until now.
pub async fn close(pod: &Pod, way: Way) -> Result<NetworkFacts, EngineError> {
    let answer = match way {
        Way::Open(session) => return Ok(session.close().await),
        Way::Closed => pod.ask(&Question::Names, NAMES).await?,
    };
    let Answer::Names { unknown } = answer else {
        return Err(EngineError::Probe("it answered another question".to_owned()));
    };
    let refused = unknown.into_iter().map(|(host, times)| Refused {
        by: Asker::Program,
        why: Refusal::of_name(&host),
        host,
        times,
    });
    Ok(NetworkFacts { refused: refused.collect(), ..NetworkFacts::default() })
}
