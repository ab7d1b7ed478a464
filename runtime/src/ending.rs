//! How the sessions of a scope end together.
//!
//! First all connections are taken from their sessions; then hooks run, and everything that can still
//! fail before a COMMIT is made to fail; then they commit one after the other in the order of the TOML. One
//! that fails makes the rest roll back, and the error says what became of each.

mod alone;

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
use crate::error::{EndReport, Error, ErrorKind};
use crate::hooks::{self, Moment};
use crate::lane::Sealed;
use crate::link::Link;
use crate::scope::Decision;
use crate::session::{Inner, roll_back, rollback_only};

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

/// An open transaction that is about to end.
pub(crate) trait Part: Send {
    fn key(&self) -> &'static str;
    /// Why `rollback_only` was called.
    fn doomed(&self) -> Option<&str>;
    /// Runs the hook before COMMIT, if there is one. After an error nothing is left to end.
    fn before_commit(&mut self) -> Option<BoxFuture<'_, Result<(), Error>>>;
    fn check(&mut self, thorough: bool) -> BoxFuture<'_, Result<(), Error>>;
    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), Error>>;
    fn roll_back(self: Box<Self>) -> BoxFuture<'static, ()>;
}

struct OpenPart<B: Binding> {
    /// `None` when a hook has refused it, which rolls back.
    link: Option<Link<B>>,
    doomed: Option<String>,
    session: Arc<Inner<B>>,
}

impl<B: Binding> OpenPart<B> {
    /// Runs the hook before COMMIT, if there is one.
    async fn run_hook(&mut self) -> Result<(), Error> {
        if let Some(hooked) = self.session.hooked.clone()
            && let Some(link) = self.link.take()
        {
            let (link, doomed) = hooks::run(hooked, link, Moment::BeforeCommit).await?;
            self.link = Some(link);
            self.doomed = doomed;
        }
        Ok(())
    }
}

impl<B: Binding> Part for OpenPart<B> {
    fn key(&self) -> &'static str {
        B::KEY
    }

    fn doomed(&self) -> Option<&str> {
        self.doomed.as_deref()
    }

    fn before_commit(&mut self) -> Option<BoxFuture<'_, Result<(), Error>>> {
        self.session.hooked.as_ref()?;
        Some(Box::pin(self.run_hook()))
    }

    fn check(&mut self, thorough: bool) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            match &mut self.link {
                Some(link) => link.check(thorough).await,
                None => Ok(()),
            }
        })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async move {
            match self.link {
                Some(link) => link.commit().await,
                None => Ok(()),
            }
        })
    }

    fn roll_back(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            if let Some(link) = self.link {
                roll_back(link).await;
            }
        })
    }
}

impl<B: Binding> Inner<B> {
    /// Takes the connection from the session, when nothing is being settled on it any more.
    pub(crate) async fn sealed(&self) -> Sealed<B> {
        poll_fn(|context| match self.lane.seal(context.waker()) {
            Sealed::Settling => Poll::Pending,
            sealed => Poll::Ready(sealed),
        })
        .await
    }

    /// What is to end, if anything is open.
    async fn part(self: &Arc<Self>) -> Result<Option<OpenPart<B>>, Error> {
        match self.sealed().await {
            Sealed::Closed | Sealed::Settling => Ok(None),
            // Without a transaction there is nothing that the others would have to know of.
            Sealed::Open(link, ..) if !self.transaction => {
                roll_back(link).await;
                Ok(None)
            }
            Sealed::Open(link, None, doomed) => {
                Ok(Some(OpenPart { link: Some(link), doomed, session: Arc::clone(self) }))
            }
            Sealed::Open(link, Some(failure), _) => {
                roll_back(link).await;
                Err(rollback_only::<B>(&failure))
            }
            Sealed::Broken(failure) => Err(rollback_only::<B>(&failure)),
            Sealed::Held(link) => {
                if let Some(link) = link {
                    self.settle(link, true, None);
                }
                Err(Error::new(
                    ErrorKind::Held,
                    B::KEY,
                    "the scope ended while a spawned task or a response body still used its \
                     session, which was rolled back; give it a scope of its own",
                ))
            }
        }
    }
}

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
            let ended = end(members, decision).await;
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

async fn end(members: Vec<Arc<dyn Member>>, decision: Decision) -> Result<(), Error> {
    let mut report = EndReport::default();
    let mut parts = Vec::with_capacity(members.len());
    let mut first_error = None;
    for member in members {
        let key = member.key();
        match in_time(key, member.seal()).await {
            Ok(part) => parts.extend(part),
            Err(error) => {
                report.failed.push(key);
                first_error.get_or_insert(error);
            }
        }
    }
    if decision == Decision::RollBack {
        roll_back_all(parts, &mut report).await;
        return Ok(());
    }
    if first_error.is_none() && doomed(&parts).is_none() {
        for part in &mut parts {
            let Some(hook) = part.before_commit() else { continue };
            if let Err(error) = hook.await {
                report.failed.push(part.key());
                first_error = Some(error);
                break;
            }
        }
    }
    if first_error.is_none()
        && let Some((key, why)) = doomed(&parts)
    {
        tracing::debug!(key, why, "a scope rolls back as it was told");
        roll_back_all(parts, &mut report).await;
        return Ok(());
    }
    if first_error.is_none() {
        // With one bind its own COMMIT says it all; with several, none may commit before the others
        // were asked.
        let several = parts.len() > 1;
        for part in &mut parts {
            if let Err(error) = part.check(several).await {
                report.failed.push(part.key());
                first_error = Some(error);
                break;
            }
        }
    }
    if let Some(error) = first_error {
        roll_back_all(parts, &mut report).await;
        return Err(error.with_report(report));
    }
    commit_all(parts, report).await
}

/// The first bind that was told to roll back, and why.
fn doomed(parts: &[Box<dyn Part>]) -> Option<(&'static str, &str)> {
    parts.iter().find_map(|part| Some((part.key(), part.doomed()?)))
}

/// The commits of several binds under way. Dropped in the middle of them, when the time of an end in
/// the background is over, it tells what was stored: nobody else does.
struct Commits {
    report: EndReport,
    /// The one that is being committed, and those after it.
    left: Vec<&'static str>,
}

impl Drop for Commits {
    fn drop(&mut self) {
        if !self.left.is_empty() && !self.report.committed.is_empty() {
            let EndReport { committed, .. } = &self.report;
            let (unknown, rolled_back) = self.left.split_at(1);
            tracing::error!(
                ?committed,
                ?unknown,
                ?rolled_back,
                "the end of a scope was cut off between its commits",
            );
        }
    }
}

async fn commit_all(parts: Vec<Box<dyn Part>>, report: EndReport) -> Result<(), Error> {
    let left =
        if parts.len() > 1 { parts.iter().map(|part| part.key()).collect() } else { Vec::new() };
    let mut commits = Commits { report, left };
    let mut failed: Option<Error> = None;
    for part in parts {
        let report = &mut commits.report;
        let key = part.key();
        if failed.is_some() {
            part.roll_back().await;
            report.rolled_back.push(key);
            commits.left.retain(|left| *left != key);
            continue;
        }
        match part.commit().await {
            Ok(()) => report.committed.push(key),
            Err(error) => {
                if error.kind() == ErrorKind::OutcomeUnknown {
                    report.unknown.push(key);
                } else {
                    report.failed.push(key);
                }
                failed = Some(error);
            }
        }
        commits.left.retain(|left| *left != key);
    }
    let report = std::mem::take(&mut commits.report);
    match failed {
        None => Ok(()),
        Some(error) if report.committed.is_empty() => Err(error.with_report(report)),
        Some(error) => {
            let key = error.key().unwrap_or_default();
            let message = format!(
                "not every bind committed: stored {:?}, failed {:?}, unknown {:?}, rolled back {:?}",
                report.committed, report.failed, report.unknown, report.rolled_back
            );
            Err(Error::new(ErrorKind::PartialCommit, key, message)
                .with_source(error)
                .with_report(report))
        }
    }
}

async fn roll_back_all(parts: Vec<Box<dyn Part>>, report: &mut EndReport) {
    for part in parts {
        let key = part.key();
        if !report.failed.contains(&key) {
            report.rolled_back.push(key);
        }
        part.roll_back().await;
    }
}
