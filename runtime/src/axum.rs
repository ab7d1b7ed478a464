//! The front end for axum: sessions as handler arguments, `scoped` handlers, errors as responses.
//!
//! A handler takes the session of a `middleware = true` bind like any extractor. The session of a
//! `middleware = false` bind is asked for by name, where the handler is routed:
//! `get(db::reports::scoped(handler))`. Both are checked against the state of the router, which only
//! `Databases::install` can provide; see [`InstalledOn`] and [`ScopedOn`].
//!
//! Models with routes have their handlers from [`Crud`].
//!
//! The layer behind `install` is [`Layer`]; it knows nothing of axum.

mod arguments;
mod crud;
mod extract;
mod scoped;

use crate::binding::Binding;

pub use self::crud::{AddBody, Crud, CrudHandler, ViaCrud, method_not_allowed};
pub use self::scoped::{Scoped, ViaScoped};
pub use crate::layer::{Layer, commit_when};

/// The session of this bind is at hand in every handler of routers with the state `S`.
///
/// Generated code implements it for every bind with `middleware = true` and every state from which
/// `Installed` can be taken. `Installed` is handed out by `Databases::install` alone, so a handler
/// with a session cannot be served without the layer that ends it.
#[diagnostic::on_unimplemented(
    message = "the session of the bind `{Self}` is not at hand in handlers of a router with the state `{S}`",
    label = "no session of `{Self}` here",
    note = "if the bind has `middleware = false`, name it where the handler is routed, as in `get(db::reports::scoped(handler))`; such a handler does not carry `#[debug_handler]`, which looks at the function alone",
    note = "otherwise start the router with `db::router()` and hand it to `databases.install(router)`; a router with a state of its own goes through `install_with`, and its state implements `FromRef` for `db::Installed`"
)]
pub trait InstalledOn<S>: Binding {}

/// Handlers of routers with the state `S` may ask for the session of this bind by name.
///
/// Generated code implements it for every bind with `middleware = false` and every state from which
/// `Installed` can be taken; see [`Scoped`].
#[diagnostic::on_unimplemented(
    message = "`scoped` handlers of the bind `{Self}` do not run on a router with the state `{S}`",
    label = "the databases of `{Self}` are not installed on this router",
    note = "start the router with `db::router()` and hand it to `databases.install(router)`; a router with a state of its own goes through `install_with`, and its state implements `FromRef` for `db::Installed`"
)]
pub trait ScopedOn<S>: Binding {}

/// Routes of models of this bind run on routers with the state `S`.
///
/// Generated code implements it for every bind and every state from which `Installed` can be taken:
/// the handlers of [`Crud`] find their session in the scope of the request, whether or not the bind
/// has `middleware = true`.
#[diagnostic::on_unimplemented(
    message = "routes of models of the bind `{Self}` do not run on a router with the state `{S}`",
    label = "the databases of `{Self}` are not installed on this router",
    note = "start the router with `db::router()` and hand it to `databases.install(router)`; a router with a state of its own goes through `install_with`, and its state implements `FromRef` for `db::Installed`"
)]
pub trait RoutedOn<S>: Binding {}
