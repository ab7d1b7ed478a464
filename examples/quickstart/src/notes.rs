//! The handlers. None of them begins or commits anything.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::db;

#[derive(Serialize, sqlx::FromRow)]
pub struct Note {
    id: i64,
    title: String,
}

#[derive(Deserialize)]
pub struct NewNote {
    title: String,
}

#[derive(Serialize, sqlx::FromRow)]
pub struct LogEntry {
    id: i64,
    what: String,
}

/// What a handler can fail of, and the status that makes its request roll back.
pub enum Failure {
    Conflict,
    Session(db::Error),
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        Self::Session(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(refusal) if refusal.is_unique_violation() => Self::Conflict,
            _ => Self::Session(error.into()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Conflict => {
                (StatusCode::CONFLICT, "there is a note with this title\n").into_response()
            }
            Self::Session(error) => error.into_response(),
        }
    }
}

/// Outside HTTP: `Ok` commits, `Err` rolls back.
pub async fn create_tables(databases: &db::Databases) -> Result<(), db::Error> {
    databases
        .scope(async |scope| {
            let (main, audit) = (scope.main(), scope.audit());
            sqlx::query(
                "CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, title TEXT UNIQUE)",
            )
            .execute(&main)
            .await?;
            sqlx::query("CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, what TEXT)")
                .execute(&main)
                .await?;
            sqlx::query("CREATE TABLE IF NOT EXISTS audit (id INTEGER PRIMARY KEY, what TEXT)")
                .execute(&audit)
                .await?;
            Ok(())
        })
        .await
}

pub async fn list(main: db::main::Session) -> Result<Json<Vec<Note>>, Failure> {
    let notes = sqlx::query_as("SELECT id, title FROM note ORDER BY id").fetch_all(&main).await?;
    Ok(Json(notes))
}

pub async fn create(
    main: db::main::Session,
    Json(new): Json<NewNote>,
) -> Result<(StatusCode, Json<Note>), Failure> {
    let note = insert(&main, &new.title).await?;
    remember("created a note").await?;
    Ok((StatusCode::CREATED, Json(note)))
}

/// Deep in the call tree: the session of this request, without an argument.
async fn remember(what: &str) -> Result<(), Failure> {
    let main = db::main::session()?;
    sqlx::query("INSERT INTO log (what) VALUES (?)").bind(what).execute(&main).await?;
    Ok(())
}

/// Looks only after it wrote. A status of 400 or more rolls the INSERT back.
pub async fn create_strict(
    main: db::main::Session,
    Json(new): Json<NewNote>,
) -> Result<Response, Failure> {
    let note = insert(&main, &new.title).await?;
    if note.title.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, "a title is needed\n").into_response());
    }
    Ok((StatusCode::CREATED, Json(note)).into_response())
}

/// Each title in a block of its own: one that is refused undoes nothing but itself.
pub async fn create_many(
    main: db::main::Session,
    Json(titles): Json<Vec<String>>,
) -> Result<(StatusCode, Json<Vec<Note>>), Failure> {
    let mut created = Vec::new();
    for title in titles {
        match main.atomic(async |tx| insert(tx, &title).await).await {
            Ok(note) => created.push(note),
            Err(Failure::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((StatusCode::CREATED, Json(created)))
}

/// Two databases in one request; both end together.
pub async fn create_audited(
    main: db::main::Session,
    audit: db::audit::Session,
    Json(new): Json<NewNote>,
) -> Result<(StatusCode, Json<Note>), Failure> {
    let note = insert(&main, &new.title).await?;
    sqlx::query("INSERT INTO audit (what) VALUES (?)")
        .bind(format!("note {} was created", note.id))
        .execute(&audit)
        .await?;
    Ok((StatusCode::CREATED, Json(note)))
}

pub async fn audit_log(audit: db::audit::Session) -> Result<Json<Vec<LogEntry>>, Failure> {
    let log = sqlx::query_as("SELECT id, what FROM audit ORDER BY id").fetch_all(&audit).await?;
    Ok(Json(log))
}

/// Works on a session and inside an atomic block alike.
async fn insert<'e>(
    on: impl sqlx::Executor<'e, Database = sqlx::Sqlite>,
    title: &str,
) -> Result<Note, Failure> {
    let note = sqlx::query_as("INSERT INTO note (title) VALUES (?) RETURNING id, title")
        .bind(title)
        .fetch_one(on)
        .await?;
    Ok(note)
}
