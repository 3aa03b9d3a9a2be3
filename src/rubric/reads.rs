//! Which facts a check reads: what has to be observed anew where the observers have learnt more since.
//! May import: `domain/`.
//! Next: `web/reruns.rs`, which asks before it runs anything.

use crate::domain::rubric::Check;

/// Documents that a check reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reads {
    /// What was seen while the project ran, besides what was read of its files.
    pub execution: bool,
}

/// What a check reads. Every check reads the inspection: it says at least whether there was something to run.
pub fn reads(check: &Check) -> Reads {
    let execution = match check {
        Check::Readme { .. }
        | Check::Notebooks { .. }
        | Check::Project { .. }
        | Check::Stack { .. }
        | Check::History { .. } => false,
        Check::Installs {} | Check::Starts {} | Check::Answers { .. } | Check::Stores { .. } => true,
    };
    Reads { execution }
}
