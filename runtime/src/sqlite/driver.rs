//! Transactions of SQLite.
//!
//! The engine runs in this process, so nothing can be cancelled "on the server": a progress handler
//! looks at a flag instead. While a connection is lent, hooks notice that its transaction ended and
//! refuse to let anything commit by itself.

use std::pin::pin;
use std::sync::Arc;

use sqlx::error::DatabaseError;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Connection, Executor, Sqlite};
use sqlx_core::transaction::TransactionManager;

use super::model;
use super::switches::{self, Switches};
use crate::driver::{Check, Driver, Plan, forward_statements, shared};
use crate::live::SessionOptions;
use crate::model::{Ddl, Dialect, Refusal, Shapes, forward_models};
use crate::transaction::{Access, AfterError};

/// When a transaction takes its locks (SQLite manual, "Transaction").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Begin {
    /// At the first read and the first write.
    #[default]
    Deferred,
    /// The write lock at once: two writers wait for each other instead of failing in the middle.
    Immediate,
    /// The write lock at once, and no readers either, except in WAL mode.
    Exclusive,
}

/// How transactions of a SQLite bind begin. They are always serializable.
#[derive(Clone, Copy, Debug)]
pub struct Transaction {
    /// When locks are taken.
    pub begin: Begin,
    /// Whether the transaction may write.
    pub access: Access,
    /// What a refused statement means.
    pub after_error: AfterError,
}

impl Transaction {
    /// What SQLite does by itself.
    pub const DEFAULT: Self = Self {
        begin: Begin::Deferred,
        access: Access::ReadWrite,
        after_error: AfterError::RollBack,
    };
}

type Manager = <Sqlite as sqlx::Database>::TransactionManager;

impl Driver for Sqlite {
    type Transaction = Transaction;
    type Identity = Arc<Switches>;

    const NOWHERE: &'static str = "sqlite::memory:";

    const MAY_CLOSE: bool = false;

    fn plan(transaction: &Transaction, options: &SessionOptions) -> Plan {
        let begin = match transaction.begin {
            Begin::Deferred => "BEGIN",
            Begin::Immediate => "BEGIN IMMEDIATE",
            Begin::Exclusive => "BEGIN EXCLUSIVE",
        };
        let read_only = transaction.access == Access::ReadOnly;
        let begin =
            if read_only { format!("{begin}; PRAGMA query_only = 1") } else { begin.to_owned() };
        Plan {
            begin: shared(begin),
            identified: true,
            read_only,
            guarded: transaction.after_error == AfterError::Continue,
            trust_lent: options.trust_lent,
        }
    }

    async fn begin(conn: &mut SqliteConnection, plan: &Plan) -> Result<Arc<Switches>, sqlx::Error> {
        let begin = Manager::begin(conn, Some(plan.begin.clone()));
        let (answer, found) = switches::found_at(pin!(begin)).await;
        answer?;
        let mut opened = Opened(Some(conn));
        let switches = match found {
            Some(switches) => switches,
            None => switches::install(opened.conn()).await?,
        };
        if plan.guarded {
            // `INSERT OR ROLLBACK` and `RAISE(ROLLBACK, …)` end the whole transaction.
            guard(opened.conn(), &switches).await?;
        }
        opened.stays();
        Ok(switches)
    }

    async fn attach(
        conn: &mut SqliteConnection,
        plan: &Plan,
    ) -> Result<Arc<Switches>, sqlx::Error> {
        let (alive, found) = switches::found_at(pin!(conn.ping())).await;
        alive?;
        // A BEGIN that was given up is undone by sqlx, which knows of no pragma.
        leave_read_only(conn, plan).await?;
        match found {
            Some(switches) => Ok(switches),
            None => switches::install(conn).await,
        }
    }

    async fn commit(
        conn: &mut SqliteConnection,
        switches: &Arc<Switches>,
        plan: &Plan,
        _lent: bool,
    ) -> Result<(), sqlx::Error> {
        switches.set_ending();
        Manager::commit(conn).await?;
        leave(conn, plan).await
    }

    async fn rollback(
        conn: &mut SqliteConnection,
        switches: &Arc<Switches>,
        plan: &Plan,
        _lent: bool,
    ) -> Result<(), sqlx::Error> {
        switches.set_ending();
        // Code on a lent connection may have left levels of its own; the engine has one
        // transaction, which one ROLLBACK ends.
        while Manager::get_transaction_depth(conn) > 1 {
            if Manager::rollback(conn).await.is_err() {
                break;
            }
        }
        if let Err(error) = Manager::rollback(conn).await {
            // The engine had already ended it (an interrupt, a full disk, a raw COMMIT): sqlx still
            // counts it. A new one makes both agree again.
            if conn.execute("BEGIN").await.is_err() {
                return Err(error);
            }
            Manager::rollback(conn).await?;
        }
        leave(conn, plan).await
    }

    async fn check(conn: &mut SqliteConnection, switches: &Arc<Switches>, _lent: bool) -> Check {
        if switches.has_ended() || Manager::get_transaction_depth(conn) != 1 {
            return Check::Ended;
        }
        // Inside a transaction BEGIN is refused; outside, it is not.
        match conn.execute("BEGIN").await {
            Ok(_) => Check::Ended,
            Err(sqlx::Error::Database(_)) => Check::Sound,
            Err(error) => Check::Refused(error),
        }
    }

    async fn has_ended(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        // Inside a transaction BEGIN is refused; what it opens outside is rolled back.
        match conn.execute("BEGIN").await {
            Ok(_) => Ok(true),
            Err(sqlx::Error::Database(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn lend(
        conn: &mut SqliteConnection,
        switches: &Arc<Switches>,
    ) -> Result<(), sqlx::Error> {
        guard(conn, switches).await
    }

    async fn restore(
        conn: &mut SqliteConnection,
        _switches: &Arc<Switches>,
        _plan: &Plan,
    ) -> Result<bool, sqlx::Error> {
        unguard(conn).await?;
        Ok(true)
    }

    async fn cancel(
        switches: &Arc<Switches>,
        _pool: &SqlitePool,
        _reserved: &mut Option<SqliteConnection>,
    ) -> Result<(), sqlx::Error> {
        switches.set_stop(true);
        Ok(())
    }

    fn abandoned(switches: &Arc<Switches>) {
        switches.set_stop(true);
    }

    fn cancelled(switches: &Arc<Switches>) {
        switches.set_stop(false);
    }

    fn after_error(transaction: &Transaction) -> AfterError {
        transaction.after_error
    }

    fn ends_transaction(error: &dyn DatabaseError) -> bool {
        // Result codes after which SQLite may roll back by itself ("Response To Errors Within A
        // Transaction"): NOMEM 7, INTERRUPT 9, IOERR 10, FULL 13; the low byte is the primary code.
        error
            .code()
            .and_then(|code| code.parse::<u32>().ok())
            .is_some_and(|code| matches!(code & 0xff, 7 | 9 | 10 | 13))
    }

    fn is_transient(error: &dyn DatabaseError) -> bool {
        // SQLITE_BUSY and SQLITE_LOCKED, with all that is more particular (BUSY_SNAPSHOT, …).
        let code = error.code().and_then(|code| code.parse::<u32>().ok());
        code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
    }

    fn ends_connection(_error: &dyn DatabaseError) -> bool {
        false
    }

    const DIALECT: Dialect = model::DIALECT;

    fn refusal(error: &dyn DatabaseError) -> Option<Refusal> {
        model::refusal(error)
    }

    async fn define(
        conn: &mut SqliteConnection,
        statements: &[sqlx::SqlStr],
    ) -> Result<(), sqlx::Error> {
        model::define(conn, statements).await
    }

    #[cfg(feature = "migrate")]
    const LOCK_FOR_MIGRATION: Option<&'static str> = Some("BEGIN IMMEDIATE");

    #[cfg(feature = "migrate")]
    fn is_locked(error: &sqlx::Error) -> bool {
        // BUSY, and LOCKED of a shared cache; the low byte is the primary code.
        error
            .as_database_error()
            .and_then(|error| error.code()?.parse::<u32>().ok())
            .is_some_and(|code| matches!(code & 0xff, 5 | 6))
    }

    /// A database in memory, which has no file, ends with its connection.
    #[cfg(feature = "migrate")]
    async fn is_disposable(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        let sql = "SELECT file FROM pragma_database_list WHERE name = 'main'";
        let file = conn.fetch_one(sql).await?;
        Ok(!sqlx::Row::try_get::<String, _>(&file, 0)?.is_empty())
    }

    async fn shapes(conn: &mut SqliteConnection, table: &Ddl) -> Result<Shapes, sqlx::Error> {
        model::shapes(conn, table).await
    }

    forward_models!();
    forward_statements!();
}

/// A transaction that no session has so far: sqlx undoes a BEGIN that nobody waits for, but not one
/// whose answer came.
struct Opened<'a>(Option<&'a mut SqliteConnection>);

impl Opened<'_> {
    fn conn(&mut self) -> &mut SqliteConnection {
        self.0.as_mut().expect("it is taken at the end")
    }

    fn stays(mut self) {
        self.0 = None;
    }
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.0.take() {
            Manager::start_rollback(conn);
        }
    }
}

/// Notices when the transaction ends without the session, and lets nothing commit by itself then.
async fn guard(conn: &mut SqliteConnection, switches: &Arc<Switches>) -> Result<(), sqlx::Error> {
    let (committing, ended) = (Arc::clone(switches), Arc::clone(switches));
    let mut handle = conn.lock_handle().await?;
    handle.set_commit_hook(move || {
        committing.note_end();
        committing.is_ending()
    });
    handle.set_rollback_hook(move || ended.note_end());
    Ok(())
}

async fn unguard(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut handle = conn.lock_handle().await?;
    handle.remove_commit_hook();
    handle.remove_rollback_hook();
    Ok(())
}

async fn leave(conn: &mut SqliteConnection, plan: &Plan) -> Result<(), sqlx::Error> {
    if plan.guarded {
        unguard(conn).await?;
    }
    leave_read_only(conn, plan).await
}

async fn leave_read_only(conn: &mut SqliteConnection, plan: &Plan) -> Result<(), sqlx::Error> {
    if plan.read_only {
        conn.execute("PRAGMA query_only = 0").await?;
    }
    Ok(())
}
