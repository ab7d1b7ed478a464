//! Nothing is open when the databases are closed: the servers are asked, and for files the system.
//! Every case is written once and runs on each backend, which say what differs.

#![allow(clippy::duplicate_mod, reason = "the cases are the same on every backend")]

mod mysql;
mod postgres;
mod sqlite;
#[path = "../support/mod.rs"]
mod support;
