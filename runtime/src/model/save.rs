//! Saving rows: adding those that are not there, changing those that are, by their whole key.
//!
//! The database decides which it is (`ON CONFLICT`, `ON DUPLICATE KEY UPDATE`), so nobody can come
//! between looking and writing.

use std::collections::HashSet;
use std::hash::Hash;
use std::iter::{Fuse, Peekable};

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::binding::Binding;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::statement::Statement;

use super::batch::{Statements, is_kept};
use super::column::ColumnName;
use super::fields::read;
use super::list::run_all;
use super::on::On;
use super::refusal::{about, explain, plain_name};
use super::saved::Saved;
use super::sql::placeholder;
use super::unit::view_on;
use super::{DatabaseOf, Model};

/// A model whose rows can be saved: generated code implements it.
pub trait Upsert: Model {
    /// The key of the row.
    fn save_key(save: &Self::Save) -> Self::Key;

    /// Puts every column, in the order of [`ColumnName::ALL`].
    fn write_save(save: &Self::Save, row: &mut Saved<Self>);
}

/// Adds a row, or changes the one with its key, and answers with it as it is then. Of a row that is
/// there, columns that are left out ([`Change::Keep`](super::Change)) keep their values; a new row
/// gets their defaults.
///
/// On MySQL, which cannot answer with a row it wrote, these are two statements.
///
/// # Errors
///
/// [`ErrorKind::Conflict`] when another row has one of its unique values: that row is never changed
/// instead. Otherwise as [`add`](super::add).
pub async fn save<M: Upsert>(on: impl On<M::Bind>, save: M::Save) -> Result<M, Error> {
    let mut lease = on.lease();
    let updates = Saved::<M>::updates_of(&save);
    let mut row = Saved::<M>::writing();
    M::write_save(&save, &mut row);
    let returning = DatabaseOf::<M>::DIALECT.returning;
    let text = text::<M>(1, &updates, returning);
    let statement = Statement::prepared(text, row.into_values().into_arguments()?, true);
    if !returning {
        lease.execute(statement).await.map_err(refused::<M>)?;
        return view_on(&mut lease, &M::save_key(&save)).await;
    }
    let rows = lease.rows(statement).await.map_err(refused::<M>)?;
    match rows.first() {
        Some(row) => read::<M>(row).map_err(explain::<M>),
        None => Err(about::<M>(
            ErrorKind::Database,
            "the database did not answer with the saved row: a trigger or a policy kept it back",
        )),
    }
}

/// Saves rows, all of them or none, and answers how many they are. Neighbours that leave out the
/// same columns go in one statement, up to the limits of the database. The keys are kept until the
/// end.
///
/// # Errors
///
/// [`ErrorKind::InvalidValue`] when two of them have the same key: which of them would count? Then
/// nothing is saved. Otherwise as [`save`].
pub async fn save_all<M>(
    on: impl On<M::Bind>,
    rows: impl IntoIterator<Item = M::Save>,
) -> Result<u64, Error>
where
    M: Upsert,
    M::Key: Eq + Hash,
{
    let mut saves =
        Saves { rows: rows.into_iter().fuse().peekable(), keys: HashSet::new(), written: 0 };
    run_all::<M, _>(on.lease(), &mut saves, refused::<M>).await?;
    Ok(saves.written)
}

/// The statements that save an iterator of rows, put together one at a time.
struct Saves<M: Upsert, I: Iterator<Item = M::Save>> {
    rows: Peekable<Fuse<I>>,
    keys: HashSet<M::Key>,
    written: u64,
}

impl<M, I> Statements<M> for Saves<M, I>
where
    M: Upsert,
    M::Key: Eq + Hash,
    I: Iterator<Item = M::Save>,
{
    fn is_done(&mut self) -> bool {
        self.rows.peek().is_none()
    }

    /// As many rows as change the same columns, up to the limit.
    fn next(&mut self) -> Result<Option<Statement<DatabaseOf<M>>>, Error> {
        let Some(first) = self.rows.peek() else {
            return Ok(None);
        };
        let updates = Saved::<M>::updates_of(first);
        let max = super::batch::max_rows::<M>(M::Column::ALL.len());
        let mut row = Saved::<M>::writing();
        let mut count = 0;
        while count < max
            && row.weight() < super::batch::MAX_BYTES
            && let Some(save) = self.rows.next_if(|save| Saved::<M>::updates_of(save) == updates)
        {
            if !self.keys.insert(M::save_key(&save)) {
                return Err(about::<M>(
                    ErrorKind::InvalidValue,
                    "two of the rows to save have the same key",
                ));
            }
            M::write_save(&save, &mut row);
            count += 1;
        }
        self.written += count as u64;
        let text = text::<M>(count, &updates, false);
        let values = row.into_values();
        let is_kept = is_kept::<M>(count == max, values.len());
        Ok(Some(Statement::prepared(text, values.into_arguments()?, is_kept)))
    }
}

/// The statement that saves so many rows, of which those that are there get `updates`.
fn text<M: Model>(rows: usize, updates: &[M::Column], returning: bool) -> SqlStr {
    let names = |columns: &[M::Column]| {
        columns.iter().map(|column| column.sql()).collect::<Vec<_>>().join(", ")
    };
    let all = M::Column::ALL;
    let mut text = format!("INSERT INTO {} ({}) VALUES ", M::TABLE, names(all));
    let mut number = 0;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for at in 0..all.len() {
            if at > 0 {
                text.push_str(", ");
            }
            number += 1;
            placeholder::<DatabaseOf<M>>(number, &mut text);
        }
        text.push(')');
    }
    let assigned: Vec<String> = if <DatabaseOf<M> as Driver>::DIALECT.on_conflict {
        text.push_str(" ON CONFLICT (");
        text.push_str(&names(M::KEY));
        text.push_str(") DO UPDATE SET ");
        // Without anything to change it is the key, so that it answers with the row all the same.
        let set = if updates.is_empty() { M::KEY } else { updates };
        set.iter().map(|column| format!("{0} = excluded.{0}", column.sql())).collect()
    } else {
        text.push_str(" ON DUPLICATE KEY UPDATE ");
        guard::<M>()
            .chain(updates.iter().map(|column| format!("{0} = VALUES({0})", column.sql())))
            .collect()
    };
    text.push_str(&assigned.join(", "));
    if returning {
        text.push_str(" RETURNING ");
        text.push_str(M::COLUMNS);
    }
    AssertSqlSafe(text).into_sql_str()
}

/// MySQL takes any unique value for the key that is meant. Where the row that it found has another
/// key, a subquery of two rows refuses the statement (error 1242). NULL would do so for some keys
/// and become 0 in one that counts by itself.
fn guard<M: Model>() -> impl Iterator<Item = String> {
    let same: Vec<_> =
        M::KEY.iter().map(|column| format!("{0} = VALUES({0})", column.sql())).collect();
    let first = M::KEY.first().map(|column| column.sql());
    first.into_iter().map(move |key| {
        let same = same.join(" AND ");
        format!("{key} = IF({same}, {key}, (SELECT NULL UNION ALL SELECT NULL))")
    })
}

/// The refusal by the guard, in the words of what it guards against.
fn refused<M: Model>(error: sqlx::Error) -> Error {
    let guarded = matches!(
        &error,
        sqlx::Error::Database(refused) if DatabaseOf::<M>::is_guard(&**refused)
    );
    if !guarded {
        return explain::<M>(error);
    }
    let table = plain_name(M::TABLE);
    let message = format!("table `{table}`: another row has one of the unique values");
    Error::new(ErrorKind::Conflict, M::Bind::KEY, message).with_source(error).about(table, None)
}
