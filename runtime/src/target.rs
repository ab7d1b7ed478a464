//! Where a bind connects to, when the code of the application says so itself.

use std::error::Error as StdError;
use std::fmt;

use futures_core::future::BoxFuture;
use sqlx::Pool;

use crate::binding::Binding;
use crate::configure::OptionsOf;
use crate::per_scope::{IntoChooser, PerScope, Targets};
use crate::secret::Secret;

/// What a bind connects to: a URL, connect options, a pool, a factory of connect options, or what is
/// chosen for each scope.
///
/// A target is made with `.into()`, and stands for the `url` of the settings:
///
/// | from | what of the settings holds |
/// |---|---|
/// | `&str`, `String`: a URL | all but `url` |
/// | the driver's connect options, [`Target::factory`] | `pool` and `options`; not `url`, `password` and `tls` |
/// | [`Target::per_scope`], one for each scope | all but `url`, if its targets are URLs |
/// | `sqlx::Pool`, one of `#[sqlx::test]` for example; [`Target::behind_pooler`] | none: handing in settings too is refused |
///
/// Of a pool that was handed in, sessions keep to its acquire timeout.
pub struct Target<B: Binding>(pub(crate) Kind<B>);

pub(crate) enum Kind<B: Binding> {
    Url(Secret),
    #[cfg_attr(
        not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
        allow(dead_code, reason = "made from the options of a driver")
    )]
    Options(OptionsOf<B::Database>),
    Factory(Factory<B>),
    Pool {
        pool: Pool<B::Database>,
        pooler: bool,
    },
    PerScope(Box<dyn IntoChooser<B>>),
}

/// The error of code that is not ours.
pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

pub(crate) type Factory<B> = Box<
    dyn Fn() -> BoxFuture<'static, Result<OptionsOf<<B as Binding>::Database>, BoxError>>
        + Send
        + Sync,
>;

impl<B: Binding> Target<B> {
    /// Asks `make` for the connect options whenever the bind is given a new pool; when the
    /// application starts, that is once.
    ///
    /// For what is only known then: a password out of a vault, an address out of a registry. Its
    /// answer must come within the acquire timeout, and a bind cannot start without it, whether it
    /// is lazy or not required. Its error is shown: keep secrets out of it.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # fn target<B: bindery_runtime::Binding<Database = sqlx::Sqlite>>() -> bindery_runtime::Target<B> {
    /// use sqlx::sqlite::SqliteConnectOptions;
    ///
    /// bindery_runtime::Target::factory(|| async { Ok(SqliteConnectOptions::new().filename("notes.db")) })
    /// # }
    /// ```
    pub fn factory<F, Fut>(make: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<OptionsOf<B::Database>, Box<dyn StdError + Send + Sync>>>
            + Send
            + 'static,
    {
        Self(Kind::Factory(Box::new(move || Box::pin(make()))))
    }

    /// Lets each scope have the target that `targets` chooses for it, a database per tenant for
    /// example; at most `max_pools` of them (at least one) have a pool at the same time.
    ///
    /// Every pool has the settings of the bind: `max_connections` is meant for each, and `url` for
    /// none. When there are `max_pools`, the least recently used that no session is on is closed to
    /// make room for another; while all are in use a first statement waits, at most the acquire
    /// timeout. Nothing connects before that.
    ///
    /// What works on the bind as a whole differs: [`Bind::pool`](crate::Bind::pool) is a closed pool,
    /// creating tables and migrating work on the target of the scope they run in, health is that of
    /// the targets with a pool, and [`Bind::change_target`](crate::Bind::change_target) is refused.
    #[must_use]
    pub fn per_scope(max_pools: usize, targets: impl Targets<B>) -> Self {
        Self(Kind::PerScope(Box::new(PerScope { max_pools: max_pools.max(1), targets })))
    }

    /// Hands in a pool that reaches its server through a transaction pooler, such as pgbouncer in
    /// `pool_mode = transaction`.
    ///
    /// There a connection of the pool is no backend of the server. A statement that was abandoned
    /// is then not cancelled on the server, since that could hit another client's; its connection
    /// is closed. A bind that makes its own pool says the same by `options.statement_cache = 0`.
    #[must_use]
    pub fn behind_pooler(pool: Pool<B::Database>) -> Self {
        Self(Kind::Pool { pool, pooler: true })
    }
}

impl<B: Binding> From<&str> for Target<B> {
    fn from(url: &str) -> Self {
        Self(Kind::Url(url.into()))
    }
}

impl<B: Binding> From<String> for Target<B> {
    fn from(url: String) -> Self {
        Self(Kind::Url(url.into()))
    }
}

impl<B: Binding> From<Pool<B::Database>> for Target<B> {
    fn from(pool: Pool<B::Database>) -> Self {
        Self(Kind::Pool { pool, pooler: false })
    }
}

// One impl per driver: a generic one would overlap with those for strings.
#[cfg(feature = "sqlite")]
impl<B: Binding<Database = sqlx::Sqlite>> From<sqlx::sqlite::SqliteConnectOptions> for Target<B> {
    fn from(options: sqlx::sqlite::SqliteConnectOptions) -> Self {
        Self(Kind::Options(options))
    }
}

#[cfg(feature = "postgres")]
impl<B: Binding<Database = sqlx::Postgres>> From<sqlx::postgres::PgConnectOptions> for Target<B> {
    fn from(options: sqlx::postgres::PgConnectOptions) -> Self {
        Self(Kind::Options(options))
    }
}

#[cfg(feature = "mysql")]
impl<B: Binding<Database = sqlx::MySql>> From<sqlx::mysql::MySqlConnectOptions> for Target<B> {
    fn from(options: sqlx::mysql::MySqlConnectOptions) -> Self {
        Self(Kind::Options(options))
    }
}

impl<B: Binding> fmt::Debug for Target<B> {
    /// Says what kind it is and no more: connect options print their password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.0 {
            Kind::Url(_) => "Url",
            Kind::Options(_) => "Options",
            Kind::Factory(_) => "Factory",
            Kind::Pool { .. } => "Pool",
            Kind::PerScope(_) => "PerScope",
        };
        write!(f, "Target({kind})")
    }
}
