//! The order of a list.

use std::fmt;

use super::column::ColumnName;
use super::{Model, sql::Sql};

/// A column to sort by, and which way: `Note::TITLE.desc()`.
pub struct Order<M: Model> {
    column: M::Column,
    descending: bool,
}

impl<M: Model> Order<M> {
    /// Smallest first.
    #[must_use]
    pub const fn ascending(column: M::Column) -> Self {
        Self { column, descending: false }
    }

    /// Largest first.
    #[must_use]
    pub const fn descending(column: M::Column) -> Self {
        Self { column, descending: true }
    }

    pub(crate) fn column(self) -> M::Column {
        self.column
    }

    /// Another column, the same way.
    pub(super) fn with(self, column: M::Column) -> Self {
        Self { column, ..self }
    }

    pub(super) fn render(self, sql: &mut Sql<M>) {
        sql.push(self.column.sql());
        sql.push(if self.descending { " DESC" } else { " ASC" });
    }
}

impl<M: Model> Clone for Order<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Model> Copy for Order<M> {}

impl<M: Model> fmt::Debug for Order<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("column", &self.column)
            .field("descending", &self.descending)
            .finish()
    }
}
