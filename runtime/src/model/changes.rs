//! The changes of a patch, as the `SET` of an UPDATE.

use std::fmt;

use crate::error::{Error, ErrorKind};

use super::change::Change;
use super::codec::Codec;
use super::column::{Column, ColumnName};
use super::refusal::about;
use super::sql::Sql;
use super::{DatabaseOf, Model};

/// Where a model tells which columns change.
pub struct Changes<M: Model> {
    sql: Sql<M>,
    count: usize,
    expected: Option<Expected<M>>,
}

/// The version that a row has to be of.
pub(super) struct Expected<M: Model> {
    pub(super) column: M::Column,
    pub(super) version: i64,
}

impl<M: Model> Expected<M> {
    /// Of a model that counts the changes of a row.
    pub(super) fn new(version: i64) -> Result<Self, Error> {
        match M::COUNTED {
            Some(column) => Ok(Self { column, version }),
            None => Err(about::<M>(ErrorKind::InvalidValue, "its rows have no version")),
        }
    }
}

impl<M: Model> Clone for Expected<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Model> Copy for Expected<M> {}

impl<M: Model> Changes<M> {
    /// What `patch` changes.
    pub(super) fn of(patch: &M::Patch) -> Self {
        let mut changes = Self::none();
        M::write_patch(patch, &mut changes);
        changes
    }

    /// What marks a row as deleted.
    pub(super) fn burying() -> Self {
        let mut changes = Self::none();
        M::bury(&mut changes);
        changes
    }

    fn none() -> Self {
        Self { sql: Sql::new(format!("UPDATE {} SET ", M::TABLE)), count: 0, expected: None }
    }

    /// Only a row of this version is to change; `None`: whatever version it has.
    pub fn expect<C>(&mut self, column: Column<M, i64, C>, version: Option<i64>) {
        self.expected = version.map(|version| Expected { column: column.name(), version });
    }

    /// The version that a row has to be of.
    pub(super) fn expected(&self) -> Option<Expected<M>> {
        self.expected
    }

    /// Sets a column, unless it keeps its value.
    pub fn set<T: 'static, C>(&mut self, column: Column<M, T, C>, change: &Change<T>)
    where
        C: Codec<DatabaseOf<M>, T>,
    {
        if let Change::Set(value) = change {
            self.assign(column, Some(value));
        }
    }

    /// Sets a column that may be NULL, unless it keeps its value.
    pub fn set_optional<T: 'static, C>(
        &mut self,
        column: Column<M, T, C>,
        change: &Change<Option<T>>,
    ) where
        C: Codec<DatabaseOf<M>, T>,
    {
        if let Change::Set(value) = change {
            self.assign(column, value.as_ref());
        }
    }

    fn assign<T: 'static, C>(&mut self, column: Column<M, T, C>, value: Option<&T>)
    where
        C: Codec<DatabaseOf<M>, T>,
    {
        if self.count > 0 {
            self.sql.push(", ");
        }
        self.count += 1;
        self.sql.assign(column, value);
    }

    /// `UPDATE … SET …`, which counts as a change of the row, or `None` when nothing changes.
    pub(super) fn into_update(mut self) -> Option<Sql<M>> {
        if self.count == 0 {
            return None;
        }
        if let Some(counted) = M::COUNTED {
            for part in [", ", counted.sql(), " = ", counted.sql(), " + 1"] {
                self.sql.push(part);
            }
        }
        Some(self.sql)
    }
}

impl<M: Model> fmt::Debug for Changes<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("count", &self.count).finish_non_exhaustive()
    }
}
