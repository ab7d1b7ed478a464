//! Users and their notes in one database, a log of edits in another, and neither SQL nor handlers.
//!
//! `bindings.toml` declares the databases, their tables and routes; `build.rs` generates the module
//! `db` of it. What is left is what this service wants otherwise: [`notes::Notes`], [`users::Users`].

mod audit;
mod notes;
#[cfg(test)]
mod tests;
mod users;

mod db {
    bindery_runtime::include_bindings!();
}

use axum::Router;
use axum::routing::{delete, patch};
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

/// What the TOML says, what this service changes about it, and two handlers of its own.
fn routes() -> Router<db::Installed> {
    db::router()
        .nest("/users", db::main::user::routes_with(users::Users))
        .nest("/notes", db::main::note::routes_with(notes::Notes { max_drafts: 5 }))
        .nest("/audit", db::audit::entry::routes())
        .route("/users/{id}/drafts", delete(users::remove_drafts))
        .route("/notes/{id}/audited", patch(db::audit::scoped(audit::edit_note)))
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
  db::main::user     User, NewUser, AddUser, add, delete, routes_with ..
  db::main::note     Note, NewNote, AddNote, EditNote, add, view, edit, list, routes, routes_with ..
  db::audit::entry   Entry, NewEntry, add, list, routes

Listening on http://{address}   (ctrl-c ends it)

  json='content-type: application/json'
  curl -i {address}/users -H \"$json\" -d '{{\"name\":\"ada\"}}'
  curl -i {address}/notes -H \"$json\" -d '{{\"title\":\"milk\",\"body\":\"two litres\",\"author_id\":1}}'
  curl -i {address}/notes -H \"$json\" -d '{{\"title\":\"milk\",\"author_id\":99}}'
      409: there is no such user
  curl -i {address}/notes -H \"$json\" -d '[{{\"title\":\"eggs\",\"author_id\":1}},{{\"title\":\"tea\",\"author_id\":1}}]'
      all of them or none
  curl -i -X PATCH {address}/notes/1 -H \"$json\" -H 'if-match: \"1\"' -d '{{\"status\":\"published\",\"body\":null}}'
      null empties the body, what is absent stays; the same again is 412: it has version 2 now
  curl -i '{address}/notes?author_id=1&status=draft&order=title&size=1'
      the next page is a link in the answer
  curl -i '{address}/notes?colour=red'
      400, and what can be asked for
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
