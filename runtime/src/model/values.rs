//! The values of a statement, bound in the order of its placeholders.

use std::fmt;

use sqlx::Arguments;
use sqlx::error::BoxDynError;

use crate::binding::Binding;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};

use super::change::Change;
use super::codec::Codec;
use super::column::{Column, ColumnName};
use super::weight::weight;
use super::{ArgumentsOf, DatabaseOf, Model, refusal};

/// Where a model puts the values of a row, one for each placeholder.
pub struct Values<M: Model> {
    arguments: ArgumentsOf<M>,
    /// The first value that could not be encoded; the statement is not sent.
    failed: Option<(M::Column, BoxDynError)>,
    /// About how many bytes the values take.
    weight: usize,
}

impl<M: Model> Values<M> {
    pub(super) fn new() -> Self {
        Self { arguments: ArgumentsOf::<M>::default(), failed: None, weight: 0 }
    }

    /// Puts the value of a column.
    pub fn put<T: 'static, C>(&mut self, column: Column<M, T, C>, value: &T)
    where
        C: Codec<DatabaseOf<M>, T>,
    {
        self.put_optional(column, Some(value));
    }

    /// Puts the value of a column that may be NULL.
    pub fn put_optional<T: 'static, C>(&mut self, column: Column<M, T, C>, value: Option<&T>)
    where
        C: Codec<DatabaseOf<M>, T>,
    {
        let bound = match value {
            Some(value) => {
                self.weight += weight(value);
                column.check(value).and_then(|()| C::store(value, &mut self.arguments))
            }
            None => C::store_null(&mut self.arguments),
        };
        self.note(column.name(), bound);
    }

    /// Puts the value of a column that has a default and may be NULL: the new row says which.
    pub fn put_optional_or<T: 'static, C>(
        &mut self,
        column: Column<M, T, C>,
        value: &Change<Option<T>>,
        default: &T,
    ) where
        C: Codec<DatabaseOf<M>, T>,
    {
        match value {
            Change::Set(value) => self.put_optional(column, value.as_ref()),
            Change::Keep => self.put(column, default),
        }
    }

    /// Puts a text, or its default when the new row names none.
    pub fn put_or_text<C>(
        &mut self,
        column: Column<M, String, C>,
        value: Option<&String>,
        default: &str,
    ) where
        C: Codec<DatabaseOf<M>, String>,
    {
        match value {
            Some(value) => self.put(column, value),
            None => self.put(column, &default.to_owned()),
        }
    }

    pub(super) fn arguments(&mut self) -> &mut ArgumentsOf<M> {
        &mut self.arguments
    }

    pub(super) fn note(&mut self, column: M::Column, bound: Result<(), BoxDynError>) {
        if let Err(error) = bound
            && self.failed.is_none()
        {
            self.failed = Some((column, error));
        }
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.arguments.len()
    }

    /// About how many bytes they take.
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    /// What the driver sends.
    pub(super) fn into_arguments(self) -> Result<ArgumentsOf<M>, Error> {
        let max = DatabaseOf::<M>::DIALECT.max_values;
        if self.len() > max {
            let what = format!("a statement has {} values, and can have {max}", self.len());
            return Err(refusal::about::<M>(ErrorKind::InvalidValue, &what));
        }
        match self.failed {
            None => Ok(self.arguments),
            Some((column, source)) => {
                let table = refusal::plain_name(M::TABLE);
                let message =
                    format!("a value cannot be sent: column `{}` of `{table}`", column.name());
                let error = Error::new(ErrorKind::InvalidValue, M::Bind::KEY, message)
                    .with_source(sqlx::Error::Encode(source))
                    .about(table, Some(column.name().to_owned()));
                Err(refusal::of_column::<M>(error, column))
            }
        }
    }
}

impl<M: Model> fmt::Debug for Values<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").field("count", &self.len()).finish_non_exhaustive()
    }
}
