//! What a model says of a row to save: every column, and which of them change a row that is there.

use std::fmt;

use super::change::Change;
use super::codec::Codec;
use super::column::Column;
use super::save::Upsert;
use super::values::Values;
use super::{DatabaseOf, Model};

/// Where a model puts the columns of a row to save.
pub struct Saved<M: Model> {
    /// `None` when only the columns that change are asked for.
    values: Option<Values<M>>,
    updates: Vec<M::Column>,
}

impl<M: Model> Saved<M> {
    /// For the values of rows.
    pub(super) fn writing() -> Self {
        Self { values: Some(Values::new()), updates: Vec::new() }
    }

    /// The columns of a row that is there that `save` changes.
    pub(super) fn updates_of(save: &M::Save) -> Vec<M::Column>
    where
        M: Upsert,
    {
        let mut saved = Self { values: None, updates: Vec::new() };
        M::write_save(save, &mut saved);
        saved.updates
    }

    pub(super) fn into_values(self) -> Values<M> {
        self.values.unwrap_or_else(Values::new)
    }

    /// About how many bytes the values have.
    pub(super) fn weight(&self) -> usize {
        self.values.as_ref().map_or(0, Values::weight)
    }

    /// Puts a part of the key, or what only a new row gets: a first version, no mark of deletion.
    pub fn key<T: 'static, C>(&mut self, column: Column<M, T, C>, value: &T)
    where
        C: Codec<DatabaseOf<M>, T>,
    {
        if let Some(values) = &mut self.values {
            values.put(column, value);
        }
    }

    /// Puts a column that every row to save names.
    pub fn put<T: 'static, C>(&mut self, column: Column<M, T, C>, value: &T)
    where
        C: Codec<DatabaseOf<M>, T>,
    {
        self.key(column, value);
        self.updates.push(column.name());
    }

    /// Puts a column that has a default: in a new row only, unless it is changed.
    pub fn put_or<T: 'static, C>(
        &mut self,
        column: Column<M, T, C>,
        change: &Change<T>,
        default: &T,
    ) where
        C: Codec<DatabaseOf<M>, T>,
    {
        match change {
            Change::Set(value) => self.put(column, value),
            Change::Keep => self.key(column, default),
        }
    }

    /// Puts a column that has a default and may be NULL.
    pub fn put_optional_or<T: 'static, C>(
        &mut self,
        column: Column<M, T, C>,
        change: &Change<Option<T>>,
        default: &T,
    ) where
        C: Codec<DatabaseOf<M>, T>,
    {
        match change {
            Change::Set(_) => self.put_optional(column, change),
            Change::Keep => self.key(column, default),
        }
    }

    /// Puts a column that may be NULL: NULL in a new row only, unless it is changed.
    pub fn put_optional<T: 'static, C>(
        &mut self,
        column: Column<M, T, C>,
        change: &Change<Option<T>>,
    ) where
        C: Codec<DatabaseOf<M>, T>,
    {
        let value = change.as_set().and_then(Option::as_ref);
        if let Some(values) = &mut self.values {
            values.put_optional(column, value);
        }
        if !change.is_keep() {
            self.updates.push(column.name());
        }
    }
}

impl<M: Model> fmt::Debug for Saved<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saved").field("updates", &self.updates).finish_non_exhaustive()
    }
}
