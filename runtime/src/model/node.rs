//! The conditions behind a filter, and how they become SQL.

use std::marker::PhantomData;
use std::sync::Arc;

use sqlx::Database;
use sqlx::error::BoxDynError;

use crate::driver::Driver;

use super::codec::Codec;
use super::sql::Sql;
use super::{DatabaseOf, Model};

/// One condition.
pub(super) enum Node<M: Model> {
    Compare(M::Column, &'static str, Operand<M>),
    /// Several columns, of which the first that differ from their values decide.
    Row(Vec<M::Column>, &'static str, Vec<Operand<M>>),
    Like(M::Column, Operand<M>),
    IsNull(M::Column),
    IsNotNull(M::Column),
    OneOf(M::Column, Vec<Operand<M>>),
    /// No condition, and said so.
    AllRows,
    /// All of them hold.
    Every(Vec<Node<M>>),
    /// One of them holds; of none: no row.
    Any(Vec<Node<M>>),
    Not(Box<Node<M>>),
}

/// A value of a column, to be bound when the statement is put together.
pub(super) type Operand<M> = Arc<dyn Bound<DatabaseOf<M>>>;

pub(super) trait Bound<D: Database>: Send + Sync {
    fn store(&self, arguments: &mut D::Arguments) -> Result<(), BoxDynError>;
}

/// A value with what says how it is kept.
struct Typed<T, C>(T, PhantomData<fn() -> C>);

impl<D: Database, T: Send + Sync, C: Codec<D, T>> Bound<D> for Typed<T, C> {
    fn store(&self, arguments: &mut D::Arguments) -> Result<(), BoxDynError> {
        C::store(&self.0, arguments)
    }
}

/// A value as `C` keeps it.
pub(super) fn operand<M, T, C>(value: T) -> Operand<M>
where
    M: Model,
    T: Send + Sync + 'static,
    C: Codec<DatabaseOf<M>, T> + 'static,
{
    Arc::new(Typed::<T, C>(value, PhantomData))
}

impl<M: Model> Node<M> {
    pub(super) fn no_row() -> Self {
        Self::Any(Vec::new())
    }

    pub(super) fn is_all_rows(&self) -> bool {
        matches!(self, Self::AllRows)
    }

    /// Whether it holds for every row or for none, whatever is in the table.
    pub(super) fn constant(&self) -> Option<bool> {
        let all = |nodes: &[Self], value| nodes.iter().all(|node| node.constant() == Some(value));
        let any = |nodes: &[Self], value| nodes.iter().any(|node| node.constant() == Some(value));
        match self {
            Self::AllRows => Some(true),
            Self::Every(nodes) if any(nodes, false) => Some(false),
            Self::Every(nodes) if all(nodes, true) => Some(true),
            Self::Any(nodes) if any(nodes, true) => Some(true),
            Self::Any(nodes) if all(nodes, false) => Some(false),
            Self::Not(node) => node.constant().map(|holds| !holds),
            _ => None,
        }
    }

    /// How many values it has.
    pub(super) fn values(&self) -> usize {
        match self {
            Self::Compare(..) | Self::Like(..) => 1,
            Self::OneOf(_, operands) | Self::Row(_, _, operands) => operands.len(),
            Self::Every(nodes) | Self::Any(nodes) => nodes.iter().map(Self::values).sum(),
            Self::Not(node) => node.values(),
            Self::IsNull(_) | Self::IsNotNull(_) | Self::AllRows => 0,
        }
    }

    pub(super) fn is_no_row(&self) -> bool {
        matches!(self, Self::Any(nodes) if nodes.is_empty())
    }

    /// Adds the condition.
    pub(super) fn render(&self, sql: &mut Sql<M>) {
        match self {
            Self::Compare(column, operator, operand) => {
                sql.column(*column);
                sql.push(operator);
                sql.bind(*column, |arguments| operand.store(arguments));
            }
            Self::Row(columns, operator, operands) => {
                for (at, column) in columns.iter().enumerate() {
                    sql.push(if at == 0 { "(" } else { ", " });
                    sql.column(*column);
                }
                sql.push(")");
                sql.push(operator);
                for (at, (column, operand)) in columns.iter().zip(operands).enumerate() {
                    sql.push(if at == 0 { "(" } else { ", " });
                    sql.bind(*column, |arguments| operand.store(arguments));
                }
                sql.push(")");
            }
            Self::Like(column, operand) => {
                sql.column(*column);
                sql.push(" LIKE ");
                sql.bind(*column, |arguments| operand.store(arguments));
                sql.push(<DatabaseOf<M> as Driver>::DIALECT.like_escape);
            }
            Self::IsNull(column) => {
                sql.column(*column);
                sql.push(" IS NULL");
            }
            Self::IsNotNull(column) => {
                sql.column(*column);
                sql.push(" IS NOT NULL");
            }
            Self::OneOf(column, operands) => {
                sql.varies();
                sql.column(*column);
                for (at, operand) in operands.iter().enumerate() {
                    sql.push(if at == 0 { " IN (" } else { ", " });
                    sql.bind(*column, |arguments| operand.store(arguments));
                }
                sql.push(")");
            }
            Self::AllRows => sql.push("1 = 1"),
            Self::Every(nodes) => Self::render_all(nodes, " AND ", "1 = 1", sql),
            Self::Any(nodes) => Self::render_all(nodes, " OR ", "1 = 0", sql),
            Self::Not(node) => {
                sql.push("NOT (");
                node.render(sql);
                sql.push(")");
            }
        }
    }

    /// Each half in its own parentheses: databases take a chain for as deep as it is long, and
    /// limit how deep conditions may nest.
    fn render_all(nodes: &[Self], between: &str, of_none: &str, sql: &mut Sql<M>) {
        match nodes {
            [] => sql.push(of_none),
            [only] => only.render(sql),
            _ => {
                let (some, others) = nodes.split_at(nodes.len() / 2);
                sql.push("(");
                Self::render_all(some, between, of_none, sql);
                sql.push(between);
                Self::render_all(others, between, of_none, sql);
                sql.push(")");
            }
        }
    }
}

impl<M: Model> Clone for Node<M> {
    fn clone(&self) -> Self {
        match self {
            Self::Compare(column, operator, operand) => {
                Self::Compare(*column, operator, Arc::clone(operand))
            }
            Self::Row(columns, operator, operands) => {
                Self::Row(columns.clone(), operator, operands.clone())
            }
            Self::Like(column, operand) => Self::Like(*column, Arc::clone(operand)),
            Self::IsNull(column) => Self::IsNull(*column),
            Self::IsNotNull(column) => Self::IsNotNull(*column),
            Self::OneOf(column, operands) => Self::OneOf(*column, operands.clone()),
            Self::AllRows => Self::AllRows,
            Self::Every(nodes) => Self::Every(nodes.clone()),
            Self::Any(nodes) => Self::Any(nodes.clone()),
            Self::Not(node) => Self::Not(node.clone()),
        }
    }
}
