//! `reports` has `middleware = false`, and nobody asked for its session where the handler is routed.

use axum::routing::get;

#[path = "support/db/mod.rs"]
mod db;

async fn report(reports: db::reports::Session) {
    let _ = reports;
}

fn main() {
    let _ = db::router().route("/report", get(report));
}
