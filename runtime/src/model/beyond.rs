//! The condition that holds for the rows that come after a place in an order.
//!
//! The database compares, so its own idea of an order counts: of texts, of uuids, of NaN. Only where
//! NULL stands has to be known here.

use crate::driver::Driver;

use super::codec::Codec;
use super::column::{Column, ColumnName};
use super::dialect::Dialect;
use super::node::{Node, Operand, operand};
use super::order::Order;
use super::text::Text;
use super::visit::Visit;
use super::{ArgumentsOf, DatabaseOf, Model};

/// The rows after a place.
pub(super) struct Beyond<'a, M: Model> {
    /// Of all rows: it ends with the columns of the key.
    pub(super) order: &'a [Order<M>],
    /// Whether a row that stands at the place itself is meant too.
    pub(super) is_inclusive: bool,
}

/// Whether the values of a column can be part of a place.
pub(super) fn is_text<M: Model>(column: M::Column) -> bool {
    M::visit(column, IsText).is_some()
}

impl<M: Model> Beyond<'_, M> {
    const DIALECT: Dialect = <DatabaseOf<M> as Driver>::DIALECT;

    /// The condition; `None` if the values are none of the columns.
    pub(super) fn of(&self, values: &[Option<String>]) -> Option<Node<M>> {
        let place: Vec<_> = self
            .order
            .iter()
            .zip(values)
            .map(|(order, value)| match value {
                Some(text) => value_of::<M>(order.column(), text).map(Some),
                None => order.column().is_nullable().then_some(None),
            })
            .collect::<Option<_>>()?;
        Some(self.as_row(&place).unwrap_or_else(|| self.one_by_one(&place)))
    }

    /// `(a, b) > (1, 2)`, where it means the same and the database looks it up in an index of both:
    /// MySQL reads the index from its beginning.
    fn as_row(&self, place: &[Option<Operand<M>>]) -> Option<Node<M>> {
        let way = self.order.first()?;
        let is_plain = |order: &Order<M>| {
            order.is_descending() == way.is_descending() && !order.column().is_nullable()
        };
        if !Self::DIALECT.compares_rows || self.order.len() < 2 || !self.order.iter().all(is_plain)
        {
            return None;
        }
        let columns = self.order.iter().map(|order| order.column()).collect();
        let values = place.iter().cloned().collect::<Option<_>>()?;
        Some(Node::Row(columns, operator(*way, self.is_inclusive), values))
    }

    /// `a >= 1 AND (a > 1 OR (a = 1 AND b > 2))`. The first part is what PostgreSQL and SQLite ask an
    /// index for; from the second, MySQL finds the place in an index of both.
    fn one_by_one(&self, place: &[Option<Operand<M>>]) -> Node<M> {
        let of_none = if self.is_inclusive { Node::AllRows } else { Node::no_row() };
        // From the last column to the first: what is beyond it decides among rows that have its
        // value.
        self.order
            .iter()
            .zip(place)
            .rev()
            .fold(of_none, |same, (order, value)| Self::with(*order, value.clone(), same))
    }

    /// The rows that come later by `order`, and of those that have the same value, `same`.
    fn with(order: Order<M>, value: Option<Operand<M>>, same: Node<M>) -> Node<M> {
        let column = order.column();
        let nulls_last = Self::DIALECT.nulls_are_largest != order.is_descending();
        let Some(value) = value else {
            let is_null = Node::IsNull(column);
            return match nulls_last {
                true if same.is_all_rows() => is_null,
                true => Node::Every(vec![is_null, same]),
                // Every value comes later; a row without one is not told apart by this column.
                false if same.is_all_rows() => same,
                false => Node::Any(vec![Node::IsNotNull(column), same]),
            };
        };
        let compare = |operator| Node::Compare(column, operator, value.clone());
        let later = compare(operator(order, false));
        let nulls_follow = nulls_last && column.is_nullable();
        let found = if same.is_all_rows() {
            compare(operator(order, true))
        } else if same.is_no_row() {
            later
        } else {
            let tied = Node::Every(vec![compare(" = "), same]);
            if nulls_follow {
                return Node::Any(vec![later, Node::IsNull(column), tied]);
            }
            let from = compare(operator(order, true));
            return Node::Every(vec![from, Node::Any(vec![later, tied])]);
        };
        if nulls_follow { Node::Any(vec![found, Node::IsNull(column)]) } else { found }
    }
}

fn operator<M: Model>(order: Order<M>, is_inclusive: bool) -> &'static str {
    match (order.is_descending(), is_inclusive) {
        (false, false) => " > ",
        (false, true) => " >= ",
        (true, false) => " < ",
        (true, true) => " <= ",
    }
}

/// The value of a text, if it is one that the column can have.
fn value_of<M: Model>(column: M::Column, text: &str) -> Option<Operand<M>> {
    if !Beyond::<M>::DIALECT.keeps_nul && text.contains('\0') {
        return None;
    }
    let value = M::visit(column, Parse(text))??;
    value.store(&mut ArgumentsOf::<M>::default()).is_ok().then_some(value)
}

struct IsText;

impl<M: Model> Visit<M> for IsText {
    type Output = ();

    fn visit<T, C>(self, _column: Column<M, T, C>)
    where
        T: Text + Send + Sync + 'static,
        C: Codec<DatabaseOf<M>, T> + 'static,
    {
    }
}

struct Parse<'a>(&'a str);

impl<M: Model> Visit<M> for Parse<'_> {
    type Output = Option<Operand<M>>;

    fn visit<T, C>(self, _column: Column<M, T, C>) -> Option<Operand<M>>
    where
        T: Text + Send + Sync + 'static,
        C: Codec<DatabaseOf<M>, T> + 'static,
    {
        T::parse(self.0).map(operand::<M, T, C>)
    }
}
