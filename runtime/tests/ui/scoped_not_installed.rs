//! A `scoped` handler on a router whose state holds no `Installed`.

use axum::routing::get;

#[path = "support/db/mod.rs"]
mod db;

#[derive(Clone)]
struct App;

async fn report(reports: db::reports::Session) {
    let _ = reports;
}

fn main() {
    let _: axum::Router<()> =
        axum::Router::new().route("/report", get(db::reports::scoped(report))).with_state(App);
}
