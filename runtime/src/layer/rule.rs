//! Whether a response means that the work is to be stored: the rule of a router, and the rule that
//! one route brings itself. A rule sees the head of the response and nothing else.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Extensions, HeaderMap, Response, StatusCode, Version};
use pin_project_lite::pin_project;

use crate::scope::Decision;

/// The head of a response, as a commit rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    status: StatusCode,
    version: Version,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
}

impl<'a> Head<'a> {
    fn of<B>(response: &'a Response<B>) -> Self {
        Self {
            status: response.status(),
            version: response.version(),
            headers: response.headers(),
            extensions: response.extensions(),
        }
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The version of HTTP it will be sent with.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The headers of the response.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// What the handler or a layer attached to the response without sending it.
    #[must_use]
    pub fn extensions(&self) -> &'a Extensions {
        self.extensions
    }
}

/// Decides from the head of a response whether its scope commits.
///
/// Every `Fn(&Head<'_>) -> bool` is a rule.
pub trait CommitRule {
    /// Whether somebody chose this rule. Of nested layers the innermost chosen one holds.
    const CHOSEN: bool = true;

    /// Whether the sessions commit; they roll back otherwise.
    fn commits(&self, head: &Head<'_>) -> bool;
}

impl<F: Fn(&Head<'_>) -> bool> CommitRule for F {
    fn commits(&self, head: &Head<'_>) -> bool {
        self(head)
    }
}

/// The rule of a new [`Layer`](super::Layer): a status below 400 commits, 400 and above roll back.
#[derive(Clone, Copy, Debug, Default)]
pub struct SuccessStatus;

impl CommitRule for SuccessStatus {
    const CHOSEN: bool = false;

    fn commits(&self, head: &Head<'_>) -> bool {
        head.status.as_u16() < 400
    }
}

/// What the rule of a route decided, on its way to the layer that ends the scope.
#[derive(Clone, Copy)]
struct Decided(bool);

/// Sends the decision of `rule` along with the response, unless a rule further in made one.
pub(super) fn send_along<B, C: CommitRule>(rule: &C, response: &mut Response<B>) {
    if C::CHOSEN && response.extensions().get::<Decided>().is_none() {
        let commits = rule.commits(&Head::of(response));
        response.extensions_mut().insert(Decided(commits));
    }
}

/// The decision that came along with the response if there is one, otherwise that of `rule`.
pub(super) fn decide<B>(rule: &impl CommitRule, response: &Response<B>) -> Decision {
    let head = Head::of(response);
    let commits = match head.extensions.get::<Decided>() {
        Some(&Decided(commits)) => commits,
        None => rule.commits(&head),
    };
    if commits { Decision::Commit } else { Decision::RollBack }
}

/// A layer for one route, or for the routes of a sub-router, that decides about their commit.
///
/// The rule is asked about the response as it passes this layer, and its answer wins over the rule
/// of the [`Layer`](super::Layer) that ends the scope. Of several on one route the innermost wins.
///
/// ```
/// # use bindery_runtime::layer::commit_when;
/// // A login that fails still has to store the attempt.
/// let layer = commit_when(|head| !head.status().is_server_error());
/// # let _ = layer;
/// ```
pub fn commit_when<C>(rule: C) -> CommitWhen<C>
where
    C: Fn(&Head<'_>) -> bool + Clone,
{
    CommitWhen { rule }
}

/// The layer made by [`commit_when`].
#[derive(Clone)]
#[must_use = "a layer does nothing until it is put on a route"]
pub struct CommitWhen<C> {
    rule: C,
}

impl<S, C: Clone> tower_layer::Layer<S> for CommitWhen<C> {
    type Service = CommitWhenService<S, C>;

    fn layer(&self, inner: S) -> Self::Service {
        CommitWhenService { inner, rule: self.rule.clone() }
    }
}

impl<C> fmt::Debug for CommitWhen<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommitWhen").finish_non_exhaustive()
    }
}

/// A service with a commit rule of its own; made by [`commit_when`].
#[derive(Clone)]
pub struct CommitWhenService<S, C> {
    inner: S,
    rule: C,
}

impl<S, Request, B, C> tower_service::Service<Request> for CommitWhenService<S, C>
where
    S: tower_service::Service<Request, Response = Response<B>>,
    C: CommitRule + Clone,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = CommitWhenFuture<S::Future, C>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        CommitWhenFuture { future: self.inner.call(request), rule: self.rule.clone() }
    }
}

impl<S: fmt::Debug, C> fmt::Debug for CommitWhenService<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommitWhenService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

pin_project! {
    /// The response of a service with a commit rule of its own.
    #[must_use = "futures do nothing unless polled"]
    pub struct CommitWhenFuture<F, C> {
        #[pin]
        future: F,
        rule: C,
    }
}

impl<F, C, B, E> Future for CommitWhenFuture<F, C>
where
    F: Future<Output = Result<Response<B>, E>>,
    C: CommitRule,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.future.poll(context))?;
        send_along(this.rule, &mut response);
        Poll::Ready(Ok(response))
    }
}

impl<F, C> fmt::Debug for CommitWhenFuture<F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommitWhenFuture").finish_non_exhaustive()
    }
}
