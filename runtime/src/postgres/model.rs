//! Models on PostgreSQL.

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqlStr};

use crate::model::{Ddl, Described, Dialect, Refusal, RefusalKind, Shapes};

pub(super) const DIALECT: Dialect = Dialect {
    returning: true,
    on_conflict: true,
    keeps_all: false,
    numbered: true,
    // The protocol counts them in 16 bits.
    max_values: 65_535,
    nulls_are_largest: true,
    compares_rows: true,
    keeps_nul: false,
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

/// The temporary table is one of the transaction, which is never committed.
pub(super) async fn shapes(conn: &mut PgConnection, table: &Ddl) -> Result<Shapes, sqlx::Error> {
    let mut transaction = conn.begin().await?;
    let columns: Vec<_> = table
        .columns
        .iter()
        .map(|column| {
            let null = if column.nullable { "" } else { " NOT NULL" };
            format!("{} {}{null}", column.name, column.kind)
        })
        .collect();
    let sql = format!("CREATE TEMPORARY TABLE bindery_verify ({})", columns.join(", "));
    (*transaction).execute(AssertSqlSafe(sql)).await?;
    let declared = describe(&mut transaction, "pg_temp.bindery_verify").await?;
    let found = describe(&mut transaction, table.name).await?;
    transaction.rollback().await?;
    Ok(Shapes { declared, found })
}

async fn describe(conn: &mut PgConnection, table: &str) -> Result<Vec<Described>, sqlx::Error> {
    let sql = "SELECT attname::text, format_type(atttypid, atttypmod), NOT attnotnull \
               FROM pg_attribute \
               WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped \
               ORDER BY attnum";
    let rows = sqlx::query(sql).persistent(false).bind(table).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok(Described {
                name: row.try_get(0)?,
                kind: row.try_get(1)?,
                nullable: row.try_get(2)?,
            })
        })
        .collect()
}
