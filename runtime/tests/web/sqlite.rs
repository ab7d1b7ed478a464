//! The cases on SQLite: a file for each bind.

use std::path::PathBuf;

use bindery_runtime::sqlx::{self, Pool};
use bindery_runtime::{Binding, Session};

pub(crate) use bindery_runtime::sqlite::{Defaults, Transaction};
pub(crate) use bindery_runtime::sqlx::Sqlite as Driver;

#[path = "cases/mod.rs"]
mod cases;

/// A folder of databases, removed in the end.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) async fn new() -> Self {
        let folder = std::env::temp_dir().join(crate::unique_name());
        tokio::fs::create_dir_all(&folder).await.expect("a folder for the databases");
        Self(folder)
    }

    pub(crate) fn url(&self, key: &str) -> String {
        format!("sqlite://{}/{key}.db?mode=rwc", self.0.display())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Makes the COMMIT of a session fail: a deferred constraint.
pub(crate) async fn spoil_commit<B>(session: &Session<B>, _: &Pool<Driver>)
where
    B: Binding<Database = Driver>,
{
    let parents = "CREATE TABLE parents (id INTEGER PRIMARY KEY)";
    let children = "CREATE TABLE children (parent INTEGER REFERENCES parents(id) DEFERRABLE INITIALLY DEFERRED)";
    for statement in [parents, children, "INSERT INTO children (parent) VALUES (1)"] {
        sqlx::query(statement).execute(session).await.expect("only COMMIT fails");
    }
}

/// What the generator writes for the tables of the crud cases.
pub(crate) mod tables {
    pub(crate) const CREATE_NOTES: &str = "\
        CREATE TABLE api_notes ( \
        id INTEGER PRIMARY KEY AUTOINCREMENT, \
        title TEXT NOT NULL CHECK (length(title) <= 20), \
        body TEXT, \
        status TEXT NOT NULL, \
        score REAL NOT NULL, \
        stars INTEGER NOT NULL, \
        open INTEGER NOT NULL, \
        secret TEXT NOT NULL, \
        version INTEGER NOT NULL, \
        CONSTRAINT api_notes_title_key UNIQUE (title)) STRICT";
    pub(crate) const ADD_NOTE: &str = "\
        INSERT INTO api_notes (title, body, status, score, stars, open, secret, version) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) \
        RETURNING id, title, body, status, score, stars, open, secret, version";
    pub(crate) const VIEW_NOTE: &str = "\
        SELECT id, title, body, status, score, stars, open, secret, version \
        FROM api_notes WHERE id = ?";
    pub(crate) const DELETE_NOTE: &str = "\
        DELETE FROM api_notes WHERE id = ?";
    pub(crate) const CREATE_ENTRIES: &str = "\
        CREATE TABLE api_entries ( \
        team TEXT NOT NULL, \
        number INTEGER NOT NULL, \
        title TEXT, \
        author TEXT NOT NULL, \
        PRIMARY KEY (team, number)) STRICT";
    pub(crate) const ADD_ENTRY: &str = "\
        INSERT INTO api_entries (team, number, title, author) \
        VALUES (?, ?, ?, ?) \
        RETURNING team, number, title, author";
    pub(crate) const VIEW_ENTRY: &str = "\
        SELECT team, number, title, author \
        FROM api_entries WHERE team = ? AND number = ?";
    pub(crate) const DELETE_ENTRY: &str = "\
        DELETE FROM api_entries WHERE team = ? AND number = ?";
}
