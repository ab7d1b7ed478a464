//! Nothing is open when the databases are closed: the servers are asked, and for files the system.
//! Every case is written once and runs on each backend, which say what differs.

#![allow(clippy::duplicate_mod, reason = "the cases are the same on every backend")]

mod mysql;
#[allow(dead_code, reason = "one way of dropping is enough here")]
#[path = "../../../../runtime/tests/session/polling.rs"]
mod polling;
mod postgres;
mod sqlite;
#[path = "../support/mod.rs"]
mod support;
