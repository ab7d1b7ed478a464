//! As `scoped_forgotten`, with the attribute that makes the compiler look at each argument.

use axum::extract::FromRef;
use axum::routing::get;

#[path = "support/db/mod.rs"]
mod db;

#[derive(Clone, FromRef)]
struct App {
    databases: db::Installed,
}

#[axum::debug_handler(state = App)]
async fn report(reports: db::reports::Session) {
    let _ = reports;
}

fn routes(databases: db::Installed) -> axum::Router {
    axum::Router::new().route("/report", get(report)).with_state(App { databases })
}

fn main() {
    let _ = routes;
}
