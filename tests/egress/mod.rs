//! The way out of a pod: what passes and what does not, what is recorded and who is answered from it.

mod inside;
mod pictures;
mod proxy;
mod recordings;
mod smuggling;
mod verdicts;
