//! Notes in one database, an audit log in another, and no transaction in sight.
//!
//! `bindings.toml` declares both; `build.rs` generates the module `db`. Every request has the
//! session of `main` at hand. `audit` is there for handlers that ask for it by name.

mod notes;

mod db {
    bindery_runtime::include_bindings!();
}

use axum::routing::{get, post};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let databases = db::Databases::connect().await?;
    notes::create_tables(&databases).await?;

    let app = databases.install(
        db::router()
            .route("/notes", get(notes::list).post(notes::create))
            .route("/notes/strict", post(notes::create_strict))
            .route("/notes/many", post(notes::create_many))
            .route("/notes/audited", post(db::audit::scoped(notes::create_audited)))
            .route("/audit", get(db::audit::scoped(notes::audit_log))),
    );

    let address = std::env::var("ADDRESS").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error} (set ADDRESS to another)"))?;
    introduce(listener.local_addr()?);

    axum::serve(listener, app).with_graceful_shutdown(interrupted()).await?;
    databases.close().await;
    println!("Closed. Every connection went back first.");
    Ok(())
}

async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        eprintln!("cannot listen for ctrl-c: {error}");
        std::future::pending::<()>().await;
    }
}

fn introduce(address: std::net::SocketAddr) {
    println!(
        "Generated from bindings.toml, in {out}/bindery:
  db::Databases      connects, installs, closes
  db::main           Session, Autocommit, session()     every request has it
  db::audit          Session, Autocommit, scoped(..)    only where a route asks for it

Listening on http://{address}   (ctrl-c ends it)

  curl -i {address}/notes -d '{{\"title\":\"milk\"}}' -H 'content-type: application/json'
      201: stored, with a log entry written by a function that was passed nothing
  curl -i {address}/notes/strict -d '{{\"title\":\"\"}}' -H 'content-type: application/json'
      422 after the INSERT: the status rolls it back
  curl -i {address}/notes/many -d '[\"eggs\",\"milk\",\"tea\"]' -H 'content-type: application/json'
      atomic blocks: the title that is already there is skipped, the others stay
  curl -i {address}/notes/audited -d '{{\"title\":\"keys\"}}' -H 'content-type: application/json'
      two databases, one answer: both commit or neither
  curl -s {address}/notes
  curl -s {address}/audit
",
        out = env!("OUT_DIR"),
    );
}
