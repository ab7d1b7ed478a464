//! What happens on the way of a session, told to whoever wants to know: one stream of events, for `tracing`
//! and for observers of the application.
//!
//! Every transaction that began is told of once more when it ends. Nobody listening, nothing is
//! measured.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::{Level, Span};

use crate::error::{Error, ErrorKind};

/// Sees what happens on every bind: for metrics, and for what `tracing` has no words for.
///
/// It is handed to the builder, `Databases::builder().observe(observer)`, and called where things
/// happen: it must not block. The same events go to `tracing`, at level DEBUG with the target
/// `bindery`, each inside the span `transaction` of its transaction.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use bindery_runtime::{Event, Observer, Step};
///
/// /// How long transactions wait for their connection, in all.
/// #[derive(Default)]
/// struct Waiting(AtomicU64);
///
/// impl Observer for Waiting {
///     fn event(&self, event: &Event<'_>) {
///         if event.step == Step::Acquire {
///             let micros = u64::try_from(event.took.as_micros()).unwrap_or(u64::MAX);
///             self.0.fetch_add(micros, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// A step of a session came to its end.
    fn event(&self, event: &Event<'_>) {
        let _ = event;
    }

    /// A scope was to commit and did not, or not on every bind: [`Error::report`] says what became of
    /// each, in the order in which they commit.
    fn end_failed(&self, error: &Error) {
        let _ = error;
    }
}

/// A step of a session that came to its end.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The key of the bind.
    pub key: &'static str,
    /// What was done.
    pub step: Step,
    /// How long it took.
    pub took: Duration,
    /// How it ended.
    pub outcome: Outcome<'a>,
}

/// What a session does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// Took a connection from the pool, or waited for one in vain.
    Acquire,
    /// Began a transaction.
    Begin,
    /// Ran a statement that failed. Those that succeed are not told of.
    Statement,
    /// Committed.
    Commit,
    /// Rolled back, also by closing the connection.
    Rollback,
}

/// How a step ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// As it should.
    Done,
    /// It failed. The error is of this crate or, for a statement, of sqlx; it may quote the database.
    Failed(&'a (dyn StdError + 'static)),
    /// The connection was lost during COMMIT: what was done may be stored or not.
    Unknown(&'a Error),
}

impl<'a> Outcome<'a> {
    /// How a step with this result ended.
    pub(crate) fn of<T>(result: &'a Result<T, Error>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => Self::Unknown(error),
            Err(error) => Self::Failed(error),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed(_) => "failed",
            Self::Unknown(_) => "unknown",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Acquire => "acquire",
            Self::Begin => "begin",
            Self::Statement => "statement",
            Self::Commit => "commit",
            Self::Rollback => "rollback",
        })
    }
}

/// Where the events of binds go.
#[doc(hidden)]
#[derive(Clone, Default)]
pub struct Events(Option<Arc<dyn Observer>>);

/// The time since something began, when anybody wants to know.
#[derive(Clone, Copy)]
pub(crate) struct Since(Option<Instant>);

impl Since {
    pub(crate) const UNKNOWN: Self = Self(None);
}

impl Events {
    /// To this observer, beside `tracing`.
    pub fn to(observer: impl Observer) -> Self {
        Self(Some(Arc::new(observer)))
    }

    /// Looks at the clock if what begins now is told to anybody.
    pub(crate) fn begin(&self) -> Since {
        let is_on = self.0.is_some() || tracing::enabled!(target: "bindery", Level::DEBUG);
        Since(is_on.then(Instant::now))
    }

    /// Tells of what began then, and has ended now.
    pub(crate) fn tell(
        &self,
        span: &Span,
        key: &'static str,
        step: Step,
        since: Since,
        outcome: Outcome<'_>,
    ) {
        let Since(Some(began)) = since else { return };
        let took = began.elapsed();
        if let Some(observer) = &self.0 {
            observer.event(&Event { key, step, took, outcome });
        }
        let error = match outcome {
            Outcome::Done => None,
            Outcome::Failed(error) => Some(tracing::field::display(error as &dyn fmt::Display)),
            Outcome::Unknown(error) => Some(tracing::field::display(error as &dyn fmt::Display)),
        };
        tracing::debug!(
            target: "bindery",
            parent: span,
            key,
            ?took,
            outcome = outcome.name(),
            error,
            "{step}",
        );
    }

    /// Tells of a scope that could not commit.
    pub(crate) fn end_failed(&self, error: &Error) {
        if let Some(observer) = &self.0 {
            observer.end_failed(error);
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Events").field(&self.0.is_some()).finish()
    }
}

/// The span of a transaction, inside the one that the running code is in.
pub(crate) fn transaction(key: &'static str) -> Span {
    tracing::debug_span!(target: "bindery", "transaction", key, outcome = tracing::field::Empty)
}
