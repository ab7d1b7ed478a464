//! Lists of rows: which, in what order, how many, and in what shape they are wanted.

use std::fmt;

use futures_core::stream::BoxStream;

use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::statement::Statement;

use super::fields::read;
use super::filter::Filter;
use super::lease::Lease;
use super::on::On;
use super::order::Order;
use super::refusal::{about, explain, not_found};
use super::restriction::rows_for;
use super::rows::{failed, models};
use super::sql::Sql;
use super::{DatabaseOf, Model};

/// A list of the rows of `M`, which one of its last functions reads.
#[must_use = "a list reads nothing before `all`, `first`, `one`, `count`, `exists` or `stream`"]
pub struct Select<M: Model> {
    pub(super) filter: Filter<M>,
    pub(super) order: Vec<Order<M>>,
    limit: Option<u64>,
    pub(super) offset: Option<u64>,
}

impl<M: Model> Select<M> {
    /// All rows, in no particular order.
    pub fn new() -> Self {
        Self { filter: Filter::all_rows(), order: Vec::new(), limit: None, offset: None }
    }

    /// Only rows for which `filter` holds, and every filter that was given before. `None`, of a
    /// parameter that was left out, leaves the list as it is.
    pub fn filter(mut self, filter: impl Into<Option<Filter<M>>>) -> Self {
        if let Some(filter) = filter.into() {
            self.filter = self.filter.and(filter);
        }
        self
    }

    /// Sorted by a column; rows that earlier orders take for the same, by this one.
    pub fn order(mut self, order: Order<M>) -> Self {
        self.order.push(order);
        self
    }

    /// At most `limit` rows.
    pub fn limit(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Without the first `offset` rows.
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The rows.
    ///
    /// # Errors
    ///
    /// What any statement can fail of; [`ErrorKind::InvalidValue`] when a value of the filter cannot
    /// be sent.
    pub async fn all(self, on: impl On<M::Bind>) -> Result<Vec<M>, Error> {
        self.read(on.lease()).await
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    ///
    /// As [`Select::all`].
    pub async fn first(self, on: impl On<M::Bind>) -> Result<Option<M>, Error> {
        self.at_most(1).read(on.lease()).await.map(|rows| rows.into_iter().next())
    }

    /// The only row.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], [`ErrorKind::MoreThanOne`], and as [`Select::all`].
    pub async fn one(self, on: impl On<M::Bind>) -> Result<M, Error> {
        self.only(on.lease()).await?.ok_or_else(|| not_found::<M>("no row is like this"))
    }

    /// The only row, if there is one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MoreThanOne`], and as [`Select::all`].
    pub async fn one_or_none(self, on: impl On<M::Bind>) -> Result<Option<M>, Error> {
        self.only(on.lease()).await
    }

    /// How many rows the filter holds for, whatever the limit and the offset.
    ///
    /// # Errors
    ///
    /// As [`Select::all`].
    pub async fn count(self, on: impl On<M::Bind>) -> Result<u64, Error> {
        count(&mut on.lease(), &self.filter).await
    }

    /// Whether the filter holds for a row, whatever the limit and the offset.
    ///
    /// # Errors
    ///
    /// As [`Select::all`].
    pub async fn exists(self, on: impl On<M::Bind>) -> Result<bool, Error> {
        let mut lease = on.lease();
        let mut sql = Sql::<M>::new(format!("SELECT 1 FROM {}", M::TABLE));
        self.filter.render_where(&mut sql);
        rows_for(&lease, None)?.render_where(&mut sql);
        sql.push(" LIMIT 1");
        let rows = lease.rows(sql.into_statement()?).await.map_err(explain::<M>)?;
        Ok(!rows.is_empty())
    }

    /// The rows one after the other, without keeping them all.
    ///
    /// While a row is looked at, another statement of the same session by the same code is
    /// [`ErrorKind::Busy`].
    pub fn stream<'a>(self, on: impl On<M::Bind> + 'a) -> BoxStream<'a, Result<M, Error>> {
        let lease = on.lease();
        match self.into_statement(&lease) {
            Ok(statement) => models(lease.stream(statement)),
            Err(error) => failed(error),
        }
    }

    fn at_most(mut self, limit: u64) -> Self {
        self.limit = Some(self.limit.map_or(limit, |known| known.min(limit)));
        self
    }

    async fn only(self, lease: Lease<'_, M::Bind>) -> Result<Option<M>, Error> {
        let mut rows = self.at_most(2).read(lease).await?;
        if rows.len() > 1 {
            return Err(about::<M>(
                ErrorKind::MoreThanOne,
                "more than one row is like this, and one was asked for",
            ));
        }
        Ok(rows.pop())
    }

    pub(super) async fn read(self, mut lease: Lease<'_, M::Bind>) -> Result<Vec<M>, Error> {
        let statement = self.into_statement(&lease)?;
        let rows = lease.rows(statement).await.map_err(explain::<M>)?;
        rows.iter().map(read::<M>).collect::<Result<_, _>>().map_err(explain::<M>)
    }

    /// Of the rows that are there for whoever asks.
    fn into_statement(self, lease: &Lease<'_, M::Bind>) -> Result<Statement<DatabaseOf<M>>, Error> {
        let mut sql = Sql::new(format!("SELECT {} FROM {}", M::COLUMNS, M::TABLE));
        self.filter.render_where(&mut sql);
        rows_for(lease, None)?.render_where(&mut sql);
        for (at, order) in self.order.into_iter().enumerate() {
            sql.push(if at == 0 { " ORDER BY " } else { ", " });
            order.render(&mut sql);
        }
        if self.limit.is_some() || self.offset.is_some() {
            // SQLite and MySQL know no OFFSET without LIMIT.
            sql.push(" LIMIT ");
            sql.number(self.limit.unwrap_or(u64::MAX));
        }
        if let Some(offset) = self.offset {
            sql.push(" OFFSET ");
            sql.number(offset);
        }
        sql.into_statement()
    }
}

/// How many rows `filter` holds for, of those that are there for whoever asks.
pub(super) async fn count<M: Model>(
    lease: &mut Lease<'_, M::Bind>,
    filter: &Filter<M>,
) -> Result<u64, Error> {
    let mut sql = counting();
    filter.render_where(&mut sql);
    rows_for(lease, None)?.render_where(&mut sql);
    counted(lease, sql).await
}

/// The beginning of a statement that counts rows.
pub(super) fn counting<M: Model>() -> Sql<M> {
    Sql::new(format!("SELECT COUNT(*) FROM {}", M::TABLE))
}

/// What a statement counted.
pub(super) async fn counted<M: Model>(
    lease: &mut Lease<'_, M::Bind>,
    sql: Sql<M>,
) -> Result<u64, Error> {
    let rows = lease.rows(sql.into_statement()?).await.map_err(explain::<M>)?;
    let number = match rows.first() {
        Some(row) => DatabaseOf::<M>::read_number(row).map_err(explain::<M>)?,
        None => 0,
    };
    Ok(u64::try_from(number).unwrap_or(0))
}

impl<M: Model> Default for Select<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Model> Clone for Select<M> {
    fn clone(&self) -> Self {
        Self { filter: self.filter.clone(), order: self.order.clone(), ..*self }
    }
}

impl<M: Model> fmt::Debug for Select<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select")
            .field("filter", &self.filter)
            .field("order", &self.order)
            .field("limit", &self.limit)
            .field("offset", &self.offset)
            .finish()
    }
}
