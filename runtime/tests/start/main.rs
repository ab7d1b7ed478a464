//! The start, the health and the end of databases: which settings are in force, as the database
//! itself says, and what is told when something is wrong.

mod cases;
#[path = "../support/log.rs"]
mod log;
mod messages;
mod mysql;
mod postgres;
mod secrets;
mod sqlite;
mod support;
