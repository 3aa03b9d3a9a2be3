//! Projects run in the real engine: what starts, what does not, and what is seen of it.

mod bounds;
mod builds;
mod commands;
mod hostile;
mod kinds;
mod layers;
mod recipes;
mod screenshots;
mod selenium;
mod starts;
mod suites;
mod warm;
