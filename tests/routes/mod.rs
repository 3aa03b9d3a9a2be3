//! The routes as people use them: a real server on loopback over a real Postgres.

mod assets;
mod audit;
mod changes;
mod dashboard;
mod deliveries;
mod errors;
mod events;
mod extensions;
mod facts;
mod feedback;
mod fork;
mod github;
mod health;
mod instant;
mod limits;
mod links;
mod matrix;
mod overrides;
mod publication;
mod roster;
mod signin;
mod similarity;
mod webhooks;
