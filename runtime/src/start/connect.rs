//! Opens a pool and finds out why it cannot be opened.

use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::{ConnectOptions, Connection, Pool};
use tokio::time::{Instant, timeout};

use crate::binding::Binding;
use crate::configure::{Configure, OptionsOf, Origin};
use crate::driver::connected;
use crate::error::{Error, ErrorKind};

/// Longest look for the cause after a pool gave up.
const LOOK: Duration = Duration::from_secs(1);

/// A pool that is not open yet.
pub(super) struct Opening<B: Binding> {
    pub(super) options: OptionsOf<B::Database>,
    pub(super) pool: PoolOptions<B::Database>,
    /// Where the address was found.
    pub(super) origin: Origin,
}

impl<B: Binding> Opening<B> {
    /// A pool whose first statement connects.
    pub(super) fn lazily(self) -> Pool<B::Database> {
        self.pool.connect_lazy_with(self.options)
    }

    /// A pool with a connection in it. A server that refuses connections is asked again until the
    /// acquire timeout: it may be starting.
    pub(super) async fn required(self) -> Result<Pool<B::Database>, Error> {
        let limit = self.pool.get_acquire_timeout();
        // The pool has the limit too, but once for `min_connections` and once for a connection.
        let open = || self.pool.clone().connect_with(self.options.clone());
        let opened = connected::<B::Database, _, _>(Instant::now() + limit, open);
        match timeout(limit, opened).await {
            Ok(Ok(pool)) => Ok(pool),
            Ok(Err(error)) if !matches!(error, sqlx::Error::PoolTimedOut) => {
                Err(self.unavailable(error, None))
            }
            // The pool says that its time is up and not why.
            Ok(Err(_)) | Err(_) => Err(match self.look().await {
                Err(cause) => self.unavailable(cause, Some(limit)),
                Ok(()) => self.unprepared(limit),
            }),
        }
    }

    /// A pool with a connection in it if the database answers at once.
    pub(super) async fn optional(self) -> Pool<B::Database> {
        let limit = self.pool.get_acquire_timeout();
        let one = connected::<B::Database, _, _>(Instant::now() + limit, || self.options.connect());
        let found = match timeout(limit, one).await {
            Ok(Ok(conn)) => {
                // The pool opens its own: one can not be put into it.
                if let Err(error) = conn.close().await {
                    tracing::debug!(key = B::KEY, %error, "the first connection broke at its close");
                }
                None
            }
            Ok(Err(error)) => Some(self.unavailable(error, None)),
            Err(_) => Some(self.unavailable(sqlx::Error::PoolTimedOut, Some(limit))),
        };
        if let Some(error) = found {
            warn(&error);
            return self.lazily();
        }
        let (options, pool) = (self.options.clone(), self.pool.clone());
        match self.required().await {
            Ok(pool) => pool,
            Err(error) => {
                warn(&error);
                pool.connect_lazy_with(options)
            }
        }
    }

    /// One connection by itself, for its error.
    async fn look(&self) -> Result<(), sqlx::Error> {
        match timeout(LOOK, self.options.connect()).await {
            Ok(Ok(conn)) => {
                // It did connect; how it ends says nothing more.
                let _ = timeout(LOOK, conn.close()).await;
                Ok(())
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    fn unavailable(&self, cause: sqlx::Error, limit: Option<Duration>) -> Error {
        let product = <B::Database as Configure>::PRODUCT;
        let within = limit.map(|limit| format!(" within {limit:?}")).unwrap_or_default();
        let text = match &cause {
            sqlx::Error::PoolTimedOut => String::new(),
            sqlx::Error::Io(error) => format!(": {error}"),
            sqlx::Error::Database(error) => format!(": {error}"),
            sqlx::Error::Tls(error) => format!(": {error}"),
            error => format!(": {error}"),
        };
        let hint = hint(&cause).map(|hint| format!("; {hint}")).unwrap_or_default();
        let message =
            format!("{product} did not answer{within}{text}{hint} (`url` {})", self.origin);
        Error::new(ErrorKind::Unavailable, B::KEY, message).with_source(cause)
    }

    fn unprepared(&self, limit: Duration) -> Error {
        let message = format!(
            "{} answers, but its connections could not be made ready within {limit:?}: the log of \
             sqlx says what was refused (`url` {})",
            <B::Database as Configure>::PRODUCT,
            self.origin,
        );
        Error::new(ErrorKind::Unavailable, B::KEY, message)
    }
}

/// What to do about it, where the driver's own words do not say.
fn hint(cause: &sqlx::Error) -> Option<&'static str> {
    let text = cause.to_string();
    match cause {
        sqlx::Error::Tls(_) if text.contains("without TLS support") => Some(
            "turn on a TLS feature of sqlx, such as `tls-rustls-ring`, in the application's \
             Cargo.toml, or set `tls.mode` to `disable`",
        ),
        _ if text.contains("unable to open database file") => Some(
            "the file or its folder does not exist or may not be opened: \
             `options.create_if_missing = true` creates a file, never a folder",
        ),
        _ => None,
    }
}

/// Tells that the application starts without a database.
pub(super) fn warn(error: &Error) {
    tracing::warn!(key = error.key(), %error, "starting without a database that is not required");
}
