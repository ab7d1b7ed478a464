//! The settings of a SQLite bind, and what they mean to the driver.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use sqlx::Sqlite;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};

use crate::configure::{
    Configure, Found, Origin, PoolDefaults, PoolProfile, Reader, from_text, url, words,
};
use crate::secret::Secret;
use crate::settings::Pool;
use crate::value::Value;

/// What the TOML says about a SQLite bind; written by the generator.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// Where the database is.
    pub url: Value<&'static str>,
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
    /// See [`Options::journal_mode`].
    pub journal_mode: Value<JournalMode>,
    /// See [`Options::busy_timeout`].
    pub busy_timeout: Value<Duration>,
    /// See [`Options::foreign_keys`].
    pub foreign_keys: Value<bool>,
    /// See [`Options::create_if_missing`].
    pub create_if_missing: Value<bool>,
    /// See [`Options::statement_cache`].
    pub statement_cache: Value<usize>,
}

impl Defaults {
    /// A TOML that says nothing.
    pub const NONE: Self = Self {
        url: Value::NONE,
        max_connections: Value::NONE,
        min_connections: Value::NONE,
        acquire_timeout: Value::NONE,
        idle_timeout: Value::NONE,
        max_lifetime: Value::NONE,
        ping: Value::NONE,
        journal_mode: Value::NONE,
        busy_timeout: Value::NONE,
        foreign_keys: Value::NONE,
        create_if_missing: Value::NONE,
        statement_cache: Value::NONE,
    };
}

/// Settings of a SQLite bind that an application hands in.
///
/// They mirror `[bind.KEY]` of the TOML; what is `None` keeps what the environment or the TOML says.
///
/// ```
/// # use bindery_runtime::sqlite;
/// let mut settings = sqlite::Settings::default();
/// settings.url = Some("sqlite://notes.db".into());
/// settings.options.journal_mode = Some(sqlite::JournalMode::Wal);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// Where the database is: `sqlite://path`, with sqlx's parameters such as `?mode=rwc`, or
    /// `sqlite::memory:`. Default: none.
    pub url: Option<Secret>,
    /// The pool. A database in memory has one connection without limits by default, and no others
    /// can be set: it is lost when that connection closes.
    pub pool: Pool,
    /// What each connection is set to.
    pub options: Options,
}

/// Settings of each connection to SQLite, the TOML's `[bind.KEY.options]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Options {
    /// How SQLite keeps its journal. Default: what the database file was set to.
    pub journal_mode: Option<JournalMode>,
    /// Longest wait for a lock that another connection holds. Default: 5 s, that of sqlx.
    #[serde(deserialize_with = "from_text")]
    pub busy_timeout: Option<Duration>,
    /// Whether foreign keys are enforced. Default: true, that of sqlx (SQLite's own is false).
    pub foreign_keys: Option<bool>,
    /// Whether a missing database file is created. Default: what the URL says with `mode`.
    pub create_if_missing: Option<bool>,
    /// How many prepared statements each connection keeps. Default: 100, that of sqlx.
    pub statement_cache: Option<usize>,
}

words! {
    /// How SQLite keeps its journal (`PRAGMA journal_mode`).
    pub enum JournalMode {
        /// A file that is deleted after each transaction.
        Delete = "delete",
        /// A file that is cut to nothing.
        Truncate = "truncate",
        /// A file whose header is overwritten.
        Persist = "persist",
        /// In memory: a crash in the middle of a transaction damages the database.
        Memory = "memory",
        /// A write-ahead log: readers and the writer do not wait for each other.
        Wal = "wal",
        /// No journal: nothing can be rolled back.
        Off = "off",
    }
}

impl From<JournalMode> for SqliteJournalMode {
    fn from(mode: JournalMode) -> Self {
        match mode {
            JournalMode::Delete => Self::Delete,
            JournalMode::Truncate => Self::Truncate,
            JournalMode::Persist => Self::Persist,
            JournalMode::Memory => Self::Memory,
            JournalMode::Wal => Self::Wal,
            JournalMode::Off => Self::Off,
        }
    }
}

/// The settings that hold for every target of a bind.
#[doc(hidden)]
#[derive(Debug)]
pub struct Profile {
    pool: PoolProfile,
    options: Options,
    in_memory: bool,
}

impl Configure for Sqlite {
    type Defaults = Defaults;
    type Settings = Settings;
    type Profile = Profile;

    const PRODUCT: &'static str = "SQLite";

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
            options: Options {
                journal_mode: reader
                    .setting("options.journal_mode", given.journal_mode, &defaults.journal_mode)
                    .map(Found::into_value),
                busy_timeout: reader
                    .milliseconds(
                        "options.busy_timeout",
                        given.busy_timeout,
                        &defaults.busy_timeout,
                    )
                    .map(Duration::from_millis),
                foreign_keys: reader
                    .setting("options.foreign_keys", given.foreign_keys, &defaults.foreign_keys)
                    .map(Found::into_value),
                create_if_missing: reader
                    .setting(
                        "options.create_if_missing",
                        given.create_if_missing,
                        &defaults.create_if_missing,
                    )
                    .map(Found::into_value),
                statement_cache: reader
                    .setting(
                        "options.statement_cache",
                        given.statement_cache,
                        &defaults.statement_cache,
                    )
                    .map(Found::into_value),
            },
            in_memory: false,
        }
    }

    fn address(
        defaults: &Defaults,
        settings: &Settings,
        target: Option<&Secret>,
        profile: &mut Profile,
        reader: &mut Reader<'_>,
    ) -> Option<Found<SqliteConnectOptions>> {
        let found = match target {
            Some(target) => Found { value: target.clone(), origin: Origin::Target },
            None => reader.needed("url", settings.url.as_ref(), &defaults.url)?,
        };
        profile.in_memory = has_memory_mode(found.value.expose());
        url::parse(&found, Self::PRODUCT, &["sqlite"], reader)
    }

    fn apply(
        profile: &Profile,
        mut options: SqliteConnectOptions,
        reader: &mut Reader<'_>,
    ) -> (SqliteConnectOptions, PoolOptions<Self>) {
        let given = &profile.options;
        if let Some(mode) = given.journal_mode {
            options = options.journal_mode(mode.into());
        }
        if let Some(timeout) = given.busy_timeout {
            options = options.busy_timeout(timeout);
        }
        if let Some(on) = given.foreign_keys {
            options = options.foreign_keys(on);
        }
        if let Some(create) = given.create_if_missing {
            options = options.create_if_missing(create);
        }
        if let Some(capacity) = given.statement_cache {
            options = options.statement_cache_capacity(capacity);
        }
        let pool = if profile.in_memory || is_in_memory(&options) {
            profile.pool.in_memory(reader).options()
        } else {
            profile.pool.options()
        };
        (options, pool)
    }

    fn pool(profile: &Profile) -> &PoolProfile {
        &profile.pool
    }
}

/// Whether the URL has `mode=memory`, which sqlx's options keep to themselves.
fn has_memory_mode(url: &str) -> bool {
    url.split_once('?')
        .is_some_and(|(_, parameters)| parameters.split('&').any(|one| one == "mode=memory"))
}

/// Whether the options are those of `sqlite::memory:`, by the names that SQLite and sqlx give it.
fn is_in_memory(options: &SqliteConnectOptions) -> bool {
    let name = options.get_filename();
    name == Path::new(":memory:")
        || name.to_str().is_some_and(|name| name.starts_with("file:sqlx-in-memory-"))
}
