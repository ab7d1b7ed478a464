//! One pooled connection with a session's transaction on it.
//!
//! A `Link` is either at rest or has something open. Dropping one that has something open closes
//! the connection: no unknown state ever goes back to the pool.

mod connected;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use tokio::runtime::Handle;
use tracing::Span;

use crate::binding::Binding;
use crate::driver::is_lost;
use crate::error::{Error, ErrorKind};
use crate::events::{self, Outcome, Since, Step};
use crate::live::SharedLive;
use crate::outer::{self, OuterTransaction};

use self::connected::Connected;

pub(crate) use self::connected::Quiet;

/// Boxed: it goes from hand to hand, and is a part of every future that runs a statement.
#[derive(Debug)]
pub(crate) struct Link<B: Binding>(Box<Connected<B>>);

impl<B: Binding> Link<B> {
    pub(crate) async fn open(live: SharedLive<B>, transaction: bool) -> Result<Self, Error> {
        match live.outer().cloned() {
            // Boxed, as all of test scopes is: what only tests use makes no future of others larger.
            Some(outer) => Box::pin(outer.enter(live, transaction)).await,
            None => Self::begin(live, transaction).await,
        }
    }

    /// A connection of the pool.
    pub(crate) async fn begin(live: SharedLive<B>, transaction: bool) -> Result<Self, Error> {
        let runtime = Handle::current();
        let span = if transaction { events::transaction(B::KEY) } else { Span::none() };
        let (conn, identity) = live.open(transaction, &span).await?;
        Ok(Self(Box::new(Connected {
            conn: Some(conn),
            identity,
            live,
            runtime,
            open: transaction,
            transaction,
            untold: transaction,
            committing: false,
            span,
            since: Since::UNKNOWN,
            lent: false,
            suspect: false,
            touched: false,
            unread: false,
            outer: None,
        })))
    }

    /// The connection of a test scope, for one of its sessions.
    pub(crate) fn in_test_scope(
        mut self,
        outer: Arc<OuterTransaction<B>>,
        transaction: bool,
    ) -> Self {
        self.outer = Some(outer);
        self.transaction = transaction;
        if transaction && !self.untold {
            self.span = events::transaction(B::KEY);
            self.untold = true;
        }
        self
    }

    /// The end of a session of a test scope, whose transaction goes on.
    async fn end_savepoint(mut self, outer: &OuterTransaction<B>, keep: bool) -> Result<(), Error> {
        let (step, sql) =
            if keep { (Step::Commit, outer::KEEP) } else { (Step::Rollback, outer::UNDO) };
        let since = self.live.events().begin();
        let ended = if self.stop_unread().await {
            self.text(sql).await
        } else {
            return Err(outer::lost::<B>());
        };
        let outcome = match ended {
            Ok(()) => Ok(()),
            Err(error) if is_lost::<B::Database>(&error) => Err(lost::<B>(error)),
            // PostgreSQL: a statement was refused before. Elsewhere the savepoint is gone.
            Err(error) if keep && self.text(outer::UNDO).await.is_ok() => {
                Err(refused_commit::<B>(error))
            }
            Err(error) => Err(outer::lost::<B>().with_source(error)),
        };
        self.tell_end(step, since, Outcome::of(&outcome));
        match &outcome {
            Err(error) if error.kind() != ErrorKind::CommitFailed => self.close(),
            _ => {
                self.outer = None;
                self.transaction = true;
                outer.leave(self);
            }
        }
        outcome
    }

    /// COMMIT. The connection is at rest afterwards, whatever the outcome, or closed.
    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        if let Some(outer) = self.outer.clone() {
            return Box::pin(self.end_savepoint(&outer, true)).await;
        }
        if !self.transaction {
            return self.rest().await;
        }
        let since = self.live.events().begin();
        self.committing = true;
        let outcome = self.try_commit().await;
        self.committing = false;
        self.tell_end(Step::Commit, since, Outcome::of(&outcome));
        if outcome.is_err() && !self.is_closed() {
            // Some backends leave the transaction open when they refuse its COMMIT.
            let _ = Box::pin(self.rollback()).await;
        }
        outcome
    }

    /// ROLLBACK. The connection is at rest afterwards, or closed.
    ///
    /// Rows that nobody reads any more are not waited for.
    pub(crate) async fn rollback(mut self) -> Result<(), Error> {
        if let Some(outer) = self.outer.clone() {
            // What ran without a transaction is there, as always.
            let keep = !self.transaction;
            return Box::pin(self.end_savepoint(&outer, keep)).await;
        }
        let since = self.live.events().begin();
        if !self.stop_unread().await {
            return Ok(());
        }
        let outcome = self.try_roll_back().await;
        self.tell_end(Step::Rollback, since, Outcome::of(&outcome));
        outcome
    }
}

impl<B: Binding> Deref for Link<B> {
    type Target = Connected<B>;

    fn deref(&self) -> &Connected<B> {
        &self.0
    }
}

impl<B: Binding> DerefMut for Link<B> {
    fn deref_mut(&mut self) -> &mut Connected<B> {
        &mut self.0
    }
}

pub(crate) fn lost<B: Binding>(error: sqlx::Error) -> Error {
    let message = format!("the connection was lost: {error}");
    Error::new(ErrorKind::Unavailable, B::KEY, message).with_source(error)
}

/// The transaction is not the session's any more.
pub(crate) fn ended<B: Binding>() -> Error {
    Error::new(
        ErrorKind::TransactionEnded,
        B::KEY,
        "the transaction ended before the session did: a raw COMMIT or ROLLBACK, a statement that \
         commits by itself, or the database ended it",
    )
}

fn refused_commit<B: Binding>(error: sqlx::Error) -> Error {
    let message = format!("COMMIT was refused, nothing is stored: {error}");
    Error::new(ErrorKind::CommitFailed, B::KEY, message).with_source(error)
}
