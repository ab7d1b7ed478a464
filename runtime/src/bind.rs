//! One started bind: its target, or targets, and what sessions open on.

use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use futures_core::future::BoxFuture;
use sqlx::Pool;
use sqlx::pool::PoolOptions;

use crate::background::{Finish, Tasks};
use crate::binding::{Binding, Registry};
use crate::data::ScopeData;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::health;
use crate::hooks::SharedHooks;
use crate::live::{Common, Live, SharedLive};
use crate::per_scope::Chooser;
use crate::scope::Scope;
use crate::start::{SettingsOf, open_target};
use crate::supply::Supply;
use crate::target::Target;

/// A bind of a running application: a key and the pool that its sessions take connections from.
pub struct Bind<B: Binding> {
    current: Current<B>,
    settings: Box<SettingsOf<B>>,
    common: Common,
    hooks: Option<SharedHooks<B>>,
}

/// What sessions of a bind open on.
pub(crate) enum Current<B: Binding> {
    One(Exchangeable<B>),
    PerScope(Arc<dyn Chooser<B>>),
}

/// A target that another may take the place of, while sessions of the old one go on.
pub(crate) struct Exchangeable<B: Binding> {
    live: RwLock<SharedLive<B>>,
    /// Former targets that sessions may still be on.
    former: Mutex<Vec<Weak<Live<B>>>>,
}

impl<B: Binding> Bind<B> {
    pub(crate) fn new(
        current: Current<B>,
        settings: Box<SettingsOf<B>>,
        common: Common,
        hooks: Option<SharedHooks<B>>,
    ) -> Self {
        Self { current, settings, common, hooks }
    }

    /// The same bind for a test scope; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub fn in_test_scope(&self) -> Self {
        if let Some(live) = self.only() {
            return self.moved(live.in_test_scope());
        }
        let nowhere = Current::PerScope(Arc::new(Nowhere(self.common.clone())));
        self.with(nowhere, self.common.clone())
    }

    /// The target, when it is not chosen per scope.
    pub(crate) fn only(&self) -> Option<SharedLive<B>> {
        match &self.current {
            Current::One(target) => Some(target.live()),
            Current::PerScope(_) => None,
        }
    }

    /// The same bind with another target, for a test.
    pub(crate) fn moved(&self, live: Live<B>) -> Self {
        let common = live.common().clone();
        self.with(Current::one(live), common)
    }

    fn with(&self, current: Current<B>, common: Common) -> Self {
        Self { current, settings: self.settings.clone(), common, hooks: self.hooks.clone() }
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
    ///
    /// A bind whose target is chosen per scope has no pool that everybody may use: this one is
    /// closed then.
    #[must_use]
    pub fn pool(&self) -> Pool<B::Database> {
        match &self.current {
            Current::One(target) => target.live().pool().clone(),
            Current::PerScope(_) => closed_pool(),
        }
    }

    /// Exchanges what the bind connects to, with the settings that it was started with.
    ///
    /// The new target has answered when this returns; a server that refuses connections is asked again
    /// until the acquire timeout. Sessions that are open, or were handed out before, go on where they
    /// are. The pool of the old target is closed when the last of them has ended, also under code
    /// that took it with [`Bind::pool`].
    ///
    /// ```
    /// # use bindery_runtime::{Bind, Binding, Error};
    /// # async fn fail_over<B: Binding>(main: &Bind<B>) -> Result<(), Error> {
    /// // databases.main()
    /// main.change_target("postgres://app@standby/notes").await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The bind keeps its target: the new one did not answer ([`ErrorKind::Unavailable`]), its URL
    /// is wrong or the bind chooses per scope ([`ErrorKind::Target`]), or the bind was closed
    /// ([`ErrorKind::Closed`]).
    pub async fn change_target(&self, target: impl Into<Target<B>>) -> Result<(), Error> {
        let Current::One(current) = &self.current else {
            let message = "its target is chosen per scope, so there is none to exchange";
            return Err(Error::new(ErrorKind::Target, B::KEY, message));
        };
        if current.live().outer().is_some() {
            let message = "a test scope keeps its targets";
            return Err(Error::new(ErrorKind::Target, B::KEY, message));
        }
        let new = SharedLive::new(open_target(target.into(), &self.settings, &self.common).await?);
        if let Err(new) = current.exchange(new) {
            new.shut().await;
            return Err(Error::new(ErrorKind::Closed, B::KEY, "its pool is closed"));
        }
        Ok(())
    }

    /// What a session of a scope with this data opens on.
    pub(crate) fn supply(&self, data: impl FnOnce() -> ScopeData) -> Supply<B> {
        match &self.current {
            Current::One(target) => Supply::One(target.live()),
            Current::PerScope(chooser) => Supply::chosen(Arc::clone(chooser), data()),
        }
    }

    /// The target for work on the database as a whole: the only one, or that of the scope that this
    /// code runs in.
    pub(crate) async fn here(&self) -> Result<SharedLive<B>, Error> {
        let data = || {
            let copy = |scope: &Scope<B::Registry>| scope.data().clone();
            B::Registry::scope_key().try_with(copy).unwrap_or_default()
        };
        self.supply(data).live().await
    }

    /// Every target that is open.
    fn open(&self) -> Vec<SharedLive<B>> {
        match &self.current {
            Current::One(target) => vec![target.live()],
            Current::PerScope(chooser) => chooser.open(),
        }
    }
}

impl<B: Binding> Current<B> {
    pub(crate) fn one(live: Live<B>) -> Self {
        let live = RwLock::new(SharedLive::new(live));
        Self::One(Exchangeable { live, former: Mutex::default() })
    }
}

impl<B: Binding> Exchangeable<B> {
    fn live(&self) -> SharedLive<B> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts `new` in place of the target, or gives it back when the bind was closed.
    fn exchange(&self, new: SharedLive<B>) -> Result<(), SharedLive<B>> {
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        if live.pool().is_closed() {
            return Err(new);
        }
        let old = std::mem::replace(&mut *live, new);
        drop(live);
        old.replace();
        let mut former = self.former.lock().unwrap_or_else(PoisonError::into_inner);
        former.retain(|known| known.strong_count() > 0);
        former.push(old.downgrade());
        Ok(())
    }

    /// Takes no further target. Returns those there are.
    fn shut(&self) -> Vec<SharedLive<B>> {
        let live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        if live.outer().is_none() {
            // The pool is closed with this call; what is waited for elsewhere is its connections.
            drop(live.pool().close());
        }
        let former = self.former.lock().unwrap_or_else(PoisonError::into_inner);
        let former = former.iter().filter_map(SharedLive::upgrade);
        std::iter::once(live.clone()).chain(former).collect()
    }
}

impl<B: Binding> fmt::Debug for Bind<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bind").field("key", &B::KEY).field("targets", &self.open()).finish()
    }
}

/// A pool that gives nobody a connection.
fn closed_pool<D: Driver>() -> Pool<D> {
    // Without limits in time it needs no task that watches over them.
    let options = PoolOptions::new().max_lifetime(None).idle_timeout(None);
    let pool = options.connect_lazy(D::NOWHERE).expect("a constant that is a URL");
    // It is closed before the future is waited for, and has nothing to wait for.
    drop(pool.close());
    pool
}

/// A [`Bind`] of any database; sealed.
pub trait AnyBind: fmt::Debug + Send + Sync + sealed::Sealed {
    /// The key as the TOML spells it.
    fn key(&self) -> &'static str;

    /// Asks the database whether it answers, and says how long that took. Of several targets all are
    /// asked, and the slowest is told of, or one that does not answer.
    ///
    /// The future is ready within `limit`, also when all connections are in use; that is an error
    /// of the kind [`AcquireTimeout`](crate::ErrorKind::AcquireTimeout).
    fn ping(&self, limit: Duration) -> BoxFuture<'_, Result<Duration, Error>>;

    /// Closes the pool: nobody gets a connection any more. The future is ready when those in use
    /// have come back and what was rolled back in the background is done, however long that takes.
    /// Dropped before, it goes on in the background.
    fn close(&self) -> BoxFuture<'_, ()>;

    /// Rolls back a test scope in the background.
    #[doc(hidden)]
    fn end_test_scope(&self);
}

impl<B: Binding> AnyBind for Bind<B> {
    fn key(&self) -> &'static str {
        B::KEY
    }

    fn ping(&self, limit: Duration) -> BoxFuture<'_, Result<Duration, Error>> {
        Box::pin(async move {
            let targets = self.open();
            let asked = targets.iter().map(|live| -> BoxFuture<'_, _> {
                Box::pin(health::ping::<B>(live.pool(), limit))
            });
            let mut slowest = Duration::ZERO;
            for answer in health::together(asked.collect()).await {
                slowest = slowest.max(answer?);
            }
            Ok(slowest)
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        let targets = match &self.current {
            Current::One(target) => target.shut(),
            Current::PerScope(chooser) => chooser.shut(),
        };
        let tasks = self.common.tasks.clone();
        let closed = async move {
            let closed =
                targets.iter().map(|live| -> BoxFuture<'_, ()> { Box::pin(live.no_more()) });
            health::together(closed.collect()).await;
            tasks.finished().await;
            for live in &targets {
                live.close_reserved().await;
            }
        };
        // In tasks of its own: it waits for those of the bind.
        Box::pin(Finish::new(Tasks::default(), false, closed, |()| Box::pin(async {})))
    }

    fn end_test_scope(&self) {
        let Current::One(target) = &self.current else { return };
        let live = target.live();
        if live.outer().is_some() {
            self.common.tasks.spawn(B::Database::MAY_CLOSE, async move { live.shut().await });
        }
    }
}

/// The targets of a test scope for a bind that has one for each scope: none.
struct Nowhere(Common);

impl<B: Binding> Chooser<B> for Nowhere {
    fn choose<'a>(&'a self, _: &'a ScopeData) -> BoxFuture<'a, Result<SharedLive<B>, Error>> {
        let message =
            "a bind whose target is chosen per scope has none in a test scope: use test databases";
        Box::pin(ready(Err(Error::new(ErrorKind::Target, B::KEY, message))))
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn common(&self) -> &Common {
        &self.0
    }

    fn open(&self) -> Vec<SharedLive<B>> {
        Vec::new()
    }

    fn shut(&self) -> Vec<SharedLive<B>> {
        Vec::new()
    }
}

mod sealed {
    /// Keeps [`super::AnyBind`] to [`super::Bind`].
    pub trait Sealed {}
    impl<B: super::Binding> Sealed for super::Bind<B> {}
}
