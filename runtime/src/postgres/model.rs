//! Models on PostgreSQL.

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;
use sqlx::{Connection, Executor, PgConnection, SqlStr};

use crate::model::{Dialect, Refusal, RefusalKind};

pub(super) const DIALECT: Dialect = Dialect {
    returning: true,
    on_conflict: true,
    numbered: true,
    // The protocol counts them in 16 bits.
    max_values: 65_535,
    like_escape: "",
    generated: "DEFAULT",
};

/// One key for all databases: the lock is one of the database that the connection is to.
const LOCK: &str = "SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(7235419886151462)";

pub(super) fn refusal(error: &dyn DatabaseError) -> Option<Refusal> {
    let error = error.try_downcast_ref::<PgDatabaseError>()?;
    let kind = match error.code() {
        // unique_violation, exclusion_violation
        "23505" | "23P01" => RefusalKind::Conflict,
        // restrict_violation, foreign_key_violation
        "23001" | "23503" => RefusalKind::ForeignKey,
        // Class 22 is data exception: too long, out of range, NUL in a text.
        code if code.starts_with("23") || code.starts_with("22") => RefusalKind::InvalidValue,
        _ => return None,
    };
    Some(Refusal::new(kind, error.constraint().or(error.column())))
}

pub(super) async fn define(
    conn: &mut PgConnection,
    statements: &[SqlStr],
) -> Result<(), sqlx::Error> {
    // IF NOT EXISTS alone is not enough: of twelve at once, five failed with unique_violation in
    // the catalog.
    let mut transaction = conn.begin().await?;
    (*transaction).execute(LOCK).await?;
    for statement in statements {
        (*transaction).execute(statement.clone()).await?;
    }
    transaction.commit().await
}
