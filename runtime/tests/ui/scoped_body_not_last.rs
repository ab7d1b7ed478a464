//! A scoped handler whose body is not its last argument.

use axum::routing::post;

#[path = "support/db/mod.rs"]
mod db;

async fn report(body: String, reports: db::reports::Session) {
    let _ = (body, reports);
}

fn main() {
    let _ = db::router().route("/report", post(db::reports::scoped(report)));
}
