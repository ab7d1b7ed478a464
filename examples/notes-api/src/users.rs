//! Users: the routes of the TOML, with the token that no request can set.

use axum::Json;
use axum::extract::Path;
use bindery_runtime::Error;
use bindery_runtime::axum::AddBody;
use bindery_runtime::model::{self, ListView, Mixin, UnitAdd, UnitDelete, UnitView};
use serde::Serialize;

use crate::db;
use crate::db::main::Session;
use crate::db::main::note;
use crate::db::main::user::{self, AddUser, NewUser, User};
use crate::notes::drafts_of;

#[derive(Clone)]
pub struct Users;

impl Mixin for Users {
    type Model = User;
}

impl AddBody for Users {
    async fn new_row(&self, _: &Session, body: AddUser) -> Result<NewUser, Error> {
        Ok(body.with(model::uuid()))
    }
}

impl UnitAdd for Users {}
impl UnitView for Users {}
impl UnitDelete for Users {}
impl ListView for Users {}

/// How many rows a request deleted.
#[derive(Serialize)]
pub struct Rows {
    rows: u64,
}

/// A handler of one's own beside the routes: bulk changes have to say what they mean.
pub async fn remove_drafts(
    main: Session,
    Path(author): Path<i64>,
) -> Result<Json<Rows>, db::Error> {
    user::view(&main, author).await?; // without an author a 404, and not 0 rows
    let rows = note::list_delete(&main, drafts_of(author)).await?;
    Ok(Json(Rows { rows }))
}
