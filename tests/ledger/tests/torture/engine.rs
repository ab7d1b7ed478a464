//! What differs between the databases that the ledger runs on.

use std::time::Duration;

use bindery_runtime::Binding;
use bindery_runtime::sqlx::{
    self, AssertSqlSafe, Database, Executor, MySql, Pool, Postgres, SqlSafeStr, SqlStr, Sqlite,
};
use futures_core::future::BoxFuture;
use ledger_tests::db::Databases;

/// A bind that money moves to and from.
pub(crate) trait Side: Binding<Registry = Databases, Database: Engine> {}

impl<B: Binding<Registry = Databases, Database: Engine>> Side for B {}

pub(crate) type Done<'e, T = ()> = BoxFuture<'e, Result<T, sqlx::Error>>;

/// A database of the ledger.
pub(crate) trait Engine: Database {
    const TABLES: &'static [&'static str];
    /// Reads the balance of an account, and keeps others from it where rows can be locked.
    const LOCK: &'static str;
    const UPDATE: &'static str;
    const JOURNAL: &'static str;
    /// Adds a row whose parent is missed at COMMIT.
    const SPOIL: Option<&'static str>;
    /// Changes a setting of the connection, and asks whether it was changed.
    const SETTING: Option<[&'static str; 2]>;
    const IDENTITY: Option<&'static str>;
    /// Ends the connection of that identity.
    const KILL: &'static str;
    /// Counts the connections of that identity.
    const IS_THERE: &'static str;
    /// Counts connections in a transaction, asked from one that is not.
    const IN_TRANSACTION: &'static str;
    /// DDL and a raw COMMIT store what came before.
    const DDL_COMMITS: bool;
    /// Whoever is in a transaction keeps all others from having one.
    const ONE_WRITER: bool;
    /// How long one who wants a row is kept waiting to be refused it.
    const LOCK_TIMEOUT: Duration;

    /// Runs a statement with numbers for its parameters.
    fn run<'c: 'e, 'e, E>(on: E, sql: &'static str, values: &[i64]) -> Done<'e>
    where
        E: Executor<'c, Database = Self> + 'e;

    /// The one number that a query answers with.
    fn number<'c: 'e, 'e, E>(on: E, sql: &'static str, values: &[i64]) -> Done<'e, i64>
    where
        E: Executor<'c, Database = Self> + 'e;

    /// Runs a text on the driver's own connection.
    fn text<'e>(conn: &'e mut Self::Connection, sql: &'static str) -> Done<'e>;

    /// Runs several statements in one text.
    fn several<'c: 'e, 'e, E>(on: E, sql: &'static str) -> Done<'e>
    where
        E: Executor<'c, Database = Self> + 'e;

    /// The number that a query outside of every session answers with, if it does.
    fn aside<'p>(pool: &'p Pool<Self>, sql: &'static str, values: &[i64]) -> Done<'p, Option<i64>>;

    /// All rows of a query for three numbers.
    fn triples<'p>(pool: &'p Pool<Self>, sql: &'static str) -> Done<'p, Vec<(i64, i64, i64)>>;

    /// Whether a connection from the pool is as a new one.
    fn is_clean(conn: &mut Self::Connection) -> Done<'_, bool>;
}

/// Statements that are the same everywhere.
pub(crate) const BAD: &str = "INSERT INTO marks (id, n) VALUES (0, 0)";
pub(crate) const HARMLESS: &str = "SELECT n FROM marks WHERE id = 0";
pub(crate) const DDL: &str = "CREATE TABLE IF NOT EXISTS scratch (id BIGINT)";
pub(crate) const ENTRIES: &str =
    "SELECT id, account, amount FROM journal ORDER BY id, account, amount";
pub(crate) const BALANCES: &str = "SELECT id, balance, 0 + version FROM accounts ORDER BY id";

macro_rules! runs {
    () => {
        fn run<'c: 'e, 'e, E>(on: E, sql: &'static str, values: &[i64]) -> Done<'e>
        where
            E: Executor<'c, Database = Self> + 'e,
        {
            let query = values.iter().fold(sqlx::query(sql), |query, value| query.bind(*value));
            Box::pin(async move { query.execute(on).await.map(drop) })
        }

        fn number<'c: 'e, 'e, E>(on: E, sql: &'static str, values: &[i64]) -> Done<'e, i64>
        where
            E: Executor<'c, Database = Self> + 'e,
        {
            let query = sqlx::query_scalar(sql);
            let query = values.iter().fold(query, |query, value| query.bind(*value));
            Box::pin(async move { query.fetch_one(on).await })
        }

        fn text<'e>(conn: &'e mut Self::Connection, sql: &'static str) -> Done<'e> {
            Box::pin(async move { conn.execute(sqlx::raw_sql(sql)).await.map(drop) })
        }

        fn several<'c: 'e, 'e, E>(on: E, sql: &'static str) -> Done<'e>
        where
            E: Executor<'c, Database = Self> + 'e,
        {
            Box::pin(async move { sqlx::raw_sql(sql).execute(on).await.map(drop) })
        }

        fn aside<'p>(
            pool: &'p Pool<Self>,
            sql: &'static str,
            values: &[i64],
        ) -> Done<'p, Option<i64>> {
            let query = sqlx::query_scalar(sql);
            let query = values.iter().fold(query, |query, value| query.bind(*value));
            Box::pin(async move { query.fetch_optional(pool).await })
        }

        fn triples<'p>(pool: &'p Pool<Self>, sql: &'static str) -> Done<'p, Vec<(i64, i64, i64)>> {
            Box::pin(async move { sqlx::query_as(sql).fetch_all(pool).await })
        }
    };
}

impl Engine for Postgres {
    const TABLES: &'static [&'static str] = &[
        "CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL, version BIGINT NOT NULL)",
        "CREATE TABLE journal (id BIGINT NOT NULL, account BIGINT NOT NULL, amount BIGINT NOT NULL)",
        "CREATE TABLE marks (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)",
        "CREATE TABLE parents (id BIGINT PRIMARY KEY)",
        "CREATE TABLE children (parent BIGINT REFERENCES parents(id) DEFERRABLE INITIALLY DEFERRED)",
    ];
    const LOCK: &'static str = "SELECT balance FROM accounts WHERE id = $1 FOR UPDATE";
    const UPDATE: &'static str =
        "UPDATE accounts SET balance = balance + $1, version = version + 1 WHERE id = $2";
    const JOURNAL: &'static str = "INSERT INTO journal (id, account, amount) VALUES ($1, $2, $3)";
    const SPOIL: Option<&'static str> = Some("INSERT INTO children (parent) VALUES (1)");
    const SETTING: Option<[&'static str; 2]> = Some([
        "SET TimeZone = 'Pacific/Apia'",
        "SELECT (current_setting('TimeZone') = 'Pacific/Apia')::int::bigint",
    ]);
    const IDENTITY: Option<&'static str> = Some("SELECT pg_backend_pid()::bigint");
    const KILL: &'static str = "SELECT pg_terminate_backend(pid)::int::bigint FROM pg_stat_activity \
         WHERE pid = $1 AND datname = current_database()";
    const IS_THERE: &'static str = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1";
    const IN_TRANSACTION: &'static str = "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL";
    const ONE_WRITER: bool = false;
    const DDL_COMMITS: bool = false;
    const LOCK_TIMEOUT: Duration = Duration::from_millis(150);

    runs!();

    fn is_clean(conn: &mut Self::Connection) -> Done<'_, bool> {
        Box::pin(async move {
            let [_, changed] = Self::SETTING.expect("there is one");
            Ok(sqlx::query_scalar::<_, i64>(changed).fetch_one(conn).await? == 0)
        })
    }
}

impl Engine for MySql {
    const TABLES: &'static [&'static str] = &[
        "CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL, version BIGINT NOT NULL)",
        "CREATE TABLE journal (row_id BIGINT AUTO_INCREMENT PRIMARY KEY, id BIGINT NOT NULL, \
         account BIGINT NOT NULL, amount BIGINT NOT NULL)",
        "CREATE TABLE marks (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)",
    ];
    // The server's own limit is 50 s.
    const LOCK: &'static str = "SELECT balance FROM accounts WHERE id = ? FOR UPDATE WAIT 1";
    const UPDATE: &'static str =
        "UPDATE accounts SET balance = balance + ?, version = version + 1 WHERE id = ?";
    const JOURNAL: &'static str = "INSERT INTO journal (id, account, amount) VALUES (?, ?, ?)";
    const SPOIL: Option<&'static str> = None;
    const SETTING: Option<[&'static str; 2]> =
        Some(["SET SESSION time_zone = '+03:33'", "SELECT CAST(@@time_zone = '+03:33' AS SIGNED)"]);
    const IDENTITY: Option<&'static str> = Some("SELECT CAST(CONNECTION_ID() AS SIGNED)");
    const KILL: &'static str = "KILL ?";
    const IS_THERE: &'static str =
        "SELECT CAST(COUNT(*) AS SIGNED) FROM information_schema.processlist WHERE id = ?";
    const IN_TRANSACTION: &'static str = "SELECT CAST(COUNT(*) AS SIGNED) \
         FROM information_schema.innodb_trx t \
         JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id \
         WHERE p.db = DATABASE() AND p.id <> CONNECTION_ID()";
    const ONE_WRITER: bool = false;
    const DDL_COMMITS: bool = true;
    const LOCK_TIMEOUT: Duration = Duration::from_secs(1);

    runs!();

    fn is_clean(conn: &mut Self::Connection) -> Done<'_, bool> {
        Box::pin(async move {
            let sql = "SELECT CAST(@@autocommit = 1 AND @@in_transaction = 0 \
                       AND @@time_zone <> '+03:33' AS SIGNED)";
            Ok(sqlx::query_scalar::<_, i64>(sql).fetch_one(conn).await? == 1)
        })
    }
}

impl Engine for Sqlite {
    const TABLES: &'static [&'static str] = &[
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, version INTEGER NOT NULL) STRICT",
        "CREATE TABLE journal (id INTEGER NOT NULL, account INTEGER NOT NULL, amount INTEGER NOT NULL) STRICT",
        "CREATE TABLE marks (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT",
        "CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT",
        "CREATE TABLE children (parent INTEGER REFERENCES parents(id) DEFERRABLE INITIALLY DEFERRED) STRICT",
    ];
    const LOCK: &'static str = "SELECT balance FROM accounts WHERE id = ?";
    const UPDATE: &'static str =
        "UPDATE accounts SET balance = balance + ?, version = version + 1 WHERE id = ?";
    const JOURNAL: &'static str = "INSERT INTO journal (id, account, amount) VALUES (?, ?, ?)";
    const SPOIL: Option<&'static str> = Some("INSERT INTO children (parent) VALUES (1)");
    // Pragmas stay, which is documented.
    const SETTING: Option<[&'static str; 2]> = None;
    const IDENTITY: Option<&'static str> = None;
    const KILL: &'static str = "";
    const IS_THERE: &'static str = "";
    const IN_TRANSACTION: &'static str = "SELECT 0";
    const ONE_WRITER: bool = true;
    const DDL_COMMITS: bool = false;
    const LOCK_TIMEOUT: Duration = Duration::from_millis(150);

    runs!();

    /// Who can begin to write knows that no other connection does, itself included.
    fn is_clean(conn: &mut Self::Connection) -> Done<'_, bool> {
        Box::pin(async move {
            let began = conn.execute("BEGIN IMMEDIATE").await.is_ok();
            Ok(began && conn.execute("ROLLBACK").await.is_ok())
        })
    }
}

/// The rows that every ledger begins with.
pub(crate) fn first_rows(balance: i64) -> SqlStr {
    let rows: Vec<_> =
        (0..crate::plan::ACCOUNTS).map(|account| format!("({account}, {balance}, 0)")).collect();
    let sql = format!("INSERT INTO accounts (id, balance, version) VALUES {}", rows.join(", "));
    AssertSqlSafe(sql).into_sql_str()
}
