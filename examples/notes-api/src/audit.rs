//! Edits that leave a trace in a database of its own. Both end together, without a word about it.

use axum::Json;
use axum::extract::{Path, Query};
use serde::Deserialize;

use crate::db;
use crate::db::audit::entry::{self, NewEntry};
use crate::db::main::note::{self, EditNote, Note};

#[derive(Deserialize)]
pub struct Reason {
    reason: String,
}

/// A reason that is too long is 422 and undoes the edit in the other database.
pub async fn edit_note(
    main: db::main::Session,
    audit: db::audit::Session,
    Path(id): Path<i64>,
    Query(Reason { reason }): Query<Reason>,
    Json(body): Json<EditNote>,
) -> Result<Json<Note>, db::Error> {
    let note = note::edit(&main, id, body.into()).await?;
    entry::add(&audit, NewEntry::new(note.id, reason)).await?;
    Ok(Json(note))
}
