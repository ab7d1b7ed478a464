//! Which rows are there for whoever asks, and what may be written to them: one policy per model,
//! behind every operation.

use crate::error::Error;

use super::Model;
use super::filter::Filter;

/// Which rows of `M` are there, and what may be written to them.
///
/// The TOML names the type that implements it: `policy = "crate::policy::OwnNotes"`. Every
/// operation of the model asks it: the ones for single rows, for lists, upserts, pages and routes.
/// Going around it is said in words: [`without_policy`](super::without_policy).
///
/// It reads what it needs to know of the request, a tenant or a user, from the scope, where a layer
/// has put it: `db::get::<Tenant>()?`.
pub trait Policy<M: Model>: Send + Sync + 'static {
    /// The rows that are there. Others are not found, listed, counted, changed or deleted.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation; the database is not asked.
    fn rows() -> Result<Filter<M>, Error> {
        Ok(Filter::all_rows())
    }

    /// Looks at what is about to be written, completes it or refuses it.
    ///
    /// A policy of tenants sets the tenant of rows to add and to save, and refuses a patch that
    /// would give the row away: `rows` says nothing about what a row becomes.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation; nothing is written.
    fn write(_row: Write<'_, M>) -> Result<(), Error> {
        Ok(())
    }
}

/// What is about to be written. A `match` has to say something about each, so that no way of
/// writing is forgotten.
#[derive(Debug)]
pub enum Write<'a, M: Model> {
    /// A row to add, alone or in a list.
    Add(&'a mut M::New),
    /// Changes to one row or to many.
    Edit(&'a mut M::Patch),
    /// A row to save, alone or in a list; of models whose rows cannot be saved,
    /// [`Infallible`](std::convert::Infallible).
    Save(&'a mut M::Save),
}

/// All rows are there, and everything may be written: the policy of a model whose TOML names none.
#[derive(Clone, Copy, Debug)]
pub enum Open {}

impl<M: Model> Policy<M> for Open {}
