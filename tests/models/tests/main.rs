//! Declared models on real databases. Every case is written once and runs on each backend: `cases`
//! is part of `sqlite`, `postgres` and `mysql`, which say what differs.

#![allow(clippy::duplicate_mod, reason = "the cases are the same on every backend")]

#[path = "../../../runtime/tests/support/log.rs"]
mod log;
mod mysql;
#[path = "../../../runtime/tests/session/polling.rs"]
mod polling;
mod postgres;
mod sqlite;

/// A name for a database that no other test uses.
fn unique_name() -> String {
    use std::sync::atomic::{AtomicUsize, Ordering};

    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("bindery_model_{}_{number}", std::process::id())
}

/// The URL of a server, without the name of a database.
fn server(variable: &str) -> String {
    let url = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run the tests with `cargo xtask test`"));
    let (server, _database) = url.rsplit_once('/').expect("the URL of a server ends in a database");
    server.to_owned()
}
