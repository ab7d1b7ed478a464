//! What a session means, on real databases. Every case is written once and runs on each backend:
//! `cases` is part of `sqlite`, `postgres` and `mysql`, which say what differs.

#![allow(clippy::duplicate_mod, reason = "the cases are the same on every backend")]

mod mysql;
mod polling;
mod postgres;
mod proxy;
mod sqlite;

use std::time::Duration;

/// Longer than anything here takes; what needs longer hangs.
const HANG: Duration = Duration::from_secs(25);

/// Fails instead of hanging.
async fn in_time<F: Future>(what: &str, work: F) -> F::Output {
    let Ok(output) = tokio::time::timeout(HANG, work).await else {
        panic!("{what} did not come to its end within {HANG:?}")
    };
    output
}

/// A name for a database that no other test uses.
fn unique_name() -> String {
    use std::sync::atomic::{AtomicUsize, Ordering};

    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("bindery_session_{}_{number}", std::process::id())
}

/// The URL of a server, without the name of a database.
fn server(variable: &str) -> String {
    let url = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run the tests with `cargo xtask test`"));
    let (server, _database) = url.rsplit_once('/').expect("the URL of a server ends in a database");
    server.to_owned()
}
