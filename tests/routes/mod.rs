//! The routes as people use them: a real server on loopback over a real Postgres.

mod assets;
mod audit;
mod dashboard;
mod deliveries;
mod errors;
mod events;
mod facts;
mod feedback;
mod fork;
mod github;
mod gallery;
mod health;
mod instant;
mod limits;
mod links;
mod matrix;
mod publication;
mod roster;
mod screenshots;
mod signin;
mod similarity;
mod webhooks;
