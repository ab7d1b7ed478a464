//! Models on MySQL and MariaDB.

use sqlx::error::DatabaseError;
use sqlx::{AssertSqlSafe, Executor, MySqlConnection, Row, SqlStr};

use super::driver::number;
use crate::model::{Ddl, Described, Dialect, Refusal, RefusalKind, Shapes};

pub(super) const DIALECT: Dialect = Dialect {
    // MariaDB has it for INSERT and DELETE, MySQL not at all.
    returning: false,
    on_conflict: false,
    keeps_all: true,
    numbered: false,
    // The protocol counts them in 16 bits.
    max_values: 65_535,
    nulls_are_largest: false,
    compares_rows: false,
    keeps_nul: true,
    like_escape: "",
    generated: "DEFAULT",
};

pub(super) fn refusal(error: &dyn DatabaseError) -> Option<Refusal> {
    let message = error.message();
    let (kind, named) = match number(error)? {
        // "Duplicate entry '…' for key 'name'": the value comes first and may hold quotes.
        1022 | 1062 | 1169 | 1586 | 1859 => (
            RefusalKind::Conflict,
            message.strip_suffix('\'').and_then(|rest| rest.rsplit('\'').next()),
        ),
        // "…fails (`db`.`table`, CONSTRAINT `name` FOREIGN KEY …)"
        1216 | 1217 | 1451 | 1452 => {
            (RefusalKind::ForeignKey, between(message, "CONSTRAINT `", '`'))
        }
        // "CONSTRAINT `name` failed for …" of MariaDB; the same number is no refusal on MySQL.
        4025 if error.code().as_deref() == Some("23000") => {
            (RefusalKind::InvalidValue, between(message, "CONSTRAINT `", '`'))
        }
        // "Check constraint 'name' is violated."
        3819 => (RefusalKind::InvalidValue, between(message, "constraint '", '\'')),
        // "Column 'name' cannot be null", "Data too long for column 'name'", "Out of range value
        // for column 'name'", "Data truncated for column 'name'"
        1048 | 1264 | 1265 | 1406 => (RefusalKind::InvalidValue, between(message, "olumn '", '\'')),
        // "Field 'name' doesn't have a default value"
        1364 => (RefusalKind::InvalidValue, between(message, "Field '", '\'')),
        // The rest quotes the value before any name: wrong value, wrong date, number out of range,
        // no JSON, no text of the character set.
        1292 | 1366 | 1690 | 3140 | 3988 => (RefusalKind::InvalidValue, None),
        _ => return None,
    };
    Some(Refusal::new(kind, named))
}

fn between<'a>(message: &'a str, before: &str, after: char) -> Option<&'a str> {
    message.split_once(before)?.1.split_once(after).map(|(name, _)| name)
}

pub(super) async fn define(
    conn: &mut MySqlConnection,
    statements: &[SqlStr],
) -> Result<(), sqlx::Error> {
    // Locks are the server's, so the name tells the database; it may have at most 64 characters.
    let got = conn
        .fetch_one("SELECT GET_LOCK(CONCAT('bindery.', MD5(DATABASE())), 60)")
        .await?
        .try_get_unchecked::<Option<i64>, _>(0)?;
    if got != Some(1) {
        return Err(sqlx::Error::AnyDriverError(
            "another instance is defining tables, and did not end within 60 seconds".into(),
        ));
    }
    // DDL commits by itself. The lock goes with the connection, which the caller closes.
    for statement in statements {
        conn.execute(statement.clone()).await?;
    }
    Ok(())
}

pub(super) async fn shapes(conn: &mut MySqlConnection, table: &Ddl) -> Result<Shapes, sqlx::Error> {
    let columns: Vec<_> = table
        .columns
        .iter()
        .map(|column| {
            let null = if column.nullable { "" } else { " NOT NULL" };
            format!("{} {}{null}", column.name, column.kind)
        })
        .collect();
    let create = format!(
        "DROP TEMPORARY TABLE IF EXISTS bindery_verify; \
         CREATE TEMPORARY TABLE bindery_verify ({})",
        columns.join(", ")
    );
    conn.execute(AssertSqlSafe(create)).await?;
    let declared = describe(conn, "bindery_verify").await;
    conn.execute("DROP TEMPORARY TABLE IF EXISTS bindery_verify").await?;
    let found = match describe(conn, table.name).await {
        // ER_NO_SUCH_TABLE
        Err(sqlx::Error::Database(error)) if number(&*error) == Some(1146) => Vec::new(),
        found => found?,
    };
    Ok(Shapes { declared: declared?, found })
}

async fn describe(conn: &mut MySqlConnection, table: &str) -> Result<Vec<Described>, sqlx::Error> {
    let rows = conn.fetch_all(AssertSqlSafe(format!("SHOW COLUMNS FROM {table}"))).await?;
    rows.iter()
        .map(|row| {
            // Bytes on some servers, text on others.
            let text = |at: usize| row.try_get_unchecked::<String, _>(at);
            Ok(Described { name: text(0)?, kind: text(1)?, nullable: text(2)? == "YES" })
        })
        .collect()
}
