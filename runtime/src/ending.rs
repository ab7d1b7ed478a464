//! The end of a scope: what its sessions are to it, and how it goes on when nobody waits for it.
//!
//! `together` has the order of things for several sessions, `alone` for the one that most scopes have.

mod alone;
mod part;
mod together;

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::future::BoxFuture;
use tracing::Instrument as _;

use crate::background::{LIMIT, Tasks};
use crate::binding::Binding;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::scope::Decision;
use crate::session::Inner;

use self::part::Part;

/// A session of any bind, as its scope sees it.
pub(crate) trait Member: Send + Sync {
    /// Takes the connection from the session; later statements fail.
    fn seal(self: Arc<Self>) -> BoxFuture<'static, Result<Option<Box<dyn Part>>, Error>>;

    /// Ends the only session of a scope.
    fn end_alone(self: Arc<Self>, decision: Decision) -> BoxFuture<'static, Result<(), Error>>;

    /// Rolls back where nobody waits.
    fn abandon(self: Arc<Self>);

    fn tasks(&self) -> TasksOf;

    /// Tells observers that the scope could not commit.
    fn end_failed(&self, error: &Error);

    fn key(&self) -> &'static str;
}

/// The sessions of a scope, in the order in which they commit. One is the rule, and needs no list.
#[doc(hidden)]
#[derive(Default)]
pub struct Members {
    first: Option<Arc<dyn Member>>,
    others: Vec<Arc<dyn Member>>,
}

impl Members {
    pub(crate) fn push(&mut self, member: Arc<dyn Member>) {
        if self.first.is_none() {
            self.first = Some(member);
        } else {
            self.others.push(member);
        }
    }

    pub(crate) fn abandon(self) {
        for member in self.first.into_iter().chain(self.others) {
            member.abandon();
        }
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.first.iter().chain(&self.others).map(|member| member.key());
        f.debug_list().entries(keys).finish()
    }
}

/// Where the end of a scope goes on when it is dropped.
#[derive(Debug)]
pub(crate) struct TasksOf(Tasks, bool);

impl<B: Binding> Member for Inner<B> {
    fn seal(self: Arc<Self>) -> BoxFuture<'static, Result<Option<Box<dyn Part>>, Error>> {
        Box::pin(async move {
            let part = self.part().await?;
            Ok(part.map(|part| -> Box<dyn Part> { Box::new(part) }))
        })
    }

    fn end_alone(self: Arc<Self>, decision: Decision) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(alone::end(self, decision))
    }

    fn abandon(self: Arc<Self>) {
        if let Some(link) = self.lane.abandon() {
            // Whether the code that was dropped had a statement under way on a lent connection
            // cannot be seen; asking costs a round trip that nobody waits for.
            self.settle(link, true, None);
        }
    }

    fn tasks(&self) -> TasksOf {
        TasksOf(self.supply.tasks().clone(), B::Database::MAY_CLOSE)
    }

    fn end_failed(&self, error: &Error) {
        self.supply.events().end_failed(error);
    }

    fn key(&self) -> &'static str {
        B::KEY
    }
}

/// The end of a scope under way.
///
/// Dropped before it is done, for example by a time-out layer, it goes on in the background: what
/// was to commit commits.
pub struct Ending {
    work: Option<BoxFuture<'static, Result<(), Error>>>,
    tasks: Option<TasksOf>,
}

impl Ending {
    pub(crate) fn new(members: Members, decision: Decision) -> Self {
        let Members { first, others } = members;
        let Some(first) = first else {
            return Self { work: None, tasks: None };
        };
        let TasksOf(tasks, bounded) = first.tasks();
        if others.is_empty() {
            let tasks = Some(TasksOf(tasks, bounded));
            return Self { work: Some(first.end_alone(decision)), tasks };
        }
        // One connection that must not be closed is waited for.
        let bounded = bounded && others.iter().all(|member| member.tasks().1);
        let work = async move {
            let members = std::iter::once(Arc::clone(&first)).chain(others).collect();
            let ended = together::end(members, decision).await;
            // All binds of a scope have the same observer.
            ended.inspect_err(|error| first.end_failed(error))
        };
        Self { work: Some(Box::pin(work)), tasks: Some(TasksOf(tasks, bounded)) }
    }
}

impl Future for Ending {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(mut work) = self.work.take() else {
            return Poll::Ready(Ok(()));
        };
        let polled = work.as_mut().poll(context);
        if polled.is_pending() {
            self.work = Some(work);
        }
        polled
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let (Some(work), Some(TasksOf(tasks, bounded))) = (self.work.take(), self.tasks.take()) {
            let work = async move {
                if let Err(error) = work.await {
                    tracing::error!(
                        key = error.key(),
                        kind = ?error.kind(),
                        report = error.report().map(tracing::field::debug),
                        %error,
                        "the end of a scope that nobody waited for failed",
                    );
                }
            }
            .in_current_span();
            tasks.spawn(bounded, work);
        }
    }
}

impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ending").field("done", &self.work.is_none()).finish_non_exhaustive()
    }
}

/// Waits at most [`LIMIT`] for a connection to be taken from its session. It is there at once as a rule,
/// and then no timer is made.
async fn in_time<T>(
    key: &'static str,
    taking: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut taking = pin!(taking);
    let first = poll_fn(|context| Poll::Ready(taking.as_mut().poll(context))).await;
    let taken = match first {
        Poll::Ready(taken) => Ok(taken),
        Poll::Pending => tokio::time::timeout(LIMIT, taking).await,
    };
    taken.unwrap_or_else(|_| {
        let message = "an abandoned statement could not be stopped, the session was closed";
        Err(Error::new(ErrorKind::QueueTimeout, key, message))
    })
}

/// A COMMIT that was sent, and whose answer is not waited for any longer.
fn unknown(key: &'static str) -> Error {
    let message = "COMMIT was sent and not answered in the time that there is in the background";
    Error::new(ErrorKind::OutcomeUnknown, key, message)
}

/// Tells of an end in the background whose time was over in the middle of a COMMIT.
fn cut_off(observer: &dyn Member, error: &Error) {
    tracing::error!(
        key = error.key(),
        report = error.report().map(tracing::field::debug),
        %error,
        "the end of a scope was cut off",
    );
    observer.end_failed(error);
}
