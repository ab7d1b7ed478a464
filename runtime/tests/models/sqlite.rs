//! The cases on SQLite: a file for each test.

use std::path::PathBuf;

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

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}/main.db?mode=rwc", self.0.display())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) const NOTES: &str = "`notes`";
pub(crate) const ITEMS: &str = "`items`";
/// What adds, reads and deletes a row.
pub(crate) const NOTE: [&str; 3] = [
    "INSERT INTO notes (tenant, title, author, deleted_at, version) VALUES (?, ?, ?, ?, ?) \
     RETURNING id, tenant, title, author, deleted_at, version",
    "SELECT id, tenant, title, author, deleted_at, version FROM notes WHERE id = ?",
    "DELETE FROM notes WHERE id = ?",
];
pub(crate) const ITEM: [&str; 3] = [
    "INSERT INTO items (shelf, code, tenant, barcode, amount, author, deleted, version) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) \
     RETURNING shelf, code, tenant, barcode, amount, author, deleted, version",
    "SELECT shelf, code, tenant, barcode, amount, author, deleted, version FROM items \
     WHERE shelf = ? AND code = ?",
    "DELETE FROM items WHERE shelf = ? AND code = ?",
];
pub(crate) const CREATE: &[&str] = &[
    "CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, tenant INTEGER NOT NULL, \
     title TEXT NOT NULL, author TEXT, deleted_at TEXT, version INTEGER NOT NULL, \
     UNIQUE (tenant, title)) STRICT",
    "CREATE TABLE items (shelf INTEGER NOT NULL, code TEXT NOT NULL, tenant INTEGER NOT NULL, \
     barcode TEXT UNIQUE, amount INTEGER NOT NULL, author TEXT, deleted INTEGER NOT NULL, \
     version INTEGER NOT NULL, PRIMARY KEY (shelf, code)) STRICT",
];
