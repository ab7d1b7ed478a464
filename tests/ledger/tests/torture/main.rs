//! Thousands of requests move money between two databases while everything goes wrong that can: what
//! was answered, reported and stored has to fit to the last row.
//!
//! `BINDERY_SEED` repeats the faults of a run, `BINDERY_LEDGER_REQUESTS` says how many requests each
//! pair of databases gets.

mod audit;
mod book;
mod client;
mod engine;
mod logs;
mod mixed;
mod mysql;
mod plan;
mod postgres;
mod run;
mod service;
mod sqlite;

/// A name for a database that no other test uses.
fn unique_name() -> String {
    use std::sync::atomic::{AtomicUsize, Ordering};

    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("bindery_ledger_{}_{number}", std::process::id())
}

/// The URL of a server, without the name of a database.
fn server(variable: &str) -> String {
    let url = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run the tests with `cargo xtask test`"));
    let (server, _database) = url.rsplit_once('/').expect("the URL of a server ends in a database");
    server.to_owned()
}
