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
