//! The cases on SQLite: a file for each bind.

use std::path::PathBuf;

use bindery_runtime::sqlite::JournalMode;
use bindery_runtime::sqlx::{self, Executor, SqliteConnection};
use bindery_runtime::{Access, AfterError, Binding, Session};

pub(crate) use bindery_runtime::sqlite::{Defaults, Settings, Transaction};
pub(crate) use bindery_runtime::sqlx::Sqlite as Driver;

#[path = "cases/mod.rs"]
mod cases;
mod own;
mod stopping;

/// Transactions that may only read.
pub(crate) const STRICT: Transaction =
    Transaction { access: Access::ReadOnly, ..Transaction::DEFAULT };
/// Transactions that survive a refused statement, where the backend has them.
pub(crate) const LENIENT: Transaction =
    Transaction { after_error: AfterError::Continue, ..Transaction::DEFAULT };
pub(crate) const HAS_LENIENT: bool = true;
/// Whether constraints can be deferred to COMMIT.
pub(crate) const DEFERS: bool = true;
/// Whether there is one writer at a time.
pub(crate) const ONE_WRITER: bool = true;
/// Whether DDL commits what is open.
pub(crate) const DDL_COMMITS: bool = false;
/// Whether a connection may be closed when a statement is dropped while it is prepared.
pub(crate) const MAY_CLOSE_IN_PREPARE: bool = false;
/// Whether a raw COMMIT on a lent connection is refused.
pub(crate) const VETOES: bool = true;

/// What begins a transaction that has a lock for its writes.
pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";
/// Makes the session wait for locks no longer than a moment.
pub(crate) const IMPATIENT: &str = "PRAGMA busy_timeout = 50";

/// A statement that runs until somebody stops it.
pub(crate) const SLEEP: &str = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c \
                                WHERE x < 3000000000) SELECT COUNT(*) FROM c";
/// A statement whose rows nobody reads to their end.
pub(crate) const ENDLESS: &str = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c \
                                  WHERE x < 3000000000) SELECT x FROM c";

/// Rows that take longer to read than a moment.
pub(crate) const MANY: &str = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 50000) SELECT x FROM c";

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

    /// How many statements like [`SLEEP`] the server runs.
    #[expect(clippy::unused_async, reason = "servers have to be asked")]
    pub(crate) async fn running(&self) -> i64 {
        0
    }

    /// How often this process has a file of the database open.
    pub(crate) async fn connected(&self) -> usize {
        let mut open = tokio::fs::read_dir("/proc/self/fd").await.expect("Linux tells");
        let mut count = 0;
        while let Ok(Some(file)) = open.next_entry().await {
            let target = tokio::fs::read_link(file.path()).await;
            count += usize::from(target.is_ok_and(|path| path.starts_with(&self.0)));
        }
        count
    }
}

impl Home {
    /// The files of tests that exist.
    pub(crate) async fn test_databases(&self) -> Vec<String> {
        let mut folder = tokio::fs::read_dir(std::env::temp_dir()).await.expect("a folder");
        let mut names = Vec::new();
        while let Ok(Some(file)) = folder.next_entry().await {
            let name = file.file_name().to_string_lossy().into_owned();
            names.extend(name.starts_with("bindery_test_").then_some(name));
        }
        names
    }
}

/// The name of the file that a pool connects to.
pub(crate) fn name_of(pool: &sqlx::SqlitePool) -> String {
    let options = pool.connect_options();
    options.get_filename().file_name().expect("it has one").to_string_lossy().into_owned()
}

/// A database that nobody can connect to.
pub(crate) const UNREACHABLE: &str = "sqlite:///nowhere/at/all.db";

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn affected(result: &<Driver as sqlx::Database>::QueryResult) -> u64 {
    result.rows_affected()
}

pub(crate) fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.options.journal_mode = Some(JournalMode::Wal);
    settings
}

/// With connections that may go back to the pool after they were lent.
pub(crate) fn trusting() -> Settings {
    settings()
}

/// Fails when anything of a session is left on the connection. Returns the server's name for it.
pub(crate) async fn assert_clean(conn: &mut SqliteConnection) -> i64 {
    conn.execute("BEGIN").await.expect("no transaction is open");
    conn.execute("ROLLBACK").await.expect("it was just begun");
    let read_only: i64 =
        sqlx::query_scalar("PRAGMA query_only").fetch_one(&mut *conn).await.expect("a pragma");
    assert_eq!(read_only, 0, "read only leaks");
    0
}

/// Asks the server whether a session of [`STRICT`] is what it says.
pub(crate) async fn assert_strict<B: Binding<Database = Driver>>(session: &Session<B>) {
    let read_only: i64 =
        sqlx::query_scalar("PRAGMA query_only").fetch_one(session).await.expect("a pragma");
    assert_eq!(read_only, 1, "read only");
}
