//! A statement that is put together: names from the model, values always bound.

use std::fmt::Write;

use sqlx::error::BoxDynError;
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::binding::Binding;
use crate::driver::Driver;
use crate::error::Error;
use crate::statement::Statement;

use super::batch::is_kept;
use super::codec::Codec;
use super::column::{Column, ColumnName};
use super::values::Values;
use super::{ArgumentsOf, DatabaseOf, Model};

/// The text of a statement and its values.
///
/// Not sqlx's `QueryBuilder`: that panics on a value that cannot be encoded.
pub(super) struct Sql<M: Model> {
    text: String,
    values: Values<M>,
    /// Whether the text varies with its values, so that keeping it prepared would only push
    /// others out of the driver's cache.
    varies: bool,
}

impl<M: Model> Sql<M> {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Values::new(), varies: false }
    }

    /// Adds text, which is never a value.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The text is one of very many.
    pub(super) fn varies(&mut self) {
        self.varies = true;
    }

    /// Adds a value of `column`.
    pub(super) fn bind(
        &mut self,
        column: M::Column,
        store: impl FnOnce(&mut ArgumentsOf<M>) -> Result<(), BoxDynError>,
    ) {
        let bound = store(self.values.arguments());
        self.values.note(column, bound);
        self.placeholder(self.values.len());
    }

    /// Adds `column = value`.
    pub(super) fn assign<T: 'static, C>(&mut self, column: Column<M, T, C>, value: Option<&T>)
    where
        C: Codec<DatabaseOf<M>, T>,
    {
        self.push(column.name().sql());
        self.push(" = ");
        self.values.put_optional(column, value);
        self.placeholder(self.values.len());
    }

    /// Adds a number that is no column's: of rows to take or to skip.
    pub(super) fn number(&mut self, number: u64) {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        DatabaseOf::<M>::store_number(number, self.values.arguments());
        self.placeholder(self.values.len());
    }

    /// Adds `WHERE` and the primary key.
    pub(super) fn by_key(&mut self, key: &M::Key) {
        let mut number = self.values.len();
        M::write_key(key, &mut self.values);
        for (at, column) in M::KEY.iter().enumerate() {
            self.push(if at == 0 { " WHERE " } else { " AND " });
            self.push(column.sql());
            self.push(" = ");
            number += 1;
            self.placeholder(number);
        }
    }

    /// Adds `RETURNING` and all columns, where the database has it.
    pub(super) fn returning(&mut self) {
        if <DatabaseOf<M> as Driver>::DIALECT.returning {
            self.push(" RETURNING ");
            self.push(M::COLUMNS);
        }
    }

    /// Adds the place of the value of this number, counted from 1.
    fn placeholder(&mut self, number: usize) {
        placeholder::<DatabaseOf<M>>(number, &mut self.text);
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What the driver runs.
    pub(super) fn into_statement(self) -> Result<Statement<DatabaseOf<M>>, Error> {
        let text = AssertSqlSafe(self.text).into_sql_str();
        let is_kept = is_kept::<M>(!self.varies, self.values.len());
        Ok(Statement::prepared(text, self.values.into_arguments()?, is_kept))
    }
}

/// Adds the place of the value of this number, counted from 1.
pub(super) fn placeholder<D: Driver>(number: usize, text: &mut String) {
    if D::DIALECT.numbered {
        // Writing to a String does not fail.
        let _ = write!(text, "${number}");
    } else {
        text.push('?');
    }
}

/// A statement that the generator wrote, with its values.
pub(super) fn written<M: Model>(
    text: &'static str,
    values: Values<M>,
) -> Result<Statement<<M::Bind as Binding>::Database>, Error> {
    Ok(Statement::prepared(text.into_sql_str(), values.into_arguments()?, true))
}
