//! The client against a GitHub that answers over HTTP.

mod client;
mod faults;
