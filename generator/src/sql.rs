//! The SQL of declared tables, in the dialect of their backend: texts that are constants of the
//! generated code, so that a reader sees what runs.
//!
//! Takes tables and gives texts. Every identifier is quoted, every column named.

mod create;
mod types;

use crate::model::{
    Backend,
    table::{Column, Table},
};

pub use create::{Ddl, Tables};

/// The statements about single rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statements {
    /// The table, with its schema.
    pub table: String,
    /// Every column in order, as a list to select.
    pub columns: String,
    /// The same, each with the table, for statements that join others.
    pub qualified: String,
    /// Adds a row. Answers with it, except on `MySQL`.
    pub add: String,
    /// Selects the row of a key.
    pub view: String,
    /// Deletes the row of a key.
    pub delete: String,
}

/// The statements about single rows of `table`.
#[must_use]
pub fn statements(backend: Backend, table: &Table) -> Statements {
    let name = path(backend, table);
    let columns = list(backend, &table.columns);
    let qualified: Vec<_> = table
        .columns
        .iter()
        .map(|column| format!("{name}.{}", quoted(backend, &column.column)))
        .collect();
    let key = condition(backend, table);
    let written: Vec<_> = table.columns.iter().filter(|column| is_written(column)).collect();
    let places: Vec<_> = (1..=written.len()).map(|place| placeholder(backend, place)).collect();
    let values = match (backend, written.is_empty()) {
        (Backend::MySql, true) => "() VALUES ()".to_owned(),
        (_, true) => "DEFAULT VALUES".to_owned(),
        _ => format!("({})\nVALUES ({})", list(backend, written), places.join(", ")),
    };
    let answer = match backend {
        // Only MariaDB has RETURNING.
        Backend::MySql => String::new(),
        Backend::Sqlite | Backend::Postgres => format!("\nRETURNING {columns}"),
    };
    Statements {
        add: format!("INSERT INTO {name} {values}{answer}"),
        view: format!("SELECT {columns}\nFROM {name}\nWHERE {key}"),
        delete: format!("DELETE FROM {name}\nWHERE {key}"),
        table: name,
        columns,
        qualified: qualified.join(", "),
    }
}

/// The type that holds what a column holds.
#[must_use]
pub fn column_type(backend: Backend, column: &Column) -> String {
    types::of(backend, column)
}

/// Whether a new row says what is in the column: everything but integers that the database makes.
#[must_use]
pub fn is_written(column: &Column) -> bool {
    !column.generated || !types::is_integer(&column.kind)
}

/// An identifier in quotes. SQLite takes a name in double quotes that it does not know for a text:
/// a column that is gone would be its own name in every row.
#[must_use]
pub fn quoted(backend: Backend, name: &str) -> String {
    match backend {
        Backend::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        Backend::Sqlite | Backend::MySql => format!("`{}`", name.replace('`', "``")),
    }
}

/// The table, with its schema.
fn path(backend: Backend, table: &Table) -> String {
    let name = quoted(backend, &table.table);
    match &table.schema {
        Some(schema) => format!("{}.{name}", quoted(backend, schema)),
        None => name,
    }
}

fn list<'a>(backend: Backend, columns: impl IntoIterator<Item = &'a Column>) -> String {
    let columns: Vec<_> =
        columns.into_iter().map(|column| quoted(backend, &column.column)).collect();
    columns.join(", ")
}

/// The condition that finds the row of a key.
fn condition(backend: Backend, table: &Table) -> String {
    let parts: Vec<_> = table
        .columns
        .iter()
        .filter(|column| column.primary_key)
        .enumerate()
        .map(|(at, column)| {
            format!("{} = {}", quoted(backend, &column.column), placeholder(backend, at + 1))
        })
        .collect();
    parts.join(" AND ")
}

fn placeholder(backend: Backend, place: usize) -> String {
    match backend {
        Backend::Postgres => format!("${place}"),
        Backend::Sqlite | Backend::MySql => "?".to_owned(),
    }
}
