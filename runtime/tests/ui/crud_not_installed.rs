//! Routes of a model on a router whose state holds no `Installed`.

use axum::Router;
use axum::routing::get;
use bindery_runtime::axum::Crud;
use bindery_runtime::model::{ListView, Mixin, Resource};

#[path = "support/db/mod.rs"]
mod db;

#[derive(Clone)]
struct App;

fn routes<X, Note>(notes: X) -> Router<App>
where
    X: Mixin<Model = Note> + ListView + Clone,
    Note: Resource<Bind = db::main::Main>,
{
    Router::new().route("/notes", get(Crud::new(notes).list()))
}

fn main() {}
