//! The routes as people use them: a real server on loopback over a real Postgres.

mod dashboard;
