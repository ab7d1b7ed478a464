//! The same handlers for three databases. Only the placeholder of the INSERT differs.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::db;

#[derive(Clone, Serialize, Deserialize, sqlx::FromRow)]
pub struct Note {
    id: i64,
    title: String,
}

macro_rules! notes_of {
    ($bind:ident, $insert:literal) => {
        pub mod $bind {
            use axum::http::StatusCode;
            use axum::routing::get;
            use axum::{Json, Router};

            use super::Note;
            use crate::db::{self, $bind::Session};

            pub fn routes() -> Router<db::Installed> {
                Router::new().route("/", get(list).post(create))
            }

            async fn list(session: Session) -> Result<Json<Vec<Note>>, db::Error> {
                let notes = sqlx::query_as("SELECT id, title FROM note ORDER BY id")
                    .fetch_all(&session)
                    .await?;
                Ok(Json(notes))
            }

            async fn create(
                session: Session,
                Json(note): Json<Note>,
            ) -> Result<StatusCode, db::Error> {
                insert(&session, &note).await?;
                Ok(StatusCode::CREATED)
            }

            pub async fn insert(session: &Session, note: &Note) -> Result<(), db::Error> {
                sqlx::query($insert).bind(note.id).bind(&note.title).execute(session).await?;
                Ok(())
            }
        }
    };
}

notes_of!(sqlite, "INSERT INTO note (id, title) VALUES (?, ?)");
notes_of!(postgres, "INSERT INTO note (id, title) VALUES ($1, $2)");
notes_of!(mysql, "INSERT INTO note (id, title) VALUES (?, ?)");

/// Three databases, one answer: stored in all of them, or 500 and an error that says where.
pub async fn create_everywhere(
    sqlite: db::sqlite::Session,
    postgres: db::postgres::Session,
    mysql: db::mysql::Session,
    Json(note): Json<Note>,
) -> Result<StatusCode, db::Error> {
    sqlite::insert(&sqlite, &note).await?;
    postgres::insert(&postgres, &note).await?;
    mysql::insert(&mysql, &note).await?;
    Ok(StatusCode::CREATED)
}

pub async fn health(State(installed): State<db::Installed>) -> (StatusCode, String) {
    let health = installed.databases().health(Duration::from_secs(1)).await;
    let status = if health.is_up() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, format!("{health}\n"))
}

/// On the plain pools: DDL commits by itself on MySQL, so it has no place in a session.
pub async fn create_tables(databases: &db::Databases) -> Result<(), sqlx::Error> {
    const TABLE: &str =
        "CREATE TABLE IF NOT EXISTS note (id BIGINT PRIMARY KEY, title VARCHAR(200) NOT NULL)";
    sqlx::query(TABLE).execute(&databases.sqlite().pool()).await?;
    sqlx::query(TABLE).execute(&databases.postgres().pool()).await?;
    sqlx::query(TABLE).execute(&databases.mysql().pool()).await?;
    Ok(())
}
