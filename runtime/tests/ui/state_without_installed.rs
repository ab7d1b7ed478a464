//! A handler with a session on a router whose state holds no `Installed`.

use axum::routing::get;

#[path = "support/db/mod.rs"]
mod db;

#[derive(Clone)]
struct App;

async fn list(main: db::main::Session) {
    let _ = main;
}

fn main() {
    let _: axum::Router<()> = axum::Router::new().route("/notes", get(list)).with_state(App);
}
