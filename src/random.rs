//! Randomness: the one place that makes tokens.
//! May import: std, rand, sha2, uuid.
//! Next: `db/sessions.rs` keeps the hashes of what is made here.

use std::time::Duration;

use rand::RngCore;
use rand::rand_core::UnwrapErr;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An unguessable token for a link or a cookie (256 bits, hexadecimal). Only its hash is ever stored.
pub fn token() -> String {
    let mut bytes = [0_u8; 32];
    // Without the system's randomness nothing may be signed or linked: stopping is the only safe answer.
    UnwrapErr(OsRng).fill_bytes(&mut bytes);
    hex::encode(bytes)
}

/// What is stored in a token's place.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A secret for one purpose, made from a token: whoever sees it learns neither the token nor what it makes for other purposes.
pub fn derived(token: &str, purpose: &str) -> String {
    hex::encode(Sha256::digest(format!("{purpose}:{token}").as_bytes()))
}

/// A new lease: whoever writes for a run must show it.
#[allow(clippy::disallowed_methods, reason = "this is the one place that makes them")]
pub fn lease() -> Uuid {
    Uuid::new_v4()
}

/// A random pause up to `most`, so that many clients do not come back all at once.
pub fn jitter(most: Duration) -> Duration {
    let mut byte = [0_u8; 1];
    UnwrapErr(OsRng).fill_bytes(&mut byte);
    most * u32::from(byte[0]) / 255
}
