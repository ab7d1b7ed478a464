//! The settings of a PostgreSQL bind, and what they mean to the driver.
//!
//! What is set for the whole connection goes into its startup message, so that `RESET ALL` after a
//! lent connection returns to it.

use std::time::Duration;

use serde::Deserialize;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{Executor, Postgres};

use crate::configure::{
    Configure, Found, Origin, PoolDefaults, PoolProfile, Reader, TlsDefaults, TlsFiles, from_text,
    url, words,
};
use crate::postgres::IDENTIFY;
use crate::secret::Secret;
use crate::settings::Pool;
use crate::value::Value;

/// What the TOML says about a PostgreSQL bind; written by the generator.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// Where the database is.
    pub url: Value<&'static str>,
    /// See [`Settings::password`].
    pub password: Value<&'static str>,
    /// See [`Pool::max_connections`].
    pub max_connections: Value<u32>,
    /// See [`Pool::min_connections`].
    pub min_connections: Value<u32>,
    /// See [`Pool::acquire_timeout`].
    pub acquire_timeout: Value<Duration>,
    /// See [`Pool::idle_timeout`]; `None` is `off`.
    pub idle_timeout: Value<Option<Duration>>,
    /// See [`Pool::max_lifetime`]; `None` is `off`.
    pub max_lifetime: Value<Option<Duration>>,
    /// See [`Pool::ping`].
    pub ping: Value<bool>,
    /// See [`Options::application_name`].
    pub application_name: Value<&'static str>,
    /// See [`Options::search_path`].
    pub search_path: Value<&'static str>,
    /// See [`Options::statement_timeout`].
    pub statement_timeout: Value<Duration>,
    /// See [`Options::statement_cache`].
    pub statement_cache: Value<usize>,
    /// See [`Tls::mode`](crate::settings::Tls::mode).
    pub tls_mode: Value<TlsMode>,
    /// See [`Tls::ca`](crate::settings::Tls::ca).
    pub tls_ca: Value<&'static str>,
    /// See [`Tls::certificate`](crate::settings::Tls::certificate).
    pub tls_certificate: Value<&'static str>,
    /// See [`Tls::key`](crate::settings::Tls::key).
    pub tls_key: Value<&'static str>,
}

impl Defaults {
    /// A TOML that says nothing.
    pub const NONE: Self = Self {
        url: Value::NONE,
        password: Value::NONE,
        max_connections: Value::NONE,
        min_connections: Value::NONE,
        acquire_timeout: Value::NONE,
        idle_timeout: Value::NONE,
        max_lifetime: Value::NONE,
        ping: Value::NONE,
        application_name: Value::NONE,
        search_path: Value::NONE,
        statement_timeout: Value::NONE,
        statement_cache: Value::NONE,
        tls_mode: Value::NONE,
        tls_ca: Value::NONE,
        tls_certificate: Value::NONE,
        tls_key: Value::NONE,
    };
}

/// Settings of a PostgreSQL bind that an application hands in.
///
/// They mirror `[bind.KEY]` of the TOML; what is `None` keeps what the environment or the TOML says.
///
/// ```
/// # use bindery_runtime::postgres;
/// let mut settings = postgres::Settings::default();
/// settings.url = Some("postgres://notes@db.internal/notes".into());
/// settings.password = Some("swordfish".into());
/// settings.tls.mode = Some(postgres::TlsMode::VerifyFull);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// Where the database is: `postgres://user@host:port/database`, with sqlx's parameters. What it
    /// leaves out, sqlx takes from the `PG…` variables of the environment. Default: none.
    pub url: Option<Secret>,
    /// The password of the database user, over the one in the URL. Default: that of the URL, else
    /// `PGPASSWORD` or the password file, by sqlx.
    pub password: Option<Secret>,
    /// The pool.
    pub pool: Pool,
    /// What each connection is set to.
    pub options: Options,
    /// How connections are protected. Behind a target of connect options it does not count.
    pub tls: Tls,
}

/// Settings of each connection to PostgreSQL, the TOML's `[bind.KEY.options]`.
///
/// A transaction pooler does not know connections: there, `search_path` and `statement_timeout`
/// belong to the role or the database (`ALTER ROLE … SET`), and `PgBouncer` refuses them here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Options {
    /// The name under which the server lists the connections. Default: `PGAPPNAME`, by sqlx.
    pub application_name: Option<String>,
    /// The schemas that unqualified names are looked up in: `reports, public`. Default: that of the
    /// server.
    pub search_path: Option<String>,
    /// Longest run of one statement, at most 596 hours; the server cancels it then. Default: that
    /// of the server.
    #[serde(deserialize_with = "from_text")]
    pub statement_timeout: Option<Duration>,
    /// How many prepared statements each connection keeps; 0 says that a transaction pooler stands
    /// between. Default: 100, that of sqlx.
    pub statement_cache: Option<usize>,
}

/// Settings of TLS for PostgreSQL.
pub type Tls = crate::settings::Tls<TlsMode>;

words! {
    /// How far a connection to PostgreSQL is protected; libpq's `sslmode`.
    pub enum TlsMode {
        /// Never encrypted.
        Disable = "disable",
        /// Encrypted only when the server insists; sqlx does not encrypt at all.
        Allow = "allow",
        /// Encrypted when the server can.
        Prefer = "prefer",
        /// Always encrypted, whoever answers.
        Require = "require",
        /// As `require`, and a known authority vouches for the server.
        VerifyCa = "verify-ca",
        /// As `verify-ca`, and the server is the one that was asked for.
        VerifyFull = "verify-full",
    }
}

impl From<TlsMode> for PgSslMode {
    fn from(mode: TlsMode) -> Self {
        match mode {
            TlsMode::Disable => Self::Disable,
            TlsMode::Allow => Self::Allow,
            TlsMode::Prefer => Self::Prefer,
            TlsMode::Require => Self::Require,
            TlsMode::VerifyCa => Self::VerifyCa,
            TlsMode::VerifyFull => Self::VerifyFull,
        }
    }
}

/// The settings that hold for every target of a bind.
#[doc(hidden)]
#[derive(Debug)]
pub struct Profile {
    pool: PoolProfile,
    application_name: Option<String>,
    search_path: Option<String>,
    /// In milliseconds.
    statement_timeout: Option<u64>,
    statement_cache: Option<usize>,
}

impl Configure for Postgres {
    type Defaults = Defaults;
    type Settings = Settings;
    type Profile = Profile;

    const PRODUCT: &'static str = "PostgreSQL";

    fn profile(defaults: &Defaults, settings: &Settings, reader: &mut Reader<'_>) -> Profile {
        let pool = PoolDefaults {
            max_connections: &defaults.max_connections,
            min_connections: &defaults.min_connections,
            acquire_timeout: &defaults.acquire_timeout,
            idle_timeout: defaults.idle_timeout.limit(),
            max_lifetime: defaults.max_lifetime.limit(),
            ping: &defaults.ping,
        };
        let given = &settings.options;
        Profile {
            pool: PoolProfile::read(&pool, &settings.pool, reader),
            application_name: reader
                .text(
                    "options.application_name",
                    given.application_name.as_deref(),
                    &defaults.application_name,
                )
                .map(Found::into_value),
            search_path: reader
                .text("options.search_path", given.search_path.as_deref(), &defaults.search_path)
                .map(Found::into_value),
            statement_timeout: reader.milliseconds(
                "options.statement_timeout",
                given.statement_timeout,
                &defaults.statement_timeout,
            ),
            statement_cache: reader
                .setting(
                    "options.statement_cache",
                    given.statement_cache,
                    &defaults.statement_cache,
                )
                .map(Found::into_value),
        }
    }

    fn address(
        defaults: &Defaults,
        settings: &Settings,
        target: Option<&Secret>,
        _profile: &mut Profile,
        reader: &mut Reader<'_>,
    ) -> Option<Found<PgConnectOptions>> {
        let url = match target {
            Some(target) => Some(Found { value: target.clone(), origin: Origin::Target }),
            None => reader.needed("url", settings.url.as_ref(), &defaults.url),
        };
        let password = reader.secret("password", settings.password.as_ref(), &defaults.password);
        let mode = reader.setting("tls.mode", settings.tls.mode, &defaults.tls_mode);
        let files = TlsDefaults {
            ca: &defaults.tls_ca,
            certificate: &defaults.tls_certificate,
            key: &defaults.tls_key,
        };
        let files = TlsFiles::read(&files, &settings.tls, reader);

        let schemes = ["postgres", "postgresql"];
        let options = url::parse(&url?, Self::PRODUCT, &schemes, reader)?;
        Some(options.map(|mut options: PgConnectOptions| {
            if let Some(password) = password {
                options = options.password(password.value.expose());
            }
            if let Some(mode) = mode {
                options = options.ssl_mode(mode.value.into());
            }
            if let Some(ca) = files.ca {
                options = options.ssl_root_cert(ca);
            }
            if let Some((certificate, key)) = files.identity {
                options = options.ssl_client_cert(certificate).ssl_client_key(key);
            }
            options
        }))
    }

    fn apply(
        profile: &Profile,
        mut options: PgConnectOptions,
        _reader: &mut Reader<'_>,
    ) -> (PgConnectOptions, PoolOptions<Self>) {
        if let Some(name) = &profile.application_name {
            options = options.application_name(name);
        }
        if let Some(path) = &profile.search_path {
            options = options.options([("search_path", path)]);
        }
        if let Some(timeout) = profile.statement_timeout {
            options = options.options([("statement_timeout", timeout)]);
        }
        if let Some(capacity) = profile.statement_cache {
            options = options.statement_cache_capacity(capacity);
        }
        let mut pool = profile.pool.options();
        if !Self::has_pooler(profile) {
            // Sessions read it back with their BEGIN; it is how an abandoned statement is found.
            pool = pool.after_connect(|conn: &mut PgConnection, _| {
                Box::pin(async move { conn.execute(IDENTIFY).await.map(drop) })
            });
        }
        (options, pool)
    }

    fn pool(profile: &Profile) -> &PoolProfile {
        &profile.pool
    }

    fn has_pooler(profile: &Profile) -> bool {
        profile.statement_cache == Some(0)
    }
}
