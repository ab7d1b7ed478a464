//! One started bind: its pool, and what sessions open on.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_core::future::BoxFuture;
use sqlx::Pool;

use crate::binding::Binding;
use crate::error::Error;
use crate::health;
use crate::hooks::SharedHooks;
use crate::live::Live;

/// A bind of a running application: a key and the pool that its sessions take connections from.
pub struct Bind<B: Binding> {
    /// Behind a lock because a target can be exchanged while sessions of the old one go on.
    live: RwLock<Arc<Live<B>>>,
    hooks: Option<SharedHooks<B>>,
}

impl<B: Binding> Bind<B> {
    pub(crate) fn new(live: Live<B>, hooks: Option<SharedHooks<B>>) -> Self {
        Self { live: RwLock::new(Arc::new(live)), hooks }
    }

    pub(crate) fn hooks(&self) -> Option<SharedHooks<B>> {
        self.hooks.clone()
    }

    /// The key as the TOML spells it.
    #[must_use]
    pub fn key(&self) -> &'static str {
        B::KEY
    }

    /// The plain pool, for code that wants no session.
    ///
    /// Statements on it are outside of every scope. A connection from it that waits for one that a
    /// session of the same task holds waits in vain, until the acquire timeout.
    #[must_use]
    pub fn pool(&self) -> Pool<B::Database> {
        self.live().pool().clone()
    }

    pub(crate) fn live(&self) -> Arc<Live<B>> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<B: Binding> fmt::Debug for Bind<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bind").field("key", &B::KEY).field("pool", self.live().pool()).finish()
    }
}

/// A [`Bind`] of any database; sealed.
pub trait AnyBind: fmt::Debug + Send + Sync + sealed::Sealed {
    /// The key as the TOML spells it.
    fn key(&self) -> &'static str;

    /// Asks the database whether it answers, and says how long that took.
    ///
    /// The future is ready within `limit`, also when all connections are in use; that is an error
    /// of the kind [`AcquireTimeout`](crate::ErrorKind::AcquireTimeout).
    fn ping(&self, limit: Duration) -> BoxFuture<'_, Result<Duration, Error>>;

    /// Closes the pool: nobody gets a connection any more. The future is ready when those in use
    /// have come back and what was rolled back in the background is done, however long that takes.
    fn close(&self) -> BoxFuture<'_, ()>;
}

impl<B: Binding> AnyBind for Bind<B> {
    fn key(&self) -> &'static str {
        B::KEY
    }

    fn ping(&self, limit: Duration) -> BoxFuture<'_, Result<Duration, Error>> {
        Box::pin(async move { health::ping::<B>(self.live().pool(), limit).await })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        let live = self.live();
        Box::pin(async move {
            live.pool().close().await;
            live.settled().await;
        })
    }
}

mod sealed {
    /// Keeps [`super::AnyBind`] to [`super::Bind`].
    pub trait Sealed {}
    impl<B: super::Binding> Sealed for super::Bind<B> {}
}
