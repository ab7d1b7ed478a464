//! Which rows are meant: conditions on columns, and their combinations.

#[cfg(feature = "axum")]
use std::any::Any;
use std::fmt;
use std::ops::Not;

use crate::error::{Error, ErrorKind};

use super::codec::{Codec, Plain};
use super::column::Column;
use super::node::{Node, operand};
use super::refusal::about;
use super::sql::Sql;
use super::{DatabaseOf, Model};

/// A condition on the rows of `M`: `Note::AUTHOR_ID.eq(7).and(!Note::BODY.is_null())`.
///
/// `!` turns all that follows it around, as everywhere in Rust: `!a.and(b)` is `!(a.and(b))`.
///
/// Values have the type of their column and are always bound. As in SQL, a comparison with NULL
/// holds for no row, and neither does its opposite: `Note::BODY.ne("x")` leaves out the rows
/// without a body.
#[must_use]
pub struct Filter<M: Model>(Node<M>);

impl<M: Model, T, C> Column<M, T, C>
where
    T: Send + Sync + 'static,
    C: Codec<DatabaseOf<M>, T> + 'static,
{
    /// The column equals `value`.
    pub fn eq(self, value: impl Into<T>) -> Filter<M> {
        self.compare(" = ", value)
    }

    /// The column has a value, and another one.
    pub fn ne(self, value: impl Into<T>) -> Filter<M> {
        self.compare(" <> ", value)
    }

    /// The column is less than `value`.
    pub fn lt(self, value: impl Into<T>) -> Filter<M> {
        self.compare(" < ", value)
    }

    /// The column is `value` or less.
    pub fn lte(self, value: impl Into<T>) -> Filter<M> {
        self.compare(" <= ", value)
    }

    /// The column is greater than `value`.
    pub fn gt(self, value: impl Into<T>) -> Filter<M> {
        self.compare(" > ", value)
    }

    /// The column is `value` or greater.
    pub fn gte(self, value: impl Into<T>) -> Filter<M> {
        self.compare(" >= ", value)
    }

    /// The column equals one of the values; of none, no row does.
    pub fn one_of(self, values: impl IntoIterator<Item = impl Into<T>>) -> Filter<M> {
        let operands: Vec<_> =
            values.into_iter().map(|value| operand::<M, T, C>(value.into())).collect();
        Filter(if operands.is_empty() {
            Node::no_row()
        } else {
            Node::OneOf(self.name(), operands)
        })
    }

    /// The column is NULL.
    pub fn is_null(self) -> Filter<M> {
        Filter(Node::IsNull(self.name()))
    }

    /// The column has a value.
    pub fn is_not_null(self) -> Filter<M> {
        Filter(Node::IsNotNull(self.name()))
    }

    /// [`Column::contains`] of a column whose type turns out to be a text.
    #[cfg(feature = "axum")]
    pub(crate) fn contains_if_text(self, text: &str) -> Option<Filter<M>> {
        self.like_if_text(format!("%{}%", literal(text)))
    }

    /// [`Column::starts_with`] of a column whose type turns out to be a text.
    #[cfg(feature = "axum")]
    pub(crate) fn starts_with_if_text(self, text: &str) -> Option<Filter<M>> {
        self.like_if_text(format!("{}%", literal(text)))
    }

    #[cfg(feature = "axum")]
    fn like_if_text(self, pattern: String) -> Option<Filter<M>> {
        let mut pattern = Some(pattern);
        let pattern: &mut dyn Any = &mut pattern;
        let pattern = pattern.downcast_mut::<Option<T>>()?.take()?;
        Some(Filter(Node::Like(self.name(), operand::<M, T, C>(pattern))))
    }

    fn compare(self, operator: &'static str, value: impl Into<T>) -> Filter<M> {
        Filter(Node::Compare(self.name(), operator, operand::<M, T, C>(value.into())))
    }
}

impl<M: Model> Column<M, String, Plain>
where
    Plain: Codec<DatabaseOf<M>, String>,
{
    /// The text is like `pattern`: `%` stands for any text, `_` for one character, and `\` takes the
    /// meaning from the character after it. SQLite takes `a` and `A` for the same here.
    pub fn like(self, pattern: impl Into<String>) -> Filter<M> {
        Filter(Node::Like(self.name(), operand::<M, String, Plain>(pattern.into())))
    }

    /// `text` is a part of it, whatever characters it has: for what somebody typed into a search
    /// field.
    pub fn contains(self, text: &str) -> Filter<M> {
        self.like(format!("%{}%", literal(text)))
    }

    /// It starts with `text`, whatever characters that has.
    pub fn starts_with(self, text: &str) -> Filter<M> {
        self.like(format!("{}%", literal(text)))
    }
}

/// A pattern that only `text` is like.
fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '%' | '_') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

impl<M: Model> Filter<M> {
    /// Every row.
    pub fn all_rows() -> Self {
        Self(Node::AllRows)
    }

    /// Both hold.
    pub fn and(self, other: Self) -> Self {
        Self(match (self.0, other.0) {
            (every, one) if every.is_all_rows() => one,
            (one, every) if every.is_all_rows() => one,
            (Node::Every(mut nodes), Node::Every(others)) => {
                nodes.extend(others);
                Node::Every(nodes)
            }
            (Node::Every(mut nodes), one) => {
                nodes.push(one);
                Node::Every(nodes)
            }
            (one, other) => Node::Every(vec![one, other]),
        })
    }

    /// One of them holds, or both.
    pub fn or(self, other: Self) -> Self {
        Self(match (self.0, other.0) {
            (none, one) if none.is_no_row() => one,
            (one, none) if none.is_no_row() => one,
            (Node::Any(mut nodes), Node::Any(others)) => {
                nodes.extend(others);
                Node::Any(nodes)
            }
            (Node::Any(mut nodes), one) => {
                nodes.push(one);
                Node::Any(nodes)
            }
            (one, other) => Node::Any(vec![one, other]),
        })
    }

    pub(super) fn of(node: Node<M>) -> Self {
        Self(node)
    }

    /// Refuses what holds for every row without a word about it: `!column.one_of([])`.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.0.constant() == Some(true) && !self.0.is_all_rows() {
            return Err(about::<M>(
                ErrorKind::InvalidValue,
                "the filter holds for every row: say `Filter::all_rows()` if that is meant",
            ));
        }
        Ok(())
    }

    /// Whether every row is meant.
    pub(super) fn is_all_rows(&self) -> bool {
        self.0.is_all_rows()
    }

    /// How many values it has.
    pub(super) fn values(&self) -> usize {
        self.0.values()
    }

    /// Adds it to the conditions of a statement, unless every row is meant.
    pub(super) fn render_where(&self, sql: &mut Sql<M>) {
        if !self.0.is_all_rows() {
            sql.condition();
            self.0.render(sql);
        }
    }

    /// Adds it to a condition that is no WHERE, unless every row is meant.
    pub(super) fn render_and(&self, sql: &mut Sql<M>) {
        if !self.0.is_all_rows() {
            sql.push(" AND ");
            self.0.render(sql);
        }
    }
}

impl<M: Model> Not for Filter<M> {
    type Output = Self;

    fn not(self) -> Self {
        Self(match self.0 {
            Node::Not(node) => *node,
            every if every.is_all_rows() => Node::no_row(),
            // What holds for every row without having been called so stays a condition.
            node => Node::Not(Box::new(node)),
        })
    }
}

impl<M: Model> Clone for Filter<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M: Model> fmt::Debug for Filter<M> {
    /// The condition in SQL, without its values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sql = Sql::new("");
        self.0.render(&mut sql);
        f.debug_tuple("Filter").field(&sql.text()).finish()
    }
}
