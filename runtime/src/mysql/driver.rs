//! Transactions of MySQL and MariaDB.
//!
//! A transaction begins with `autocommit` off and a savepoint of its own. With it off, what comes
//! after a deadlock or a DDL statement ended the transaction cannot be stored by itself; that the
//! savepoint is gone is how the end is noticed before COMMIT.

use either::Either;
use sqlx::error::DatabaseError;
use sqlx::mysql::{MySqlConnection, MySqlDatabaseError, MySqlPool};
use sqlx::{AssertSqlSafe, Connection, Executor, MySql, Row, SqlSafeStr};
use sqlx_core::transaction::TransactionManager;

use super::model;
use crate::driver::{Check, Driver, Plan, answers, forward_statements, shared};
use crate::live::SessionOptions;
use crate::model::{Ddl, Dialect, Refusal, Shapes, forward_models};
use crate::transaction::{Access, AfterError, Isolation};

/// How transactions of a MySQL or MariaDB bind begin.
#[derive(Clone, Copy, Debug)]
pub struct Transaction {
    /// The isolation level; `None` keeps the server's default.
    pub isolation: Option<Isolation>,
    /// Whether the transaction may write.
    pub access: Access,
    /// What a refused statement means. A deadlock victim's transaction is gone in any case.
    pub after_error: AfterError,
}

impl Transaction {
    /// What the server does by itself.
    pub const DEFAULT: Self =
        Self { isolation: None, access: Access::ReadWrite, after_error: AfterError::RollBack };

    fn sql(self) -> String {
        let mut sql = String::from("SET autocommit = 0; ");
        if let Some(isolation) = self.isolation {
            // Without SESSION or GLOBAL it is in force for the next transaction alone.
            sql.push_str("SET TRANSACTION ISOLATION LEVEL ");
            sql.push_str(isolation.sql());
            sql.push_str("; ");
        }
        sql.push_str("START TRANSACTION");
        if self.access == Access::ReadOnly {
            sql.push_str(" READ ONLY");
        }
        sql.push_str("; SAVEPOINT bindery; SELECT CONNECTION_ID()");
        sql
    }
}

type Manager = <MySql as sqlx::Database>::TransactionManager;

async fn connection_id(
    conn: &mut MySqlConnection,
    sql: sqlx::SqlStr,
) -> Result<Option<u64>, sqlx::Error> {
    let mut stream = conn.fetch_many(sql);
    let mut id = None;
    while let Some(answer) = answers::next(&mut stream).await {
        if let Either::Right(row) = answer? {
            // Unsigned on MySQL, signed on MariaDB.
            id = row.try_get_unchecked::<u64, _>(0).ok();
        }
    }
    Ok(id)
}

impl Driver for MySql {
    type Transaction = Transaction;
    /// The server's id of the connection.
    type Identity = Option<u64>;

    const NOWHERE: &'static str = "mysql://nowhere";

    fn plan(transaction: &Transaction, options: &SessionOptions) -> Plan {
        Plan {
            begin: shared(transaction.sql()),
            identified: true,
            read_only: false,
            guarded: false,
            trust_lent: options.trust_lent,
        }
    }

    async fn begin(conn: &mut MySqlConnection, plan: &Plan) -> Result<Option<u64>, sqlx::Error> {
        connection_id(conn, plan.begin.clone()).await
    }

    async fn attach(conn: &mut MySqlConnection, _plan: &Plan) -> Result<Option<u64>, sqlx::Error> {
        connection_id(conn, "SELECT CONNECTION_ID()".into_sql_str()).await
    }

    async fn commit(
        conn: &mut MySqlConnection,
        _identity: &Option<u64>,
        _plan: &Plan,
        lent: bool,
    ) -> Result<(), sqlx::Error> {
        if !lent {
            return conn.execute("COMMIT; SET autocommit = 1").await.map(drop);
        }
        Manager::commit(conn).await?;
        conn.execute("SET autocommit = 1").await.map(drop)
    }

    async fn rollback(
        conn: &mut MySqlConnection,
        _identity: &Option<u64>,
        _plan: &Plan,
        lent: bool,
    ) -> Result<(), sqlx::Error> {
        if !lent {
            return conn.execute("ROLLBACK; SET autocommit = 1").await.map(drop);
        }
        while Manager::get_transaction_depth(conn) > 1 {
            Manager::start_rollback(conn);
        }
        if let Err(error) = conn.ping().await
            && crate::driver::is_lost::<Self>(&error)
        {
            return Err(error);
        }
        Manager::rollback(conn).await?;
        conn.execute("SET autocommit = 1").await.map(drop)
    }

    async fn check(conn: &mut MySqlConnection, _identity: &Option<u64>, lent: bool) -> Check {
        if lent && Manager::get_transaction_depth(conn) != 1 {
            return Check::Ended;
        }
        match conn.execute("RELEASE SAVEPOINT bindery; SAVEPOINT bindery").await {
            Ok(_) => Check::Sound,
            // ER_SP_DOES_NOT_EXIST: the savepoint went with the transaction.
            Err(sqlx::Error::Database(error)) if number(&*error) == Some(1305) => Check::Ended,
            Err(error) => Check::Refused(error),
        }
    }

    async fn lend(conn: &mut MySqlConnection, _identity: &Option<u64>) -> Result<(), sqlx::Error> {
        Manager::begin(conn, Some("DO 0".into_sql_str())).await
    }

    async fn restore(
        _conn: &mut MySqlConnection,
        _identity: &Option<u64>,
        plan: &Plan,
    ) -> Result<bool, sqlx::Error> {
        Ok(plan.trust_lent)
    }

    async fn cancel(
        identity: &Option<u64>,
        pool: &MySqlPool,
        reserved: &mut Option<MySqlConnection>,
    ) -> Result<(), sqlx::Error> {
        let Some(id) = identity else {
            return Err(sqlx::Error::Protocol("the id of this connection is unknown".into()));
        };
        let conn = match reserved {
            Some(conn) => conn,
            None => reserved.insert(MySqlConnection::connect_with(&pool.connect_options()).await?),
        };
        conn.execute(AssertSqlSafe(format!("KILL QUERY {id}"))).await.map(drop)
    }

    fn after_error(transaction: &Transaction) -> AfterError {
        transaction.after_error
    }

    fn ends_transaction(error: &dyn DatabaseError) -> bool {
        // 1213: deadlock victim, also the loser of a Galera certification. 1180 and 1047: Galera
        // lost its primary component. 1205 rolls back the statement alone, or everything with
        // `innodb_rollback_on_timeout`: the check before COMMIT tells.
        matches!(number(error), Some(1213 | 1180 | 1047))
    }

    fn is_transient(error: &dyn DatabaseError) -> bool {
        // Deadlock victim, lock wait timeout, the loser of a certification in a replication group.
        matches!(number(error), Some(1213 | 1205 | 3101))
    }

    fn ends_connection(error: &dyn DatabaseError) -> bool {
        // 1053 shutdown in progress, 1927 connection was killed (MariaDB), 3169/4031 session was
        // killed or disconnected for inactivity (MySQL).
        matches!(number(error), Some(1053 | 1927 | 3169 | 4031))
    }

    const DIALECT: Dialect = model::DIALECT;

    fn refusal(error: &dyn DatabaseError) -> Option<Refusal> {
        model::refusal(error)
    }

    fn is_guard(error: &dyn DatabaseError) -> bool {
        number(error) == Some(1242)
    }

    fn last_insert_id(result: &Self::QueryResult) -> u64 {
        result.last_insert_id()
    }

    #[cfg(feature = "migrate")]
    const WAIT_FOR_MIGRATION: Option<&'static str> = Some(
        "SELECT GET_LOCK(CONCAT('bindery.migrate.', MD5(COALESCE(DATABASE(), ''))), 31536000)",
    );

    async fn define(
        conn: &mut MySqlConnection,
        statements: &[sqlx::SqlStr],
    ) -> Result<(), sqlx::Error> {
        model::define(conn, statements).await
    }

    async fn shapes(conn: &mut MySqlConnection, table: &Ddl) -> Result<Shapes, sqlx::Error> {
        model::shapes(conn, table).await
    }

    forward_models!();
    forward_statements!();
}

pub(super) fn number(error: &dyn DatabaseError) -> Option<u16> {
    error.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number)
}
