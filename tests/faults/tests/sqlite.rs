//! The faults on SQLite: a file, and a second one for the other bind.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bindery_runtime::Bind;
use bindery_runtime::sqlite::JournalMode;
use bindery_runtime::sqlx::{self, AssertSqlSafe, Executor, SqliteConnection};
pub(crate) use fault_tests::db::sqlite as main;
pub(crate) use fault_tests::db::sqlite_other as other;
use fault_tests::db::{Databases, Settings};

use crate::document::{Column, Title};
use crate::own::Own;

#[path = "cases/mod.rs"]
mod cases;

pub(crate) type Main = main::Sqlite;
pub(crate) type Conn = SqliteConnection;

const COLUMN: Column = Column::Sqlite;
/// Whether there is one writer at a time.
pub(crate) const ONE_WRITER: bool = true;
/// Whether a connection that does not become quiet in time is closed.
pub(crate) const MAY_CLOSE: bool = false;
/// A statement that runs until somebody stops it.
pub(crate) const SLEEP: &str = "WITH RECURSIVE t (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) \
                                SELECT COUNT(*) FROM t";
/// Waits for whoever has written, a moment only.
pub(crate) const WAIT: &[&str] = &["UPDATE spots SET value = 7 WHERE id = 1"];
/// What a rival does before a deadlock: nothing, it is the one who comes first.
pub(crate) const SURVIVE: &[&str] = &[];
/// A table whose constraint is checked at COMMIT.
pub(crate) const DEFERRED: Result<&str, &str> =
    Ok("CREATE TABLE replies (spot INTEGER REFERENCES spots (id) DEFERRABLE INITIALLY DEFERRED)");
/// A setting of the connection that outlives a transaction.
pub(crate) const SET: &str = "PRAGMA cache_size = -1234";

/// What [`settings`] asks for.
const PRAGMAS: &[&str] = &[
    "automatic_index",
    "busy_timeout",
    "cache_size",
    "defer_foreign_keys",
    "foreign_keys",
    "ignore_check_constraints",
    "journal_mode",
    "query_only",
    "read_uncommitted",
    "recursive_triggers",
    "synchronous",
    "temp_store",
];

/// A folder of databases, removed in the end.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) async fn new() -> Self {
        let folder = std::env::temp_dir().join(crate::unique_name());
        tokio::fs::create_dir_all(&folder).await.expect("a folder for the databases");
        Self(folder)
    }

    /// There is no server.
    pub(crate) async fn on(_: &str) -> Self {
        Self::new().await
    }

    /// Of the database that holds the notes of `main`, and of those that hold any.
    pub(crate) fn urls(&self) -> Vec<String> {
        ["main", "other"]
            .iter()
            .map(|name| format!("sqlite://{}/{name}.db?mode=rwc", self.0.display()))
            .collect()
    }

    #[allow(clippy::unused_async, reason = "elsewhere it waits")]
    pub(crate) async fn remove(self) {}
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// How a test starts a server that it may end.
pub(crate) const SERVER: Result<fn() -> Own, &str> = Err("there is no server");

/// Sets up both binds; `apart`: each has a file of its own.
pub(crate) async fn connect(
    home: &Home,
    max_connections: u32,
    acquire_timeout: Duration,
    apart: bool,
) -> Databases {
    let mut settings = Settings::default();
    for bind in [&mut settings.sqlite, &mut settings.sqlite_other] {
        bind.pool.max_connections = Some(max_connections);
        bind.pool.acquire_timeout = Some(acquire_timeout);
        bind.options.journal_mode = Some(JournalMode::Wal);
        bind.options.busy_timeout = Some(Duration::from_millis(100));
    }
    let urls = home.urls();
    let other = &urls[usize::from(apart)];
    let builder = Databases::builder().settings(settings);
    let builder = builder.sqlite(urls[0].as_str()).sqlite_other(other.as_str());
    builder.connect().await.expect("databases")
}

pub(crate) fn bind(databases: &Databases) -> &Bind<Main> {
    databases.sqlite()
}

/// A name for a connection, which is given at the first look, and whether a transaction is open on it.
pub(crate) async fn state(conn: &mut Conn) -> Result<(i64, bool), sqlx::Error> {
    static NEXT: AtomicI64 = AtomicI64::new(1);

    // Inside a transaction BEGIN is refused.
    let open = conn.execute("BEGIN").await.is_err();
    if !open {
        conn.execute("ROLLBACK").await?;
    }
    let mut id: i64 = sqlx::query_scalar("PRAGMA temp.user_version").fetch_one(&mut *conn).await?;
    if id == 0 {
        id = NEXT.fetch_add(1, Ordering::Relaxed);
        conn.execute(AssertSqlSafe(format!("PRAGMA temp.user_version = {id}"))).await?;
    }
    Ok((id, open))
}

/// The id that [`state`] gave.
pub(crate) const ID: &str = "PRAGMA temp.user_version";

/// The settings of a connection.
pub(crate) async fn settings(conn: &mut Conn) -> Result<BTreeMap<String, String>, sqlx::Error> {
    let mut settings = BTreeMap::new();
    for name in PRAGMAS {
        let sql = AssertSqlSafe(format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"));
        let value = match *name {
            "busy_timeout" => {
                sqlx::query_scalar("SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout")
            }
            _ => sqlx::query_scalar(sql),
        };
        settings.insert((*name).to_owned(), value.fetch_one(&mut *conn).await?);
    }
    Ok(settings)
}

/// Whether somebody has written and not ended.
pub(crate) async fn is_locked(observer: &mut Conn) -> bool {
    observer.execute("PRAGMA busy_timeout = 0").await.expect("a setting");
    let locked = observer.execute("BEGIN IMMEDIATE").await.is_err();
    if !locked {
        observer.execute("ROLLBACK").await.expect("it was begun");
    }
    locked
}

/// There is nobody who could.
#[allow(clippy::unused_async, reason = "elsewhere it waits")]
pub(crate) async fn end_connection(_: &mut Conn, _: i64) {
    unreachable!("there is no server");
}

pub(crate) fn titles() -> Vec<Title> {
    cases::titles()
}
