//! The languages that the product speaks.
//! May import: serde, schemars.
//! Next: `i18n.rs`, which finds the sentences.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Language of pages and feedback.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Fr,
    En,
}
