//! What a scoped handler may take: everything axum extracts, and the sessions of the binds that were
//! asked for. These are kept in a list of types, since an extractor of axum knows the state of its
//! router only and could not tell a scoped handler from any other.

use std::marker::PhantomData;
use std::pin::Pin;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use crate::autocommit::Autocommit;
use crate::binding::Binding;
use crate::scope;
use crate::session::Session;

/// The end of a list of binds.
#[derive(Debug)]
pub enum Nil {}

/// The bind `K` in front of the list `L`.
#[derive(Debug)]
pub struct With<K, L>(PhantomData<fn() -> (K, L)>);

/// The list has `K` at the place `P`, which the compiler finds by itself.
pub trait Has<K, P> {}

/// The front of a list.
#[derive(Debug)]
pub enum Here {}

/// The place `P` in the rest of a list.
#[derive(Debug)]
pub struct Further<P>(PhantomData<fn() -> P>);

impl<K, L> Has<K, Here> for With<K, L> {}
impl<K, Other, L: Has<K, P>, P> Has<K, Further<P>> for With<Other, L> {}

/// An argument comes from the scope, by its place `P` in the list.
#[derive(Debug)]
pub struct ViaScope<P>(PhantomData<fn() -> P>);

/// An argument is an extractor of axum; `M` tells apart those that consume the body.
#[derive(Debug)]
pub struct ViaExtractor<M>(PhantomData<fn() -> M>);

/// An argument that needs the head of a request only: any but the last.
#[diagnostic::on_unimplemented(
    message = "a scoped handler cannot take `{Self}` here",
    note = "any argument may be an extractor of axum or the session of a bind named by `scoped`; an extractor that consumes the body comes last"
)]
pub trait Argument<L, S, M>: Sized {
    fn take(parts: &mut Parts, state: &S) -> impl Future<Output = Result<Self, Response>> + Send;
}

/// The last argument, which may consume the body.
#[diagnostic::on_unimplemented(
    message = "a scoped handler cannot take `{Self}`",
    note = "an argument is an extractor of axum or the session of a bind named by `scoped`"
)]
pub trait LastArgument<L, S, M>: Sized {
    fn take(request: Request, state: &S) -> impl Future<Output = Result<Self, Response>> + Send;
}

impl<A, L, S> Argument<L, S, ViaExtractor<()>> for A
where
    A: FromRequestParts<S>,
    S: Sync,
{
    async fn take(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        A::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)
    }
}

impl<A, L, S, M> LastArgument<L, S, ViaExtractor<M>> for A
where
    A: FromRequest<S, M>,
    S: Sync,
{
    async fn take(request: Request, state: &S) -> Result<Self, Response> {
        A::from_request(request, state).await.map_err(IntoResponse::into_response)
    }
}

impl<B: Binding, L: Has<B, P>, S: Sync, P> Argument<L, S, ViaScope<P>> for Session<B> {
    async fn take(_: &mut Parts, _: &S) -> Result<Self, Response> {
        scope::session().map_err(IntoResponse::into_response)
    }
}

impl<B: Binding, L: Has<B, P>, S: Sync, P> LastArgument<L, S, ViaScope<P>> for Session<B> {
    async fn take(_: Request, _: &S) -> Result<Self, Response> {
        scope::session().map_err(IntoResponse::into_response)
    }
}

impl<B: Binding, L: Has<B, P>, S: Sync, P> Argument<L, S, ViaScope<P>> for Autocommit<B> {
    async fn take(_: &mut Parts, _: &S) -> Result<Self, Response> {
        scope::autocommit().map_err(IntoResponse::into_response)
    }
}

impl<B: Binding, L: Has<B, P>, S: Sync, P> LastArgument<L, S, ViaScope<P>> for Autocommit<B> {
    async fn take(_: Request, _: &S) -> Result<Self, Response> {
        scope::autocommit().map_err(IntoResponse::into_response)
    }
}

/// What `scoped` wraps: an async function, a closure, or another `scoped`. `L` are the binds whose
/// sessions it may take, `T` its arguments and how each is come by.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler that `scoped` can wrap",
    note = "it is an async function or closure whose arguments are extractors of axum or sessions of the binds named by `scoped`, and which returns a response"
)]
pub trait Call<L, T, S>: Clone + Send + Sync + Sized + 'static {
    type Future: Future<Output = Response> + Send + 'static;

    fn call(self, request: Request, state: S) -> Self::Future;
}

type BoxedResponse = Pin<Box<dyn Future<Output = Response> + Send>>;

impl<F, Fut, Res, L, S> Call<L, (), S> for F
where
    F: FnOnce() -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Res> + Send,
    Res: IntoResponse,
{
    type Future = BoxedResponse;

    fn call(self, _: Request, _: S) -> Self::Future {
        Box::pin(async move { self().await.into_response() })
    }
}

/// `Call` for functions with the given arguments, each written `argument: Type via Marker`.
macro_rules! impl_call {
    ($($argument:ident: $ty:ident via $marker:ident,)* => $last:ident: $last_ty:ident via $last_marker:ident) => {
        impl<F, Fut, Res, L, S, $($ty, $marker,)* $last_ty, $last_marker>
            Call<L, ($(($ty, $marker),)* ($last_ty, $last_marker),), S> for F
        where
            F: FnOnce($($ty,)* $last_ty) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Res> + Send,
            Res: IntoResponse,
            S: Send + Sync + 'static,
            $($ty: Argument<L, S, $marker> + Send,)*
            $last_ty: LastArgument<L, S, $last_marker> + Send,
        {
            type Future = BoxedResponse;

            fn call(self, request: Request, state: S) -> Self::Future {
                Box::pin(async move {
                    #[allow(unused_mut, reason = "a single argument needs no parts")]
                    let (mut parts, body) = request.into_parts();
                    $(
                        let $argument = match $ty::take(&mut parts, &state).await {
                            Ok(argument) => argument,
                            Err(rejection) => return rejection,
                        };
                    )*
                    let request = Request::from_parts(parts, body);
                    let $last = match $last_ty::take(request, &state).await {
                        Ok(argument) => argument,
                        Err(rejection) => return rejection,
                    };
                    self($($argument,)* $last).await.into_response()
                })
            }
        }
    };
}

/// Walks from one argument up to all of them: the last of each step is the one that may consume the body.
macro_rules! impl_calls {
    ([$($done:tt)*] $argument:ident: $ty:ident via $marker:ident, $($rest:tt)*) => {
        impl_call!($($done)* => $argument: $ty via $marker);
        impl_calls!([$($done)* $argument: $ty via $marker,] $($rest)*);
    };
    ([$($done:tt)*]) => {};
}

// As many as axum's own handlers take.
impl_calls! {
    []
    a1: A1 via M1, a2: A2 via M2, a3: A3 via M3, a4: A4 via M4,
    a5: A5 via M5, a6: A6 via M6, a7: A7 via M7, a8: A8 via M8,
    a9: A9 via M9, a10: A10 via M10, a11: A11 via M11, a12: A12 via M12,
    a13: A13 via M13, a14: A14 via M14, a15: A15 via M15, a16: A16 via M16,
}
