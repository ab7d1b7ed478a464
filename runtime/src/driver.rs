//! What the runtime asks of a database driver beyond sqlx: how its transactions begin, are checked
//! and end, and how an abandoned statement is stopped. Implemented for the three drivers; sealed.

pub(crate) mod answers;
mod connecting;
mod errors;
mod plan;

use std::fmt;
use std::future::Future;

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::{Database, Execute, SqlStr};

use crate::configure::Configure;
use crate::live::SessionOptions;
use crate::model::{Ddl, Dialect, Refusal, Shapes};
use crate::test_database::Disposable;
use crate::transaction::AfterError;

pub(crate) use self::answers::AnswerOf;
pub(crate) use self::connecting::connected;
pub(crate) use self::errors::{is_lost, is_lost_on_any, is_transient};
pub(crate) use self::plan::Plan;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) use self::plan::shared;

/// A database driver of sqlx that sessions run on: `Sqlite`, `Postgres`, `MySql`.
///
/// Sealed. The functions are the runtime's own and not part of its stable surface.
pub trait Driver: Configure + Disposable + sealed::Sealed {
    /// How transactions of a bind begin: the backend's own options.
    type Transaction: Copy + fmt::Debug + Send + Sync + 'static;
    /// What it takes to stop a statement from outside its connection.
    #[doc(hidden)]
    type Identity: Send + Sync + 'static;

    /// A URL that nobody connects to.
    #[doc(hidden)]
    const NOWHERE: &'static str;

    /// Whether a connection that cannot be brought to a known state may be closed. Closing the
    /// connection of `sqlite::memory:` would lose the database.
    #[doc(hidden)]
    const MAY_CLOSE: bool = true;

    #[doc(hidden)]
    fn plan(transaction: &Self::Transaction, options: &SessionOptions) -> Plan;

    /// BEGIN, with the backend's settings in force when it returns.
    #[doc(hidden)]
    fn begin<'a>(
        conn: &'a mut Self::Connection,
        plan: &'a Plan,
    ) -> impl Future<Output = Result<Self::Identity, sqlx::Error>> + Send + 'a;

    /// Prepares a connection for statements without a transaction. As BEGIN, it is the test whether
    /// the connection still lives.
    #[doc(hidden)]
    fn attach<'a>(
        conn: &'a mut Self::Connection,
        plan: &'a Plan,
    ) -> impl Future<Output = Result<Self::Identity, sqlx::Error>> + Send + 'a;

    #[doc(hidden)]
    fn commit<'a>(
        conn: &'a mut Self::Connection,
        identity: &'a Self::Identity,
        plan: &'a Plan,
        lent: bool,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send + 'a;

    /// Rolls back, also when the transaction has ended by itself.
    #[doc(hidden)]
    fn rollback<'a>(
        conn: &'a mut Self::Connection,
        identity: &'a Self::Identity,
        plan: &'a Plan,
        lent: bool,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send + 'a;

    /// Asks the server whether the transaction is still the one that was begun and could commit;
    /// what is deferred is made to fail now.
    #[doc(hidden)]
    fn check<'a>(
        conn: &'a mut Self::Connection,
        identity: &'a Self::Identity,
        lent: bool,
    ) -> impl Future<Output = Check> + Send + 'a;

    /// Whether the transaction has ended behind the session's back, where what comes after would be
    /// stored by itself.
    #[doc(hidden)]
    fn has_ended(
        _conn: &mut Self::Connection,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send + '_ {
        std::future::ready(Ok(false))
    }

    /// Tells sqlx's own depth counter about the open transaction, for code that calls `begin` on a
    /// lent connection.
    #[doc(hidden)]
    fn lend<'a>(
        conn: &'a mut Self::Connection,
        identity: &'a Self::Identity,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send + 'a;

    /// Undoes what a lent connection may have been set to. `false`: it cannot be undone, close it.
    #[doc(hidden)]
    fn restore<'a>(
        conn: &'a mut Self::Connection,
        identity: &'a Self::Identity,
        plan: &'a Plan,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send + 'a;

    /// Stops the statement that runs on the connection of `identity`. `None` for the reserved
    /// connection opens one.
    #[doc(hidden)]
    fn cancel<'a>(
        identity: &'a Self::Identity,
        pool: &'a sqlx::Pool<Self>,
        reserved: &'a mut Option<Self::Connection>,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send + 'a;

    /// The connection is dropped in the middle of something that nobody waits for.
    #[doc(hidden)]
    fn abandoned(_identity: &Self::Identity) {}

    /// The connection is quiet again after [`Driver::cancel`].
    #[doc(hidden)]
    fn cancelled(_identity: &Self::Identity) {}

    #[doc(hidden)]
    fn after_error(transaction: &Self::Transaction) -> AfterError;

    /// Whether this refusal ended the whole transaction, whatever savepoints it had.
    #[doc(hidden)]
    fn ends_transaction(error: &dyn sqlx::error::DatabaseError) -> bool;

    /// Whether the server ended the connection with this error.
    #[doc(hidden)]
    fn ends_connection(error: &dyn sqlx::error::DatabaseError) -> bool;

    /// Whether the database gave the transaction up for others, so that it may succeed when it is done again.
    #[doc(hidden)]
    fn is_transient(error: &dyn sqlx::error::DatabaseError) -> bool;

    /// How the SQL of models is written.
    #[doc(hidden)]
    const DIALECT: Dialect;

    /// What this refusal says about the values of a statement, if it is about them.
    #[doc(hidden)]
    fn refusal(error: &dyn sqlx::error::DatabaseError) -> Option<Refusal>;

    #[doc(hidden)]
    fn rows_affected(result: &Self::QueryResult) -> u64;

    /// The key that the database made for the row of an INSERT; asked where it cannot answer with
    /// the row.
    #[doc(hidden)]
    fn last_insert_id(_result: &Self::QueryResult) -> u64 {
        0
    }

    /// Whether the guard of an upsert refused: the row that was found has another key.
    #[doc(hidden)]
    fn is_guard(_error: &dyn sqlx::error::DatabaseError) -> bool {
        false
    }

    /// The number in the first column.
    #[doc(hidden)]
    fn read_number(row: &Self::Row) -> Result<i64, sqlx::Error>;

    #[doc(hidden)]
    fn store_number(number: i64, arguments: &mut Self::Arguments);

    /// Runs statements that create or drop tables: after those of others that do the same at the
    /// same time, and as one where the backend has transactions for them.
    ///
    /// The caller closes the connection afterwards unless [`Driver::MAY_CLOSE`] forbids it.
    #[doc(hidden)]
    fn define<'a>(
        conn: &'a mut Self::Connection,
        statements: &'a [SqlStr],
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send + 'a;

    /// What begins a transaction of which there is only one at a time, where the database has no
    /// other lock for those who apply migrations.
    #[doc(hidden)]
    #[cfg(feature = "migrate")]
    const LOCK_FOR_MIGRATION: Option<&'static str> = None;

    /// A statement that waits for a lock of the connection before that of sqlx is taken, which
    /// MariaDB does not wait for: it knows no endless timeout.
    #[doc(hidden)]
    #[cfg(feature = "migrate")]
    const WAIT_FOR_MIGRATION: Option<&'static str> = None;

    /// Whether the lock of [`Driver::LOCK_FOR_MIGRATION`] is held by somebody else.
    #[doc(hidden)]
    #[cfg(feature = "migrate")]
    #[must_use]
    fn is_locked(_error: &sqlx::Error) -> bool {
        false
    }

    /// Whether this connection may be closed: no database ends with it.
    #[doc(hidden)]
    #[cfg(feature = "migrate")]
    fn is_disposable(
        _conn: &mut Self::Connection,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send + '_ {
        std::future::ready(Ok(Self::MAY_CLOSE))
    }

    /// The columns of a table as it is declared and as it is.
    #[doc(hidden)]
    fn shapes<'a>(
        conn: &'a mut Self::Connection,
        table: &'a Ddl,
    ) -> impl Future<Output = Result<Shapes, sqlx::Error>> + Send + 'a;

    #[doc(hidden)]
    fn text(
        conn: &mut Self::Connection,
        sql: SqlStr,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send + '_ {
        async { answers::result::<Self>(Self::fetch_many(conn, sql)).await.map(drop) }
    }

    #[doc(hidden)]
    fn fetch_optional<'e, 'q: 'e, E>(
        conn: &'e mut Self::Connection,
        query: E,
    ) -> BoxFuture<'e, Result<Option<Self::Row>, sqlx::Error>>
    where
        E: 'q + Execute<'q, Self>;

    #[doc(hidden)]
    fn fetch_many<'e, 'q: 'e, E>(
        conn: &'e mut Self::Connection,
        query: E,
    ) -> BoxStream<'e, Result<AnswerOf<Self>, sqlx::Error>>
    where
        E: 'q + Execute<'q, Self>;

    #[doc(hidden)]
    fn prepare<'e>(
        conn: &'e mut Self::Connection,
        sql: SqlStr,
        parameters: &'e [Self::TypeInfo],
    ) -> BoxFuture<'e, Result<Self::Statement, sqlx::Error>>;

    #[doc(hidden)]
    fn describe(
        conn: &mut Self::Connection,
        sql: SqlStr,
    ) -> BoxFuture<'_, Result<sqlx_core::describe::Describe<Self>, sqlx::Error>>;
}

/// What [`Driver::check`] found.
#[doc(hidden)]
#[derive(Debug)]
pub enum Check {
    /// The transaction is the one that was begun and can commit.
    Sound,
    /// It has ended by itself.
    Ended,
    /// It cannot commit.
    Refused(sqlx::Error),
}

/// The functions of [`Driver`] that only hand on to sqlx; the bounds that would let one generic
/// impl do it are not implied by `Database`, so each driver writes them out through this macro.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! forward_statements {
    () => {
        fn fetch_optional<'e, 'q: 'e, E>(
            conn: &'e mut Self::Connection,
            query: E,
        ) -> ::futures_core::future::BoxFuture<'e, Result<Option<Self::Row>, ::sqlx::Error>>
        where
            E: 'q + ::sqlx::Execute<'q, Self>,
        {
            ::sqlx::Executor::fetch_optional(conn, query)
        }

        fn fetch_many<'e, 'q: 'e, E>(
            conn: &'e mut Self::Connection,
            query: E,
        ) -> ::futures_core::stream::BoxStream<
            'e,
            Result<::either::Either<Self::QueryResult, Self::Row>, ::sqlx::Error>,
        >
        where
            E: 'q + ::sqlx::Execute<'q, Self>,
        {
            ::sqlx::Executor::fetch_many(conn, query)
        }

        fn prepare<'e>(
            conn: &'e mut Self::Connection,
            sql: ::sqlx::SqlStr,
            parameters: &'e [Self::TypeInfo],
        ) -> ::futures_core::future::BoxFuture<'e, Result<Self::Statement, ::sqlx::Error>> {
            ::sqlx::Executor::prepare_with(conn, sql, parameters)
        }

        fn describe(
            conn: &mut Self::Connection,
            sql: ::sqlx::SqlStr,
        ) -> ::futures_core::future::BoxFuture<
            '_,
            Result<::sqlx_core::describe::Describe<Self>, ::sqlx::Error>,
        > {
            ::sqlx::Executor::describe(conn, sql)
        }
    };
}
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) use forward_statements;

pub(crate) mod sealed {
    /// Keeps [`super::Driver`] to the drivers of this crate.
    pub trait Sealed {}
    #[cfg(feature = "sqlite")]
    impl Sealed for sqlx::Sqlite {}
    #[cfg(feature = "postgres")]
    impl Sealed for sqlx::Postgres {}
    #[cfg(feature = "mysql")]
    impl Sealed for sqlx::MySql {}
}

/// Used by every generic function of the runtime.
pub(crate) type ConnectionOf<B> =
    <<B as crate::binding::Binding>::Database as Database>::Connection;
