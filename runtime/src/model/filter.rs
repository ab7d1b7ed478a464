//! Which rows are meant: conditions on columns, and their combinations.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Not;
use std::sync::Arc;

use sqlx::Database;
use sqlx::error::BoxDynError;

use crate::driver::Driver;

use super::codec::{Codec, Plain};
use super::column::{Column, ColumnName};
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

enum Node<M: Model> {
    Compare(M::Column, &'static str, Operand<M>),
    Like(M::Column, Operand<M>),
    IsNull(M::Column),
    IsNotNull(M::Column),
    OneOf(M::Column, Vec<Operand<M>>),
    /// All of them hold; of none: every row.
    Every(Vec<Node<M>>),
    /// One of them holds; of none: no row.
    Any(Vec<Node<M>>),
    Not(Box<Node<M>>),
}

/// A value of a column, to be bound when the statement is put together.
type Operand<M> = Arc<dyn Bound<DatabaseOf<M>>>;

trait Bound<D: Database>: Send + Sync {
    fn store(&self, arguments: &mut D::Arguments) -> Result<(), BoxDynError>;
}

struct Typed<T, C>(T, PhantomData<fn() -> C>);

impl<D: Database, T: Send + Sync, C: Codec<D, T>> Bound<D> for Typed<T, C> {
    fn store(&self, arguments: &mut D::Arguments) -> Result<(), BoxDynError> {
        C::store(&self.0, arguments)
    }
}

impl<M: Model, T, C> Column<M, T, C>
where
    T: Send + Sync + 'static,
    C: Codec<DatabaseOf<M>, T> + 'static,
{
    /// The column equals `value`.
    pub fn eq(self, value: impl Into<T>) -> Filter<M> {
        self.compare("=", value)
    }

    /// The column has a value, and another one.
    pub fn ne(self, value: impl Into<T>) -> Filter<M> {
        self.compare("<>", value)
    }

    /// The column is less than `value`.
    pub fn lt(self, value: impl Into<T>) -> Filter<M> {
        self.compare("<", value)
    }

    /// The column is `value` or less.
    pub fn lte(self, value: impl Into<T>) -> Filter<M> {
        self.compare("<=", value)
    }

    /// The column is greater than `value`.
    pub fn gt(self, value: impl Into<T>) -> Filter<M> {
        self.compare(">", value)
    }

    /// The column is `value` or greater.
    pub fn gte(self, value: impl Into<T>) -> Filter<M> {
        self.compare(">=", value)
    }

    /// The column equals one of the values; of none, no row does.
    pub fn one_of(self, values: impl IntoIterator<Item = impl Into<T>>) -> Filter<M> {
        let operands: Vec<_> = values.into_iter().map(Self::operand).collect();
        Filter(if operands.is_empty() {
            Node::Any(Vec::new())
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

    fn compare(self, operator: &'static str, value: impl Into<T>) -> Filter<M> {
        Filter(Node::Compare(self.name(), operator, Self::operand(value)))
    }

    fn operand(value: impl Into<T>) -> Operand<M> {
        Arc::new(Typed::<T, C>(value.into(), PhantomData))
    }
}

impl<M: Model> Column<M, String, Plain>
where
    Plain: Codec<DatabaseOf<M>, String>,
{
    /// The text is like `pattern`: `%` stands for any text, `_` for one character, and `\` takes the
    /// meaning from the character after it. SQLite takes `a` and `A` for the same here.
    pub fn like(self, pattern: impl Into<String>) -> Filter<M> {
        Filter(Node::Like(self.name(), Self::operand(pattern)))
    }
}

impl<M: Model> Filter<M> {
    /// Every row.
    pub fn all_rows() -> Self {
        Self(Node::Every(Vec::new()))
    }

    /// Both hold.
    pub fn and(self, other: Self) -> Self {
        Self(match (self.0, other.0) {
            (Node::Every(mut nodes), Node::Every(others)) => {
                nodes.extend(others);
                Node::Every(nodes)
            }
            (Node::Every(nodes), one) if nodes.is_empty() => one,
            (Node::Every(mut nodes), one) => {
                nodes.push(one);
                Node::Every(nodes)
            }
            (one, Node::Every(others)) if others.is_empty() => one,
            (one, other) => Node::Every(vec![one, other]),
        })
    }

    /// One of them holds, or both.
    pub fn or(self, other: Self) -> Self {
        Self(match (self.0, other.0) {
            (Node::Any(mut nodes), Node::Any(others)) => {
                nodes.extend(others);
                Node::Any(nodes)
            }
            (Node::Any(nodes), one) if nodes.is_empty() => one,
            (Node::Any(mut nodes), one) => {
                nodes.push(one);
                Node::Any(nodes)
            }
            (one, Node::Any(others)) if others.is_empty() => one,
            (one, other) => Node::Any(vec![one, other]),
        })
    }

    /// Adds `WHERE` and the condition, unless every row is meant.
    pub(super) fn render_where(&self, sql: &mut Sql<M>) {
        if !matches!(&self.0, Node::Every(nodes) if nodes.is_empty()) {
            sql.push(" WHERE ");
            self.0.render(sql);
        }
    }
}

impl<M: Model> Not for Filter<M> {
    type Output = Self;

    fn not(self) -> Self {
        Self(match self.0 {
            Node::Not(node) => *node,
            Node::Every(nodes) if nodes.is_empty() => Node::Any(nodes),
            Node::Any(nodes) if nodes.is_empty() => Node::Every(nodes),
            node => Node::Not(Box::new(node)),
        })
    }
}

impl<M: Model> Node<M> {
    fn render(&self, sql: &mut Sql<M>) {
        match self {
            Self::Compare(column, operator, operand) => {
                sql.push(column.sql());
                sql.push(" ");
                sql.push(operator);
                sql.push(" ");
                sql.bind(*column, |arguments| operand.store(arguments));
            }
            Self::Like(column, operand) => {
                sql.push(column.sql());
                sql.push(" LIKE ");
                sql.bind(*column, |arguments| operand.store(arguments));
                sql.push(<DatabaseOf<M> as Driver>::DIALECT.like_escape);
            }
            Self::IsNull(column) => {
                sql.push(column.sql());
                sql.push(" IS NULL");
            }
            Self::IsNotNull(column) => {
                sql.push(column.sql());
                sql.push(" IS NOT NULL");
            }
            Self::OneOf(column, operands) => {
                sql.varies();
                sql.push(column.sql());
                for (at, operand) in operands.iter().enumerate() {
                    sql.push(if at == 0 { " IN (" } else { ", " });
                    sql.bind(*column, |arguments| operand.store(arguments));
                }
                sql.push(")");
            }
            Self::Every(nodes) => Self::render_all(nodes, " AND ", "1 = 1", sql),
            Self::Any(nodes) => Self::render_all(nodes, " OR ", "1 = 0", sql),
            Self::Not(node) => {
                sql.push("NOT (");
                node.render(sql);
                sql.push(")");
            }
        }
    }

    fn render_all(nodes: &[Self], between: &str, of_none: &str, sql: &mut Sql<M>) {
        sql.push("(");
        for (at, node) in nodes.iter().enumerate() {
            if at > 0 {
                sql.push(between);
            }
            node.render(sql);
        }
        sql.push(if nodes.is_empty() { of_none } else { "" });
        sql.push(")");
    }
}

impl<M: Model> Clone for Filter<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M: Model> Clone for Node<M> {
    fn clone(&self) -> Self {
        match self {
            Self::Compare(column, operator, operand) => {
                Self::Compare(*column, operator, Arc::clone(operand))
            }
            Self::Like(column, operand) => Self::Like(*column, Arc::clone(operand)),
            Self::IsNull(column) => Self::IsNull(*column),
            Self::IsNotNull(column) => Self::IsNotNull(*column),
            Self::OneOf(column, operands) => Self::OneOf(*column, operands.clone()),
            Self::Every(nodes) => Self::Every(nodes.clone()),
            Self::Any(nodes) => Self::Any(nodes.clone()),
            Self::Not(node) => Self::Not(node.clone()),
        }
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
