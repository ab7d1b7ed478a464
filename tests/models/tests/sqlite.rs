//! The cases on SQLite: a file for each test.

use std::path::PathBuf;
use std::time::Duration;

use bindery_runtime::Bind;
use model_tests::db::{Databases, Settings};

pub(crate) use bindery_runtime::sqlx::Sqlite as Driver;
pub(crate) use model_tests::db::sqlite as bind;
pub(crate) use model_tests::db::sqlite::Sqlite as Main;
pub(crate) use model_tests::db::sqlite_other as other;

#[path = "cases/mod.rs"]
mod cases;
#[path = "lenient.rs"]
mod lenient;

/// What errors name when there is such a name, such a title of an author, and such a key: SQLite names columns.
pub(crate) const CONFLICTS: [&str; 3] =
    ["authors.name", "notes.author_id, notes.title", "members.author_id, members.team"];
/// What an error names when there is no such author; SQLite does not say.
pub(crate) const NO_AUTHOR: Option<&str> = None;
/// Whether a text may hold NUL.
pub(crate) const KEEPS_NUL: bool = true;
/// Whether a text of a limited length may.
pub(crate) const KEEPS_NUL_WITH_LENGTH: bool = false;
/// The types of columns for days, times of day, both, and moments.
pub(crate) const TIMES: [&str; 4] = ["TEXT", "TEXT", "TEXT", "TEXT"];
/// Whether a number may be none, or infinite.
pub(crate) const KEEPS_NAN: bool = false;

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

/// The databases, of which only those of `home` are used.
pub(crate) async fn connect(home: &Home, max_connections: u32) -> Databases {
    let mut settings = Settings::default();
    settings.sqlite.pool.max_connections = Some(max_connections);
    settings.sqlite.pool.acquire_timeout = Some(Duration::from_secs(20));
    let builder =
        Databases::builder().settings(settings).sqlite(home.url()).sqlite_other(home.url());
    builder.connect().await.expect("databases")
}

pub(crate) fn main(databases: &Databases) -> &Bind<Main> {
    databases.sqlite()
}
