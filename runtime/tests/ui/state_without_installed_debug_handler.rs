//! As `state_without_installed`, with the attribute that makes the compiler look at each argument.

use axum::routing::get;

#[path = "support/db/mod.rs"]
mod db;

#[derive(Clone)]
struct App;

#[axum::debug_handler(state = App)]
async fn list(main: db::main::Session) {
    let _ = main;
}

fn main() {
    let _: axum::Router<()> = axum::Router::new().route("/notes", get(list)).with_state(App);
}
