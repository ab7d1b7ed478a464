//! Models on SQLite.

use sqlx::error::DatabaseError;
use sqlx::{Connection, Executor, Row, SqlStr, SqliteConnection};

use crate::model::{Ddl, Described, Dialect, Refusal, RefusalKind, Shapes};

pub(super) const DIALECT: Dialect = Dialect {
    returning: true,
    on_conflict: true,
    keeps_all: false,
    numbered: false,
    // SQLITE_MAX_VARIABLE_NUMBER of the library that sqlx builds.
    max_values: 32_766,
    nulls_are_largest: false,
    compares_rows: true,
    keeps_nul: true,
    like_escape: r" ESCAPE '\'",
    // The one integer key that is generated takes NULL as the wish for a value.
    generated: "NULL",
};

pub(super) fn refusal(error: &dyn DatabaseError) -> Option<Refusal> {
    let message = error.message();
    // Extended result codes (SQLite manual, "Result and Error Codes").
    let kind = match error.code()?.parse::<u32>().ok()? {
        // CONSTRAINT_PRIMARYKEY, CONSTRAINT_UNIQUE, CONSTRAINT_ROWID
        1555 | 2067 | 2579 => RefusalKind::Conflict,
        // CONSTRAINT_FOREIGNKEY
        787 => RefusalKind::ForeignKey,
        // CONSTRAINT_TRIGGER is also how ON DELETE RESTRICT refuses.
        1811 if message.starts_with("FOREIGN KEY") => RefusalKind::ForeignKey,
        // CONSTRAINT_CHECK, CONSTRAINT_NOTNULL, CONSTRAINT_DATATYPE, TOOBIG, MISMATCH
        275 | 1299 | 3091 | 18 | 20 => RefusalKind::InvalidValue,
        _ => return None,
    };
    let named = message.split_once("constraint failed: ").map(|(_, named)| named);
    Some(Refusal::new(kind, named))
}

pub(super) async fn define(
    conn: &mut SqliteConnection,
    statements: &[SqlStr],
) -> Result<(), sqlx::Error> {
    // The write lock at once: one that is taken later fails when another has written meanwhile.
    let mut transaction = conn.begin_with("BEGIN IMMEDIATE").await?;
    for statement in statements {
        (*transaction).execute(statement.clone()).await?;
    }
    transaction.commit().await
}

/// SQLite keeps the words in which a type was declared.
pub(super) async fn shapes(
    conn: &mut SqliteConnection,
    table: &Ddl,
) -> Result<Shapes, sqlx::Error> {
    let plain = |quoted: &str| {
        let inside = quoted.strip_prefix('`').and_then(|name| name.strip_suffix('`'));
        inside.unwrap_or(quoted).replace("``", "`")
    };
    let sql = "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?)";
    let rows = sqlx::query(sql).persistent(false).bind(plain(table.name)).fetch_all(conn).await?;
    let found = rows
        .iter()
        .map(|row| {
            let is_key = row.try_get::<i64, _>("pk")? > 0;
            Ok(Described {
                name: row.try_get("name")?,
                kind: row.try_get::<String, _>("type")?.to_uppercase(),
                nullable: row.try_get::<i64, _>("notnull")? == 0 && !is_key,
            })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    let declared = table
        .columns
        .iter()
        .map(|column| Described {
            name: plain(column.name),
            kind: column.kind.to_owned(),
            nullable: column.nullable,
        })
        .collect();
    Ok(Shapes { declared, found })
}
