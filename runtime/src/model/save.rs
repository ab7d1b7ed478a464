//! Saving rows: adding those that are not there, changing those that are, by their whole key.
//!
//! The database decides which it is (`ON CONFLICT`, `ON DUPLICATE KEY UPDATE`), so nobody can come
//! between looking and writing.

use std::collections::HashSet;
use std::hash::Hash;
use std::iter::{Fuse, Peekable};

use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::statement::Statement;

use super::batch::{MAX_BYTES, Statements, max_rows};
use super::column::ColumnName;
use super::fields::read;
use super::filter::Filter;
use super::list::run_all;
use super::on::On;
use super::policy::Write;
use super::refusal::{about, explain};
use super::restriction::{allow, rows_for};
use super::saved::Saved;
use super::sql::{Sql, placeholder};
use super::unit::view_on;
use super::values::Values;
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
/// instead. The same when the policy of the model does not let the row of its key be seen, or when
/// that one is marked as deleted. Otherwise as [`add`](super::add).
pub async fn save<M: Upsert>(on: impl On<M::Bind>, mut save: M::Save) -> Result<M, Error> {
    let mut lease = on.lease();
    allow::<M>(lease.restricted, Write::Save(&mut save))?;
    let within = rows_for(&lease, None)?;
    let updates = Saved::<M>::updates_of(&save);
    let mut row = Saved::<M>::writing();
    M::write_save(&save, &mut row);
    let mut sql = upsert(1, &updates, row.into_values(), &within);
    sql.returning();
    let statement = sql.into_statement()?;
    if !DatabaseOf::<M>::DIALECT.returning {
        lease.execute(statement).await.map_err(refused::<M>)?;
        return view_on(&mut lease, &M::save_key(&save)).await;
    }
    let rows = lease.rows(statement).await.map_err(refused::<M>)?;
    match rows.first() {
        Some(row) => read::<M>(row).map_err(explain::<M>),
        None if !within.is_all_rows() => Err(outside::<M>()),
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
    let lease = on.lease();
    let within = rows_for(&lease, None)?;
    let restricted = lease.restricted;
    let rows = rows.into_iter().map(move |mut save| {
        allow::<M>(restricted, Write::Save(&mut save))?;
        Ok(save)
    });
    let mut saves =
        Saves { rows: rows.fuse().peekable(), within, keys: HashSet::new(), written: 0, last: 0 };
    run_all::<M, _>(lease, &mut saves, refused::<M>).await?;
    Ok(saves.written)
}

/// The statements that save an iterator of rows, put together one at a time.
struct Saves<M: Upsert, I: Iterator<Item = Result<M::Save, Error>>> {
    /// As the policy lets them be written.
    rows: Peekable<Fuse<I>>,
    /// What holds for the rows that may be changed.
    within: Filter<M>,
    keys: HashSet<M::Key>,
    /// How many rows there are in all statements, and in the last one.
    written: u64,
    last: u64,
}

impl<M, I> Statements<M> for Saves<M, I>
where
    M: Upsert,
    M::Key: Eq + Hash,
    I: Iterator<Item = Result<M::Save, Error>>,
{
    fn is_done(&mut self) -> bool {
        self.rows.peek().is_none()
    }

    /// As many rows as change the same columns, up to the limit.
    fn next(&mut self) -> Result<Option<Statement<DatabaseOf<M>>>, Error> {
        let updates = match self.rows.peek() {
            Some(Ok(first)) => Saved::<M>::updates_of(first),
            // The end, or a row that may not be written.
            _ => return self.rows.next().transpose().map(|_| None),
        };
        let max = max_rows::<M>(M::Column::ALL.len(), self.within.values());
        let mut row = Saved::<M>::writing();
        let mut count = 0;
        let alike = |next: &Result<M::Save, Error>| matches!(next, Ok(next) if Saved::<M>::updates_of(next) == updates);
        while count < max
            && row.weight() < MAX_BYTES
            && let Some(save) = self.rows.next_if(alike)
        {
            let save = save?;
            if !self.keys.insert(M::save_key(&save)) {
                return Err(about::<M>(
                    ErrorKind::InvalidValue,
                    "two of the rows to save have the same key",
                ));
            }
            M::write_save(&save, &mut row);
            count += 1;
        }
        self.last = count as u64;
        self.written += self.last;
        let sql = upsert(count, &updates, row.into_values(), &self.within);
        sql.into_statement_again(count == max).map(Some)
    }

    /// `ON CONFLICT` passes over rows that may not be changed; the guard of MySQL refuses them.
    fn is_whole(&self) -> bool {
        self.last <= 1
            || self.within.is_all_rows()
            || !<DatabaseOf<M> as Driver>::DIALECT.on_conflict
    }

    fn weigh(&self, written: u64) -> Result<(), Error> {
        let passes_over =
            !self.within.is_all_rows() && <DatabaseOf<M> as Driver>::DIALECT.on_conflict;
        if passes_over && written < self.last { Err(outside::<M>()) } else { Ok(()) }
    }
}

/// The statement that saves so many rows of these values. Those that are there get `updates`, if
/// `within` holds for them.
fn upsert<M: Model>(
    rows: usize,
    updates: &[M::Column],
    values: Values<M>,
    within: &Filter<M>,
) -> Sql<M> {
    let mut sql = Sql::with(insert::<M>(rows), values);
    let counted = if updates.is_empty() { None } else { M::COUNTED };
    if <DatabaseOf<M> as Driver>::DIALECT.on_conflict {
        sql.push(" ON CONFLICT (");
        sql.push(&names::<M>(M::KEY));
        sql.push(") DO UPDATE SET ");
        // Without anything to change it is the key, so that it answers with the row all the same.
        let set = if updates.is_empty() { M::KEY } else { updates };
        assign_all(&mut sql, set, "excluded.", "");
        sql.qualify();
        count(&mut sql, counted);
        within.render_where(&mut sql);
    } else {
        sql.push(" ON DUPLICATE KEY UPDATE ");
        // First: assignments see what those before them made of the row.
        guard(&mut sql, within);
        if !updates.is_empty() {
            sql.push(", ");
        }
        assign_all(&mut sql, updates, "VALUES(", ")");
        count(&mut sql, counted);
    }
    sql
}

/// `INSERT INTO … VALUES …`
fn insert<M: Model>(rows: usize) -> String {
    let all = M::Column::ALL;
    let mut text = format!("INSERT INTO {} ({}) VALUES ", M::TABLE, names::<M>(all));
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
    text
}

fn names<M: Model>(columns: &[M::Column]) -> String {
    columns.iter().map(|column| column.sql()).collect::<Vec<_>>().join(", ")
}

/// Adds `column = column of the row to save`, for each.
fn assign_all<M: Model>(sql: &mut Sql<M>, columns: &[M::Column], before: &str, after: &str) {
    for (at, column) in columns.iter().enumerate() {
        for part in
            [if at == 0 { "" } else { ", " }, column.sql(), " = ", before, column.sql(), after]
        {
            sql.push(part);
        }
    }
}

/// Adds that the row was changed once more.
fn count<M: Model>(sql: &mut Sql<M>, counted: Option<M::Column>) {
    if let Some(column) = counted {
        for part in [", ", column.sql(), " = "] {
            sql.push(part);
        }
        sql.column(column);
        sql.push(" + 1");
    }
}

/// MySQL takes any unique value for the key that is meant. Where the row that it found has another
/// key, or is none of those that may be changed, a subquery of two rows refuses the statement (error
/// 1242). NULL would do so for some keys and become 0 in one that counts by itself.
fn guard<M: Model>(sql: &mut Sql<M>, within: &Filter<M>) {
    let Some(first) = M::KEY.first().map(|column| column.sql()) else {
        return;
    };
    sql.push(first);
    sql.push(" = IF(");
    for (at, column) in M::KEY.iter().enumerate() {
        let between = if at == 0 { "" } else { " AND " };
        for part in [between, column.sql(), " = VALUES(", column.sql(), ")"] {
            sql.push(part);
        }
    }
    within.render_and(sql);
    sql.push(", ");
    sql.push(first);
    sql.push(", (SELECT NULL UNION ALL SELECT NULL))");
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
    // The guard does not tell which.
    about::<M>(
        ErrorKind::Conflict,
        "another row has one of the unique values, or the row of this key may not be changed",
    )
    .with_source(error)
}

/// The row of the key is none of those that may be changed.
fn outside<M: Model>() -> Error {
    about::<M>(ErrorKind::Conflict, "the row of this key may not be changed")
}
