//! The shared mirror against a real git server.

mod faults;
mod fetch;
mod history;
mod safety;
mod snapshot;
mod upstream;
