//! The settings that backends share, as an application may hand them in: the pool, and TLS.
//!
//! They mirror the tables of the TOML. Everything is optional; a field that is `None` keeps what the
//! environment or the TOML says.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::configure::from_text;

/// Settings of a pool, the TOML's `[bind.KEY.pool]`.
///
/// As text, durations are whole numbers with a unit, `250ms`, `5s`, `10m`, `1h`, or several of them,
/// `1m30s`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Pool {
    /// Most connections open at once, from 1 to 65535. Default: 10, that of sqlx.
    pub max_connections: Option<u32>,
    /// Connections kept open while nobody uses them. Default: 0, that of sqlx.
    pub min_connections: Option<u32>,
    /// Longest wait for a connection, and for the database when the application starts. Default:
    /// 30 s, that of sqlx.
    #[serde(deserialize_with = "from_text")]
    pub acquire_timeout: Option<Duration>,
    /// When a connection that nobody used is closed. Default: 10 minutes, that of sqlx.
    #[serde(deserialize_with = "from_text")]
    pub idle_timeout: Option<Limit>,
    /// When a connection is too old and is replaced. Default: 30 minutes, that of sqlx.
    #[serde(deserialize_with = "from_text")]
    pub max_lifetime: Option<Limit>,
    /// Whether a connection is tested before it is used. For a session the test is its BEGIN and
    /// costs nothing. Default: true, that of sqlx.
    pub ping: Option<bool>,
}

/// A limit in time that can be switched off. As text: a duration, or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// After this time.
    After(Duration),
    /// Never.
    Off,
}

impl Limit {
    pub(crate) fn duration(self) -> Option<Duration> {
        match self {
            Self::After(duration) => Some(duration),
            Self::Off => None,
        }
    }
}

/// Settings of TLS, the TOML's `[bind.KEY.tls]`; `Mode` is the backend's own `TlsMode`.
///
/// The driver speaks TLS when the application turns on one of sqlx's TLS features, for example
/// `sqlx = { version = "0.9", features = ["tls-rustls-ring"] }`. Without one, `prefer` means a plain
/// connection and every stricter mode fails.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "Mode: Deserialize<'de>")]
#[non_exhaustive]
pub struct Tls<Mode> {
    /// How far the connection is protected. Default: what the URL says, else `prefer`.
    pub mode: Option<Mode>,
    /// A file with the authorities that the server's certificate is checked against, which only
    /// `verify-ca` and `verify-full` do. Default: those of the TLS library.
    pub ca: Option<PathBuf>,
    /// A file with the certificate to show to the server. Default: none.
    pub certificate: Option<PathBuf>,
    /// A file with the private key of that certificate. Default: none.
    pub key: Option<PathBuf>,
}

impl<Mode> Default for Tls<Mode> {
    fn default() -> Self {
        Self { mode: None, ca: None, certificate: None, key: None }
    }
}
