//! A router of the module that never went through `Databases::install`.

use axum::routing::get;

#[path = "support/db/mod.rs"]
mod db;

async fn list(main: db::main::Session) {
    let _ = main;
}

async fn serve(listener: tokio::net::TcpListener) -> std::io::Result<()> {
    let app = db::router().route("/notes", get(list));
    axum::serve(listener, app).await
}

fn main() {
    let _ = serve;
}
