//! A session of `reports` where one of `main` is wanted.

#[path = "support/db/mod.rs"]
mod db;

async fn audit(main: &db::main::Session) {
    let _ = main;
}

async fn report(reports: db::reports::Session) {
    audit(&reports).await;
}

fn main() {
    let _ = db::router().route("/report", axum::routing::get(db::reports::scoped(report)));
}
