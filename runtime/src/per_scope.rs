//! A target for each scope: a database per tenant.
//!
//! The application says which one is meant and how to reach it; here the pools are kept, a bounded number of
//! them. One that nobody uses makes room for another; one in use is waited for.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::sync::{Notify, OnceCell};
use tokio::time::{Instant, timeout_at};

use crate::binding::Binding;
use crate::data::ScopeData;
use crate::error::{Error, ErrorKind};
use crate::hooks::BoxError;
use crate::live::{Common, SharedLive};
use crate::start::{SettingsOf, open_target};
use crate::target::Target;

/// How long to wait at most before looking again whether a pool is free.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Chooses the target of the bind `B` for each scope.
///
/// It is handed to the builder with [`Target::per_scope`]. The first statement of a session asks for the
/// [`key`](Targets::key), and when no pool of that key is open, for its [`target`](Targets::target).
/// The session stays on it until its scope ends, whatever is put into the scope later. An error is
/// that of the statement: there is no target to fall back on.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # mod hidden {
/// use bindery_runtime::{BoxError, ScopeData, Target, Targets};
/// # use bindery_runtime::Binding;
///
/// /// Who asks; a layer puts it into the scope with `db::put(Tenant("acme"))?`.
/// struct Tenant(&'static str);
///
/// struct FilePerTenant;
///
/// # impl<Main: Binding<Database = sqlx::Sqlite>> Targets<Main> for FilePerTenant {
/// # /*
/// impl Targets<db::main::Main> for FilePerTenant {
/// # */
///     type Key = &'static str;
///
///     fn key(&self, scope: &ScopeData) -> Result<Self::Key, BoxError> {
///         Ok(scope.get::<Tenant>()?.0)
///     }
///
///     async fn target(&self, tenant: &Self::Key) -> Result<Target<Main>, BoxError> {
///         Ok(format!("sqlite://tenants/{tenant}.db").into())
///     }
/// }
///
/// // db::Databases::builder().main(Target::per_scope(100, FilePerTenant)).connect().await?
/// # fn target<Main: Binding<Database = sqlx::Sqlite>>() -> Target<Main> {
/// #     Target::per_scope(100, FilePerTenant)
/// # }
/// # }
/// ```
pub trait Targets<B: Binding>: Send + Sync + 'static {
    /// What tells targets apart: scopes of equal keys share a pool.
    type Key: Clone + Eq + Hash + fmt::Debug + Send + Sync + 'static;

    /// The key of a scope with this data.
    ///
    /// # Errors
    ///
    /// The scope has none: fail rather than give one that is meant for others. An error of this
    /// crate, as that of [`ScopeData::get`], keeps its kind; any other has the kind
    /// [`ErrorKind::Target`].
    fn key(&self, scope: &ScopeData) -> Result<Self::Key, BoxError>;

    /// Where the scopes of this key connect to: anything but a target that is chosen per scope
    /// itself.
    ///
    /// # Errors
    ///
    /// There is no such target. As for [`Targets::key`].
    fn target(&self, key: &Self::Key) -> impl Future<Output = Result<Target<B>, BoxError>> + Send;
}

/// [`Targets`] of any type, with the pools that are open.
pub(crate) trait Chooser<B: Binding>: Send + Sync {
    fn choose<'a>(&'a self, data: &'a ScopeData) -> BoxFuture<'a, Result<SharedLive<B>, Error>>;
    fn limit(&self) -> Duration;
    fn common(&self) -> &Common;
    /// Every target that is open.
    fn open(&self) -> Vec<SharedLive<B>>;
    /// Opens no further target. Returns those there are.
    fn shut(&self) -> Vec<SharedLive<B>>;
}

/// What [`Target::per_scope`] was told; a [`Chooser`] once the bind has its settings.
pub(crate) trait IntoChooser<B: Binding>: Send + Sync {
    fn into_chooser(
        self: Box<Self>,
        settings: Box<SettingsOf<B>>,
        limit: Duration,
        common: Common,
    ) -> Arc<dyn Chooser<B>>;
}

/// How many pools there may be, and who says which.
pub(crate) struct PerScope<T> {
    pub(crate) max_pools: usize,
    pub(crate) targets: T,
}

impl<B: Binding, T: Targets<B>> IntoChooser<B> for PerScope<T> {
    fn into_chooser(
        self: Box<Self>,
        settings: Box<SettingsOf<B>>,
        limit: Duration,
        common: Common,
    ) -> Arc<dyn Chooser<B>> {
        let state = Mutex::new(State { pools: HashMap::new(), uses: 0, is_shut: false });
        Arc::new(Pools { told: *self, settings, limit, common, state, left: Arc::default() })
    }
}

/// The pools of one bind.
struct Pools<B: Binding, T: Targets<B>> {
    told: PerScope<T>,
    settings: Box<SettingsOf<B>>,
    limit: Duration,
    common: Common,
    state: Mutex<State<B, T>>,
    /// Told whenever somebody stops using a target.
    left: Arc<Notify>,
}

struct State<B: Binding, T: Targets<B>> {
    pools: HashMap<T::Key, Entry<B>>,
    /// Counts uses, which tells the least recent one.
    uses: u64,
    is_shut: bool,
}

struct Entry<B: Binding> {
    /// Empty while the target is being opened.
    live: Arc<OnceCell<SharedLive<B>>>,
    last_use: u64,
}

/// What there is for a key.
enum Place<B: Binding> {
    /// Its pool, open or being opened; and the one that made room for it.
    Here(Arc<OnceCell<SharedLive<B>>>, Option<SharedLive<B>>),
    /// Every pool there may be is in use by others.
    Full,
    Shut,
}

impl<B: Binding> Entry<B> {
    /// Whether no session is on it and nobody opens it. Those who take it up do so through the cell,
    /// under the lock, so what this says holds as long as the lock is held.
    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.live) == 1 && self.live.get().is_none_or(SharedLive::is_alone)
    }
}

impl<B: Binding, T: Targets<B>> Pools<B, T> {
    fn state(&self) -> MutexGuard<'_, State<B, T>> {
        // Nothing panics while the lock is held but the key of the user, which leaves the map whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of `key`, where the least recently used idle pool makes room for it if it has to.
    fn place(&self, key: &T::Key) -> Place<B> {
        let mut state = self.state();
        if state.is_shut {
            return Place::Shut;
        }
        state.uses += 1;
        let last_use = state.uses;
        if let Some(entry) = state.pools.get_mut(key) {
            entry.last_use = last_use;
            return Place::Here(Arc::clone(&entry.live), None);
        }
        let mut evicted = None;
        if state.pools.len() >= self.told.max_pools {
            let idle = state.pools.iter().filter(|(_, entry)| entry.is_idle());
            let Some(oldest) = idle.min_by_key(|(_, entry)| entry.last_use) else {
                return Place::Full;
            };
            let oldest = oldest.0.clone();
            evicted = state.pools.remove(&oldest).and_then(|entry| entry.live.get().cloned());
        }
        let live = Arc::new(OnceCell::new());
        state.pools.insert(key.clone(), Entry { live: Arc::clone(&live), last_use });
        Place::Here(live, evicted)
    }

    /// Forgets a target that could not be opened, unless somebody else is at it.
    fn forget(&self, key: &T::Key, cell: Arc<OnceCell<SharedLive<B>>>) {
        let mut state = self.state();
        drop(cell);
        let is_empty = |entry: &Entry<B>| entry.live.get().is_none() && entry.is_idle();
        if state.pools.get(key).is_some_and(is_empty) {
            state.pools.remove(key);
        }
        drop(state);
        self.left.notify_waiters();
    }

    /// Opens the target of `key`.
    async fn connect(&self, key: &T::Key) -> Result<SharedLive<B>, Error> {
        let target = self.told.targets.target(key).await.map_err(not_chosen::<B>)?;
        let live = open_target(target, &self.settings, &self.common).await?;
        Ok(live.telling(Arc::clone(&self.left)))
    }
}

impl<B: Binding, T: Targets<B>> Chooser<B> for Pools<B, T> {
    fn choose<'a>(&'a self, data: &'a ScopeData) -> BoxFuture<'a, Result<SharedLive<B>, Error>> {
        Box::pin(async move {
            let key = self.told.targets.key(data).map_err(not_chosen::<B>)?;
            let deadline = Instant::now() + self.limit;
            let cell = loop {
                // Registered before the look, or a change in between would be missed.
                let left = self.left.notified();
                match self.place(&key) {
                    Place::Here(cell, evicted) => {
                        if let Some(evicted) = evicted {
                            self.common.tasks.spawn(false, async move { evicted.shut().await });
                        }
                        break cell;
                    }
                    Place::Full if Instant::now() < deadline => {
                        // One that was dropped while it opened a pool tells nobody.
                        let look_again = deadline.min(Instant::now() + LOOK_AGAIN);
                        let _ = timeout_at(look_again, left).await;
                    }
                    Place::Full => return Err(self.full()),
                    Place::Shut => return Err(shut::<B>()),
                }
            };
            let opened = timeout_at(deadline, cell.get_or_try_init(|| self.connect(&key))).await;
            let live = match opened {
                Ok(Ok(live)) => Ok(live.clone()),
                Ok(Err(error)) => Err(error),
                Err(_) => {
                    let message =
                        format!("the target of {key:?} was not open within {:?}", self.limit);
                    Err(Error::new(ErrorKind::Unavailable, B::KEY, message))
                }
            };
            match live {
                Ok(live) if self.state().is_shut => {
                    live.shut().await;
                    Err(shut::<B>())
                }
                Ok(live) => Ok(live),
                Err(error) => {
                    self.forget(&key, cell);
                    Err(error)
                }
            }
        })
    }

    fn limit(&self) -> Duration {
        self.limit
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn open(&self) -> Vec<SharedLive<B>> {
        self.state().pools.values().filter_map(|entry| entry.live.get().cloned()).collect()
    }

    fn shut(&self) -> Vec<SharedLive<B>> {
        self.state().is_shut = true;
        self.open()
    }
}

impl<B: Binding, T: Targets<B>> Pools<B, T> {
    fn full(&self) -> Error {
        let message = format!(
            "each of the {} pools that its targets may have was in use for {:?}: allow \
             more of them, or hold sessions for a shorter time",
            self.told.max_pools, self.limit,
        );
        Error::new(ErrorKind::AcquireTimeout, B::KEY, message)
    }
}

fn shut<B: Binding>() -> Error {
    Error::new(ErrorKind::Closed, B::KEY, "its pools are closed")
}

/// Why there is no target for a scope, in the words of the one who chooses.
fn not_chosen<B: Binding>(error: BoxError) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(error) => {
            let message = format!("no target was chosen for this scope: {error}");
            Error::new(ErrorKind::Target, B::KEY, message).with_source(error)
        }
    }
}
