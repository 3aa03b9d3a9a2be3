//! The routes as people use them: a real server on loopback over a real Postgres.

mod assets;
mod audit;
mod dashboard;
mod deliveries;
mod errors;
mod events;
mod facts;
mod feedback;
mod files;
mod fork;
mod github;
mod health;
mod instant;
mod judges;
mod limits;
mod links;
mod matrix;
mod publication;
mod readme;
mod recordings;
mod roster;
mod signin;
mod similarity;
mod webhooks;
