//! A statement that is put together: names from the model, values always bound.

use std::fmt::Write;

use sqlx::error::BoxDynError;
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::binding::Binding;
use crate::driver::Driver;
use crate::error::Error;
use crate::statement::Statement;

use super::batch::is_kept;
use super::changes::Expected;
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
    /// Whether there is a WHERE, to which further conditions are joined.
    has_condition: bool,
    /// Whether columns carry the name of their table.
    qualified: bool,
    /// Whether the text varies with its values, so that keeping it prepared would only push
    /// others out of the driver's cache.
    varies: bool,
}

impl<M: Model> Sql<M> {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self::with(text.into(), Values::new())
    }

    /// Text whose placeholders have these values.
    pub(super) fn with(text: String, values: Values<M>) -> Self {
        Self { text, values, has_condition: false, qualified: false, varies: false }
    }

    /// From here on columns carry the name of their table: beside the values of an upsert, their
    /// bare names would mean either.
    pub(super) fn qualify(&mut self) {
        self.qualified = true;
    }

    /// Adds the name of a column.
    pub(super) fn column(&mut self, column: M::Column) {
        if self.qualified {
            self.push(M::TABLE);
            self.push(".");
        }
        self.push(column.sql());
    }

    /// Begins a condition, which has to hold as well as those before it.
    pub(super) fn condition(&mut self) {
        self.push(if self.has_condition { " AND " } else { " WHERE " });
        self.has_condition = true;
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
        self.column(column.name());
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

    /// Adds the condition that a row is of this version.
    pub(super) fn of_version(&mut self, expected: &Expected<M>) {
        self.condition();
        self.column(expected.column);
        self.push(" = ");
        DatabaseOf::<M>::store_number(expected.version, self.values.arguments());
        self.placeholder(self.values.len());
    }

    /// Adds the condition that a row has this primary key.
    pub(super) fn by_key(&mut self, key: &M::Key) {
        let mut number = self.values.len();
        M::write_key(key, &mut self.values);
        for column in M::KEY {
            self.condition();
            self.column(*column);
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
        self.into_statement_again(true)
    }

    /// What the driver runs; whether it will come `again` as it is.
    pub(super) fn into_statement_again(
        self,
        again: bool,
    ) -> Result<Statement<DatabaseOf<M>>, Error> {
        let is_kept = is_kept::<M>(again && !self.varies, self.values.len());
        let text = AssertSqlSafe(self.text).into_sql_str();
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
