//! A session outside of every scope, for what outlives a request: a response body, a spawned task.
//!
//! It is owned and ends with its owner. What was not committed by then is rolled back.

mod stream;

use std::fmt;
use std::ops::Deref;

use futures_core::Stream;

use crate::binding::Binding;
use crate::data::ScopeData;
use crate::ending::Member;
use crate::error::Error;
use crate::scope::{Scope, run_in};
use crate::session::Session;

pub use self::stream::Sink;

/// A session that belongs to no scope and ends with this handle.
///
/// It derefs to [`Session`]. In a spawned task or a body stream there is a choice of three:
///
/// - as it is: statements run in one transaction, which `commit()` stores; what is not committed
///   when the handle is dropped is rolled back;
/// - [`Detached::run`]: by the result, as a scope;
/// - [`Detached::stream`]: moved into a stream, it ends with it.
///
/// [`Session::atomic`] on one that has nothing open is a transaction of its own, as everywhere.
pub struct Detached<B: Binding> {
    session: Session<B>,
    registry: B::Registry,
    data: ScopeData,
}

/// A session of `B` outside of every scope. It takes along what was put into the scope that this
/// code runs in, if it is one of these databases. Generated code calls it: `db::main::detached`.
pub fn detached<B: Binding>(databases: &B::Registry) -> Detached<B> {
    let data = Scope::data_of(databases).unwrap_or_default();
    let scope = Scope::with_data(databases.clone(), data.clone());
    let supply = B::bind(databases).supply(|| data.clone());
    let session = Session::new(supply, scope.hooked());
    Detached { session, registry: databases.clone(), data }
}

impl<B: Binding> Detached<B> {
    /// Runs `work` with this session: `Ok` commits, `Err`, a panic or a drop rolls back.
    ///
    /// Inside, the accessors of the context reach this session, and what was put into the scope it
    /// was made in. Sessions of other binds that are reached there end with it.
    ///
    /// ```
    /// # use bindery_runtime::{Binding, Detached, Error};
    /// # fn send_later<B: Binding>(main: Detached<B>) -> tokio::task::JoinHandle<Result<(), Error>>
    /// # where for<'s> &'s bindery_runtime::Session<B>: sqlx::Executor<'s, Database = B::Database>,
    /// #       for<'a> <B::Database as sqlx::Database>::Arguments: sqlx::IntoArguments<B::Database> {
    /// // let main = db::main::detached(&databases);
    /// tokio::spawn(main.run(async |main| {
    ///     sqlx::query("DELETE FROM drafts").execute(main).await?;
    ///     Ok(())
    /// }))
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What `work` returns, or the error of the end.
    pub async fn run<T, E>(
        self,
        work: impl AsyncFnOnce(&Session<B>) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<Error>,
    {
        run_in(self.scope(), work(&self.session)).await
    }

    /// A stream of what `work` sends: for the body of a response.
    ///
    /// The session goes with the stream. `Ok` commits after the last item, and an error, also that of
    /// the commit, is the last item. A stream that is dropped, because the client went away for
    /// example, is rolled back. While nobody asks for the next item, `work` stands still and keeps
    /// its connection.
    pub fn stream<T, E, F>(self, work: F) -> impl Stream<Item = Result<T, E>> + use<B, T, E, F>
    where
        E: From<Error>,
        F: AsyncFnOnce(&Session<B>, Sink<T>) -> Result<(), E>,
    {
        stream::of(async move |sink| self.run(async move |main| work(main, sink).await).await)
    }

    fn scope(&self) -> Scope<B::Registry> {
        Scope::around(self.registry.clone(), self.data.clone(), &self.session)
    }
}

impl<B: Binding> Deref for Detached<B> {
    type Target = Session<B>;

    fn deref(&self) -> &Session<B> {
        &self.session
    }
}

impl<B: Binding> Drop for Detached<B> {
    fn drop(&mut self) {
        self.session.0.clone().abandon();
    }
}

impl<B: Binding> fmt::Debug for Detached<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detached").field("key", &B::KEY).finish_non_exhaustive()
    }
}
