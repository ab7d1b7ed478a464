//! What generated code says about a bind and about a set of binds: [`Binding`] for a key,
//! [`Registry`] and [`Slots`] for the module. Everything else in the runtime is generic over them.

use std::fmt;

use crate::bind::{AnyBind, Bind};
use crate::configure::Configure;
use crate::driver::Driver;
use crate::error::Error;
use crate::scope::{AnySlot, ScopeKey, Slot};
use crate::test_database::DatabaseMaker;

/// The key of one bind: a type without values, made by the generator.
pub trait Binding: Sized + Send + Sync + fmt::Debug + 'static {
    /// The driver of sqlx: `Sqlite`, `Postgres` or `MySql`.
    type Database: Driver;
    /// The set of databases the bind belongs to.
    type Registry: Registry;

    /// The key as the TOML spells it.
    const KEY: &'static str;
    /// Whether starting the application connects.
    const CONNECT: Connect = Connect::Eager;
    /// Whether the application refuses to start when the database does not answer.
    const REQUIRED: bool = true;
    /// How transactions begin, and what a refused statement means for them.
    const TRANSACTION: <Self::Database as Driver>::Transaction;
    /// The settings of the TOML: values, and where a running program may override them.
    const DEFAULTS: <Self::Database as Configure>::Defaults;

    /// The bind's place among the sessions of a scope.
    fn slot(slots: &<Self::Registry as Registry>::Slots) -> &Slot<Self>;

    /// The bind's target among the databases.
    fn bind(registry: &Self::Registry) -> &Bind<Self>;
}

/// Whether starting the application connects to a bind's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connect {
    /// The first connection is opened at the start.
    Eager,
    /// The first connection is opened by the first statement.
    Lazy,
}

/// A set of databases: the generated `Databases`.
pub trait Registry: Clone + Send + Sync + fmt::Debug + 'static {
    /// The generated struct with one [`Slot`] per bind.
    type Slots: Slots;

    /// Where the current scope of these databases is kept.
    fn scope_key() -> &'static ScopeKey<Self>;

    /// Whether `other` is a clone of this set, not another set of the same module.
    fn is_same(&self, other: &Self) -> bool;

    /// The same databases with one connection per bind, for a [`TestScope`](crate::TestScope).
    #[doc(hidden)]
    #[must_use]
    fn in_test_scope(&self) -> Self;

    /// The same binds on databases of their own, for a [`TestDatabase`](crate::TestDatabase).
    #[doc(hidden)]
    fn with_test_databases(
        &self,
        maker: &mut DatabaseMaker,
    ) -> impl Future<Output = Result<Self, Error>> + Send;

    /// The binds in the order of the TOML.
    fn binds(&self) -> Vec<&dyn AnyBind>;
}

/// The sessions of one scope.
pub trait Slots: Default + Send + 'static {
    /// Shows every slot in the order in which sessions commit: that of the TOML.
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnySlot));
}
