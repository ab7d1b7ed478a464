//! The transaction around all sessions of a test scope: one connection, never committed, and each session
//! a savepoint in it.
//!
//! One session at a time has the connection; a second one beside it is an error, for its statements would
//! be part of the first.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::SqlStr;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::binding::Binding;
use crate::error::{Error, ErrorKind};
use crate::link::Link;
use crate::live::SharedLive;

/// What begins a session.
const ENTER: SqlStr = SqlStr::from_static("SAVEPOINT bindery_session");
/// What keeps what it did.
pub(crate) const KEEP: SqlStr = SqlStr::from_static("RELEASE SAVEPOINT bindery_session");
/// What undoes it.
pub(crate) const UNDO: SqlStr =
    SqlStr::from_static("ROLLBACK TO SAVEPOINT bindery_session; RELEASE SAVEPOINT bindery_session");

/// The connection of a test scope.
pub(crate) struct OuterTransaction<B: Binding> {
    state: Mutex<State<B>>,
    /// Told when a session has left.
    left: Notify,
}

enum State<B: Binding> {
    /// Nothing was taken from the pool.
    Unused,
    /// Between two sessions.
    Free(Link<B>),
    /// A session is on it.
    Taken,
    /// The connection was lost, and what was done before with it.
    Lost,
    /// The test is over.
    Over,
}

impl<B: Binding> OuterTransaction<B> {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State::Unused), left: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State<B>> {
        // Nothing panics while the lock is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a session: a savepoint, in a transaction that the first one begins.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        live: SharedLive<B>,
        transaction: bool,
    ) -> Result<Link<B>, Error> {
        let free = self.turn(&live).await?;
        let entering = Entering(self);
        let mut link = match free {
            Some(link) => link,
            None => match Link::begin(live, true).await {
                Ok(link) => link,
                Err(error) => {
                    entering.ends_as(State::Unused);
                    return Err(error);
                }
            },
        };
        if let Err(error) = link.text(ENTER).await {
            link.close();
            return Err(Error::database(B::KEY, error));
        }
        entering.ends_as(State::Taken);
        Ok(link.in_test_scope(Arc::clone(self), transaction))
    }

    /// Takes the connection, `None` when there is none yet. A session that comes to its end in the
    /// background is waited for.
    async fn turn(&self, live: &SharedLive<B>) -> Result<Option<Link<B>>, Error> {
        let deadline = Instant::now() + live.acquire_timeout();
        loop {
            let left = self.left.notified();
            {
                let mut state = self.state();
                match std::mem::replace(&mut *state, State::Taken) {
                    State::Unused => return Ok(None),
                    State::Free(link) => return Ok(Some(link)),
                    State::Taken => {}
                    State::Lost => {
                        *state = State::Lost;
                        return Err(lost::<B>());
                    }
                    State::Over => {
                        *state = State::Over;
                        return Err(Error::new(
                            ErrorKind::Closed,
                            B::KEY,
                            "the test scope is over",
                        ));
                    }
                }
            }
            let may_end = live.common().tasks.is_busy();
            if !may_end || timeout_at(deadline, left).await.is_err() {
                return Err(overlapping::<B>());
            }
        }
    }

    /// Takes the connection back from a session.
    pub(crate) fn leave(&self, link: Link<B>) {
        let mut state = self.state();
        if let State::Taken = *state {
            *state = State::Free(link);
        }
        drop(state);
        self.left.notify_waiters();
    }

    /// The connection did not come back.
    pub(crate) fn lose(&self) {
        let mut state = self.state();
        if let State::Taken = *state {
            *state = State::Lost;
        }
        drop(state);
        self.left.notify_waiters();
    }

    /// Rolls back whatever sessions did. One that is still on it loses its connection.
    pub(crate) async fn end(&self) {
        let state = std::mem::replace(&mut *self.state(), State::Over);
        if let State::Free(link) = state
            && let Err(error) = link.rollback().await
        {
            tracing::debug!(key = B::KEY, %error, "a test scope lost its connection at its end");
        }
    }
}

/// A session on its way; if it does not arrive, the connection is lost.
struct Entering<'a, B: Binding>(&'a OuterTransaction<B>);

impl<B: Binding> Entering<'_, B> {
    fn ends_as(self, then: State<B>) {
        let mut state = self.0.state();
        // The test may be over by now.
        if let State::Taken = *state {
            *state = then;
        }
        drop(state);
        std::mem::forget(self);
    }
}

impl<B: Binding> Drop for Entering<'_, B> {
    fn drop(&mut self) {
        self.0.lose();
    }
}

fn overlapping<B: Binding>() -> Error {
    Error::new(
        ErrorKind::OverlappingSessions,
        B::KEY,
        "another session of this bind is open in the same test scope, which has one connection: let one \
         end before the next begins, or use a test database",
    )
}

pub(crate) fn lost<B: Binding>() -> Error {
    let message = "the transaction of the test scope is gone: a statement ended it (DDL on MySQL, a raw \
                   COMMIT), or its connection was lost; use a test database";
    Error::new(ErrorKind::TransactionEnded, B::KEY, message)
}
