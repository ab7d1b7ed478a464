//! The one argument that says where a statement runs.

use sqlx::Transaction;
use sqlx::pool::PoolConnection;

use crate::atomic::Atomic;
use crate::autocommit::Autocommit;
use crate::binding::Binding;
use crate::driver::Driver;
use crate::lent::Conn;
use crate::session::Session;

use super::lease::Lease;

/// What the models of the bind `B` run on.
///
/// - `&Session`: the statement joins the transaction of the scope.
/// - `&Atomic`, the argument of an `atomic` block: it joins the block.
/// - `&Autocommit`: it stands for itself.
/// - `&mut` a connection of the driver, a `PoolConnection`, a `Transaction` of sqlx or a lent
///   [`Conn`]: it runs there, as any statement of sqlx. Of such a connection only the driver is
///   checked, not the bind.
/// - [`without_policy`] of any of these: the same, and every row is there.
///
/// Sealed. A session of another bind, a connection of another driver and a pool do not compile.
#[diagnostic::on_unimplemented(
    message = "models of the bind `{B}` do not run on `{Self}`",
    label = "not a session of `{B}`, and no connection of its database",
    note = "pass the session of the same bind as `&session`, the argument of an `atomic` block, or `&mut` a connection or transaction of its driver",
    note = "a pool has no transaction to join: take the session, or `&mut *pool.acquire().await?`"
)]
pub trait On<B: Binding>: Send + sealed::Sealed<B> {
    #[doc(hidden)]
    fn lease<'a>(self) -> Lease<'a, B>
    where
        Self: 'a;
}

impl<B: Binding> On<B> for &Session<B> {
    fn lease<'a>(self) -> Lease<'a, B>
    where
        Self: 'a,
    {
        Lease::session(self)
    }
}

impl<B: Binding> On<B> for &Atomic<'_, B> {
    fn lease<'a>(self) -> Lease<'a, B>
    where
        Self: 'a,
    {
        // That it is a statement of the block, the session knows from the code that runs it.
        Lease::session(self.handle())
    }
}

impl<B: Binding> On<B> for &Autocommit<B> {
    fn lease<'a>(self) -> Lease<'a, B>
    where
        Self: 'a,
    {
        Lease::autocommit(self)
    }
}

impl<B: Binding> On<B> for &mut Conn<'_, B> {
    fn lease<'a>(self) -> Lease<'a, B>
    where
        Self: 'a,
    {
        Lease::connection(&mut **self)
    }
}

impl<D: Driver, B: Binding<Database = D>> On<B> for &mut PoolConnection<D> {
    fn lease<'a>(self) -> Lease<'a, B>
    where
        Self: 'a,
    {
        Lease::connection(&mut **self)
    }
}

impl<D: Driver, B: Binding<Database = D>> On<B> for &mut Transaction<'_, D> {
    fn lease<'a>(self) -> Lease<'a, B>
    where
        Self: 'a,
    {
        Lease::connection(&mut **self)
    }
}

/// Goes around the policy of the models that run on it, and around their marks of deleted rows:
/// every row is there and anything may be written, nothing is completed, and a delete really
/// deletes.
///
/// `model::without_policy(&main)` stands wherever `&main` does, for one operation.
pub fn without_policy<T>(on: T) -> WithoutPolicy<T> {
    WithoutPolicy(on)
}

/// What models run on without their policy: made by [`without_policy`].
#[derive(Clone, Copy, Debug)]
#[must_use = "it says what an operation runs on, and does nothing by itself"]
pub struct WithoutPolicy<T>(T);

impl<B: Binding, T: On<B>> On<B> for WithoutPolicy<T> {
    fn lease<'a>(self) -> Lease<'a, B>
    where
        Self: 'a,
    {
        self.0.lease().unrestricted()
    }
}

mod sealed {
    /// Keeps [`super::On`] to what this crate knows how to run on.
    pub trait Sealed<B> {}

    use super::{
        Atomic, Autocommit, Binding, Conn, Driver, On, PoolConnection, Session, Transaction,
        WithoutPolicy,
    };

    impl<B: Binding> Sealed<B> for &Session<B> {}
    impl<B: Binding> Sealed<B> for &Atomic<'_, B> {}
    impl<B: Binding> Sealed<B> for &Autocommit<B> {}
    impl<B: Binding> Sealed<B> for &mut Conn<'_, B> {}
    impl<D: Driver, B: Binding<Database = D>> Sealed<B> for &mut PoolConnection<D> {}
    impl<D: Driver, B: Binding<Database = D>> Sealed<B> for &mut Transaction<'_, D> {}
    impl<B: Binding, T: On<B>> Sealed<B> for WithoutPolicy<T> {}
}

/// The connections themselves; one impl for all drivers would overlap with those above.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! connection {
    ($database:ty, $connection:ty) => {
        impl<B: Binding<Database = $database>> On<B> for &mut $connection {
            fn lease<'a>(self) -> Lease<'a, B>
            where
                Self: 'a,
            {
                Lease::connection(self)
            }
        }

        impl<B: Binding<Database = $database>> sealed::Sealed<B> for &mut $connection {}
    };
}

#[cfg(feature = "sqlite")]
connection!(sqlx::Sqlite, sqlx::SqliteConnection);
#[cfg(feature = "postgres")]
connection!(sqlx::Postgres, sqlx::PgConnection);
#[cfg(feature = "mysql")]
connection!(sqlx::MySql, sqlx::MySqlConnection);
