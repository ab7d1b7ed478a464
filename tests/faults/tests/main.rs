//! Everything that can go wrong, over real HTTP on real databases. A fault is written once, in `cases`,
//! which is part of `sqlite`, `postgres` and `mysql`; they say what differs. What was observed is compared
//! with the table in `docs/faults.md`; `BINDERY_ACCEPT=1` writes it anew.

#![allow(clippy::duplicate_mod, reason = "the cases are the same on every backend")]

mod cell;
#[path = "../../../runtime/tests/web/client.rs"]
#[allow(dead_code, reason = "the cases need a part of it")]
mod client;
mod document;
mod mysql;
mod own;
#[path = "../../../runtime/tests/session/polling.rs"]
mod polling;
mod postgres;
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
    format!("bindery_fault_{}_{number}", std::process::id())
}

/// The URL of a server that all tests share.
fn server(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run the tests with `cargo xtask test`"))
}
