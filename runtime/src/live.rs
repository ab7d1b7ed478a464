//! What sessions of a bind open on: one pool, how to begin on it, and the connection that is kept
//! aside to stop statements.

mod shared;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sqlx::{Connection, Pool};
use tokio::sync::{Mutex, Notify};
use tracing::Span;

use crate::background::Tasks;
use crate::binding::Binding;
use crate::driver::{ConnectionOf, Driver, Plan, connected, is_lost};
use crate::error::{Error, ErrorKind};
use crate::events::{Events, Outcome, Step};
use crate::outer::OuterTransaction;

pub(crate) use self::shared::SharedLive;

/// Settings that sessions need beside their pool.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// How long a session waits for a connection.
    pub acquire_timeout: Duration,
    /// A transaction pooler stands between: successive statements may meet different backends.
    pub pooler: bool,
    /// MySQL: a connection that was lent may go back to the pool.
    pub trust_lent: bool,
    /// The pool is one that the application made.
    pub is_adopted: bool,
}

/// What every target of a bind shares.
#[derive(Clone, Debug, Default)]
pub(crate) struct Common {
    /// Where what nobody waits for goes on.
    pub(crate) tasks: Tasks,
    pub(crate) events: Events,
}

/// One target that answered.
pub(crate) struct Live<B: Binding> {
    pool: Pool<B::Database>,
    plan: Plan,
    acquire_timeout: Duration,
    is_adopted: bool,
    common: Common,
    reserved: Mutex<Option<ConnectionOf<B>>>,
    /// Another target took its place: its pool is closed with the last session that is on it.
    is_replaced: AtomicBool,
    /// In a test scope, the only connection there is.
    outer: Option<Arc<OuterTransaction<B>>>,
    /// Told whenever somebody stops using this target; several targets may share it.
    left: Option<Arc<Notify>>,
}

tokio::task_local! {
    static FOR_SESSION: ();
}

/// Whether the pool is asked by a session right now: BEGIN is its test of the connection.
pub(crate) fn acquiring_for_session() -> bool {
    FOR_SESSION.try_with(|()| ()).is_ok()
}

/// A pooled connection and what stops its statements.
pub(crate) type Opened<B> = (
    sqlx::pool::PoolConnection<<B as Binding>::Database>,
    <<B as Binding>::Database as Driver>::Identity,
);

impl<B: Binding> Live<B> {
    pub(crate) fn new(pool: Pool<B::Database>, options: &SessionOptions, common: Common) -> Self {
        Self {
            pool,
            plan: <B::Database as Driver>::plan(&B::TRANSACTION, options),
            acquire_timeout: options.acquire_timeout,
            is_adopted: options.is_adopted,
            common,
            reserved: Mutex::new(None),
            is_replaced: AtomicBool::new(false),
            outer: None,
            left: None,
        }
    }

    /// The same pool for a test scope.
    pub(crate) fn in_test_scope(&self) -> Self {
        let mut live = self.with(self.pool.clone());
        live.outer = Some(Arc::new(OuterTransaction::new()));
        live
    }

    /// The same settings on another pool, for a test.
    pub(crate) fn with(&self, pool: Pool<B::Database>) -> Self {
        Self {
            pool,
            plan: self.plan.clone(),
            acquire_timeout: self.acquire_timeout,
            is_adopted: self.is_adopted,
            // What goes on in the background is that of the test.
            common: Common { events: self.common.events.clone(), ..Common::default() },
            reserved: Mutex::new(None),
            is_replaced: AtomicBool::new(false),
            outer: None,
            left: None,
        }
    }

    pub(crate) fn outer(&self) -> Option<&Arc<OuterTransaction<B>>> {
        self.outer.as_ref()
    }

    /// Tells `left` whenever somebody stops using this target.
    pub(crate) fn telling(self, left: Arc<Notify>) -> SharedLive<B> {
        let mut live = self;
        live.left = Some(left);
        SharedLive::new(live)
    }

    pub(crate) fn pool(&self) -> &Pool<B::Database> {
        &self.pool
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn acquire_timeout(&self) -> Duration {
        self.acquire_timeout
    }

    pub(crate) fn common(&self) -> &Common {
        &self.common
    }

    pub(crate) fn events(&self) -> &Events {
        &self.common.events
    }

    /// Closes the pool when the last session on it has ended.
    pub(crate) fn replace(&self) {
        self.is_replaced.store(true, Ordering::Relaxed);
    }

    /// Closes the pool, and returns when every connection of it is closed.
    pub(crate) async fn shut(&self) {
        self.no_more().await;
        self.close_reserved().await;
    }

    /// Gives nobody a connection any more, and returns when those in use have come back.
    pub(crate) async fn no_more(&self) {
        match &self.outer {
            // The pool is that of the application.
            Some(outer) => outer.end().await,
            None => self.pool.close().await,
        }
    }

    /// Closes the connection that is kept to stop statements.
    pub(crate) async fn close_reserved(&self) {
        close::<B>(self.reserved.lock().await.take()).await;
    }

    /// Takes a connection and begins a transaction on it.
    ///
    /// A pooled connection may have died since its last use. BEGIN finds that out, so it is the
    /// ping, and a dead connection is replaced as long as the acquire timeout allows.
    pub(crate) async fn open(&self, transaction: bool, span: &Span) -> Result<Opened<B>, Error> {
        let started = Instant::now();
        loop {
            let events = self.events();
            let since = events.begin();
            let acquired = self.acquire(started).await;
            events.tell(span, B::KEY, Step::Acquire, since, Outcome::of(&acquired));
            let mut beginning = Beginning::<B>(Some(acquired?));
            let since = events.begin();
            let begun = if transaction {
                B::Database::begin(beginning.conn(), &self.plan).await
            } else {
                B::Database::attach(beginning.conn(), &self.plan).await
            };
            let begun = begun.map_err(|error| {
                let is_lost = is_lost::<B::Database>(&error);
                (if is_lost { unavailable::<B>(error) } else { not_begun::<B>(error) }, is_lost)
            });
            let told = begun.as_ref().map(drop).map_err(|(error, _)| error);
            if transaction || told.is_err() {
                let outcome = told.map_or_else(|error| Outcome::Failed(error), |()| Outcome::Done);
                events.tell(span, B::KEY, Step::Begin, since, outcome);
            }
            match begun {
                Ok(identity) => return Ok((beginning.begun(), identity)),
                Err((error, is_lost)) => {
                    if is_lost {
                        drop(beginning.begun().detach());
                    }
                    if !is_lost || started.elapsed() >= self.acquire_timeout {
                        return Err(error);
                    }
                }
            }
        }
    }

    async fn acquire(
        &self,
        started: Instant,
    ) -> Result<sqlx::pool::PoolConnection<B::Database>, Error> {
        // What is idle is had at once, without a timer and without the future of a wait, which is
        // large enough to be boxed. Before a use of its pool the application may want to be asked.
        if !self.is_adopted
            && let Some(conn) = self.pool.try_acquire()
        {
            return Ok(conn);
        }
        let acquired = Box::pin(FOR_SESSION.scope((), self.wait(started))).await;
        acquired.map_err(|error| self.not_acquired(error, started))
    }

    /// Takes a connection for no session; the pool has tested it.
    pub(crate) async fn connection(
        &self,
    ) -> Result<sqlx::pool::PoolConnection<B::Database>, Error> {
        if self.outer.is_some() {
            let message = "a test scope has no connection for work on the database as a whole: create its \
                           tables before the test, or use a test database";
            return Err(Error::new(ErrorKind::OverlappingSessions, B::KEY, message));
        }
        let started = Instant::now();
        self.wait(started).await.map_err(|error| self.not_acquired(error, started))
    }

    async fn wait(
        &self,
        started: Instant,
    ) -> Result<sqlx::pool::PoolConnection<B::Database>, sqlx::Error> {
        let deadline = (started + self.acquire_timeout).into();
        connected::<B::Database, _, _>(deadline, || self.pool.acquire()).await
    }

    fn not_acquired(&self, error: sqlx::Error, started: Instant) -> Error {
        match error {
            sqlx::Error::PoolTimedOut => {
                let size = self.pool.size();
                let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
                let message = format!(
                    "no connection within {:.1?}: the pool holds {size} of at most {}, {} in use; \
                     make `pool.max_connections` larger, hold sessions for a shorter time, or see \
                     whether the database answers",
                    started.elapsed(),
                    self.pool.options().get_max_connections(),
                    size.saturating_sub(idle),
                );
                Error::new(ErrorKind::AcquireTimeout, B::KEY, message).with_source(error)
            }
            sqlx::Error::PoolClosed => {
                Error::new(ErrorKind::Closed, B::KEY, "its pool is closed").with_source(error)
            }
            error => unavailable::<B>(error),
        }
    }

    /// Stops the statement that runs on the connection of `identity`.
    pub(crate) async fn cancel(
        &self,
        identity: &<B::Database as Driver>::Identity,
    ) -> Result<(), sqlx::Error> {
        let mut reserved = self.reserved.lock().await;
        let known = reserved.is_some();
        let mut outcome = B::Database::cancel(identity, &self.pool, &mut reserved).await;
        if known && outcome.as_ref().is_err_and(is_lost::<B::Database>) {
            // It had been idle for long enough to be cut off.
            *reserved = None;
            outcome = B::Database::cancel(identity, &self.pool, &mut reserved).await;
        }
        if outcome.is_err() {
            *reserved = None;
        }
        outcome
    }
}

/// A connection whose BEGIN has not succeeded. A batch may have stopped half-way, or be given up
/// when its time in the background is over: nobody knows what the connection is in.
struct Beginning<B: Binding>(Option<sqlx::pool::PoolConnection<B::Database>>);

impl<B: Binding> Beginning<B> {
    fn conn(&mut self) -> &mut ConnectionOf<B> {
        self.0.as_mut().expect("it is taken at the end")
    }

    fn begun(mut self) -> sqlx::pool::PoolConnection<B::Database> {
        self.0.take().expect("it is taken once")
    }
}

impl<B: Binding> Drop for Beginning<B> {
    fn drop(&mut self) {
        // The BEGIN of SQLite is a single statement, which sqlx undoes when nobody waits for it, and
        // the driver when nobody has it after that.
        if B::Database::MAY_CLOSE
            && let Some(conn) = &mut self.0
        {
            conn.close_on_drop();
        }
    }
}

async fn close<B: Binding>(reserved: Option<ConnectionOf<B>>) {
    if let Some(conn) = reserved
        && let Err(error) = conn.close().await
    {
        tracing::debug!(key = B::KEY, %error, "the reserved connection was lost before its close");
    }
}

fn not_begun<B: Binding>(error: sqlx::Error) -> Error {
    let message = format!("BEGIN was refused: {error}");
    Error::new(ErrorKind::BeginFailed, B::KEY, message).with_source(error)
}

fn unavailable<B: Binding>(error: sqlx::Error) -> Error {
    let message = format!("the database cannot be reached: {error}");
    Error::new(ErrorKind::Unavailable, B::KEY, message).with_source(error)
}

impl<B: Binding> fmt::Debug for Live<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("key", &B::KEY)
            .field("size", &self.pool.size())
            .field("idle", &self.pool.num_idle())
            .finish_non_exhaustive()
    }
}

impl<B: Binding> Drop for Live<B> {
    fn drop(&mut self) {
        if *self.is_replaced.get_mut() {
            let (pool, reserved) = (self.pool.clone(), self.reserved.get_mut().take());
            self.common.tasks.spawn(false, async move {
                pool.close().await;
                close::<B>(reserved).await;
            });
        }
    }
}
