//! What can be done on a connection while a session has it: look, ask, tell, stop, close.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Connection, SqlSafeStr, SqlStr};
use tokio::runtime::Handle;
use tracing::Span;

use super::{ended, lost, refused_commit};
use crate::binding::Binding;
use crate::driver::{Check, ConnectionOf, Driver, is_lost};
use crate::error::{Error, ErrorKind};
use crate::events::{Outcome, Since, Step};
use crate::live::SharedLive;
use crate::outer::OuterTransaction;

/// How long a dropped statement may take to end by itself before it is cancelled.
const GRACE: Duration = Duration::from_millis(5);
/// How long a cancelled connection has to become quiet.
const QUIET: Duration = Duration::from_millis(500);

/// How a connection became quiet after something was dropped on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quiet {
    /// It was, or what ran came to its end in time.
    ByItself,
    /// What ran was stopped.
    Stopped,
    /// It did not, and was closed.
    Closed,
}

#[expect(clippy::struct_excessive_bools, reason = "each is seen and cleared by itself")]
pub(crate) struct Connected<B: Binding> {
    /// `None` only after the connection was given back or closed.
    pub(super) conn: Option<PoolConnection<B::Database>>,
    pub(super) identity: <B::Database as Driver>::Identity,
    pub(super) live: SharedLive<B>,
    pub(super) runtime: Handle,
    /// A transaction, or statements whose end is not known.
    pub(super) open: bool,
    pub(super) transaction: bool,
    /// The end of the transaction was not told of so far.
    pub(super) untold: bool,
    /// COMMIT was sent and has not been answered.
    pub(super) committing: bool,
    /// That of the transaction.
    pub(super) span: Span,
    /// When the statement began.
    pub(super) since: Since,
    /// Code outside the session had the connection in its hands.
    pub(super) lent: bool,
    /// The transaction may not be what the session believes: ask before COMMIT.
    pub(super) suspect: bool,
    /// A statement changed settings that outlive the transaction.
    pub(super) touched: bool,
    /// Rows of a stream that was dropped may still be coming.
    pub(super) unread: bool,
    /// Where it goes back to, when it is that of a test scope.
    pub(super) outer: Option<Arc<OuterTransaction<B>>>,
}

impl<B: Binding> Connected<B> {
    pub(crate) fn conn(&mut self) -> &mut ConnectionOf<B> {
        self.conn.as_mut().expect("a link has its connection until its end")
    }

    pub(crate) fn shared_conn(&self) -> &ConnectionOf<B> {
        self.conn.as_ref().expect("a link has its connection until its end")
    }

    pub(crate) fn live(&self) -> &SharedLive<B> {
        &self.live
    }

    pub(crate) fn was_lent(&self) -> bool {
        self.lent
    }

    pub(crate) fn suspect(&mut self) {
        self.suspect = true;
    }

    /// A row stream was dropped before its end: what was not read may still fail.
    pub(crate) fn left_unread(&mut self) {
        self.suspect = true;
        self.unread = true;
    }

    /// A statement came to its end, and all answers before it were read.
    pub(crate) fn was_read(&mut self) {
        self.unread = false;
    }

    /// The end of the transaction also undoes settings.
    pub(crate) fn touch(&mut self) {
        self.suspect = true;
        self.touched = true;
        self.open = true;
    }

    /// Prepares the connection for code that the session does not see.
    pub(crate) async fn lend(&mut self) -> Result<(), sqlx::Error> {
        self.suspect = true;
        if !self.lent {
            let identity = &self.identity;
            let conn = self.conn.as_mut().expect("a link has its connection until its end");
            if self.transaction {
                B::Database::lend(conn, identity).await?;
            }
            self.lent = true;
        }
        Ok(())
    }

    pub(crate) async fn text(&mut self, sql: SqlStr) -> Result<(), sqlx::Error> {
        B::Database::text(self.conn(), sql).await
    }

    pub(crate) async fn savepoint(&mut self, depth: usize) -> Result<(), sqlx::Error> {
        self.text(AssertSqlSafe(format!("SAVEPOINT bindery_{depth}")).into_sql_str()).await
    }

    pub(crate) async fn release(&mut self, depth: usize) -> Result<(), sqlx::Error> {
        self.text(AssertSqlSafe(format!("RELEASE SAVEPOINT bindery_{depth}")).into_sql_str()).await
    }

    pub(crate) async fn roll_back_to(&mut self, depth: usize) -> Result<(), sqlx::Error> {
        let sql =
            format!("ROLLBACK TO SAVEPOINT bindery_{depth}; RELEASE SAVEPOINT bindery_{depth}");
        self.text(AssertSqlSafe(sql).into_sql_str()).await
    }

    /// Makes everything fail that can fail before COMMIT. Costs nothing for a session that only
    /// ran statements which succeeded, unless `thorough`: another bind commits after this one.
    pub(crate) async fn check(&mut self, thorough: bool) -> Result<(), Error> {
        // The savepoint of a test scope tells at its end.
        if !self.transaction || self.outer.is_some() || !(self.suspect || thorough) {
            return Ok(());
        }
        let lent = self.lent;
        let conn = self.conn.as_mut().expect("a link has its connection until its end");
        match B::Database::check(conn, &self.identity, lent).await {
            Check::Sound => {
                self.suspect = false;
                Ok(())
            }
            Check::Ended => Err(ended::<B>()),
            Check::Refused(error) if is_lost::<B::Database>(&error) => Err(lost::<B>(error)),
            Check::Refused(error) => Err(refused_commit::<B>(error)),
        }
    }

    /// Whether the transaction is gone, so that nothing more may run.
    pub(crate) async fn has_ended(&mut self) -> Result<bool, sqlx::Error> {
        if self.transaction { B::Database::has_ended(self.conn()).await } else { Ok(false) }
    }

    pub(super) async fn try_commit(&mut self) -> Result<(), Error> {
        let lent = self.lent;
        let conn = self.conn.as_mut().expect("a link has its connection until its end");
        match B::Database::commit(conn, &self.identity, self.live.plan(), lent).await {
            Ok(()) => {
                // The work is stored; a connection that cannot be cleaned is closed, no more.
                if let Err(error) = self.rest().await {
                    tracing::warn!(key = B::KEY, %error, "a connection was closed after its commit");
                }
                Ok(())
            }
            Err(error) if is_lost::<B::Database>(&error) => {
                self.close();
                let message = format!("the connection was lost during COMMIT: {error}");
                Err(Error::new(ErrorKind::OutcomeUnknown, B::KEY, message).with_source(error))
            }
            Err(error) => Err(refused_commit::<B>(error)),
        }
    }

    pub(super) async fn try_roll_back(&mut self) -> Result<(), Error> {
        if self.transaction {
            let lent = self.lent;
            let conn = self.conn.as_mut().expect("a link has its connection until its end");
            let done = B::Database::rollback(conn, &self.identity, self.live.plan(), lent).await;
            if let Err(error) = done {
                self.close();
                return Err(lost::<B>(error));
            }
        }
        self.rest().await
    }

    /// Tells of the end of the transaction, once.
    pub(super) fn tell_end(&mut self, step: Step, since: Since, outcome: Outcome<'_>) {
        if std::mem::take(&mut self.untold) {
            self.live.events().tell(&self.span, B::KEY, step, since, outcome);
            if self.span.is_disabled() {
                return;
            }
            let how = match (step, outcome) {
                (Step::Commit, Outcome::Done) => "committed",
                (_, Outcome::Unknown(_)) => "unknown",
                _ => "rolled back",
            };
            self.span.record("outcome", how);
        }
    }

    /// Tells of a statement that failed.
    pub(crate) fn tell_failed(&self, error: &sqlx::Error) {
        let outcome = Outcome::Failed(error);
        self.live.events().tell(&self.span, B::KEY, Step::Statement, self.since, outcome);
    }

    /// A statement is about to be sent.
    pub(crate) fn begin_statement(&mut self) {
        self.since = self.live.events().begin();
    }

    /// The transaction is over: undo what a lent connection may have been set to and give the
    /// connection back.
    pub(super) async fn rest(&mut self) -> Result<(), Error> {
        self.open = true;
        if self.lent || self.touched {
            let conn = self.conn.as_mut().expect("a link has its connection until its end");
            match B::Database::restore(conn, &self.identity, self.live.plan()).await {
                Ok(true) => {}
                Ok(false) => {
                    self.close();
                    return Ok(());
                }
                Err(error) => {
                    self.close();
                    return Err(lost::<B>(error));
                }
            }
        }
        self.open = false;
        self.conn = None;
        Ok(())
    }

    /// After a statement was dropped in flight: waits until the connection is quiet, and stops what
    /// does not come to its end.
    ///
    /// While the transaction is still `wanted`, more time is given to a connection that was lent:
    /// what is under way may be rows that were left unread, and stopping those can cost the
    /// transaction.
    ///
    /// The first ping is never dropped half-way: it would leave its own answer behind.
    pub(crate) async fn quiet(&mut self, wanted: bool) -> Quiet {
        // While rows keep coming, sqlx reads over them within a single poll: a timer beside it would
        // never fire, so the server is told to stop before it is asked anything.
        let grace = match (self.unread, wanted && self.lent) {
            (true, _) => None,
            (false, true) => Some(QUIET),
            (false, false) => Some(GRACE),
        };
        let live = self.live.clone();
        let conn = self.conn.as_mut().expect("a link has its connection until its end");
        let mut stopped = false;
        let quiet = {
            let ping = conn.ping();
            tokio::pin!(ping);
            let in_time = match grace {
                Some(grace) => tokio::time::timeout(grace, &mut ping).await.ok(),
                None => None,
            };
            if in_time.is_some() {
                in_time
            } else {
                stopped = true;
                if let Err(error) = live.cancel(&self.identity).await {
                    tracing::debug!(key = B::KEY, %error, "an abandoned statement could not be cancelled");
                }
                if B::Database::MAY_CLOSE {
                    tokio::time::timeout(QUIET, &mut ping).await.ok()
                } else {
                    Some(ping.await)
                }
            }
        };
        let quiet = match quiet {
            None => false,
            Some(Err(error)) if is_lost::<B::Database>(&error) => false,
            // The first ping may have reported the cancellation.
            Some(_) => matches!(tokio::time::timeout(QUIET, conn.ping()).await, Ok(Ok(()))),
        };
        B::Database::cancelled(&self.identity);
        self.unread = false;
        if !quiet {
            self.close();
            return Quiet::Closed;
        }
        if stopped { Quiet::Stopped } else { Quiet::ByItself }
    }

    /// Stops the rows that nobody reads any more, before something that would read over them.
    /// `false` means the connection had to be closed.
    pub(crate) async fn stop_unread(&mut self) -> bool {
        // Boxed: it is seldom needed, and would be a part of every future that ends a transaction.
        !self.unread || Box::pin(self.quiet(false)).await != Quiet::Closed
    }

    /// Closes the connection at once; the pool may open another.
    pub(crate) fn close(&mut self) {
        self.open = false;
        if let Some(conn) = self.conn.take() {
            let _entered = self.runtime.enter();
            drop(conn.detach());
        }
    }

    /// Whether [`Link::close`] was called.
    pub(crate) fn is_closed(&self) -> bool {
        self.conn.is_none()
    }
}

impl<B: Binding> Drop for Connected<B> {
    fn drop(&mut self) {
        if self.untold {
            let since = self.live.events().begin();
            if self.committing {
                let message = "the connection was closed while its COMMIT was not answered";
                let error = Error::new(ErrorKind::OutcomeUnknown, B::KEY, message);
                self.tell_end(Step::Commit, since, Outcome::Unknown(&error));
            } else {
                let message = "the connection was lost, or closed because its state was not known";
                let error = Error::new(ErrorKind::Unavailable, B::KEY, message);
                self.tell_end(Step::Rollback, since, Outcome::Failed(&error));
            }
        }
        if let Some(outer) = self.outer.take() {
            outer.lose();
        }
        if let Some(mut conn) = self.conn.take() {
            // sqlx gives connections back by a task, which needs a runtime to be spawned on.
            let _entered = self.runtime.enter();
            if self.open {
                B::Database::abandoned(&self.identity);
                conn.close_on_drop();
            }
            drop(conn);
        }
    }
}

impl<B: Binding> fmt::Debug for Connected<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connected")
            .field("key", &B::KEY)
            .field("open", &self.open)
            .field("lent", &self.lent)
            .field("suspect", &self.suspect)
            .finish_non_exhaustive()
    }
}
