//! The order of a list.

use std::collections::HashSet;
use std::fmt;

use crate::binding::Binding;

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

    pub(super) fn is_descending(self) -> bool {
        self.descending
    }

    /// The other way.
    pub(super) fn turn(&mut self) {
        self.descending = !self.descending;
    }

    pub(super) fn render(self, sql: &mut Sql<M>) {
        sql.push(self.column.sql());
        sql.push(if self.descending { " DESC" } else { " ASC" });
    }
}

/// Makes an order one of all rows: those that it takes for the same follow each other by their keys,
/// the same way as the last column. A column that was named before decides nothing.
pub(super) fn complete<M: Model>(order: &mut Vec<Order<M>>) {
    let way = order.last().copied();
    let by_key = M::KEY.iter().map(|key| way.map_or(Order::ascending(*key), |way| way.with(*key)));
    let mut seen = HashSet::new();
    *order = order.iter().copied().chain(by_key).filter(|by| seen.insert(by.column)).collect();
}

/// What tells one order of one model from others, the same in every build: FNV-1a of the names.
pub(super) fn print<M: Model>(order: &[Order<M>]) -> u64 {
    let ways = order
        .iter()
        .flat_map(|order| [order.column.name(), if order.descending { " desc" } else { " asc" }]);
    let names = [M::Bind::KEY, M::TABLE].into_iter().chain(ways);
    names.flat_map(|name| name.bytes().chain([0])).fold(0xcbf2_9ce4_8422_2325, |print, byte| {
        (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
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
