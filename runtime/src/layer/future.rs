//! The life of one request: the service runs inside a scope, then the scope ends, then the response
//! is handed out. Everything is kept in this one future, so a scope allocates nothing of its own.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;
use tokio::task::futures::TaskLocalFuture;

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
        state: State<Fut, R>,
        endings: Endings<C, F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<Fut, R>
    where
        Fut: Future,
        R: Registry,
    {
        // Which of the next two it becomes depends on the task that polls first, hence not yet pinned.
        Unpolled { parts: Option<(Fut, R)> },
        InOuterScope {
            #[pin]
            future: Fut,
        },
        InScope {
            #[pin]
            future: TaskLocalFuture<Scope<R>, Fut>,
        },
        Ending {
            end: ScopeEnd,
            decision: Decision,
            output: Option<Fut::Output>,
        },
    }
}

impl<Fut: Future, R: Registry, C, F> ResponseFuture<Fut, R, C, F> {
    pub(super) fn new(future: Fut, registry: R, endings: Endings<C, F>) -> Self {
        Self { state: State::Unpolled { parts: Some((future, registry)) }, endings }
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
        // Each state is put where it stays: one that is made first and put there later is moved twice.
        loop {
            match this.state.as_mut().project() {
                StateProjection::Unpolled { parts } => {
                    let (future, registry) = parts.take().expect(POLLED_AGAIN);
                    if Scope::is_inside(&registry) {
                        this.state.set(State::InOuterScope { future });
                    } else {
                        let future = Scope::new(registry).run(future);
                        this.state.set(State::InScope { future });
                    }
                }
                StateProjection::InOuterScope { future } => {
                    let mut response = ready!(future.poll(context))?;
                    rule::send_along(&this.endings.rule, &mut response);
                    failure::send_along(&this.endings.failure, &mut response);
                    return Poll::Ready(Ok(response));
                }
                StateProjection::InScope { mut future } => {
                    let output = ready!(future.as_mut().poll(context));
                    let Some(scope) = future.take_value().and_then(Scope::touched) else {
                        return Poll::Ready(output);
                    };
                    let decision = match &output {
                        Ok(response) => rule::decide(&this.endings.rule, response),
                        Err(_) => Decision::RollBack,
                    };
                    let end = scope.end(decision);
                    this.state.set(State::Ending { end, decision, output: Some(output) });
                }
                StateProjection::Ending { end, decision, output } => {
                    let ended = ready!(Pin::new(end).poll(context));
                    let output = output.take().expect(POLLED_AGAIN);
                    return Poll::Ready(match ended {
                        Ok(()) => output,
                        Err(error) => answer(&error, *decision, output, &this.endings.failure),
                    });
                }
            }
        }
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
