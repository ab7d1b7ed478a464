//! What statements of models run on, whatever it was that the caller passed.

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::{Database, Executor};

use crate::autocommit::Autocommit;
use crate::binding::Binding;
use crate::driver::{AnswerOf, ConnectionOf, Driver, answers};
use crate::session::Session;
use crate::statement::Statement;

type RowOn<B> = <<B as Binding>::Database as Database>::Row;
type ResultOn<B> = <<B as Binding>::Database as Database>::QueryResult;

/// Where statements run, and whether they keep to the rows that are there for whoever asks. The
/// futures are boxed: a model adds no code of the driver.
#[doc(hidden)]
#[derive(Debug)]
pub struct Lease<'a, B: Binding> {
    pub(super) place: Place<'a, B>,
    /// Whether the model's policy and its marks of deleted rows are in force.
    pub(super) restricted: bool,
}

/// A session, or a connection of the caller's own.
#[derive(Debug)]
pub(super) enum Place<'a, B: Binding> {
    /// A session; inside a block its statements are part of the block.
    Session(&'a Session<B>),
    /// A session without a transaction.
    Autocommit(&'a Autocommit<B>),
    /// A connection, with or without a transaction.
    Connection(Connection<'a, B>),
}

/// A borrowed connection; sqlx's connections have no `Debug` that says anything.
pub(super) struct Connection<'a, B: Binding>(pub(super) &'a mut ConnectionOf<B>);

impl<B: Binding> std::fmt::Debug for Connection<'_, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl<'a, B: Binding> Lease<'a, B> {
    pub(super) fn session(session: &'a Session<B>) -> Self {
        Self { place: Place::Session(session), restricted: true }
    }

    pub(super) fn autocommit(session: &'a Autocommit<B>) -> Self {
        Self { place: Place::Autocommit(session), restricted: true }
    }

    pub(super) fn connection(conn: &'a mut ConnectionOf<B>) -> Self {
        Self { place: Place::Connection(Connection(conn)), restricted: true }
    }

    /// The same place, with every row of the table.
    pub(super) fn unrestricted(self) -> Self {
        Self { restricted: false, ..self }
    }

    /// Runs a statement for its effect.
    pub(super) fn execute(
        &mut self,
        statement: Statement<B::Database>,
    ) -> BoxFuture<'_, Result<ResultOn<B>, sqlx::Error>> {
        match &mut self.place {
            Place::Session(session) => session.execute(statement),
            Place::Autocommit(session) => session.execute(statement),
            Place::Connection(conn) => {
                let stream = B::Database::fetch_many(conn.0, statement);
                Box::pin(answers::result::<B::Database>(stream))
            }
        }
    }

    /// Runs a statement for its rows, and to its end: some of what can refuse it comes after the
    /// last row.
    pub(super) fn rows(
        &mut self,
        statement: Statement<B::Database>,
    ) -> BoxFuture<'_, Result<Vec<RowOn<B>>, sqlx::Error>> {
        match &mut self.place {
            Place::Session(session) => session.fetch_all(statement),
            Place::Autocommit(session) => session.fetch_all(statement),
            Place::Connection(conn) => {
                let stream = B::Database::fetch_many(conn.0, statement);
                Box::pin(answers::rows::<B::Database>(stream))
            }
        }
    }

    /// Runs a statement for its rows, one after the other.
    pub(super) fn stream(
        self,
        statement: Statement<B::Database>,
    ) -> BoxStream<'a, Result<AnswerOf<B::Database>, sqlx::Error>> {
        match self.place {
            Place::Session(session) => session.fetch_many(statement),
            Place::Autocommit(session) => session.fetch_many(statement),
            Place::Connection(conn) => B::Database::fetch_many(conn.0, statement),
        }
    }
}
