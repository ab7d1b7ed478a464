//! One row by its key: add, view, edit, delete.

use crate::driver::Driver;
use crate::error::{Error, ErrorKind};

use super::changes::Changes;
use super::fields::read;
use super::lease::Lease;
use super::on::On;
use super::refusal::{about, explain, not_found};
use super::sql::written;
use super::values::Values;
use super::{DatabaseOf, Model};

const NO_SUCH_KEY: &str = "no row has this key";

/// Adds a row and answers with it as the database has it: with its generated key, and with values
/// as its columns keep them.
///
/// On MySQL, which cannot answer with a row it wrote, these are two statements.
///
/// # Errors
///
/// [`ErrorKind::Conflict`], [`ErrorKind::ForeignKey`] and [`ErrorKind::InvalidValue`] when the
/// database refuses the row, which makes a session rollback-only outside of an `atomic` block; what
/// any statement can fail of.
pub async fn add<M: Model>(on: impl On<M::Bind>, new: M::New) -> Result<M, Error> {
    add_on(on.lease(), new).await
}

/// Reads the row with this key.
///
/// # Errors
///
/// [`ErrorKind::NotFound`]; what any statement can fail of.
pub async fn view<M: Model>(on: impl On<M::Bind>, key: impl Into<M::Key>) -> Result<M, Error> {
    view_on(&mut on.lease(), &key.into()).await
}

/// Changes the row with this key and answers with it. Nothing to change is a [`view`].
///
/// On MySQL, which cannot answer with a row it wrote, these are two statements.
///
/// # Errors
///
/// [`ErrorKind::NotFound`], after which a session goes on as before; otherwise as [`add`].
pub async fn edit<M: Model>(
    on: impl On<M::Bind>,
    key: impl Into<M::Key>,
    patch: M::Patch,
) -> Result<M, Error> {
    edit_on(on.lease(), &key.into(), patch).await
}

/// Deletes the row with this key.
///
/// # Errors
///
/// [`ErrorKind::NotFound`], after which a session goes on as before; [`ErrorKind::ForeignKey`] when
/// others refer to the row; what any statement can fail of.
pub async fn delete<M: Model>(on: impl On<M::Bind>, key: impl Into<M::Key>) -> Result<(), Error> {
    delete_on::<M>(on.lease(), &key.into()).await
}

async fn add_on<M: Model>(mut lease: Lease<'_, M::Bind>, mut new: M::New) -> Result<M, Error> {
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

pub(super) async fn view_on<M: Model>(
    lease: &mut Lease<'_, M::Bind>,
    key: &M::Key,
) -> Result<M, Error> {
    let mut values = Values::new();
    M::write_key(key, &mut values);
    let rows = lease.rows(written::<M>(M::VIEW, values)?).await.map_err(explain::<M>)?;
    match rows.first() {
        Some(row) => read::<M>(row).map_err(explain::<M>),
        None => Err(not_found::<M>(NO_SUCH_KEY)),
    }
}

async fn edit_on<M: Model>(
    mut lease: Lease<'_, M::Bind>,
    key: &M::Key,
    patch: M::Patch,
) -> Result<M, Error> {
    let Some(mut update) = Changes::<M>::of(&patch).into_update() else {
        return view_on(&mut lease, key).await;
    };
    update.by_key(key);
    update.returning();
    let statement = update.into_statement()?;
    if DatabaseOf::<M>::DIALECT.returning {
        let rows = lease.rows(statement).await.map_err(explain::<M>)?;
        return match rows.first() {
            Some(row) => read::<M>(row).map_err(explain::<M>),
            None => Err(not_found::<M>(NO_SUCH_KEY)),
        };
    }
    lease.execute(statement).await.map_err(explain::<M>)?;
    view_on(&mut lease, key).await
}

async fn delete_on<M: Model>(mut lease: Lease<'_, M::Bind>, key: &M::Key) -> Result<(), Error> {
    let mut values = Values::new();
    M::write_key(key, &mut values);
    let result = lease.execute(written::<M>(M::DELETE, values)?).await.map_err(explain::<M>)?;
    match DatabaseOf::<M>::rows_affected(&result) {
        0 => Err(not_found::<M>(NO_SUCH_KEY)),
        _ => Ok(()),
    }
}
