//! A tower layer that opens one scope per request and ends it before the response leaves.
//!
//! [`Layer`] wraps any service that answers with an [`http::Response`]; no web framework is
//! involved. A status below 400 commits, everything else rolls back: an error of the service, a
//! panic, a request whose client went away. [`Layer::commit_when`] replaces that rule for a router,
//! [`commit_when`] for one route; [`Layer::on_failure`] replaces the answer to a commit that failed.
//!
//! A request that uses no session costs no allocation and no connection.

mod failure;
mod future;
mod rule;

use std::fmt;
use std::task::{Context, Poll};

use http::Response;

use crate::binding::Registry;
use crate::error::Error;

pub use self::failure::{OnFailure, Problem};
pub use self::future::ResponseFuture;
pub use self::rule::{
    CommitRule, CommitWhen, CommitWhenFuture, CommitWhenService, Head, SuccessStatus, commit_when,
};

/// Gives each request a scope of its own on the databases `R`.
///
/// A request that already runs in a scope of the same databases stays in it, so a layer that was
/// put on twice does nothing twice. A rule or a failure response that was chosen on the inner layer
/// still holds for its routes: `databases.install(…)` puts on a plain layer, and a router inside
/// takes `databases.layer().commit_when(…)` to differ.
///
/// The scope is open while the service's future runs. Code that a service runs in
/// [`call`](tower_service::Service::call) itself, before it returns its future, is outside; so is
/// what goes on after the head of the response: its body, the task of an upgraded connection. Both
/// take a session of their own, [`detached`](crate::detached()).
///
/// Layers inside of this one are part of the request: what a time limit or a caught panic answers
/// there decides as any status does, and the time of the COMMIT does not count for the limit. Outside
/// of it they drop the scope, which rolls back, or let a COMMIT under way go on; and only outside do
/// they see the answer to a commit that failed, which is why CORS belongs there. The page
/// `docs/requests.md` of the repository has each case and its test.
///
/// ```
/// # use bindery_runtime::{Error, Registry, layer::Layer};
/// # use http::{Request, Response};
/// # use std::convert::Infallible;
/// fn with_scopes<R, S>(databases: R, service: S) -> impl tower_service::Service<
///     Request<String>,
///     Response = Response<String>,
///     Error = Infallible,
/// >
/// where
///     R: Registry,
///     S: tower_service::Service<Request<String>, Response = Response<String>, Error = Infallible>,
/// {
///     tower_layer::Layer::layer(&Layer::new(databases), service)
/// }
/// ```
#[derive(Clone)]
pub struct Layer<R, C = SuccessStatus, F = Problem> {
    registry: R,
    endings: Endings<C, F>,
}

/// What the user chose for the end of a scope.
#[derive(Clone)]
struct Endings<C, F> {
    rule: C,
    failure: F,
}

impl<R: Registry> Layer<R> {
    /// A layer that commits on a status below 400 and answers a failed commit with a [`Problem`].
    #[must_use]
    pub fn new(registry: R) -> Self {
        Self { registry, endings: Endings { rule: SuccessStatus, failure: Problem } }
    }
}

impl<R, C, F> Layer<R, C, F> {
    /// Commits when `rule` says so about the head of the response, and rolls back otherwise.
    ///
    /// A rule that a route brings itself, with the function [`commit_when`], wins over this one.
    ///
    /// Not every protocol puts failure into the status: gRPC answers 200 and reports a call that
    /// failed before its first message in the header `grpc-status`.
    ///
    /// ```
    /// # use bindery_runtime::{Registry, layer::{Head, Layer}};
    /// fn for_grpc<R: Registry>(
    ///     databases: R,
    /// ) -> Layer<R, impl Fn(&Head<'_>) -> bool + Clone> {
    ///     Layer::new(databases).commit_when(|head| {
    ///         let refused = head.headers().get("grpc-status").is_some_and(|code| code != "0");
    ///         head.status().is_success() && !refused
    ///     })
    /// }
    /// ```
    #[must_use]
    pub fn commit_when<N>(self, rule: N) -> Layer<R, N, F>
    where
        N: Fn(&Head<'_>) -> bool + Clone,
    {
        let Self { registry, endings: Endings { failure, .. } } = self;
        Layer { registry, endings: Endings { rule, failure } }
    }

    /// Answers with what `respond` makes of the error when a commit fails.
    ///
    /// The response of the handler is gone by then: it spoke of work that is not stored. The error is
    /// logged in any case; its text may quote the database and is not meant for clients.
    ///
    /// ```
    /// # use bindery_runtime::{Error, Registry, layer::{Layer, SuccessStatus}};
    /// # use http::{Response, StatusCode};
    /// fn in_plain_text<R: Registry>(
    ///     databases: R,
    /// ) -> Layer<R, SuccessStatus, impl Fn(&Error) -> Response<String> + Clone> {
    ///     Layer::new(databases).on_failure(|error: &Error| {
    ///         let mut response = Response::new(String::from("Nothing was saved, please try again."));
    ///         *response.status_mut() = if error.is_unavailable() {
    ///             StatusCode::SERVICE_UNAVAILABLE
    ///         } else {
    ///             StatusCode::INTERNAL_SERVER_ERROR
    ///         };
    ///         response
    ///     })
    /// }
    /// ```
    #[must_use]
    pub fn on_failure<N, B>(self, respond: N) -> Layer<R, C, N>
    where
        N: Fn(&Error) -> Response<B> + Clone,
    {
        let Self { registry, endings: Endings { rule, .. } } = self;
        Layer { registry, endings: Endings { rule, failure: respond } }
    }
}

impl<S, R, C, F> tower_layer::Layer<S> for Layer<R, C, F>
where
    R: Clone,
    C: Clone,
    F: Clone,
{
    type Service = ScopeService<S, R, C, F>;

    fn layer(&self, inner: S) -> Self::Service {
        ScopeService { inner, layer: self.clone() }
    }
}

impl<R: fmt::Debug, C, F> fmt::Debug for Layer<R, C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer").field("registry", &self.registry).finish_non_exhaustive()
    }
}

/// A service whose requests each run in a scope of their own; made by [`Layer`].
#[derive(Clone)]
pub struct ScopeService<S, R, C = SuccessStatus, F = Problem> {
    inner: S,
    layer: Layer<R, C, F>,
}

impl<S, Request, B, R, C, F> tower_service::Service<Request> for ScopeService<S, R, C, F>
where
    S: tower_service::Service<Request, Response = Response<B>>,
    B: 'static,
    R: Registry,
    C: CommitRule + Clone,
    F: OnFailure<B> + Clone + Send + Sync + 'static,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, R, C, F>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Layer { registry, endings } = self.layer.clone();
        ResponseFuture::new(self.inner.call(request), registry, endings)
    }
}

impl<S: fmt::Debug, R: fmt::Debug, C, F> fmt::Debug for ScopeService<S, R, C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopeService")
            .field("inner", &self.inner)
            .field("layer", &self.layer)
            .finish()
    }
}
