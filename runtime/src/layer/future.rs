//! The life of one request: the service runs inside a scope, then the scope ends, then the response
//! is handed out. Everything is kept in this one future, so a scope allocates nothing of its own.

use std::convert::Infallible;
use std::fmt;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;

use super::{CommitRule, Endings, OnFailure, failure, rule};
use crate::binding::Registry;
use crate::error::Error;
use crate::scope::{Decision, Scope, ScopeEnd};

pin_project! {
    /// The response of a service that a [`Layer`](super::Layer) wraps.
    ///
    /// Dropped before it is ready, or unwound by a panic of the service, it rolls back.
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<Fut, R, C, F>
    where
        Fut: Future,
        R: Registry,
    {
        #[pin]
        service: Service<Fut, Fut::Output>,
        stage: Stage<R>,
        endings: Endings<C, F>,
    }

    impl<Fut, R, C, F> PinnedDrop for ResponseFuture<Fut, R, C, F>
    where
        Fut: Future,
        R: Registry,
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Stage::InScope { scope } = this.stage
                && let Some(scope) = scope.take()
            {
                drop(scope.run(CutOff { service: this.service }));
            }
        }
    }
}

pin_project! {
    /// The service, and what it answered in the same place. Whatever the stage, it stays where it
    /// is: it is large.
    #[project = ServiceProjection]
    enum Service<Fut, T> {
        Working { #[pin] future: Fut },
        Gone,
        Answered { output: Option<T> },
    }
}

impl<Fut, T> Service<Fut, T> {
    /// Where the answer is kept until it is handed out.
    fn answer(self: Pin<&mut Self>) -> &mut Option<T> {
        match self.project() {
            ServiceProjection::Answered { output } => output,
            _ => unreachable!("a scope ends when there is an answer"),
        }
    }
}

enum Stage<R: Registry> {
    // Which of the next two it becomes depends on the task that polls first.
    Unpolled { registry: Option<R> },
    InOuterScope,
    // `None` while it is the current one of the task, and after a panic.
    InScope { scope: Option<Scope<R>> },
    Ending { end: ScopeEnd, decision: Decision },
}

impl<Fut: Future, R: Registry, C, F> ResponseFuture<Fut, R, C, F> {
    pub(super) fn new(future: Fut, registry: R, endings: Endings<C, F>) -> Self {
        let service = Service::Working { future };
        Self { service, stage: Stage::Unpolled { registry: Some(registry) }, endings }
    }
}

impl<Fut, B, E, R, C, F> Future for ResponseFuture<Fut, R, C, F>
where
    Fut: Future<Output = Result<Response<B>, E>>,
    R: Registry,
    B: 'static,
    C: CommitRule,
    F: OnFailure<B> + Clone + Send + Sync + 'static,
{
    type Output = Fut::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let scope = match this.stage {
                Stage::Unpolled { registry } => {
                    let registry = registry.take().expect(POLLED_AGAIN);
                    if Scope::is_inside(&registry) {
                        *this.stage = Stage::InOuterScope;
                        continue;
                    }
                    *this.stage = Stage::InScope { scope: None };
                    Scope::new(registry)
                }
                Stage::InOuterScope => {
                    let work = Work { service: this.service.as_mut() };
                    ready!(pin!(work).poll(context));
                    let mut response = this.service.answer().take().expect(POLLED_AGAIN)?;
                    rule::send_along(&this.endings.rule, &mut response);
                    failure::send_along(&this.endings.failure, &mut response);
                    return Poll::Ready(Ok(response));
                }
                Stage::InScope { scope } => scope.take().expect(POLLED_AGAIN),
                Stage::Ending { end, decision } => {
                    let ended = ready!(Pin::new(end).poll(context));
                    let output = this.service.answer().take().expect(POLLED_AGAIN);
                    return Poll::Ready(match ended {
                        Ok(()) => output,
                        Err(error) => answer(&error, *decision, output, &this.endings.failure),
                    });
                }
            };
            let (polled, scope) = {
                let mut running = pin!(scope.run(Work { service: this.service.as_mut() }));
                (running.as_mut().poll(context), running.take_value())
            };
            if polled.is_pending() {
                *this.stage = Stage::InScope { scope };
                return Poll::Pending;
            }
            let output = this.service.as_mut().answer();
            let Some(scope) = scope.and_then(Scope::touched) else {
                return Poll::Ready(output.take().expect(POLLED_AGAIN));
            };
            let decision = match output {
                Some(Ok(response)) => rule::decide(&this.endings.rule, response),
                Some(Err(_)) | None => Decision::RollBack,
            };
            *this.stage = Stage::Ending { end: scope.end(decision), decision };
        }
    }
}

/// The service at work. What it holds is given back as soon as it is done, still in its scope, and
/// its answer takes its place.
struct Work<'f, Fut: Future> {
    service: Pin<&'f mut Service<Fut, Fut::Output>>,
}

impl<Fut: Future> Future for Work<'_, Fut> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let ServiceProjection::Working { future } = self.service.as_mut().project() else {
            panic!("{POLLED_AGAIN}");
        };
        let output = ready!(future.poll(context));
        self.service.set(Service::Answered { output: Some(output) });
        Poll::Ready(())
    }
}

/// The service that is not polled any more: its drop is a part of its scope, too. A future, because
/// a task-local is set for the drop of one without a panic when the thread itself ends.
struct CutOff<'f, Fut: Future> {
    service: Pin<&'f mut Service<Fut, Fut::Output>>,
}

impl<Fut: Future> Future for CutOff<'_, Fut> {
    type Output = Infallible;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Pending
    }
}

impl<Fut: Future> Drop for CutOff<'_, Fut> {
    fn drop(&mut self) {
        self.service.set(Service::Gone);
    }
}

const POLLED_AGAIN: &str = "`ResponseFuture` polled after completion";

/// A commit that failed takes the place of the response; a rollback that failed changes nothing for
/// the client, who was told of a failure already.
fn answer<B: 'static, E>(
    error: &Error,
    decision: Decision,
    output: Result<Response<B>, E>,
    failure: &impl OnFailure<B>,
) -> Result<Response<B>, E> {
    match (decision, output) {
        (Decision::Commit, Ok(response)) => {
            log(error, "a request could not be committed");
            Ok(failure::replace(&response, failure, error))
        }
        (_, output) => {
            log(error, "a request was not rolled back as it should");
            output
        }
    }
}

fn log(error: &Error, what: &'static str) {
    tracing::error!(
        key = error.key(),
        kind = ?error.kind(),
        report = error.report().map(tracing::field::debug),
        error = %error,
        "{what}",
    );
}

impl<Fut: Future, R: Registry, C, F> fmt::Debug for ResponseFuture<Fut, R, C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
