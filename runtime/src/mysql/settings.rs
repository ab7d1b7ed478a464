//! The settings of a MySQL or MariaDB bind, and what they mean to the driver.

use std::time::Duration;

use serde::Deserialize;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::pool::PoolOptions;
use sqlx::{AssertSqlSafe, Executor, MySql, SqlSafeStr};

use crate::configure::{
    Configure, Found, Origin, PoolDefaults, PoolProfile, Reader, TlsDefaults, TlsFiles, from_text,
    url, words,
};
use crate::secret::Secret;
use crate::settings::Pool;
use crate::value::Value;

/// What the TOML says about a MySQL or MariaDB bind; written by the generator.
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
    /// See [`Options::statement_timeout`].
    pub statement_timeout: Value<Duration>,
    /// See [`Options::statement_cache`].
    pub statement_cache: Value<usize>,
    /// See [`Options::trust_lent`].
    pub trust_lent: Value<bool>,
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
        statement_timeout: Value::NONE,
        statement_cache: Value::NONE,
        trust_lent: Value::NONE,
        tls_mode: Value::NONE,
        tls_ca: Value::NONE,
        tls_certificate: Value::NONE,
        tls_key: Value::NONE,
    };
}

/// Settings of a MySQL or MariaDB bind that an application hands in.
///
/// They mirror `[bind.KEY]` of the TOML; what is `None` keeps what the environment or the TOML says.
///
/// ```
/// # use bindery_runtime::mysql;
/// let mut settings = mysql::Settings::default();
/// settings.url = Some("mysql://notes@db.internal/notes".into());
/// settings.password = Some("swordfish".into());
/// settings.pool.max_connections = Some(20);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// Where the database is: `mysql://user@host:port/database` or `mariadb://…`, with sqlx's
    /// parameters. Default: none.
    pub url: Option<Secret>,
    /// The password of the database user, over the one in the URL. Default: that of the URL.
    ///
    /// MySQL 8 checks it over a connection without TLS only when the application turns on sqlx's
    /// feature `mysql-rsa`.
    pub password: Option<Secret>,
    /// The pool.
    pub pool: Pool,
    /// What each connection is set to.
    pub options: Options,
    /// How connections are protected. Behind a target of connect options it does not count.
    pub tls: Tls,
}

/// Settings of each connection to MySQL or MariaDB, the TOML's `[bind.KEY.options]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Options {
    /// Longest run of one statement, at most 596 hours; the server cancels it then. MySQL limits
    /// SELECT alone, MariaDB every statement. Default: that of the server.
    #[serde(deserialize_with = "from_text")]
    pub statement_timeout: Option<Duration>,
    /// How many prepared statements each connection keeps. Default: 100, that of sqlx.
    pub statement_cache: Option<usize>,
    /// Whether a connection that a session lent out goes back to the pool. Default: false, it is
    /// closed, because what was SET on it cannot be undone.
    pub trust_lent: Option<bool>,
}

/// Settings of TLS for MySQL and MariaDB.
pub type Tls = crate::settings::Tls<TlsMode>;

words! {
    /// How far a connection to MySQL or MariaDB is protected, in the words of PostgreSQL.
    pub enum TlsMode {
        /// Never encrypted; MySQL's `DISABLED`.
        Disable = "disable",
        /// Encrypted when the server can; MySQL's `PREFERRED`.
        Prefer = "prefer",
        /// Always encrypted, whoever answers; MySQL's `REQUIRED`.
        Require = "require",
        /// As `require`, and a known authority vouches for the server; MySQL's `VERIFY_CA`.
        VerifyCa = "verify-ca",
        /// As `verify-ca`, and the server is the one that was asked for; MySQL's `VERIFY_IDENTITY`.
        VerifyFull = "verify-full",
    }
}

impl From<TlsMode> for MySqlSslMode {
    fn from(mode: TlsMode) -> Self {
        match mode {
            TlsMode::Disable => Self::Disabled,
            TlsMode::Prefer => Self::Preferred,
            TlsMode::Require => Self::Required,
            TlsMode::VerifyCa => Self::VerifyCa,
            TlsMode::VerifyFull => Self::VerifyIdentity,
        }
    }
}

/// The settings that hold for every target of a bind.
#[doc(hidden)]
#[derive(Debug)]
pub struct Profile {
    pool: PoolProfile,
    /// In milliseconds.
    statement_timeout: Option<u64>,
    statement_cache: Option<usize>,
}

impl Configure for MySql {
    type Defaults = Defaults;
    type Settings = Settings;
    type Profile = Profile;

    const PRODUCT: &'static str = "MySQL";

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
    ) -> Option<Found<MySqlConnectOptions>> {
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

        let options = url::parse(&url?, Self::PRODUCT, &["mysql", "mariadb"], reader)?;
        Some(options.map(|mut options: MySqlConnectOptions| {
            if let Some(password) = password {
                options = options.password(password.value.expose());
            }
            if let Some(mode) = mode {
                options = options.ssl_mode(mode.value.into());
            }
            if let Some(ca) = files.ca {
                options = options.ssl_ca(ca);
            }
            if let Some((certificate, key)) = files.identity {
                options = options.ssl_client_cert(certificate).ssl_client_key(key);
            }
            options
        }))
    }

    fn apply(
        profile: &Profile,
        mut options: MySqlConnectOptions,
        _reader: &mut Reader<'_>,
    ) -> (MySqlConnectOptions, PoolOptions<Self>) {
        if let Some(capacity) = profile.statement_cache {
            options = options.statement_cache_capacity(capacity);
        }
        let mut pool = profile.pool.options();
        if let Some(timeout) = profile.statement_timeout {
            let sql = AssertSqlSafe(limit_statements(timeout)).into_sql_str();
            pool = pool.after_connect(move |conn: &mut MySqlConnection, _| {
                let sql = sql.clone();
                Box::pin(async move { conn.execute(sql).await.map(drop) })
            });
        }
        (options, pool)
    }

    fn pool(profile: &Profile) -> &PoolProfile {
        &profile.pool
    }

    fn trusts_lent(defaults: &Defaults, settings: &Settings, reader: &mut Reader<'_>) -> bool {
        reader
            .setting("options.trust_lent", settings.options.trust_lent, &defaults.trust_lent)
            .is_some_and(|found| found.value)
    }
}

/// Sets the limit in the words of whichever server answers.
///
/// MariaDB runs comments marked `M!` and skips those marked for MySQL 5.7 to 5.99; to MySQL it is
/// the other way round.
fn limit_statements(milliseconds: u64) -> String {
    format!(
        "SET SESSION /*M!100101 max_statement_time = {}.{:03} */ \
         /*!50708 max_execution_time = {milliseconds} */",
        milliseconds / 1000,
        milliseconds % 1000,
    )
}
