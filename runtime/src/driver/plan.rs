//! How sessions begin, made once for each target.

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use std::sync::Arc;

use sqlx::SqlStr;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use sqlx::{AssertSqlSafe, SqlSafeStr};

/// How sessions of one target begin; made once per target.
#[doc(hidden)]
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "settings that have nothing to do with each other"
)]
pub struct Plan {
    /// The text that begins a transaction.
    pub begin: SqlStr,
    /// Whether [`Plan::begin`] answers with the server's id of the connection.
    pub identified: bool,
    /// Whether the backend needs a statement of its own to leave read-only again.
    pub read_only: bool,
    /// SQLite: statements may follow one that ended the transaction, and must not be stored.
    pub guarded: bool,
    /// Whether a connection that was lent may go back to the pool as it is.
    pub trust_lent: bool,
}

/// A text that every session takes a copy of, which costs no more than a count. sqlx copies the text of
/// a `String` at each clone.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) fn shared(sql: String) -> SqlStr {
    AssertSqlSafe(Arc::<str>::from(sql)).into_sql_str()
}
