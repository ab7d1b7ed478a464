//! Routes of models: handlers that read a request, run one operation of a mixin in the request's
//! session, and answer with JSON.
//!
//! They are generic once, over the model and over the type that has its operations. What goes wrong
//! leaves as a problem (RFC 9457); nothing of SQL, of tables or of hidden columns is in any answer.

mod body;
mod conditional;
mod filters;
mod key;
mod links;
mod list;
mod problem;
mod query;
mod unit;

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};

use super::RoutedOn;
use crate::error::Error;
use crate::model::{
    ListAdd, ListView, Mixin, Model, Resource, SessionOf, UnitAdd, UnitDelete, UnitEdit, UnitView,
};
use crate::scope;

use self::problem::Refusal;

pub use self::body::AddBody;
pub use self::problem::method_not_allowed;

/// The handlers of a model's routes, over the operations of `X`.
///
/// `db::main::note::routes()` mounts those that the TOML names. By hand it is done like this, with
/// `db::main::note::handlers()` or, for a type of your own, `Crud::new(OwnNotes)`:
///
/// ```
/// use axum::Router;
/// use axum::routing::get;
/// use bindery_runtime::axum::{AddBody, Crud, RoutedOn};
/// use bindery_runtime::model::{ListView, Model, Resource, UnitAdd, UnitView};
///
/// fn routes<X, S>(notes: X) -> Router<S>
/// where
///     X: ListView<Model: Resource> + UnitAdd + UnitView + AddBody + Clone,
///     <X::Model as Model>::Bind: RoutedOn<S>,
///     S: Clone + Send + Sync + 'static,
/// {
///     let notes = Crud::new(notes);
///     Router::new()
///         .route("/users/{user}/notes", get(notes.list()).post(notes.add()))
///         .route("/users/{user}/notes/{id}", get(notes.view()))
/// }
/// ```
///
/// The key is taken from the last parameters of the path, as many as it has columns, and whatever
/// they are called. Parameters before it are the application's; a mixin gets at them where a layer
/// has put them, in a `tokio::task_local!` for example.
///
/// A handler runs in the session of the request, as any other handler does: its work is stored
/// with that of layers and middleware, or not at all.
pub struct Crud<X> {
    mixin: X,
}

impl<X> Crud<X>
where
    X: Mixin<Model: Resource> + Clone,
{
    /// Handlers that run the operations of `mixin`.
    pub const fn new(mixin: X) -> Self {
        Self { mixin }
    }

    /// `GET` of the collection: one page of its rows, 200.
    ///
    /// `?status=draft&created_at.gte=2027-01-01T00:00:00Z&order=-created_at&size=50` filters, sorts
    /// and cuts. Operators are `eq` (or none), `ne`, `lt`, `lte`, `gt`, `gte`, `in` (with commas
    /// between the values, and `\` before a comma that is part of one), `null` (`true` or `false`)
    /// and, for texts, `contains` and `starts_with`. Only [`Resource::FILTER`] and
    /// [`Resource::ORDER`] can be named. Numbered pages take `page` and `total=true`, others
    /// `cursor`. Whatever is not understood is 400, with words about what is.
    ///
    /// `next` and `previous` of the answer are paths that keep the rest of the query; the header
    /// `Link` has them too.
    pub fn list(&self) -> CrudHandler<X, list::List>
    where
        X: ListView,
    {
        self.handler()
    }

    /// `GET` of one row: 200, or 404. A row that counts its changes comes with an `ETag`, and a
    /// request that knows it already (`If-None-Match`) is answered with 304.
    pub fn view(&self) -> CrudHandler<X, unit::View>
    where
        X: UnitView,
    {
        self.handler()
    }

    /// `POST` of an object: adds a row, 201 with the row and its `Location`.
    pub fn add(&self) -> CrudHandler<X, unit::Add>
    where
        X: UnitAdd + AddBody,
    {
        self.handler()
    }

    /// `POST` of an array of objects: adds all of them or none, 201 with their number.
    pub fn list_add(&self) -> CrudHandler<X, list::ListAdd>
    where
        X: ListAdd + AddBody,
    {
        self.handler()
    }

    /// `POST` of an object, as [`Crud::add`], or of an array, as [`Crud::list_add`].
    pub fn add_one_or_many(&self) -> CrudHandler<X, list::AddOneOrMany>
    where
        X: UnitAdd + ListAdd + AddBody,
    {
        self.handler()
    }

    /// `PATCH` of one row: changes what the body names, 200 with the row as it is then.
    ///
    /// Of a row that counts its changes, the header `If-Match` names the version that is meant, and
    /// 412 answers that it is another by now. The body's `version` does so with 409; the header
    /// wins over it.
    pub fn edit(&self) -> CrudHandler<X, unit::Edit>
    where
        X: UnitEdit,
    {
        self.handler()
    }

    /// `DELETE` of one row: 204. `If-Match` as in [`Crud::edit`].
    pub fn delete(&self) -> CrudHandler<X, unit::Delete>
    where
        X: UnitDelete,
    {
        self.handler()
    }

    fn handler<O>(&self) -> CrudHandler<X, O> {
        CrudHandler { mixin: self.mixin.clone(), operation: PhantomData }
    }
}

impl<X: Clone> Clone for Crud<X> {
    fn clone(&self) -> Self {
        Self { mixin: self.mixin.clone() }
    }
}

impl<X> fmt::Debug for Crud<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crud").finish_non_exhaustive()
    }
}

/// One handler of [`Crud`]: it goes into `get`, `post` and the rest, and takes layers.
#[must_use = "a handler does nothing until it is routed"]
pub struct CrudHandler<X, O> {
    mixin: X,
    operation: PhantomData<fn() -> O>,
}

/// Marks a [`Handler`] as one of [`Crud`].
#[derive(Debug)]
pub enum ViaCrud {}

// Who forgot `scoped` is not helped by this one.
#[diagnostic::do_not_recommend]
impl<X, O, S> Handler<ViaCrud, S> for CrudHandler<X, O>
where
    X: Mixin + Clone,
    <X::Model as Model>::Bind: RoutedOn<S>,
    O: Operation<X>,
    S: Send + Sync + 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, _: S) -> Self::Future {
        Box::pin(async move {
            match O::answer(self.mixin, request).await {
                Ok(response) => response,
                Err(refusal) => refusal.into_response(),
            }
        })
    }
}

impl<X: Clone, O> Clone for CrudHandler<X, O> {
    fn clone(&self) -> Self {
        Self { mixin: self.mixin.clone(), operation: PhantomData }
    }
}

impl<X, O> fmt::Debug for CrudHandler<X, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrudHandler").finish_non_exhaustive()
    }
}

/// What a handler does with a request.
pub trait Operation<X>: 'static {
    fn answer(mixin: X, request: Request)
    -> impl Future<Output = Result<Response, Refusal>> + Send;
}

/// The session of the request. The scope has it whether or not the bind is at hand in handlers.
fn session<X: Mixin>() -> Result<SessionOf<X>, Error> {
    scope::session()
}
