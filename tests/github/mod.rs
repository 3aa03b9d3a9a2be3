//! The client against a GitHub that answers over HTTP.

mod campus;
mod client;
mod faults;
