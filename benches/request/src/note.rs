//! The table, its statements, and what a handler answers with when one of them fails.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// The row that every handler reads.
#[derive(Debug, sqlx::FromRow)]
#[expect(dead_code, reason = "all columns are decoded, as they would be")]
pub(crate) struct Note {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) body: String,
}

pub(crate) const TITLE: &str = "A note about the costs of sessions";
pub(crate) const BODY: &str =
    "Some sentence that is a little longer than its title, as bodies are.";

// The same text on both backends; sqlx takes `$1` on SQLite too.
pub(crate) const INSERT: &str = "INSERT INTO notes (title, body) VALUES ($1, $2) RETURNING id";
pub(crate) const SELECT: &str = "SELECT id, title, body FROM notes WHERE id = $1";

/// The error of handlers that are written by hand.
#[derive(Debug)]
pub(crate) struct Failed(String);

impl<E: std::fmt::Display> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0).into_response()
    }
}
