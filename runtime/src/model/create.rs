//! The tables of a bind's models, created and dropped as the models declare them.

use sqlx::{Connection, SqlSafeStr, SqlStr};

use crate::bind::Bind;
use crate::binding::Binding;
use crate::driver::Driver;
use crate::error::Error;

use super::verify::Declared;

/// The statements of one table.
#[derive(Clone, Copy, Debug)]
pub struct Ddl {
    /// The table, quoted and with its schema.
    pub name: &'static str,
    /// Its columns in order.
    pub columns: &'static [Declared],
    /// Create the table and its indexes, unless they exist.
    pub create: &'static [&'static str],
    /// Drops the table, if it exists.
    pub drop: &'static str,
}

/// Creates the tables of a bind that do not exist, in the order given: each after those it refers
/// to. A table that exists stays as it is, whatever its columns.
///
/// Instances that start at the same time wait for each other. On SQLite and PostgreSQL all tables
/// are created or none; MySQL commits each statement by itself.
///
/// # Errors
///
/// The database refused a statement, or another instance held the lock for a minute (on SQLite: for
/// the busy timeout).
pub async fn create_all<B: Binding>(bind: &Bind<B>, tables: &[Ddl]) -> Result<(), Error> {
    define(bind, tables.iter().flat_map(|table| table.create).copied()).await
}

/// Drops the tables of a bind that exist, in reverse order, with everything in them.
///
/// # Errors
///
/// As [`create_all`]; another table refers to one of them.
pub async fn drop_all<B: Binding>(bind: &Bind<B>, tables: &[Ddl]) -> Result<(), Error> {
    define(bind, tables.iter().rev().map(|table| table.drop)).await
}

async fn define<B: Binding>(
    bind: &Bind<B>,
    statements: impl Iterator<Item = &'static str>,
) -> Result<(), Error> {
    let statements: Vec<SqlStr> = statements.map(SqlSafeStr::into_sql_str).collect();
    if statements.is_empty() {
        return Ok(());
    }
    let refused = |error| Error::database(B::KEY, error);
    let mut conn = bind.here().await?.connection().await?;
    if !B::Database::MAY_CLOSE {
        return B::Database::define(&mut conn, &statements).await.map_err(refused);
    }
    // A lock that a dropped future leaves behind goes with the connection, and so do prepared
    // statements that saw other tables.
    let mut conn = conn.detach();
    let outcome = B::Database::define(&mut conn, &statements).await.map_err(refused);
    if let Err(error) = conn.close().await {
        tracing::debug!(key = B::KEY, %error, "a connection was lost before its close");
    }
    outcome
}
