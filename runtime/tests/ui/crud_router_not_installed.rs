//! Routes of a model on a router that never went through `Databases::install`.

use axum::routing::get;
use bindery_runtime::axum::Crud;
use bindery_runtime::model::{ListView, Mixin, Resource};

#[path = "support/db/mod.rs"]
mod db;

async fn serve<X, Note>(listener: tokio::net::TcpListener, notes: X) -> std::io::Result<()>
where
    X: Mixin<Model = Note> + ListView + Clone,
    Note: Resource<Bind = db::main::Main>,
{
    let app = db::router().route("/notes", get(Crud::new(notes).list()));
    axum::serve(listener, app).await
}

fn main() {}
