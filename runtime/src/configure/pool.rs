//! The settings of a pool, and the pool options they make.

use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::{Connection, Database};

use super::reader::{Found, Reader};
use crate::settings::{Limit, Pool};
use crate::value::Value;

/// What sqlx does when nothing is set; the numbers are repeated to check other settings against.
const MAX_CONNECTIONS: u32 = 10;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
const IDLE_TIMEOUT: Limit = Limit::After(Duration::from_mins(10));
const MAX_LIFETIME: Limit = Limit::After(Duration::from_mins(30));

/// The pool allots a place per connection when it is made, so a slip of the pen must not pass.
const MOST_CONNECTIONS: u32 = 65_535;

/// The settings of the TOML about the pool.
#[derive(Debug)]
pub(crate) struct PoolDefaults<'a> {
    pub(crate) max_connections: &'a Value<u32>,
    pub(crate) min_connections: &'a Value<u32>,
    pub(crate) acquire_timeout: &'a Value<Duration>,
    pub(crate) idle_timeout: Value<Limit>,
    pub(crate) max_lifetime: Value<Limit>,
    pub(crate) ping: &'a Value<bool>,
}

/// The settings of a pool, found and checked.
#[derive(Clone, Debug)]
pub struct PoolProfile {
    max_connections: Option<Found<u32>>,
    min_connections: Option<Found<u32>>,
    acquire_timeout: Duration,
    idle_timeout: Option<Found<Limit>>,
    max_lifetime: Option<Found<Limit>>,
    ping: bool,
}

impl PoolProfile {
    pub(crate) fn read(
        defaults: &PoolDefaults<'_>,
        settings: &Pool,
        reader: &mut Reader<'_>,
    ) -> Self {
        let max_connections = reader.setting(
            "pool.max_connections",
            settings.max_connections,
            defaults.max_connections,
        );
        let min_connections = reader.setting(
            "pool.min_connections",
            settings.min_connections,
            defaults.min_connections,
        );
        let acquire_timeout = reader.setting(
            "pool.acquire_timeout",
            settings.acquire_timeout,
            defaults.acquire_timeout,
        );
        let idle_timeout =
            reader.setting("pool.idle_timeout", settings.idle_timeout, &defaults.idle_timeout);
        let max_lifetime =
            reader.setting("pool.max_lifetime", settings.max_lifetime, &defaults.max_lifetime);
        let ping = reader.setting("pool.ping", settings.ping, defaults.ping);

        let max = max_connections.as_ref().map_or(MAX_CONNECTIONS, |max| max.value);
        if let Some(found) = &max_connections
            && !(1..=MOST_CONNECTIONS).contains(&max)
        {
            let message =
                format!("{max} cannot be used: write a number from 1 to {MOST_CONNECTIONS}");
            reader.refuse("pool.max_connections", Some(&found.origin), message);
        } else if let Some(min) = &min_connections
            && min.value > max
        {
            let known = if max_connections.is_some() { "" } else { " when nothing sets it" };
            let message = format!(
                "{} is more than `pool.max_connections`, which is {max}{known}: lower this one or \
                 raise the other",
                min.value,
            );
            reader.refuse("pool.min_connections", Some(&min.origin), message);
        }

        Self {
            max_connections,
            min_connections,
            acquire_timeout: acquire_timeout.map_or(ACQUIRE_TIMEOUT, |found| found.value),
            idle_timeout,
            max_lifetime,
            ping: ping.is_none_or(|found| found.value),
        }
    }

    pub(crate) fn acquire_timeout(&self) -> Duration {
        self.acquire_timeout
    }

    /// The same pool for a database that lives in the memory of its one connection: it is lost
    /// when that closes, so what is not set follows, and what is set to something else is a problem.
    #[cfg(feature = "sqlite")]
    pub(crate) fn in_memory(&self, reader: &mut Reader<'_>) -> Self {
        const WHY: &str = "the database is in memory and lives as long as its one connection";
        for (setting, found) in [
            ("pool.max_connections", &self.max_connections),
            ("pool.min_connections", &self.min_connections),
        ] {
            if let Some(found) = found
                && found.value > 1
            {
                let message = format!("{} is too many: {WHY}; write 1", found.value);
                reader.refuse(setting, Some(&found.origin), message);
            }
        }
        for (setting, found) in
            [("pool.idle_timeout", &self.idle_timeout), ("pool.max_lifetime", &self.max_lifetime)]
        {
            if let Some(found) = found
                && found.value != Limit::Off
            {
                reader.refuse(setting, Some(&found.origin), format!("{WHY}; write `off`"));
            }
        }
        let always = |value| Some(Found { value, origin: super::Origin::Default });
        Self {
            max_connections: Some(Found { value: 1, origin: super::Origin::Default }),
            idle_timeout: always(Limit::Off),
            max_lifetime: always(Limit::Off),
            ..self.clone()
        }
    }

    /// The options of a pool with these settings.
    ///
    /// sqlx's own test before each use is off: the hook in its place leaves out sessions, whose
    /// BEGIN finds a dead connection without a round trip of its own.
    pub(crate) fn options<D: Database>(&self) -> PoolOptions<D> {
        let limit = |found: &Option<Found<Limit>>, otherwise: Limit| {
            found.as_ref().map_or(otherwise, |found| found.value).duration()
        };
        let options = PoolOptions::new()
            .max_connections(self.max_connections.as_ref().map_or(MAX_CONNECTIONS, |max| max.value))
            .min_connections(self.min_connections.as_ref().map_or(0, |min| min.value))
            .acquire_timeout(self.acquire_timeout)
            .idle_timeout(limit(&self.idle_timeout, IDLE_TIMEOUT))
            .max_lifetime(limit(&self.max_lifetime, MAX_LIFETIME))
            .test_before_acquire(false);
        if !self.ping {
            return options;
        }
        options.before_acquire(|conn, _| {
            Box::pin(async move {
                if !crate::live::acquiring_for_session() {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
    }
}
