//! The cases on PostgreSQL: a database for each test.

use bindery_runtime::sqlx::{self, AssertSqlSafe, Connection, Executor, PgConnection};
use bindery_runtime::{Access, Binding, Isolation, Session};

pub(crate) use bindery_runtime::postgres::{Defaults, Settings, Transaction};
pub(crate) use bindery_runtime::sqlx::Postgres as Driver;

#[path = "cases/mod.rs"]
mod cases;
mod own;

/// Transactions that may only read.
pub(crate) const STRICT: Transaction = Transaction {
    isolation: Some(Isolation::Serializable),
    access: Access::ReadOnly,
    ..Transaction::DEFAULT
};
/// Transactions that survive a refused statement, where the backend has them.
pub(crate) const LENIENT: Transaction = Transaction::DEFAULT;
pub(crate) const HAS_LENIENT: bool = false;
/// Whether constraints can be deferred to COMMIT.
pub(crate) const DEFERS: bool = true;
/// Whether there is one writer at a time.
pub(crate) const ONE_WRITER: bool = false;
/// Whether DDL commits what is open.
pub(crate) const DDL_COMMITS: bool = false;
/// Whether a connection may be closed when a statement is dropped while it is prepared.
pub(crate) const MAY_CLOSE_IN_PREPARE: bool = false;
/// Whether a raw COMMIT on a lent connection is refused.
pub(crate) const VETOES: bool = false;

/// What begins a transaction that has a lock for its writes.
pub(crate) const BEGIN: &str = "BEGIN";
/// Makes the session wait for locks no longer than a moment.
pub(crate) const IMPATIENT: &str = "SET LOCAL lock_timeout = 50";

/// A statement that runs until somebody stops it.
pub(crate) const SLEEP: &str = "SELECT pg_sleep(600)";
/// A statement whose rows nobody reads to their end.
pub(crate) const ENDLESS: &str = "SELECT generate_series(1, 3000000000)";

/// Rows that take longer to read than a moment.
pub(crate) const MANY: &str = "SELECT x FROM generate_series(1, 50000) AS s(x)";

/// A database; it stays on the server, which is thrown away.
pub(crate) struct Home(String);

impl Home {
    pub(crate) async fn new() -> Self {
        let (server, name) = (crate::server("BINDERY_TEST_POSTGRES_URL"), crate::unique_name());
        let admin = PgConnection::connect(&format!("{server}/postgres")).await;
        let mut admin = admin.expect("the PostgreSQL of the tests answers");
        for statement in [
            format!("DROP DATABASE IF EXISTS {name}"),
            format!("CREATE DATABASE {name} TEMPLATE template0"),
        ] {
            admin.execute(AssertSqlSafe(statement)).await.expect("a database for the test");
        }
        Self(format!("{server}/{name}"))
    }

    pub(crate) fn url(&self) -> String {
        self.0.clone()
    }

    /// How many statements like [`SLEEP`] the server runs.
    pub(crate) async fn running(&self) -> i64 {
        let mut conn = PgConnection::connect(&self.0).await.expect("the server answers");
        let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND state = 'active' AND pid <> pg_backend_pid()";
        sqlx::query_scalar(sql).fetch_one(&mut conn).await.expect("the server tells")
    }

    /// How many others are connected to the database.
    pub(crate) async fn connected(&self) -> i64 {
        let mut conn = PgConnection::connect(&self.0).await.expect("the server answers");
        let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND pid <> pg_backend_pid()";
        sqlx::query_scalar(sql).fetch_one(&mut conn).await.expect("the server tells")
    }
}

impl Home {
    /// The databases of tests that exist.
    pub(crate) async fn test_databases(&self) -> Vec<String> {
        let mut conn = PgConnection::connect(&self.0).await.expect("the server answers");
        let sql = "SELECT datname FROM pg_database WHERE datname LIKE 'bindery_test_%'";
        sqlx::query_scalar(sql).fetch_all(&mut conn).await.expect("the server tells")
    }
}

/// The name of the database that a pool connects to.
pub(crate) fn name_of(pool: &sqlx::PgPool) -> String {
    pool.connect_options().get_database().expect("it has one").to_owned()
}

/// A database that nobody can connect to.
pub(crate) const UNREACHABLE: &str = "postgres://nobody@127.0.0.1:1/nothing";

pub(crate) fn affected(result: &<Driver as sqlx::Database>::QueryResult) -> u64 {
    result.rows_affected()
}

pub(crate) fn settings() -> Settings {
    Settings::default()
}

/// With connections that may go back to the pool after they were lent.
pub(crate) fn trusting() -> Settings {
    settings()
}

/// Fails when anything of a session is left on the connection. Returns the server's name for it.
pub(crate) async fn assert_clean(conn: &mut PgConnection) -> i64 {
    // Two statements of one transaction would have the same id.
    let sql = "SELECT txid_current()";
    let first: i64 = sqlx::query_scalar(sql).fetch_one(&mut *conn).await.expect("not aborted");
    let second: i64 = sqlx::query_scalar(sql).fetch_one(&mut *conn).await.expect("not aborted");
    assert_ne!(first, second, "a transaction is open");
    for (name, expected) in [
        ("transaction_isolation", "read committed"),
        ("transaction_read_only", "off"),
        ("transaction_deferrable", "off"),
    ] {
        let value: String = sqlx::query_scalar("SELECT current_setting($1)")
            .bind(name)
            .fetch_one(&mut *conn)
            .await
            .expect("a setting");
        assert_eq!(value, expected, "{name} leaks");
    }
    let id: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(conn).await.expect("an id");
    i64::from(id)
}

/// Asks the server whether a session of [`STRICT`] is what it says.
pub(crate) async fn assert_strict<B: Binding<Database = Driver>>(session: &Session<B>) {
    for (sql, expected) in
        [("SHOW transaction_isolation", "serializable"), ("SHOW transaction_read_only", "on")]
    {
        let value: String = sqlx::query_scalar(sql).fetch_one(session).await.expect("a setting");
        assert_eq!(value, expected, "{sql}");
    }
}
