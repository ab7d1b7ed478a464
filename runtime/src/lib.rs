//! The runtime of Bindery: request-scoped sessions for several databases.
//!
//! Generated code names the binds ([`Binding`]) and holds them together ([`Registry`]); this crate
//! does the rest. A [`Scope`] is a unit of work, a request for example. Within it each bind has at
//! most one [`Session`], whose first statement takes a connection from the pool and begins a
//! transaction. At its end a scope commits all of its sessions or rolls them all back.
//!
//! ```
//! use bindery_runtime::{Binding, Error, Session, sqlx};
//!
//! /// A block of the transaction that the session has open, or a transaction of its own: what the
//! /// database refuses in it is undone alone.
//! async fn both_or_none<B>(session: &Session<B>) -> Result<(), Error>
//! where
//!     B: Binding<Database = sqlx::Sqlite>,
//! {
//!     session
//!         .atomic(async |block| {
//!             sqlx::query("INSERT INTO note (title) VALUES ('milk')").execute(block).await?;
//!             sqlx::query("INSERT INTO log (what) VALUES ('milk')").execute(block).await?;
//!             Ok(())
//!         })
//!         .await
//! }
//! ```
//!
//! The core knows no web framework. `tower` adds a layer that opens a scope per request, `axum` the
//! extractors; `sqlite`, `postgres` and `mysql` add the drivers.

// From what generated code declares, through the start, to a session and its end.
mod binding;
mod configure;
mod secret;
pub mod settings;
mod transaction;
mod value;

mod bind;
mod health;
mod per_scope;
mod start;
mod target;

mod concurrent;
mod data;
mod detached;
mod events;
mod hooks;
mod live;
mod retry;
mod scope;
mod session;
mod outer;
mod supply;
mod test_database;
mod test_scope;

mod atomic;
mod autocommit;
mod executor;
mod held;
mod lane;
mod lent;
mod rows;
mod statement;

pub mod model;

mod background;
mod ending;
mod link;

mod driver;
#[cfg(feature = "mysql")]
pub mod mysql;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;

mod error;
#[cfg(feature = "migrate")]
mod migrate;

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "tower")]
pub mod layer;

#[doc(hidden)]
pub use serde;
#[doc(hidden)]
pub use sqlx;

pub use self::atomic::{Atomic, WhenOpen};
pub use self::autocommit::Autocommit;
pub use self::bind::{AnyBind, Bind};
pub use self::binding::{Binding, Connect, Registry, Slots};
pub use self::concurrent::run_concurrently;
pub use self::configure::{Configure, Problem};
pub use self::data::{ScopeData, get, put};
pub use self::detached::{Detached, Sink, detached};
pub use self::driver::Driver;
pub use self::error::{EndReport, Error, ErrorKind};
pub use self::events::{Event, Events, Observer, Outcome, Step};
pub use self::health::{BindHealth, Health, close, health};
pub use self::hooks::{BoxError, Hooks};
pub use self::lent::Conn;
pub use self::live::SessionOptions;
#[cfg(feature = "migrate")]
pub use self::migrate::migrate;
pub use self::per_scope::Targets;
pub use self::retry::{Retry, retry_in_new_scope, retry_scope};
pub use self::scope::{
    AnySlot, Decision, Scope, ScopeEnd, ScopeKey, Slot, autocommit, run_in_new_scope, run_scope,
    session,
};
pub use self::secret::Secret;
pub use self::session::Session;
pub use self::start::{BindBuilder, Start, StartError};
pub use self::target::Target;
pub use self::test_database::{DatabaseMaker, Disposable, TestDatabase};
pub use self::test_scope::TestScope;
pub use self::transaction::{Access, AfterError, Isolation};
pub use self::value::Value;

/// Includes the module that a build script generated into `OUT_DIR`:
/// `mod db { bindery_runtime::include_bindings!(); }`.
#[macro_export]
macro_rules! include_bindings {
    () => {
        include!(concat!(env!("OUT_DIR"), "/bindery/mod.rs"));
    };
}

/// What the macros of this crate reach.
#[doc(hidden)]
pub mod __private {
    pub use tokio::task_local;
}
