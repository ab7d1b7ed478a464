//! Users and their notes in one database, a log of edits in another, and no SQL in sight.
//!
//! `bindings.toml` declares the databases and their tables; `build.rs` generates the module `db`:
//! rows, patches, filters and the functions that the handlers call.

mod audit;
mod notes;
mod users;

mod db {
    bindery_runtime::include_bindings!();
}

use axum::Router;
use axum::routing::{delete, get, patch, post};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let databases = db::Databases::connect().await?;
    databases.create_all().await?;
    let app = databases.install(routes());

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

fn routes() -> Router<db::Installed> {
    db::router()
        .route("/users", post(users::add))
        .route("/users/{id}", delete(users::remove))
        .route("/users/{id}/notes", post(notes::add_many))
        .route("/users/{id}/drafts", delete(notes::remove_drafts))
        .route("/notes", get(notes::list).post(notes::add))
        .route("/notes/{id}", get(notes::view).patch(notes::edit).delete(notes::remove))
        .route("/notes/{id}/audited", patch(db::audit::scoped(audit::edit_note)))
        .route("/audit", get(db::audit::scoped(audit::list)))
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
  db::main::user     User, NewUser, add, delete ..
  db::main::note     Note, NewNote, NotePatch, NoteStatus, add, view, edit, delete, list ..
  db::audit::entry   Entry, NewEntry, add, list ..

Listening on http://{address}   (ctrl-c ends it)

  json='content-type: application/json'
  curl -i {address}/users -H \"$json\" -d '{{\"name\":\"ada\"}}'
  curl -i {address}/notes -H \"$json\" -d '{{\"title\":\"milk\",\"body\":\"two litres\",\"author_id\":1}}'
  curl -i {address}/notes -H \"$json\" -d '{{\"title\":\"milk\",\"author_id\":99}}'
      409: there is no such user
  curl -i {address}/users/1/notes -H \"$json\" -d '[\"eggs\",\"tea\",\"rice\"]'
      all of them or none
  curl -i -X PATCH {address}/notes/1 -H \"$json\" -d '{{\"status\":\"published\",\"body\":null}}'
      null empties the body, what is absent stays
  curl -i '{address}/notes?author=1&status=draft&page=2&size=2&total=true'
  curl -i -X PATCH '{address}/notes/1/audited?reason=typo' -H \"$json\" -d '{{\"title\":\"oat milk\"}}'
      two databases, one answer: both commit or neither
  curl -i {address}/audit
  curl -i -X DELETE {address}/users/1/drafts
  curl -i -X DELETE {address}/users/1
      and the notes with it

README.md has these and more, with their answers.
",
        out = env!("OUT_DIR"),
    );
}
