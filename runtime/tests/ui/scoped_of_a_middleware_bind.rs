//! `main` has `middleware = true`: its session is at hand everywhere, there is nothing to ask for.

use axum::routing::get;

#[path = "support/db/mod.rs"]
mod db;

async fn list(main: db::main::Session) {
    let _ = main;
}

fn main() {
    let _ = db::router().route("/notes", get(db::main::scoped(list)));
}
