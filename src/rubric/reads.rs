//! Which facts a check reads: what has to be observed anew where its criterion changed, or the observers have learnt more since.
//! May import: `domain/`.
//! Next: `web/reruns.rs`, which asks before it runs anything.

use crate::domain::check::Check;

/// Documents that a check reads besides the inspection, which every check reads: it says at least whether there was something to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reads {
    /// What was seen while the project ran.
    pub execution: bool,
    /// What the teacher's own judges said.
    pub judges: bool,
}

/// What a check reads.
pub fn reads(check: &Check) -> Reads {
    match check {
        Check::Readme { .. }
        | Check::Notebooks { .. }
        | Check::Project { .. }
        | Check::Stack { .. }
        | Check::History { .. } => Reads { execution: false, judges: false },
        Check::Installs {} | Check::Starts { .. } | Check::Answers { .. } | Check::Stores { .. } => {
            Reads { execution: true, judges: false }
        }
        Check::Tests { .. } | Check::Command { .. } => Reads { execution: true, judges: true },
    }
}
