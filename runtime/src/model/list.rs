//! Many rows at once: add, edit, delete.

use std::sync::Arc;

use sqlx::{Connection as _, SqlSafeStr};

use crate::driver::{ConnectionOf, Driver, answers};
use crate::error::Error;
use crate::session::{Inner, Session};
use crate::statement::Statement;

use super::batch::{Batches, Statements};
use super::changes::Changes;
use super::filter::Filter;
use super::lease::{Lease, Place};
use super::on::On;
use super::policy::Write;
use super::refusal::explain;
use super::restriction::{allow, buries, rows_for};
use super::select::{counted, counting};
use super::sql::Sql;
use super::{DatabaseOf, Model};

/// Adds rows, and answers how many: all of them or none.
///
/// They go in statements of up to 1,000 rows or about two megabytes. What needs more than one statement is done behind a
/// savepoint of the session, without letting other statements of it between; on an
/// [`Autocommit`](crate::Autocommit), whose connection is given back for it, in a transaction of
/// its own; on a connection in a transaction or, if one was begun through sqlx, behind a savepoint.
///
/// The rows are taken from the iterator as they are needed, so an endless number of them needs no
/// more memory than one statement.
///
/// # Errors
///
/// As [`add`](super::add).
pub async fn list_add<M: Model>(
    on: impl On<M::Bind>,
    new: impl IntoIterator<Item = M::New>,
) -> Result<u64, Error> {
    let lease = on.lease();
    let mut batches = Batches::<M, _>::new(new.into_iter(), lease.restricted);
    run_all::<M, _>(lease, &mut batches, explain::<M>).await
}

/// Runs statements that belong together, all of them or none, and answers how many rows they wrote.
pub(super) async fn run_all<M: Model, S: Statements<M>>(
    mut lease: Lease<'_, M::Bind>,
    statements: &mut S,
    explain: fn(sqlx::Error) -> Error,
) -> Result<u64, Error> {
    let Some(first) = statements.next()? else {
        return Ok(0);
    };
    if statements.is_done() && statements.is_whole() {
        let result = lease.execute(first).await.map_err(explain)?;
        let written = DatabaseOf::<M>::rows_affected(&result);
        return statements.weigh(written).map(|()| written);
    }
    let mut many = Many::<M, _> { first: Some(first), statements, explain };
    match lease.place {
        Place::Session(session) => many.add_to_session(&session.0).await,
        Place::Autocommit(session) => {
            // One connection at a time: the pool may have no second one.
            session.rest().await?;
            let session = Session::new(session.0.supply.clone(), session.0.hooked.clone());
            session.atomic(async |block| many.add_to_session(block.session()).await).await
        }
        Place::Connection(conn) => many.add_to_connection(conn.0).await,
    }
}

/// Changes every row for which `filter` holds, and answers how many those are. Rows that have the
/// values already count too; of a patch that changes nothing, so do all. A patch that names a
/// version changes the rows of that version.
///
/// # Errors
///
/// As [`add`](super::add).
pub async fn list_edit<M: Model>(
    on: impl On<M::Bind>,
    filter: Filter<M>,
    patch: M::Patch,
) -> Result<u64, Error> {
    list_edit_within(on.lease(), filter, patch, None).await
}

/// Deletes every row for which `filter` holds, and answers how many those were. All rows of the
/// table are [`Filter::all_rows`]. Of a model with `soft_delete` they are marked, and no operation
/// finds them any more; [`without_policy`](super::without_policy) really deletes them.
///
/// # Errors
///
/// [`InvalidValue`](crate::ErrorKind::InvalidValue) of a filter that holds for every row without
/// being that one, and then nothing is deleted; otherwise as [`delete`](super::delete), without [`NotFound`](crate::ErrorKind::NotFound).
pub async fn list_delete<M: Model>(on: impl On<M::Bind>, filter: Filter<M>) -> Result<u64, Error> {
    list_delete_within(on.lease(), filter, None).await
}

/// As [`list_edit`], of the rows that `also` holds for.
pub(super) async fn list_edit_within<M: Model>(
    mut lease: Lease<'_, M::Bind>,
    filter: Filter<M>,
    mut patch: M::Patch,
    also: Option<Filter<M>>,
) -> Result<u64, Error> {
    filter.check()?;
    allow::<M>(lease.restricted, Write::Edit(&mut patch))?;
    let within = rows_for(&lease, also)?;
    let changes = Changes::<M>::of(&patch);
    let expected = changes.expected();
    let update = changes.into_update();
    let changes_nothing = update.is_none();
    let mut sql = update.unwrap_or_else(counting);
    filter.render_where(&mut sql);
    within.render_where(&mut sql);
    if let Some(expected) = &expected {
        sql.of_version(expected);
    }
    if changes_nothing {
        return counted(&mut lease, sql).await;
    }
    let result = lease.execute(sql.into_statement()?).await.map_err(explain::<M>)?;
    Ok(DatabaseOf::<M>::rows_affected(&result))
}

/// As [`list_delete`], of the rows that `also` holds for.
pub(super) async fn list_delete_within<M: Model>(
    mut lease: Lease<'_, M::Bind>,
    filter: Filter<M>,
    also: Option<Filter<M>>,
) -> Result<u64, Error> {
    filter.check()?;
    let within = rows_for(&lease, also)?;
    let marks = if buries::<M>(&lease) { Changes::<M>::burying().into_update() } else { None };
    let mut sql = marks.unwrap_or_else(|| Sql::new(format!("DELETE FROM {}", M::TABLE)));
    filter.render_where(&mut sql);
    within.render_where(&mut sql);
    let result = lease.execute(sql.into_statement()?).await.map_err(explain::<M>)?;
    Ok(DatabaseOf::<M>::rows_affected(&result))
}

type ResultOf<M> = <DatabaseOf<M> as sqlx::Database>::QueryResult;

/// Rows that need more than one statement, or may have to be undone.
struct Many<'a, M: Model, S: Statements<M>> {
    first: Option<Statement<DatabaseOf<M>>>,
    statements: &'a mut S,
    explain: fn(sqlx::Error) -> Error,
}

const SAVEPOINT: &str = "SAVEPOINT bindery_list";
const RELEASE: &str = "RELEASE SAVEPOINT bindery_list";
const UNDO: &str = "ROLLBACK TO SAVEPOINT bindery_list; RELEASE SAVEPOINT bindery_list";

impl<M: Model, S: Statements<M>> Many<'_, M, S> {
    fn next(&mut self) -> Result<Option<Statement<DatabaseOf<M>>>, Error> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.statements.next(),
        }
    }

    /// How many rows the last statement wrote, if those are enough.
    fn written(&self, result: &ResultOf<M>) -> Result<u64, Error> {
        let written = DatabaseOf::<M>::rows_affected(result);
        self.statements.weigh(written).map(|()| written)
    }

    /// Behind a savepoint, for a session may go on after a refused statement.
    async fn add_to_session(&mut self, session: &Arc<Inner<M::Bind>>) -> Result<u64, Error> {
        let mut held = session.ready().await?;
        held.run(async |link| link.text(SAVEPOINT.into_sql_str()).await)
            .await
            .map_err(self.explain)?;
        let mut added = 0;
        let failed = loop {
            let statement = match self.next() {
                Ok(Some(statement)) => statement,
                Ok(None) => break None,
                Err(error) => break Some(error),
            };
            let stream = DatabaseOf::<M>::fetch_many(held.statement(), statement);
            let outcome = answers::result::<DatabaseOf<M>>(stream).await;
            let outcome = held.ended(outcome).map_err(self.explain);
            match outcome.and_then(|result| self.written(&result)) {
                Ok(written) => added += written,
                Err(error) => break Some(error),
            }
        };
        match failed {
            None => held
                .run(async |link| link.text(RELEASE.into_sql_str()).await)
                .await
                .map(|()| added)
                .map_err(self.explain),
            Some(error) => {
                // What cannot be undone alone, the session knows to be rollback-only.
                if held.is_open() {
                    let _ = held.run(async |link| link.text(UNDO.into_sql_str()).await).await;
                }
                Err(error)
            }
        }
    }

    async fn add_to_connection(&mut self, conn: &mut ConnectionOf<M::Bind>) -> Result<u64, Error> {
        let mut transaction = conn.begin().await.map_err(self.explain)?;
        let mut added = 0;
        while let Some(statement) = self.next()? {
            let stream = DatabaseOf::<M>::fetch_many(&mut transaction, statement);
            let result = answers::result::<DatabaseOf<M>>(stream).await.map_err(self.explain)?;
            added += self.written(&result)?;
        }
        transaction.commit().await.map_err(self.explain)?;
        Ok(added)
    }
}
