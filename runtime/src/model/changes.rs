//! The changes of a patch, as the `SET` of an UPDATE.

use std::fmt;

use super::change::Change;
use super::codec::Codec;
use super::column::Column;
use super::sql::Sql;
use super::{DatabaseOf, Model};

/// Where a model tells which columns change.
pub struct Changes<M: Model> {
    sql: Sql<M>,
    count: usize,
}

impl<M: Model> Changes<M> {
    /// What `patch` changes.
    pub(super) fn of(patch: &M::Patch) -> Self {
        let mut changes = Self { sql: Sql::new(format!("UPDATE {} SET ", M::TABLE)), count: 0 };
        M::write_patch(patch, &mut changes);
        changes
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

    /// `UPDATE … SET …`, or `None` when nothing changes.
    pub(super) fn into_update(self) -> Option<Sql<M>> {
        (self.count > 0).then_some(self.sql)
    }
}

impl<M: Model> fmt::Debug for Changes<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("count", &self.count).finish_non_exhaustive()
    }
}
