//! One row by its key: add, view, edit, delete.

use crate::driver::Driver;
use crate::error::{Error, ErrorKind};

use super::changes::{Changes, Expected};
use super::fields::read;
use super::filter::Filter;
use super::lease::Lease;
use super::on::On;
use super::policy::Write;
use super::refusal::{about, explain, not_found};
use super::restriction::{allow, buries, rows_for};
use super::sql::{Sql, written};
use super::values::Values;
use super::{DatabaseOf, Model};

const NO_SUCH_KEY: &str = "no row has this key";

/// Adds a row and answers with it as the database has it: with its generated key, and with values
/// as its columns keep them. It does so even if the policy would not let the row be seen.
///
/// On MySQL, which cannot answer with a row it wrote, these are two statements.
///
/// # Errors
///
/// [`ErrorKind::Conflict`], [`ErrorKind::ForeignKey`] and [`ErrorKind::InvalidValue`] when the
/// database refuses the row, which makes a session rollback-only outside of an `atomic` block; what
/// the policy of the model says; what any statement can fail of.
pub async fn add<M: Model>(on: impl On<M::Bind>, new: M::New) -> Result<M, Error> {
    add_on(on.lease(), new).await
}

/// Reads the row with this key.
///
/// # Errors
///
/// [`ErrorKind::NotFound`]; what the policy of the model says; what any statement can fail of.
pub async fn view<M: Model>(on: impl On<M::Bind>, key: impl Into<M::Key>) -> Result<M, Error> {
    view_within(on.lease(), &key.into(), None).await
}

/// Changes the row with this key and answers with it. Nothing to change is a [`view`].
///
/// On MySQL, which cannot answer with a row it wrote, these are two statements.
///
/// # Errors
///
/// [`ErrorKind::NotFound`], and [`ErrorKind::Stale`] when the patch names another version than the
/// row is of; after both a session goes on as before. Otherwise as [`add`].
pub async fn edit<M: Model>(
    on: impl On<M::Bind>,
    key: impl Into<M::Key>,
    patch: M::Patch,
) -> Result<M, Error> {
    edit_within(on.lease(), &key.into(), patch, None).await
}

/// Deletes the row with this key. Of a model with `soft_delete` it is marked, and no operation finds
/// it any more; [`without_policy`](super::without_policy) really deletes it.
///
/// # Errors
///
/// [`ErrorKind::NotFound`], after which a session goes on as before; [`ErrorKind::ForeignKey`] when
/// others refer to the row; what the policy of the model says; what any statement can fail of.
pub async fn delete<M: Model>(on: impl On<M::Bind>, key: impl Into<M::Key>) -> Result<(), Error> {
    delete_within::<M>(on.lease(), &key.into(), None, None).await
}

/// As [`delete`], if the row is of this version.
///
/// # Errors
///
/// [`ErrorKind::Stale`] if it is of another one, after which a session goes on as before;
/// [`ErrorKind::InvalidValue`] for a model that does not count versions; otherwise as [`delete`].
pub async fn delete_if<M: Model>(
    on: impl On<M::Bind>,
    key: impl Into<M::Key>,
    version: i64,
) -> Result<(), Error> {
    delete_within::<M>(on.lease(), &key.into(), Some(version), None).await
}

async fn add_on<M: Model>(mut lease: Lease<'_, M::Bind>, mut new: M::New) -> Result<M, Error> {
    allow::<M>(lease.restricted, Write::Add(&mut new))?;
    M::complete(&mut new);
    let mut values = Values::new();
    M::write_new(&new, &mut values);
    let statement = written::<M>(M::ADD, values)?;
    if DatabaseOf::<M>::DIALECT.returning {
        let rows = lease.rows(statement).await.map_err(explain::<M>)?;
        return match rows.first() {
            Some(row) => read::<M>(row).map_err(explain::<M>),
            None => Err(about::<M>(
                ErrorKind::Database,
                "the database did not answer with the new row: a trigger or a policy kept it back",
            )),
        };
    }
    let result = lease.execute(statement).await.map_err(explain::<M>)?;
    match M::new_key(&new, DatabaseOf::<M>::last_insert_id(&result)) {
        Some(key) => view_on(&mut lease, &key).await,
        None => Err(about::<M>(ErrorKind::Database, "the key of the new row is not known")),
    }
}

/// The row of a key, whoever asks: of one that was just written.
pub(super) async fn view_on<M: Model>(
    lease: &mut Lease<'_, M::Bind>,
    key: &M::Key,
) -> Result<M, Error> {
    view_of(lease, key, &Filter::all_rows()).await
}

/// As [`view`], of the rows that `also` holds for.
pub(super) async fn view_within<M: Model>(
    mut lease: Lease<'_, M::Bind>,
    key: &M::Key,
    also: Option<Filter<M>>,
) -> Result<M, Error> {
    let within = rows_for(&lease, also)?;
    view_of(&mut lease, key, &within).await
}

/// The row of a key, of those that `within` holds for.
async fn view_of<M: Model>(
    lease: &mut Lease<'_, M::Bind>,
    key: &M::Key,
    within: &Filter<M>,
) -> Result<M, Error> {
    let statement = if within.is_all_rows() {
        let mut values = Values::new();
        M::write_key(key, &mut values);
        written::<M>(M::VIEW, values)?
    } else {
        let mut sql = Sql::new(format!("SELECT {} FROM {}", M::COLUMNS, M::TABLE));
        sql.by_key(key);
        within.render_where(&mut sql);
        sql.into_statement()?
    };
    let rows = lease.rows(statement).await.map_err(explain::<M>)?;
    match rows.first() {
        Some(row) => read::<M>(row).map_err(explain::<M>),
        None => Err(not_found::<M>(NO_SUCH_KEY)),
    }
}

/// As [`edit`], of the rows that `also` holds for.
pub(super) async fn edit_within<M: Model>(
    mut lease: Lease<'_, M::Bind>,
    key: &M::Key,
    mut patch: M::Patch,
    also: Option<Filter<M>>,
) -> Result<M, Error> {
    allow::<M>(lease.restricted, Write::Edit(&mut patch))?;
    let within = rows_for(&lease, also)?;
    let changes = Changes::<M>::of(&patch);
    let expected = changes.expected();
    let Some(mut update) = changes.into_update() else {
        let row = view_of(&mut lease, key, &within).await?;
        return match expected {
            Some(expected) if row.version() != Some(expected.version) => Err(stale::<M>()),
            _ => Ok(row),
        };
    };
    conditions(&mut update, key, &within, expected);
    update.returning();
    let statement = update.into_statement()?;
    if DatabaseOf::<M>::DIALECT.returning {
        let rows = lease.rows(statement).await.map_err(explain::<M>)?;
        return match rows.first() {
            Some(row) => read::<M>(row).map_err(explain::<M>),
            None => Err(missing(&mut lease, key, &within, expected).await),
        };
    }
    let result = lease.execute(statement).await.map_err(explain::<M>)?;
    match DatabaseOf::<M>::rows_affected(&result) {
        0 => Err(missing(&mut lease, key, &within, expected).await),
        _ => view_on(&mut lease, key).await,
    }
}

/// As [`delete_if`] and [`delete`], of the rows that `also` holds for.
pub(super) async fn delete_within<M: Model>(
    mut lease: Lease<'_, M::Bind>,
    key: &M::Key,
    version: Option<i64>,
    also: Option<Filter<M>>,
) -> Result<(), Error> {
    let expected = version.map(Expected::<M>::new).transpose()?;
    let within = rows_for(&lease, also)?;
    let marks = if buries::<M>(&lease) { Changes::<M>::burying().into_update() } else { None };
    let statement = if let Some(mut update) = marks {
        conditions(&mut update, key, &within, expected);
        update.into_statement()?
    } else if within.is_all_rows() && expected.is_none() {
        let mut values = Values::new();
        M::write_key(key, &mut values);
        written::<M>(M::DELETE, values)?
    } else {
        let mut sql = Sql::new(format!("DELETE FROM {}", M::TABLE));
        conditions(&mut sql, key, &within, expected);
        sql.into_statement()?
    };
    let result = lease.execute(statement).await.map_err(explain::<M>)?;
    match DatabaseOf::<M>::rows_affected(&result) {
        0 => Err(missing(&mut lease, key, &within, expected).await),
        _ => Ok(()),
    }
}

/// Which row is to be written.
fn conditions<M: Model>(
    sql: &mut Sql<M>,
    key: &M::Key,
    within: &Filter<M>,
    expected: Option<Expected<M>>,
) {
    sql.by_key(key);
    within.render_where(sql);
    if let Some(expected) = &expected {
        sql.of_version(expected);
    }
}

/// Why no row was written.
async fn missing<M: Model>(
    lease: &mut Lease<'_, M::Bind>,
    key: &M::Key,
    within: &Filter<M>,
    expected: Option<Expected<M>>,
) -> Error {
    if expected.is_none() {
        return not_found::<M>(NO_SUCH_KEY);
    }
    match view_of(lease, key, within).await {
        Ok(_) => stale::<M>(),
        Err(error) => error,
    }
}

fn stale<M: Model>() -> Error {
    about::<M>(ErrorKind::Stale, "the row of this key is of another version")
}
