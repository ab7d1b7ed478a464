//! The faults on MariaDB or MySQL: one database for all of them.

use std::collections::BTreeMap;

use bindery_runtime::Bind;
use bindery_runtime::sqlx::{self, AssertSqlSafe, Connection, Executor, MySqlConnection};
pub(crate) use fault_tests::db::mysql as main;
pub(crate) use fault_tests::db::mysql_other as other;
use fault_tests::db::{Databases, Settings};

use crate::document::Column;
use crate::own::Own;

#[path = "away.rs"]
mod away;
#[path = "cases/mod.rs"]
mod cases;

pub(crate) type Main = main::Mysql;
pub(crate) type Conn = MySqlConnection;

const COLUMN: Column = Column::MySql;
/// Whether there is one writer at a time.
pub(crate) const ONE_WRITER: bool = false;
/// Whether a connection that does not become quiet in time is closed.
pub(crate) const MAY_CLOSE: bool = true;
/// A statement that runs until somebody stops it.
pub(crate) const SLEEP: &str = "SELECT SLEEP(600)";
/// Waits for the row `spots.id = 1`, a moment only.
pub(crate) const WAIT: &[&str] = &["SELECT value FROM spots WHERE id = 1 FOR UPDATE NOWAIT"];
/// What a rival does before a deadlock, so that the other one is chosen: the one who changed less.
pub(crate) const SURVIVE: &[&str] =
    &["BEGIN", "INSERT INTO spots (id, value) VALUES (91, 0), (92, 0), (93, 0), (94, 0), (95, 0)"];
/// A table whose constraint is checked at COMMIT.
pub(crate) const DEFERRED: Result<&str, &str> = Err("constraints cannot be deferred");
/// A setting of the connection that outlives a transaction.
pub(crate) const SET: &str = "SET SESSION sql_mode = 'ANSI'";

/// Variables of [`settings`] that are no settings: they differ from one statement to the next.
const NO_SETTINGS: &[&str] = &[
    "timestamp",
    "last_insert_id",
    "identity",
    "insert_id",
    "pseudo_thread_id",
    "rand_seed1",
    "rand_seed2",
    "error_count",
    "warning_count",
    "last_gtid",
    "gtid_current_pos",
    "gtid_binlog_pos",
    "statement_id",
];

/// A database; it stays on the server, which is thrown away.
pub(crate) struct Home(String);

impl Home {
    pub(crate) async fn new() -> Self {
        Self::on(&crate::server("BINDERY_TEST_MYSQL_URL")).await
    }

    /// On the server of `url`.
    pub(crate) async fn on(url: &str) -> Self {
        let (server, name) = (server(url), crate::unique_name());
        let mut admin = MySqlConnection::connect(url).await.expect("the server answers");
        for statement in
            [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")]
        {
            admin.execute(AssertSqlSafe(statement)).await.expect("a database for the test");
        }
        Self(format!("{server}/{name}"))
    }

    /// Of the database that holds the notes of `main`, and of those that hold any.
    pub(crate) fn urls(&self) -> Vec<String> {
        vec![self.0.clone()]
    }

    pub(crate) async fn remove(self) {
        let (server, name) = self.0.rsplit_once('/').expect("a database");
        let mut admin =
            MySqlConnection::connect(&format!("{server}/mysql")).await.expect("the server answers");
        admin.execute(AssertSqlSafe(format!("DROP DATABASE {name}"))).await.expect("it is there");
    }
}

fn server(url: &str) -> String {
    url.rsplit_once('/').expect("the URL of a server ends in a database").0.to_owned()
}

/// How a test starts a server that it may end.
pub(crate) const SERVER: Result<fn() -> Own, &str> =
    Ok(|| Own::start(|home, programs| Ok(home.mysql(programs)?)));

/// Sets up both binds; `apart` is for backends where they would be in each other's way.
pub(crate) async fn connect(
    home: &Home,
    max_connections: u32,
    acquire_timeout: std::time::Duration,
    _apart: bool,
) -> Databases {
    let mut settings = Settings::default();
    for bind in [&mut settings.mysql, &mut settings.mysql_other] {
        bind.pool.max_connections = Some(max_connections);
        bind.pool.acquire_timeout = Some(acquire_timeout);
    }
    let url = || home.0.as_str();
    let builder = Databases::builder().settings(settings).mysql(url()).mysql_other(url());
    builder.connect().await.expect("databases")
}

pub(crate) fn bind(databases: &Databases) -> &Bind<Main> {
    databases.mysql()
}

/// The server's name for a connection, and whether a transaction is open on it.
pub(crate) async fn state(conn: &mut Conn) -> Result<(i64, bool), sqlx::Error> {
    // Not `information_schema.innodb_trx`: what it shows may be a tenth of a second old.
    let sql = "SELECT CAST(CONNECTION_ID() AS SIGNED), CAST(@@in_transaction AS SIGNED)";
    let (id, open): (i64, i64) = sqlx::query_as(sql).fetch_one(conn).await?;
    Ok((id, open != 0))
}

/// The id that [`state`] would give, within a session.
pub(crate) const ID: &str = "SELECT CAST(CONNECTION_ID() AS SIGNED)";

/// Every setting of a connection.
pub(crate) async fn settings(conn: &mut Conn) -> Result<BTreeMap<String, String>, sqlx::Error> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SHOW SESSION VARIABLES").fetch_all(conn).await?;
    Ok(rows.into_iter().filter(|(name, _)| !NO_SETTINGS.contains(&name.as_str())).collect())
}

/// Whether some transaction has touched the notes and is still open.
pub(crate) async fn is_locked(observer: &mut Conn) -> bool {
    observer.execute("SET lock_wait_timeout = 1").await.expect("the server answers");
    let locked = observer.execute("LOCK TABLES notes WRITE").await.is_err();
    observer.execute("UNLOCK TABLES").await.expect("the server answers");
    locked
}

/// The server ends a connection; returns when it is gone.
pub(crate) async fn end_connection(observer: &mut Conn, id: i64) {
    let kill = AssertSqlSafe(format!("KILL CONNECTION {id}"));
    observer.execute(kill).await.expect("allowed to kill");
    let sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?";
    crate::in_time("a killed connection", async {
        loop {
            let left: i64 =
                sqlx::query_scalar(sql).bind(id).fetch_one(&mut *observer).await.expect("a count");
            if left == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
}
