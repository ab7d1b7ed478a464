//! Transactions of PostgreSQL.
//!
//! sqlx's own depth counter stays at 0 for a session's transaction, because the text of BEGIN also
//! asks for the backend's id and sqlx's `begin` throws rows away. It is raised to 1 when the
//! connection is lent.

use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{AssertSqlSafe, Connection, Executor, Postgres, Row, SqlSafeStr};
use sqlx_core::transaction::TransactionManager;

use super::model;
use crate::driver::{Check, Driver, Plan, forward_statements, shared};
use crate::live::SessionOptions;
use crate::model::{Ddl, Dialect, Refusal, Shapes, forward_models};
use crate::transaction::{Access, AfterError, Isolation};

/// How transactions of a PostgreSQL bind begin.
#[derive(Clone, Copy, Debug)]
pub struct Transaction {
    /// The isolation level; `None` keeps the server's default.
    pub isolation: Option<Isolation>,
    /// Whether the transaction may write.
    pub access: Access,
    /// Waits for a snapshot that cannot fail to serialize. It means something only with
    /// `Serializable` and `ReadOnly` (PostgreSQL manual, SET TRANSACTION).
    pub deferrable: bool,
}

impl Transaction {
    /// What the server does by itself.
    pub const DEFAULT: Self =
        Self { isolation: None, access: Access::ReadWrite, deferrable: false };

    fn sql(self) -> String {
        let mut sql = String::from("BEGIN");
        if let Some(isolation) = self.isolation {
            sql.push_str(" ISOLATION LEVEL ");
            sql.push_str(isolation.sql());
        }
        if self.access == Access::ReadOnly {
            sql.push_str(" READ ONLY");
        }
        if self.deferrable {
            sql.push_str(" DEFERRABLE");
        }
        sql
    }
}

type Manager = <Postgres as sqlx::Database>::TransactionManager;

/// Runs `sql`, whose first row is the id of the backend; all of it has run when this returns.
async fn backend(conn: &mut PgConnection, sql: sqlx::SqlStr) -> Result<Option<i32>, sqlx::Error> {
    match conn.fetch_optional(sql).await? {
        Some(row) => Ok(row.try_get::<&str, _>(0)?.parse().ok()),
        None => Ok(None),
    }
}

impl Driver for Postgres {
    type Transaction = Transaction;
    /// The process id of the server's backend.
    type Identity = Option<i32>;

    const NOWHERE: &'static str = "postgres://nowhere";

    fn plan(transaction: &Transaction, options: &SessionOptions) -> Plan {
        let mut begin = transaction.sql();
        // SHOW takes no snapshot, so a handler's SET TRANSACTION still comes early enough. Behind a
        // transaction pooler the id may be another client's by the time it is needed.
        let identified = !options.pooler;
        if identified {
            begin.push_str("; SHOW bindery.backend");
        }
        Plan {
            begin: shared(begin),
            identified,
            read_only: false,
            guarded: false,
            trust_lent: options.trust_lent,
        }
    }

    async fn begin(conn: &mut PgConnection, plan: &Plan) -> Result<Option<i32>, sqlx::Error> {
        if !plan.identified {
            conn.execute(plan.begin.clone()).await?;
            return Ok(None);
        }
        match backend(conn, plan.begin.clone()).await {
            Ok(Some(backend)) => return Ok(Some(backend)),
            // Forgotten by a DISCARD ALL that the session did not see, or never known.
            Ok(None) => {}
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42704") => {}
            Err(error) => return Err(error),
        }
        // Connections of our own pools were told their id when they connected; one of a pool that
        // was handed in is told now, once. All in one text, for a pooler that nobody spoke of.
        let anew = format!("ROLLBACK; BEGIN; {}; COMMIT; {}", super::IDENTIFY, plan.begin.as_str());
        backend(conn, AssertSqlSafe(anew).into_sql_str()).await
    }

    async fn attach(conn: &mut PgConnection, plan: &Plan) -> Result<Option<i32>, sqlx::Error> {
        if !plan.identified {
            return Ok(None);
        }
        backend(conn, "SELECT pg_backend_pid()::text".into_sql_str()).await
    }

    async fn commit(
        conn: &mut PgConnection,
        _identity: &Option<i32>,
        _plan: &Plan,
        lent: bool,
    ) -> Result<(), sqlx::Error> {
        if lent {
            return Manager::commit(conn).await;
        }
        // The way of sqlx to send a text and wait for no more than its end. It is for texts that
        // begin a transaction, and says so of one that has left none open, which is what this does.
        match Manager::begin(conn, Some("COMMIT".into_sql_str())).await {
            Err(sqlx::Error::BeginFailed) => Ok(()),
            ended => ended,
        }
    }

    async fn rollback(
        conn: &mut PgConnection,
        _identity: &Option<i32>,
        _plan: &Plan,
        lent: bool,
    ) -> Result<(), sqlx::Error> {
        if !lent {
            return conn.execute("ROLLBACK").await.map(drop);
        }
        // A transaction that code on the lent connection left open is one more level for sqlx; the
        // server has only one.
        while Manager::get_transaction_depth(conn) > 1 {
            Manager::start_rollback(conn);
        }
        if let Err(error) = conn.ping().await
            && crate::driver::is_lost::<Self>(&error)
        {
            return Err(error);
        }
        Manager::rollback(conn).await
    }

    async fn check(conn: &mut PgConnection, _identity: &Option<i32>, lent: bool) -> Check {
        if lent && Manager::get_transaction_depth(conn) != 1 {
            return Check::Ended;
        }
        // One round trip. In an aborted transaction the savepoint fails with 25P02, outside any
        // with 25P01; the second statement checks what was deferred to COMMIT.
        match conn.execute("SAVEPOINT bindery_check; SET CONSTRAINTS ALL IMMEDIATE").await {
            Ok(_) => Check::Sound,
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("25P01") => {
                Check::Ended
            }
            Err(error) => Check::Refused(error),
        }
    }

    async fn lend(conn: &mut PgConnection, _identity: &Option<i32>) -> Result<(), sqlx::Error> {
        // Any statement does: sqlx sees that a transaction is open and counts it. SHOW takes no
        // snapshot.
        Manager::begin(conn, Some("SHOW server_version_num".into_sql_str())).await
    }

    async fn has_ended(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
        // Unlike a query it fails with 25P01 outside a transaction, and takes no snapshot inside.
        match conn.execute("SAVEPOINT bindery_open; RELEASE SAVEPOINT bindery_open").await {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("25P01") => {
                Ok(true)
            }
            // Aborted, which later statements find out by themselves.
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("25P02") => {
                Ok(false)
            }
            outcome => outcome.map(|_| false),
        }
    }

    async fn restore(
        conn: &mut PgConnection,
        _identity: &Option<i32>,
        plan: &Plan,
    ) -> Result<bool, sqlx::Error> {
        conn.execute(if plan.identified { super::RESTORE_IDENTIFIED } else { super::RESTORE })
            .await?;
        Ok(true)
    }

    async fn cancel(
        identity: &Option<i32>,
        pool: &PgPool,
        reserved: &mut Option<PgConnection>,
    ) -> Result<(), sqlx::Error> {
        let Some(backend) = identity else {
            return Err(sqlx::Error::Protocol("the backend of this connection is unknown".into()));
        };
        let conn = match reserved {
            Some(conn) => conn,
            None => reserved.insert(PgConnection::connect_with(&pool.connect_options()).await?),
        };
        sqlx::query("SELECT pg_cancel_backend($1)").bind(backend).execute(conn).await.map(drop)
    }

    fn after_error(_transaction: &Transaction) -> AfterError {
        AfterError::RollBack
    }

    fn ends_transaction(_error: &dyn DatabaseError) -> bool {
        false
    }

    fn is_transient(error: &dyn DatabaseError) -> bool {
        // serialization_failure, deadlock_detected, lock_not_available.
        matches!(error.code().as_deref(), Some("40001" | "40P01" | "55P03"))
    }

    fn ends_connection(error: &dyn DatabaseError) -> bool {
        // Class 57P: the server is shutting down or ended the backend (admin_shutdown,
        // crash_shutdown, cannot_connect_now, database_dropped, idle_session_timeout); 25P03 and
        // 25P04 are the idle-in-transaction and transaction timeouts.
        error.code().is_some_and(|code| {
            code.starts_with("57P") || code.starts_with("08") || code == "25P03" || code == "25P04"
        })
    }

    const DIALECT: Dialect = model::DIALECT;

    fn refusal(error: &dyn DatabaseError) -> Option<Refusal> {
        model::refusal(error)
    }

    async fn define(
        conn: &mut PgConnection,
        statements: &[sqlx::SqlStr],
    ) -> Result<(), sqlx::Error> {
        model::define(conn, statements).await
    }

    async fn shapes(conn: &mut PgConnection, table: &Ddl) -> Result<Shapes, sqlx::Error> {
        model::shapes(conn, table).await
    }

    forward_models!();
    forward_statements!();
}
