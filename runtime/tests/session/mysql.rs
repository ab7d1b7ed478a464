//! The cases on MariaDB or MySQL: a database for each test.

use bindery_runtime::sqlx::{self, AssertSqlSafe, Connection, Executor, MySqlConnection, Row};
use bindery_runtime::{Access, AfterError, Binding, Isolation, Session};

pub(crate) use bindery_runtime::mysql::{Defaults, Settings, Transaction};
pub(crate) use bindery_runtime::sqlx::MySql as Driver;

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
pub(crate) const LENIENT: Transaction =
    Transaction { after_error: AfterError::Continue, ..Transaction::DEFAULT };
pub(crate) const HAS_LENIENT: bool = true;
/// Whether constraints can be deferred to COMMIT.
pub(crate) const DEFERS: bool = false;
/// Whether there is one writer at a time.
pub(crate) const ONE_WRITER: bool = false;
/// Whether DDL commits what is open.
pub(crate) const DDL_COMMITS: bool = true;
/// Whether a connection may be closed when a statement is dropped while it is prepared.
pub(crate) const MAY_CLOSE_IN_PREPARE: bool = true;
/// Whether a raw COMMIT on a lent connection is refused.
pub(crate) const VETOES: bool = false;

/// What begins a transaction that has a lock for its writes.
pub(crate) const BEGIN: &str = "BEGIN";
/// Makes the session wait for locks no longer than a moment.
pub(crate) const IMPATIENT: &str = "SET innodb_lock_wait_timeout = 1";

/// A statement that runs until somebody stops it.
pub(crate) const SLEEP: &str = "SELECT SLEEP(600)";
/// A statement whose rows nobody reads to their end.
pub(crate) const ENDLESS: &str = "SELECT a.help_keyword_id FROM mysql.help_keyword a, \
                                  mysql.help_keyword b, mysql.help_keyword c, mysql.help_keyword d";

/// Rows that take longer to read than a moment.
pub(crate) const MANY: &str =
    "SELECT a.help_keyword_id FROM mysql.help_keyword a, mysql.help_keyword b LIMIT 50000";

/// A database; it stays on the server, which is thrown away.
pub(crate) struct Home(String);

impl Home {
    pub(crate) async fn new() -> Self {
        let (server, name) = (crate::server("BINDERY_TEST_MYSQL_URL"), crate::unique_name());
        let admin = MySqlConnection::connect(&format!("{server}/mysql")).await;
        let mut admin = admin.expect("the MySQL of the tests answers");
        for statement in
            [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")]
        {
            admin.execute(AssertSqlSafe(statement)).await.expect("a database for the test");
        }
        Self(format!("{server}/{name}"))
    }

    pub(crate) fn url(&self) -> String {
        self.0.clone()
    }

    /// How many statements like [`SLEEP`] the server runs.
    pub(crate) async fn running(&self) -> i64 {
        let mut conn = MySqlConnection::connect(&self.0).await.expect("the server answers");
        let sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() \
                   AND command IN ('Query', 'Execute') AND id <> CONNECTION_ID()";
        sqlx::query_scalar(sql).fetch_one(&mut conn).await.expect("the server tells")
    }

    /// How many others are connected to the database.
    pub(crate) async fn connected(&self) -> i64 {
        let mut conn = MySqlConnection::connect(&self.0).await.expect("the server answers");
        let sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() \
                   AND id <> CONNECTION_ID()";
        sqlx::query_scalar(sql).fetch_one(&mut conn).await.expect("the server tells")
    }
}

impl Home {
    /// The databases of tests that exist.
    pub(crate) async fn test_databases(&self) -> Vec<String> {
        let mut conn = MySqlConnection::connect(&self.0).await.expect("the server answers");
        let sql = "SELECT CAST(schema_name AS CHAR) FROM information_schema.schemata \
                   WHERE schema_name LIKE 'bindery_test_%'";
        sqlx::query_scalar(sql).fetch_all(&mut conn).await.expect("the server tells")
    }
}

/// The name of the database that a pool connects to.
pub(crate) fn name_of(pool: &sqlx::MySqlPool) -> String {
    pool.connect_options().get_database().expect("it has one").to_owned()
}

/// A database that nobody can connect to.
pub(crate) const UNREACHABLE: &str = "mysql://nobody@127.0.0.1:1/nothing";

pub(crate) fn affected(result: &<Driver as sqlx::Database>::QueryResult) -> u64 {
    result.rows_affected()
}

pub(crate) fn settings() -> Settings {
    Settings::default()
}

/// With connections that may go back to the pool after they were lent.
pub(crate) fn trusting() -> Settings {
    let mut settings = settings();
    settings.options.trust_lent = Some(true);
    settings
}

/// Fails when anything of a session is left on the connection. Returns the server's name for it.
pub(crate) async fn assert_clean(conn: &mut MySqlConnection) -> i64 {
    // Not `information_schema.innodb_trx`: what it shows may be a tenth of a second old.
    let sql = "SELECT CAST(@@autocommit AS SIGNED), CAST(CONNECTION_ID() AS SIGNED), \
               CAST(@@in_transaction AS SIGNED)";
    let row = conn.fetch_one(sql).await.expect("the server tells");
    assert_eq!(row.get::<i64, _>(0), 1, "autocommit stays off");
    assert_eq!(row.get::<i64, _>(2), 0, "a transaction is open");
    for (sql, expected) in [
        ("SHOW SESSION VARIABLES LIKE 't%\\_isolation'", "REPEATABLE-READ"),
        ("SHOW SESSION VARIABLES LIKE 't%\\_read\\_only'", "OFF"),
    ] {
        let rows = sqlx::query(sql).fetch_all(&mut *conn).await.expect("the server tells");
        assert!(!rows.is_empty(), "there is such a variable");
        for row in rows {
            assert_eq!(row.get::<String, _>(1), expected, "{sql} leaks");
        }
    }
    row.get(1)
}

/// Asks the server whether a session of [`STRICT`] is what it says.
pub(crate) async fn assert_strict<B: Binding<Database = Driver>>(session: &Session<B>) {
    // The variables are those of later transactions; the engine knows the one that runs.
    sqlx::query("SELECT id FROM notes").fetch_all(session).await.expect("a snapshot");
    let sql = "SELECT CAST(trx_isolation_level AS CHAR), CAST(trx_is_read_only AS SIGNED) \
               FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = CONNECTION_ID()";
    // The table is up to a tenth of a second old.
    let row = crate::in_time("the transaction", async {
        loop {
            let row = sqlx::query(sql).fetch_optional(session).await.expect("the server tells");
            match row {
                Some(row) => break row,
                None => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
    })
    .await;
    assert_eq!(row.get::<String, _>(0), "SERIALIZABLE");
    assert_eq!(row.get::<i64, _>(1), 1, "read only");
}
