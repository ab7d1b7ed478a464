//! The faults on PostgreSQL: one database for all of them.

use std::collections::BTreeMap;

use bindery_runtime::Bind;
use bindery_runtime::sqlx::{self, AssertSqlSafe, Connection, Executor, PgConnection};
pub(crate) use fault_tests::db::postgres as main;
pub(crate) use fault_tests::db::postgres_other as other;
use fault_tests::db::{Databases, Settings};

use crate::document::Column;
use crate::own::Own;

#[path = "away.rs"]
mod away;
#[path = "cases/mod.rs"]
mod cases;

pub(crate) type Main = main::Postgres;
pub(crate) type Conn = PgConnection;

const COLUMN: Column = Column::Postgres;
/// Whether there is one writer at a time.
pub(crate) const ONE_WRITER: bool = false;
/// Whether a connection that does not become quiet in time is closed.
pub(crate) const MAY_CLOSE: bool = true;
/// A statement that runs until somebody stops it.
pub(crate) const SLEEP: &str = "SELECT pg_sleep(600)";
/// Waits for the row `spots.id = 1`, a moment only.
pub(crate) const WAIT: &[&str] =
    &["SET LOCAL lock_timeout = '50ms'", "UPDATE spots SET value = 7 WHERE id = 1"];
/// What a rival does before a deadlock, so that the other one is chosen.
pub(crate) const SURVIVE: &[&str] = &["SET deadlock_timeout = '1h'", "BEGIN"];
/// A table whose constraint is checked at COMMIT.
pub(crate) const DEFERRED: Result<&str, &str> =
    Ok("CREATE TABLE replies (spot INTEGER REFERENCES spots (id) DEFERRABLE INITIALLY DEFERRED)");
/// A setting of the connection that outlives a transaction.
pub(crate) const SET: &str = "SET statement_timeout = 12345";

/// A database; it stays on the server, which is thrown away.
pub(crate) struct Home(String);

impl Home {
    pub(crate) async fn new() -> Self {
        Self::on(&crate::server("BINDERY_TEST_POSTGRES_URL")).await
    }

    /// On the server of `url`.
    pub(crate) async fn on(url: &str) -> Self {
        let (server, name) = (server(url), crate::unique_name());
        let mut admin = PgConnection::connect(url).await.expect("the server answers");
        for statement in [
            format!("DROP DATABASE IF EXISTS {name}"),
            format!("CREATE DATABASE {name} TEMPLATE template0"),
            // A deadlock is noticed by the one who waits, after this time.
            format!("ALTER DATABASE {name} SET deadlock_timeout = '20ms'"),
            // Off on servers for tests; what was answered has to survive `kill -9`.
            format!("ALTER DATABASE {name} SET synchronous_commit = 'on'"),
        ] {
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
            PgConnection::connect(&format!("{server}/postgres")).await.expect("the server answers");
        let sql = format!("DROP DATABASE {name} WITH (FORCE)");
        admin.execute(AssertSqlSafe(sql)).await.expect("it is there");
    }
}

fn server(url: &str) -> String {
    url.rsplit_once('/').expect("the URL of a server ends in a database").0.to_owned()
}

/// How a test starts a server that it may end.
pub(crate) const SERVER: Result<fn() -> Own, &str> =
    Ok(|| Own::start(|home, programs| Ok(home.postgres(programs)?)));

/// Sets up both binds; `apart` is for backends where they would be in each other's way.
pub(crate) async fn connect(
    home: &Home,
    max_connections: u32,
    acquire_timeout: std::time::Duration,
    _apart: bool,
) -> Databases {
    let mut settings = Settings::default();
    for bind in [&mut settings.postgres, &mut settings.postgres_other] {
        bind.pool.max_connections = Some(max_connections);
        bind.pool.acquire_timeout = Some(acquire_timeout);
    }
    let url = || home.0.as_str();
    let builder = Databases::builder().settings(settings).postgres(url()).postgres_other(url());
    builder.connect().await.expect("databases")
}

pub(crate) fn bind(databases: &Databases) -> &Bind<Main> {
    databases.postgres()
}

/// The server's name for a connection, and whether a transaction is open on it.
pub(crate) async fn state(conn: &mut Conn) -> Result<(i64, bool), sqlx::Error> {
    // Two statements of one transaction would have the same id.
    let sql = "SELECT txid_current()";
    let first: i64 = sqlx::query_scalar(sql).fetch_one(&mut *conn).await?;
    let second: i64 = sqlx::query_scalar(sql).fetch_one(&mut *conn).await?;
    let id: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(conn).await?;
    Ok((id.into(), first == second))
}

/// The id that [`state`] would give, within a session.
pub(crate) const ID: &str = "SELECT pg_backend_pid()::bigint";

/// Every setting of a connection.
pub(crate) async fn settings(conn: &mut Conn) -> Result<BTreeMap<String, String>, sqlx::Error> {
    // Those with a point belong to applications: the runtime notes the connection's id there.
    let sql = "SELECT name, setting FROM pg_settings WHERE name NOT LIKE '%.%'";
    Ok(sqlx::query_as(sql).fetch_all(conn).await?.into_iter().collect())
}

/// Whether some transaction has touched the notes and is still open.
pub(crate) async fn is_locked(observer: &mut Conn) -> bool {
    let sql = "BEGIN; LOCK TABLE notes IN ACCESS EXCLUSIVE MODE NOWAIT; COMMIT";
    let locked = observer.execute(sql).await.is_err();
    if locked {
        observer.execute("ROLLBACK").await.expect("the server answers");
    }
    locked
}

/// The server ends a connection; returns when it is gone.
pub(crate) async fn end_connection(observer: &mut Conn, id: i64) {
    let sql = AssertSqlSafe(format!("SELECT pg_terminate_backend({id}, 20000)"));
    let ended: bool = sqlx::query_scalar(sql).fetch_one(observer).await.expect("allowed");
    assert!(ended, "it does not end");
}
