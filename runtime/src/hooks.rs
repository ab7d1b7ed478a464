//! What an application does at the beginning of every transaction of a bind, and before its end.
//!
//! A hook runs on the connection of the session while nobody else does: the connection is moved
//! into a session of the hook's own for that time, and moved back. So what a hook runs is weighed as
//! any other statement, and the accessor of the context reaches the same transaction.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use crate::atomic::{Atomic, WhenOpen};
use crate::binding::Binding;
use crate::data::ScopeData;
use crate::error::{Error, ErrorKind};
use crate::lane::Sealed;
use crate::link::Link;
use crate::scope::{Decision, Scope};
use crate::session::{Session, roll_back, rollback_only};

/// The error of code that is not ours: `?` makes it of any error, and `.into()` of a text.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// What to do at the beginning of every transaction of the bind `B`, and before it commits.
///
/// Hooks are handed to the builder: `Databases::builder().on_main(Tenants)`. They run on every
/// path: in a request and any other scope, for an `atomic` block that is a transaction of its own,
/// for a commit by hand, for detached sessions. A savepoint is no transaction, and a session
/// without a transaction (`Autocommit`) has no hooks.
///
/// An error rolls the transaction back. After [`Hooks::after_begin`] it is the error of the first
/// statement; after [`Hooks::before_commit`] that of the commit, of which the client is told as of
/// any other. An error of this crate and one of sqlx keep their kind, any other has the kind
/// [`ErrorKind::Hook`]. A hook has as long as the acquire timeout.
///
/// ```
/// # #[cfg(feature = "postgres")]
/// # mod hidden {
/// use bindery_runtime::{Atomic, BoxError, Hooks, ScopeData};
/// # use bindery_runtime::Binding;
///
/// /// Who asks; a layer puts it into the scope with `db::put(Tenant(7))?`.
/// struct Tenant(i64);
///
/// /// Row level security: PostgreSQL shows the rows of the tenant and no others.
/// struct Tenants;
///
/// # impl<Main: Binding<Database = sqlx::Postgres>> Hooks<Main> for Tenants {
/// # /*
/// impl Hooks<db::main::Main> for Tenants {
/// # */
///     async fn after_begin(&self, main: &Atomic<'_, Main>, scope: &ScopeData) -> Result<(), BoxError> {
///         let tenant = scope.get::<Tenant>()?;
///         sqlx::query("SELECT set_config('app.tenant', $1, true)")
///             .bind(tenant.0.to_string())
///             .execute(main)
///             .await?;
///         Ok(())
///     }
/// }
/// # }
/// ```
pub trait Hooks<B: Binding>: Send + Sync + 'static {
    /// Runs right after BEGIN, before the first statement.
    ///
    /// Sessions of other binds that it reaches through the context are its own: they commit when it
    /// returns `Ok`.
    fn after_begin(
        &self,
        session: &Atomic<'_, B>,
        scope: &ScopeData,
    ) -> impl Future<Output = Result<(), BoxError>> + Send {
        let _ = (session, scope);
        async { Ok(()) }
    }

    /// Runs before COMMIT, not before a rollback. Of several binds that commit together, all hooks
    /// run before the first COMMIT.
    fn before_commit(
        &self,
        session: &Atomic<'_, B>,
        scope: &ScopeData,
    ) -> impl Future<Output = Result<(), BoxError>> + Send {
        let _ = (session, scope);
        async { Ok(()) }
    }
}

/// [`Hooks`] of any type.
pub(crate) trait AnyHooks<B: Binding>: Send + Sync {
    fn call<'a>(
        &'a self,
        moment: Moment,
        session: &'a Atomic<'_, B>,
        scope: &'a ScopeData,
    ) -> BoxFuture<'a, Result<(), BoxError>>;
}

impl<B: Binding, H: Hooks<B>> AnyHooks<B> for H {
    fn call<'a>(
        &'a self,
        moment: Moment,
        session: &'a Atomic<'_, B>,
        scope: &'a ScopeData,
    ) -> BoxFuture<'a, Result<(), BoxError>> {
        match moment {
            Moment::AfterBegin => Box::pin(self.after_begin(session, scope)),
            Moment::BeforeCommit => Box::pin(self.before_commit(session, scope)),
        }
    }
}

/// Shared by every session of a bind.
pub(crate) type SharedHooks<B> = Arc<dyn AnyHooks<B>>;

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    AfterBegin,
    BeforeCommit,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AfterBegin => "after_begin",
            Self::BeforeCommit => "before_commit",
        })
    }
}

/// The hooks of a session, and the scope that they belong to.
pub(crate) struct Hooked<B: Binding> {
    hooks: SharedHooks<B>,
    registry: B::Registry,
    data: ScopeData,
}

impl<B: Binding> Hooked<B> {
    pub(crate) fn new(hooks: SharedHooks<B>, registry: B::Registry, data: ScopeData) -> Arc<Self> {
        Arc::new(Self { hooks, registry, data })
    }
}

/// The connection after a hook, and why `rollback_only` was called in it.
type Ran<B> = Result<(Link<B>, Option<String>), Error>;

/// Runs a hook on an open transaction. An error has rolled it back; a hook that is dropped is rolled
/// back in the background.
///
/// Boxed, for a hook runs statements, which is what runs hooks.
pub(crate) fn run<B: Binding>(
    hooked: Arc<Hooked<B>>,
    link: Link<B>,
    moment: Moment,
) -> BoxFuture<'static, Ran<B>> {
    Box::pin(async move {
        let limit = link.live().acquire_timeout();
        let session = Session::on(link);
        let Hooked { registry, data, .. } = &*hooked;
        let scope = Scope::around(registry.clone(), data.clone(), &session);
        let mut running = Box::pin(scope.run(called(&hooked, moment, &session)));
        let Ok(outcome) = tokio::time::timeout(limit, running.as_mut()).await else {
            // Dropped in the middle of whatever it does, and rolled back in the background.
            let message = format!("the hook `{moment}` had not ended after {limit:?}");
            return Err(Error::new(ErrorKind::Hook, B::KEY, message));
        };
        let scope = running.as_mut().take_value();

        let link = match (session.0.sealed().await, outcome) {
            (Sealed::Open(link, None, doomed), Ok(())) => Ok((link, doomed)),
            (Sealed::Open(link, failure, _), outcome) => {
                roll_back(link).await;
                Err(match (outcome, failure) {
                    (Err(error), _) => refused::<B>(moment, error),
                    (Ok(()), Some(failure)) => rollback_only::<B>(&failure),
                    (Ok(()), None) => unreachable!("the first arm has it"),
                })
            }
            (_, Err(error)) => Err(refused::<B>(moment, error)),
            (Sealed::Broken(failure), Ok(())) => Err(rollback_only::<B>(&failure)),
            (sealed, Ok(())) => {
                if let Sealed::Held(Some(link)) = sealed {
                    roll_back(link).await;
                }
                let message = format!("`{moment}` returned while its session was still in use");
                Err(Error::new(ErrorKind::Held, B::KEY, message))
            }
        };
        // What the hook did elsewhere is kept or undone with what it says itself.
        let Some(scope) = scope else { return link };
        let decision = if link.is_ok() { Decision::Commit } else { Decision::RollBack };
        match (scope.end(decision).await, link) {
            (Err(error), Ok((link, _))) => {
                roll_back(link).await;
                Err(error)
            }
            (_, link) => link,
        }
    })
}

/// The hook as a part of the transaction, that no statement can end.
fn called<'a, B: Binding>(
    hooked: &'a Hooked<B>,
    moment: Moment,
    session: &'a Session<B>,
) -> BoxFuture<'a, Result<(), BoxError>> {
    Box::pin(session.atomic_when(WhenOpen::Append, async move |session| {
        hooked.hooks.call(moment, session, &hooked.data).await
    }))
}

fn refused<B: Binding>(moment: Moment, error: BoxError) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(error) => return *error,
        Err(error) => error,
    };
    match error.downcast::<sqlx::Error>() {
        Ok(error) => Error::database(B::KEY, *error),
        Err(error) => {
            let message = format!("the hook `{moment}` refused: {error}");
            Error::new(ErrorKind::Hook, B::KEY, message).with_source(error)
        }
    }
}
