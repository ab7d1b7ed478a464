//! The variants on SQLite: a file in memory, so that a disk is not what is measured.

use std::path::{Path, PathBuf};

use anyhow::Result;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Executor};
use tempfile::TempDir;

pub(crate) use bindings::{one_sqlite as one, three_sqlite as three};
pub(crate) use variants::router;

pub(crate) type Db = sqlx::Sqlite;
pub(crate) type Pool = sqlx::SqlitePool;

#[path = "variants/mod.rs"]
mod variants;

/// The generated modules.
mod bindings {
    pub(crate) mod one_sqlite {
        include!(concat!(env!("OUT_DIR"), "/one_sqlite/mod.rs"));
    }
    pub(crate) mod three_sqlite {
        include!(concat!(env!("OUT_DIR"), "/three_sqlite/mod.rs"));
    }
}

/// Where the databases are.
#[derive(Debug)]
pub(crate) struct Place {
    files: Vec<PathBuf>,
    dir: TempDir,
}

impl Place {
    pub(crate) async fn new(count: usize) -> Result<Self> {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { TempDir::new_in(memory)? } else { TempDir::new()? };
        let files = (0..count).map(|at| dir.path().join(format!("{at}.db"))).collect();
        let place = Self { files, dir };
        for options in place.options() {
            let mut conn = options.connect().await?;
            conn.execute(
                "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL);
                 INSERT INTO notes (title, body) VALUES ('first', 'one')",
            )
            .await?;
        }
        Ok(place)
    }

    pub(crate) fn options(&self) -> impl Iterator<Item = SqliteConnectOptions> {
        self.files.iter().map(|file| {
            SqliteConnectOptions::new()
                .filename(file)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
        })
    }

    pub(crate) fn remove(self) -> std::io::Result<()> {
        self.dir.close()
    }
}

pub(crate) fn pool_options() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
}

pub(crate) fn sea_orm(pool: Pool) -> sea_orm::DatabaseConnection {
    sea_orm::SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)
}
