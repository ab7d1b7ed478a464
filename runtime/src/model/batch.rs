//! Many new rows as few statements: each below the number of values that a statement may have.

use std::iter::{Fuse, Peekable};
use std::marker::PhantomData;

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::driver::Driver;
use crate::error::Error;
use crate::statement::Statement;

use super::column::ColumnName;
use super::policy::Write;
use super::restriction::allow;
use super::sql::placeholder;
use super::values::Values;
use super::{DatabaseOf, Model};

/// More rows at once gain little, and cost memory for their values.
const MAX_ROWS: usize = 1_000;

/// Half of what any server takes in one packet by default.
pub(super) const MAX_BYTES: usize = 2 * 1024 * 1024;

/// A server keeps a prepared statement in memory for each connection: about 3 MB on PostgreSQL for
/// 11,000 values. Larger ones are not kept.
const MAX_KEPT: usize = 2_048;

/// Whether the driver keeps a statement of so many values prepared that will come `again`.
pub(super) fn is_kept<M: Model>(again: bool, values: usize) -> bool {
    (again || <DatabaseOf<M> as Driver>::DIALECT.keeps_all) && values <= MAX_KEPT
}

/// Statements that belong together, put together one at a time.
pub(super) trait Statements<M: Model> {
    /// Whether there is nothing more to do.
    fn is_done(&mut self) -> bool;

    /// The next statement, if there are rows for one.
    fn next(&mut self) -> Result<Option<Statement<DatabaseOf<M>>>, Error>;

    /// Whether the last statement writes all of its rows or none; otherwise it is undone when it
    /// wrote too few.
    fn is_whole(&self) -> bool {
        true
    }

    /// Whether the last statement wrote enough rows.
    fn weigh(&self, _written: u64) -> Result<(), Error> {
        Ok(())
    }
}

/// How many rows of so many values a statement may have, beside `others` that it has once.
pub(super) fn max_rows<M: Model>(values: usize, others: usize) -> usize {
    let max_values = <DatabaseOf<M> as Driver>::DIALECT.max_values.saturating_sub(others);
    (max_values / values.max(1)).clamp(1, MAX_ROWS)
}

/// The INSERTs of an iterator of new rows.
pub(super) struct Batches<M: Model, I: Iterator<Item = M::New>> {
    rows: Peekable<Fuse<I>>,
    /// The text of a full batch, which the driver keeps prepared.
    full: Option<SqlStr>,
    /// Whether the policy looks at the rows.
    restricted: bool,
    model: PhantomData<fn() -> M>,
}

impl<M: Model, I: Iterator<Item = M::New>> Batches<M, I> {
    pub(super) fn new(rows: I, restricted: bool) -> Self {
        Self { rows: rows.fuse().peekable(), full: None, restricted, model: PhantomData }
    }

    fn text(rows: usize) -> SqlStr {
        // A table of nothing but a generated key.
        let columns = if M::NEW.is_empty() { M::KEY } else { M::NEW };
        let names: Vec<_> = columns.iter().map(|column| column.sql()).collect();
        let mut text = format!("INSERT INTO {} ({}) VALUES ", M::TABLE, names.join(", "));
        let mut number = 0;
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for at in 0..columns.len() {
                if at > 0 {
                    text.push_str(", ");
                }
                if M::NEW.is_empty() {
                    text.push_str(<DatabaseOf<M> as Driver>::DIALECT.generated);
                } else {
                    number += 1;
                    placeholder::<DatabaseOf<M>>(number, &mut text);
                }
            }
            text.push(')');
        }
        AssertSqlSafe(text).into_sql_str()
    }
}

impl<M: Model, I: Iterator<Item = M::New>> Statements<M> for Batches<M, I> {
    fn is_done(&mut self) -> bool {
        self.rows.peek().is_none()
    }

    fn next(&mut self) -> Result<Option<Statement<DatabaseOf<M>>>, Error> {
        let max = max_rows::<M>(M::NEW.len(), 0);
        let mut values = Values::new();
        let mut count = 0;
        while count < max && values.weight() < MAX_BYTES {
            let Some(mut new) = self.rows.next() else {
                break;
            };
            allow::<M>(self.restricted, Write::Add(&mut new))?;
            M::complete(&mut new);
            M::write_new(&new, &mut values);
            count += 1;
        }
        if count == 0 {
            return Ok(None);
        }
        let is_full = count == max;
        let text = if is_full {
            self.full.get_or_insert_with(|| Self::text(count)).clone()
        } else {
            Self::text(count)
        };
        let is_kept = is_kept::<M>(is_full, values.len());
        Ok(Some(Statement::prepared(text, values.into_arguments()?, is_kept)))
    }
}
