//! How each backend holds what a column holds: its type, and the check that keeps it in range where
//! the type does not.

use crate::model::{
    Backend,
    table::{Column, ColumnType, DefaultValue},
};

/// The type of a column.
pub(super) fn of(backend: Backend, column: &Column) -> String {
    // The database gives a row its id only where the type is this one.
    let is_row_id = column.generated && is_integer(&column.kind) && backend == Backend::Sqlite;
    match &column.sql {
        Some(sql) if !is_row_id => sql.clone(),
        _ => of_kind(backend, &column.kind),
    }
}

fn of_kind(backend: Backend, kind: &ColumnType) -> String {
    let name = match (kind, backend) {
        (ColumnType::Bool, Backend::Postgres | Backend::MySql) => "BOOLEAN",
        (ColumnType::I16, Backend::Postgres | Backend::MySql) => "SMALLINT",
        (ColumnType::I32, Backend::Postgres | Backend::MySql)
        | (
            ColumnType::Bool
            | ColumnType::I16
            | ColumnType::I32
            | ColumnType::I64
            | ColumnType::Decimal { .. },
            Backend::Sqlite,
        ) => "INTEGER",
        (ColumnType::I64, Backend::Postgres | Backend::MySql) => "BIGINT",
        (ColumnType::F32, Backend::Postgres)
        | (ColumnType::F32 | ColumnType::F64, Backend::Sqlite) => "REAL",
        (ColumnType::F32, Backend::MySql) => "FLOAT",
        (ColumnType::F64, Backend::Postgres) => "DOUBLE PRECISION",
        (ColumnType::F64, Backend::MySql) => "DOUBLE",
        (
            ColumnType::Text { max_length: Some(length) },
            Backend::Postgres | Backend::MySql,
        ) => return format!("VARCHAR({length})"),
        (ColumnType::Text { max_length: None }, Backend::MySql) => "LONGTEXT",
        (ColumnType::Text { .. } | ColumnType::Enum(_), Backend::Postgres)
        | (
            ColumnType::Text { .. }
            | ColumnType::Enum(_)
            | ColumnType::Json
            // In the form of ISO 8601, which sorts as text.
            | ColumnType::Date
            | ColumnType::Time
            | ColumnType::DateTime
            | ColumnType::Timestamp,
            Backend::Sqlite,
        ) => "TEXT",
        (ColumnType::Enum(words), Backend::MySql) => {
            let longest = words.words.iter().map(|word| word.word.chars().count()).max();
            return format!("VARCHAR({})", longest.unwrap_or(1).max(1));
        }
        (ColumnType::Bytes, Backend::Postgres) => "BYTEA",
        (ColumnType::Bytes, Backend::MySql) => "LONGBLOB",
        (ColumnType::Bytes | ColumnType::Uuid, Backend::Sqlite) => "BLOB",
        (ColumnType::Uuid, Backend::Postgres) => "UUID",
        (ColumnType::Uuid, Backend::MySql) => "BINARY(16)",
        (ColumnType::Date, Backend::Postgres | Backend::MySql) => "DATE",
        (ColumnType::Time, Backend::Postgres) => "TIME",
        (ColumnType::Time, Backend::MySql) => "TIME(6)",
        (ColumnType::DateTime, Backend::Postgres) => "TIMESTAMP",
        // TIMESTAMP of MySQL ends in 2038.
        (ColumnType::DateTime | ColumnType::Timestamp, Backend::MySql) => "DATETIME(6)",
        (ColumnType::Timestamp, Backend::Postgres) => "TIMESTAMPTZ",
        (ColumnType::Json, Backend::Postgres) => "JSONB",
        (ColumnType::Json, Backend::MySql) => "JSON",
        (ColumnType::Decimal { precision, scale }, Backend::Postgres) => {
            return format!("NUMERIC({precision}, {scale})");
        }
        (ColumnType::Decimal { precision, scale }, Backend::MySql) => {
            return format!("DECIMAL({precision}, {scale})");
        }
        (ColumnType::Custom { rust }, _) => unreachable!("the SQL type of `{rust}` is given"),
    };
    name.to_owned()
}

/// The condition that keeps `column`, an identifier in quotes, in the range of its type.
pub(super) fn check(backend: Backend, kind: &ColumnType, column: &str) -> Option<String> {
    match (kind, backend) {
        (ColumnType::Enum(words), _) => {
            let words: Vec<_> = words.words.iter().map(|word| text(backend, &word.word)).collect();
            Some(format!("{column} IN ({})", words.join(", ")))
        }
        (ColumnType::Text { max_length: Some(length) }, Backend::Sqlite) => {
            // Its length ends at the first NUL.
            Some(format!("length({column}) <= {length} AND instr({column}, char(0)) = 0"))
        }
        (ColumnType::Bool, Backend::Sqlite) => Some(format!("{column} IN (0, 1)")),
        (ColumnType::I16, Backend::Sqlite) => {
            Some(format!("{column} BETWEEN {} AND {}", i16::MIN, i16::MAX))
        }
        (ColumnType::I32, Backend::Sqlite) => {
            Some(format!("{column} BETWEEN {} AND {}", i32::MIN, i32::MAX))
        }
        (ColumnType::Decimal { precision, .. }, Backend::Sqlite) => {
            // Kept as a whole number of the smallest unit.
            let most = "9".repeat(usize::from(*precision));
            Some(format!("{column} BETWEEN -{most} AND {most}"))
        }
        (ColumnType::Uuid, Backend::Sqlite) => Some(format!("length({column}) = 16")),
        (ColumnType::Json, Backend::Sqlite) => Some(format!("json_valid({column})")),
        _ => None,
    }
}

/// A text as a literal.
pub(super) fn text(backend: Backend, text: &str) -> String {
    let text = text.replace('\'', "''");
    match backend {
        Backend::MySql => format!("'{}'", text.replace('\\', "\\\\")),
        Backend::Sqlite | Backend::Postgres => format!("'{text}'"),
    }
}

/// A decimal as a literal, from its value in units of the last digit. `SQLite` keeps those units.
pub(super) fn decimal(backend: Backend, kind: &ColumnType, value: i128) -> String {
    match (kind, backend) {
        (ColumnType::Decimal { scale, .. }, Backend::Postgres | Backend::MySql) => {
            DefaultValue::decimal_text(value, *scale)
        }
        _ => value.to_string(),
    }
}

/// Whether a column holds whole numbers.
pub(super) fn is_integer(kind: &ColumnType) -> bool {
    matches!(kind, ColumnType::I16 | ColumnType::I32 | ColumnType::I64)
}

/// Whether a table of SQLite with such a column can be STRICT, which knows a few types alone.
pub(super) fn is_strict(column: &Column) -> bool {
    let known = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];
    column.sql.as_ref().is_none_or(|sql| known.iter().any(|name| name.eq_ignore_ascii_case(sql)))
}
