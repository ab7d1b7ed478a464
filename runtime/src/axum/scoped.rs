//! A handler that asks for sessions by name. Wrapping the handler, and not the router, leaves the
//! router's state alone, so such a handler stands next to any other.

use std::fmt;
use std::marker::PhantomData;

use axum::extract::Request;
use axum::handler::Handler;

use super::ScopedOn;
use super::arguments::{Call, Nil, With};

/// A handler that may take the session of the bind `K`, next to whatever else it takes.
///
/// Made by the function `scoped` of a bind with `middleware = false`, here called `reports`:
///
/// ```
/// # use axum::{Router, extract::State, response::Html, routing::get};
/// # use bindery_runtime::{Session, axum::{Scoped, ScopedOn}};
/// # #[derive(Clone)]
/// # struct App { title: String }
/// # fn routes<Reports: ScopedOn<App>>() -> Router<App> {
/// # mod db {
/// #     pub mod reports {
/// #         pub fn scoped<K, H, T>(handler: H) -> bindery_runtime::axum::Scoped<K, H, T> {
/// #             bindery_runtime::axum::Scoped::new(handler)
/// #         }
/// #     }
/// # }
/// # let report = report::<Reports>;
/// Router::new().route("/report", get(db::reports::scoped(report)))
/// # }
///
/// # /*
/// async fn report(State(app): State<App>, reports: db::reports::Session) -> Html<String> {
/// # */
/// # async fn report<K: ScopedOn<App>>(State(app): State<App>, reports: Session<K>) -> Html<String> {
///     Html(format!("<h1>{}</h1>", app.title))
/// }
/// ```
///
/// It is a [`Handler`] like the function inside: it goes into `get`, `post` and the rest, takes
/// layers, and works as a fallback. Several binds nest: `db::reports::scoped(db::audit::scoped(h))`.
///
/// `#[debug_handler]` looks at the function alone and refuses what only `scoped` can give; leave it
/// off such a function. For the same reason `routes!` of utoipa does not accept them.
pub struct Scoped<K, H, T> {
    handler: H,
    marker: PhantomData<fn() -> (K, T)>,
}

/// Marks a [`Handler`] as one made by [`Scoped`]; `T` are the arguments of the function inside.
#[derive(Debug)]
pub struct ViaScoped<T>(PhantomData<fn() -> T>);

impl<K, H, T> Scoped<K, H, T> {
    /// Lets `handler` take the session of `K`. Generated code calls it: `scoped` has the shorter name.
    pub fn new(handler: H) -> Self {
        Self { handler, marker: PhantomData }
    }
}

impl<K, H: Clone, T> Clone for Scoped<K, H, T> {
    fn clone(&self) -> Self {
        Self::new(self.handler.clone())
    }
}

impl<K, H, T> fmt::Debug for Scoped<K, H, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoped").finish_non_exhaustive()
    }
}

impl<K, H, T, S> Handler<ViaScoped<T>, S> for Scoped<K, H, T>
where
    K: ScopedOn<S>,
    H: Call<With<K, Nil>, T, S>,
    T: 'static,
{
    type Future = H::Future;

    fn call(self, request: Request, state: S) -> Self::Future {
        self.handler.call(request, state)
    }
}

/// Inside another `scoped`: the function gets the sessions of both.
impl<K, H, T, S, L> Call<L, ViaScoped<T>, S> for Scoped<K, H, T>
where
    K: ScopedOn<S>,
    H: Call<With<K, L>, T, S>,
    T: 'static,
{
    type Future = H::Future;

    fn call(self, request: Request, state: S) -> Self::Future {
        self.handler.call(request, state)
    }
}
