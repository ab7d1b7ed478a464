//! The scope: a unit of work with at most one session per bind, all ended together.
//!
//! It lives inside the task-local future that runs the work, so opening one allocates nothing. A
//! scope that is dropped instead of ended rolls back in the background.

use std::cell::OnceCell;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use tokio::task::futures::TaskLocalFuture;

use crate::autocommit::Autocommit;
use crate::binding::{Binding, Registry, Slots};
use crate::data::ScopeData;
use crate::ending::{Ending, Members};
use crate::error::{Error, ErrorKind};
use crate::hooks::Hooked;
use crate::lane::Retriable;
use crate::session::Session;
use crate::supply::Supply;

/// Where the current scope of a set of databases is kept; made by [`scope_key!`](crate::scope_key).
pub type ScopeKey<R> = tokio::task::LocalKey<Scope<R>>;

/// A unit of work: a request, a job, a test.
pub struct Scope<R: Registry> {
    registry: R,
    /// `None` once it was handed to its end.
    slots: Option<R::Slots>,
    /// Made by the first one who puts something there or has to look at it later.
    data: OnceCell<ScopeData>,
}

/// How the work of a scope went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// What its sessions did is to be stored.
    Commit,
    /// Nothing of it is to be stored.
    RollBack,
}

impl<R: Registry> Scope<R> {
    /// An empty scope; takes nothing from any pool.
    #[must_use]
    pub fn new(registry: R) -> Self {
        Self { registry, slots: Some(R::Slots::default()), data: OnceCell::new() }
    }

    /// An empty scope that knows what `data` says.
    pub(crate) fn with_data(registry: R, data: ScopeData) -> Self {
        Self { registry, slots: Some(R::Slots::default()), data: OnceCell::from(data) }
    }

    /// What was put into this scope.
    pub(crate) fn data(&self) -> &ScopeData {
        self.data.get_or_init(ScopeData::default)
    }

    /// As [`Scope::data`], when there may be something.
    pub(crate) fn known(&self) -> Option<&ScopeData> {
        self.data.get()
    }

    /// Runs `work` in this scope; `take_value` of the future gives the scope back afterwards.
    pub fn run<F: Future>(self, work: F) -> TaskLocalFuture<Self, F> {
        R::scope_key().scope(self, work)
    }

    /// Whether the running code already is in a scope of the same set of databases.
    #[must_use]
    pub fn is_inside(registry: &R) -> bool {
        R::scope_key().try_with(|scope| scope.registry.is_same(registry)).unwrap_or(false)
    }

    /// A copy of the data of the scope that the running code is in, if it is one of `registry`.
    pub(crate) fn data_of(registry: &R) -> Option<ScopeData> {
        let copy = |scope: &Self| {
            let data = scope.known().filter(|_| scope.registry.is_same(registry));
            data.map(ScopeData::copy)
        };
        R::scope_key().try_with(copy).ok().flatten()
    }

    /// The scope if a session was taken, so that there is something to end.
    #[cfg(feature = "tower")]
    pub(crate) fn touched(mut self) -> Option<Self> {
        if self.is_untouched() {
            // Its drop does not look again.
            self.slots = None;
            return None;
        }
        Some(self)
    }

    /// Whether no session was taken, so that there is nothing to end.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        let mut untouched = true;
        if let Some(slots) = &self.slots {
            slots.visit(&mut |slot| untouched &= slot.is_empty());
        }
        untouched
    }

    /// Whether its work may be done again.
    fn retriable(&self) -> Retriable {
        let mut retriable = Retriable::IfCommitSaysSo;
        if let Some(slots) = &self.slots {
            slots.visit(&mut |slot| retriable = retriable.max(slot.retriable()));
        }
        retriable
    }

    /// Ends every session: commits them in the order of the TOML, or rolls back.
    pub fn end(mut self, decision: Decision) -> ScopeEnd {
        ScopeEnd::new(self.members(), decision)
    }

    fn members(&mut self) -> Members {
        let mut members = Members::default();
        if let Some(slots) = self.slots.take() {
            slots.visit(&mut |slot| slot.members(&mut members));
        }
        members
    }

    fn session<B: Binding<Registry = R>>(&self) -> Option<Session<B>> {
        let open = || Session::new(self.supply(), self.hooked());
        Some(B::slot(self.slots.as_ref()?).session(open))
    }

    fn supply<B: Binding<Registry = R>>(&self) -> Supply<B> {
        B::bind(&self.registry).supply(|| self.data().clone())
    }

    pub(crate) fn hooked<B: Binding<Registry = R>>(&self) -> Option<Arc<Hooked<B>>> {
        let hooks = B::bind(&self.registry).hooks()?;
        Some(Hooked::new(hooks, self.registry.clone(), self.data().clone()))
    }

    /// A scope around a session: it knows what `data` says, and has no other session yet.
    pub(crate) fn around<B: Binding<Registry = R>>(
        registry: R,
        data: ScopeData,
        session: &Session<B>,
    ) -> Self {
        let scope = Self::with_data(registry, data);
        if let Some(slots) = &scope.slots {
            B::slot(slots).session(|| session.clone());
        }
        scope
    }

    fn autocommit<B: Binding<Registry = R>>(&self) -> Option<Autocommit<B>> {
        let open = || Autocommit::new(self.supply(), self.hooked());
        Some(B::slot(self.slots.as_ref()?).autocommit(open))
    }
}

impl<R: Registry> Drop for Scope<R> {
    fn drop(&mut self) {
        if self.slots.is_some() {
            self.members().abandon();
        }
    }
}

impl<R: Registry> fmt::Debug for Scope<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("registry", &self.registry).finish_non_exhaustive()
    }
}

/// The end of a scope under way. Dropped before it is done, it goes on in the background.
pub type ScopeEnd = Ending;

/// One bind's place in a scope.
pub struct Slot<B: Binding> {
    session: OnceCell<Session<B>>,
    autocommit: OnceCell<Autocommit<B>>,
}

impl<B: Binding> Slot<B> {
    fn session(&self, open: impl FnOnce() -> Session<B>) -> Session<B> {
        self.session.get_or_init(open).clone()
    }

    fn autocommit(&self, open: impl FnOnce() -> Autocommit<B>) -> Autocommit<B> {
        self.autocommit.get_or_init(open).clone()
    }
}

impl<B: Binding> Default for Slot<B> {
    fn default() -> Self {
        Self { session: OnceCell::new(), autocommit: OnceCell::new() }
    }
}

impl<B: Binding> fmt::Debug for Slot<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("key", &B::KEY).finish_non_exhaustive()
    }
}

/// A slot of any bind.
pub trait AnySlot {
    /// Whether nobody asked for its session.
    #[doc(hidden)]
    fn is_empty(&self) -> bool;

    #[doc(hidden)]
    fn members(&self, members: &mut Members);

    #[doc(hidden)]
    fn retriable(&self) -> Retriable;
}

impl<B: Binding> AnySlot for Slot<B> {
    fn is_empty(&self) -> bool {
        self.session.get().is_none() && self.autocommit.get().is_none()
    }

    fn members(&self, members: &mut Members) {
        if let Some(session) = self.session.get() {
            members.push(session.0.clone());
        }
        if let Some(autocommit) = self.autocommit.get() {
            members.push(autocommit.0.clone());
        }
    }

    fn retriable(&self) -> Retriable {
        let session = self.session.get().map(|session| session.0.lane.retriable());
        let autocommit = self.autocommit.get().map(|session| session.0.lane.retriable());
        session.max(autocommit).unwrap_or(Retriable::IfCommitSaysSo)
    }
}

/// The session of `B` in the scope this code runs in.
///
/// # Errors
///
/// [`ErrorKind::NoScope`] outside any scope of its databases.
pub fn session<B: Binding>() -> Result<Session<B>, Error> {
    in_scope::<B, _>(Scope::session::<B>)
}

/// The session without a transaction of `B` in the scope this code runs in.
///
/// # Errors
///
/// [`ErrorKind::NoScope`] outside any scope of its databases.
pub fn autocommit<B: Binding>() -> Result<Autocommit<B>, Error> {
    in_scope::<B, _>(Scope::autocommit::<B>)
}

fn in_scope<B: Binding, T>(
    take: impl FnOnce(&Scope<B::Registry>) -> Option<T>,
) -> Result<T, Error> {
    let taken = B::Registry::scope_key().try_with(take).ok().flatten();
    taken.ok_or_else(|| no_scope(Some(B::KEY)))
}

pub(crate) fn no_scope(key: Option<&'static str>) -> Error {
    let message = "no scope is open here: the route is outside `install`, or this is a spawned \
                   task, which does not inherit the scope of the one that spawned it";
    match key {
        Some(key) => Error::new(ErrorKind::NoScope, key, message),
        None => Error::of_scope(ErrorKind::NoScope, message),
    }
}

/// Runs `work` in a scope of its own: `Ok` commits its sessions, `Err` rolls back. It begins without
/// data, also inside another scope.
///
/// # Errors
///
/// What `work` returns, or the error of the end.
pub async fn run_scope<R, T, E>(
    registry: &R,
    work: impl AsyncFnOnce() -> Result<T, E>,
) -> Result<T, E>
where
    R: Registry,
    E: From<Error>,
{
    run_in(Scope::new(registry.clone()), work()).await
}

/// As [`run_scope`], inside a scope of `R`: on the same databases, with a copy of its data.
///
/// # Errors
///
/// As [`run_scope`], and [`ErrorKind::NoScope`] outside any scope of these databases.
pub async fn run_in_new_scope<R, T, E>(work: impl AsyncFnOnce() -> Result<T, E>) -> Result<T, E>
where
    R: Registry,
    E: From<Error>,
{
    run_in(another::<R>()?, work()).await
}

/// A new scope of the kind of the one this code runs in.
pub(crate) fn another<R: Registry>() -> Result<Scope<R>, Error> {
    let made = R::scope_key().try_with(|scope| match scope.known() {
        Some(data) => Scope::with_data(scope.registry.clone(), data.copy()),
        None => Scope::new(scope.registry.clone()),
    });
    made.map_err(|_| no_scope(None))
}

/// Runs `work` in `scope`, which ends by the result.
pub(crate) async fn run_in<R, T, E>(
    scope: Scope<R>,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E>
where
    R: Registry,
    E: From<Error>,
{
    let mut running = pin!(scope.run(work));
    let outcome = running.as_mut().await;
    end_by(outcome, running.take_value()).await.0
}

/// As [`run_in`], and whether the same work may succeed when it is done again: nothing of it is
/// stored, and what failed was the choice of the database between several transactions.
pub(crate) async fn attempt<R, T, E>(
    scope: Scope<R>,
    work: impl Future<Output = Result<T, E>>,
) -> (Result<T, E>, bool)
where
    R: Registry,
    E: From<Error>,
{
    // Not by way of `run_in`, whose future would have room for `work` once more.
    let mut running = pin!(scope.run(work));
    let outcome = running.as_mut().await;
    end_by(outcome, running.take_value()).await
}

/// Ends `scope` by the outcome of its work.
async fn end_by<R, T, E>(outcome: Result<T, E>, scope: Option<Scope<R>>) -> (Result<T, E>, bool)
where
    R: Registry,
    E: From<Error>,
{
    let Some(scope) = scope else {
        return (outcome, false);
    };
    let retriable = scope.retriable();
    match outcome {
        Ok(value) => match scope.end(Decision::Commit).await {
            Ok(()) => (Ok(value), false),
            Err(error) => {
                let was_refused = retriable != Retriable::No && error.is_transient();
                let is_late =
                    retriable == Retriable::Yes && error.kind() == ErrorKind::RollbackOnly;
                (Err(error.into()), was_refused || is_late)
            }
        },
        Err(error) => {
            if let Err(error) = scope.end(Decision::RollBack).await {
                tracing::warn!(%error, "a scope did not roll back well");
            }
            (Err(error), retriable == Retriable::Yes)
        }
    }
}

/// Declares where the current scope of a set of databases is kept. Used by generated code.
#[macro_export]
macro_rules! scope_key {
    (static $name:ident: $registry:ty;) => {
        $crate::__private::task_local! {
            static $name: $crate::Scope<$registry>;
        }
    };
}
