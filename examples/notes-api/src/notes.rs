//! Notes. What a handler cannot do is a `db::Error`, which is the right answer already: 404 for a
//! note that is not there, 409 for an author who is not, 422 for a title that is too long.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bindery_runtime::model::{Filter, Page, PageRequest};
use serde::{Deserialize, Serialize};

use crate::db;
use crate::db::main::note::{self, NewNote, Note, NotePatch, NoteStatus};
use crate::db::main::user;

/// Who has more drafts than this gets no new note.
const MAX_DRAFTS: u64 = 5;

/// Which notes are wanted: `?author=1&status=draft`; what is left out may be anything.
#[derive(Deserialize)]
pub struct Wanted {
    author: Option<i64>,
    status: Option<NoteStatus>,
}

/// How many rows a request added or deleted.
#[derive(Serialize)]
pub struct Rows {
    rows: u64,
}

/// The newest first. `Query` answers page 0 and a status that does not exist with 400.
pub async fn list(
    main: db::main::Session,
    Query(wanted): Query<Wanted>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<Note>>, db::Error> {
    let notes = note::list()
        .filter(wanted.author.map(|author| Note::AUTHOR_ID.eq(author)))
        .filter(wanted.status.map(|status| Note::STATUS.eq(status)))
        .order(Note::ID.desc());
    Ok(Json(notes.page(&main, page).await?))
}

/// Counts after it wrote: the status takes the note back.
pub async fn add(main: db::main::Session, Json(new): Json<NewNote>) -> Result<Response, db::Error> {
    let note = note::add(&main, new).await?;
    if has_too_many_drafts(note.author_id).await? {
        return Ok(too_many_drafts());
    }
    Ok((StatusCode::CREATED, Json(note)).into_response())
}

/// All of them or none, in as few statements as it takes. Only the titles come from the client.
pub async fn add_many(
    main: db::main::Session,
    Path(author): Path<i64>,
    Json(titles): Json<Vec<String>>,
) -> Result<Response, db::Error> {
    user::view(&main, author).await?; // without an author a 404, also for no titles at all
    let notes = titles.into_iter().map(|title| NewNote::new(title, author));
    let rows = note::list_add(&main, notes).await?;
    if has_too_many_drafts(author).await? {
        return Ok(too_many_drafts());
    }
    Ok((StatusCode::CREATED, Json(Rows { rows })).into_response())
}

pub async fn view(main: db::main::Session, Path(id): Path<i64>) -> Result<Json<Note>, db::Error> {
    Ok(Json(note::view(&main, id).await?))
}

/// What the JSON does not name stays as it is; `null` empties the body.
pub async fn edit(
    main: db::main::Session,
    Path(id): Path<i64>,
    Json(patch): Json<NotePatch>,
) -> Result<Json<Note>, db::Error> {
    Ok(Json(note::edit(&main, id, patch).await?))
}

pub async fn remove(main: db::main::Session, Path(id): Path<i64>) -> Result<StatusCode, db::Error> {
    note::delete(&main, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn remove_drafts(
    main: db::main::Session,
    Path(author): Path<i64>,
) -> Result<Json<Rows>, db::Error> {
    user::view(&main, author).await?; // without an author a 404, and not 0 rows
    let rows = note::list_delete(&main, drafts_of(author)).await?;
    Ok(Json(Rows { rows }))
}

/// Deep in the call tree, with nothing passed down: the session of this request, which sees what
/// the handler has written and not committed.
async fn has_too_many_drafts(author: i64) -> Result<bool, db::Error> {
    let main = db::main::session()?;
    Ok(note::list().filter(drafts_of(author)).count(&main).await? > MAX_DRAFTS)
}

fn too_many_drafts() -> Response {
    let refusal = format!("an author has at most {MAX_DRAFTS} drafts: publish one first\n");
    (StatusCode::CONFLICT, refusal).into_response()
}

fn drafts_of(author: i64) -> Filter<Note> {
    Note::AUTHOR_ID.eq(author).and(Note::STATUS.eq(NoteStatus::Draft))
}
