//! The cases on SQLite: a file for each test.

use std::path::PathBuf;

use bindery_runtime::AfterError;
pub(crate) use bindery_runtime::sqlite::{Defaults, Settings, Transaction};
pub(crate) use bindery_runtime::sqlx::Sqlite as Driver;

/// A name, quoted.
macro_rules! q {
    ($name:literal) => {
        concat!("\"", $name, "\"")
    };
}
/// The placeholder of this number.
macro_rules! p {
    ($number:literal) => {
        "?"
    };
}
/// What makes a statement answer with the rows it wrote.
macro_rules! returning {
    ($($column:literal),*) => { concat!(" RETURNING ", columns!($($column),*)) };
}
/// A row of nothing but what the database makes.
macro_rules! no_values {
    () => {
        " DEFAULT VALUES"
    };
}
/// A type of column.
macro_rules! ty {
    (key) => {
        "INTEGER PRIMARY KEY AUTOINCREMENT"
    };
    (bool) => {
        "BOOLEAN"
    };
    (i16) => {
        "INTEGER"
    };
    (i32) => {
        "INTEGER"
    };
    (i64) => {
        "INTEGER"
    };
    (f32) => {
        "REAL"
    };
    (f64) => {
        "REAL"
    };
    (text) => {
        "TEXT"
    };
    (word) => {
        "TEXT"
    };
    (bytes) => {
        "BLOB"
    };
    (uuid) => {
        "BLOB"
    };
    (date) => {
        "TEXT"
    };
    (time) => {
        "TEXT"
    };
    (datetime) => {
        "TEXT"
    };
    (timestamp) => {
        "TEXT"
    };
    (json) => {
        "TEXT"
    };
}
/// A text of at most so many characters.
macro_rules! varchar {
    ($name:literal, $length:literal) => {
        concat!("TEXT CHECK (length(", q!($name), ") <= ", $length, ")")
    };
}

/// Transactions that survive a refused statement, where the backend has them.
pub(crate) const LENIENT: Transaction =
    Transaction { after_error: AfterError::Continue, ..Transaction::DEFAULT };
pub(crate) const HAS_LENIENT: bool = true;

#[path = "cases/mod.rs"]
mod cases;

/// What refuses a title that is too long, where the database says it.
pub(crate) const REFUSED_TITLE: &str = "length(\"title\") <= 20";
/// What refuses a reference to no author; SQLite does not say.
pub(crate) const REFUSED_AUTHOR: Option<&str> = None;
/// Whether a text may hold NUL.
pub(crate) const KEEPS_NUL: bool = true;
/// The years of times that the database keeps.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 0..=9999;

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
