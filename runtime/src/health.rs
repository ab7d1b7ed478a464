//! Whether the databases answer, and their orderly end. Both keep to a limit in time, whatever a
//! pool or a server does.

use std::fmt;
use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_core::future::BoxFuture;
use sqlx::{Connection, Pool};
use tokio::time::{timeout, timeout_at};

use crate::binding::{Binding, Registry};
use crate::configure::Configure;
use crate::error::{Error, ErrorKind};

/// Asks every database at once whether it answers, for at most `limit`.
pub async fn health<R: Registry>(databases: &R, limit: Duration) -> Health {
    let asked = databases.binds();
    let answers = together(asked.iter().map(|bind| bind.ping(limit)).collect()).await;
    let keys = asked.iter().map(|bind| bind.key());
    let status = |answer| match answer {
        Ok(took) => BindHealth::Up { took },
        Err(error) => BindHealth::Down { error },
    };
    Health { binds: keys.zip(answers.into_iter().map(status)).collect() }
}

/// Closes every pool at once and waits, for at most `limit`, until connections in use have come back
/// and what was rolled back in the background is done.
///
/// After that the close goes on in the background: connections still in use close when they come back.
pub async fn close<R: Registry>(databases: &R, limit: Duration) {
    let binds = databases.binds();
    let closed = together(binds.iter().map(|bind| bind.close()).collect());
    if timeout(limit, closed).await.is_err() {
        tracing::warn!(?limit, "connections are still in use after the limit for closing pools");
    }
}

/// What each database answered, in the order of the TOML.
#[derive(Debug)]
pub struct Health {
    binds: Vec<(&'static str, BindHealth)>,
}

/// What one database answered.
#[derive(Debug)]
pub enum BindHealth {
    /// It answered.
    Up {
        /// The time from the request for a connection to the answer.
        took: Duration,
    },
    /// It did not answer in time, or could not be asked.
    Down {
        /// Why. A pool whose connections are all in use has the kind
        /// [`AcquireTimeout`](ErrorKind::AcquireTimeout): the database may be well.
        error: Error,
    },
}

impl Health {
    /// Whether every database answered.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.iter().all(|(_, bind)| bind.is_up())
    }

    /// The answers with the keys of their binds, in the order of the TOML.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &BindHealth)> {
        self.binds.iter().map(|(key, bind)| (*key, bind))
    }

    /// The answer of the bind with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&BindHealth> {
        self.iter().find(|(known, _)| *known == key).map(|(_, bind)| bind)
    }
}

impl BindHealth {
    /// Whether the database answered.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self, Self::Up { .. })
    }
}

impl fmt::Display for Health {
    /// One line per bind. It may quote messages of the database: for operators, not for clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (key, bind)) in self.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            match bind {
                BindHealth::Up { took } => write!(f, "bind `{key}`: up, answered in {took:.1?}")?,
                // The error names the bind itself.
                BindHealth::Down { error } => write!(f, "{error}")?,
            }
        }
        Ok(())
    }
}

/// One connection of `pool`, asked for a sign of life within `limit`.
pub(crate) async fn ping<B: Binding>(
    pool: &Pool<B::Database>,
    limit: Duration,
) -> Result<Duration, Error> {
    let started = Instant::now();
    let error = match ask(pool, limit).await {
        Ok(()) => return Ok(started.elapsed()),
        Err(error) => error,
    };
    let product = <B::Database as Configure>::PRODUCT;
    let waited = started.elapsed();
    let (kind, message) = match &error {
        sqlx::Error::PoolClosed => (ErrorKind::Closed, "its pool is closed".to_owned()),
        sqlx::Error::PoolTimedOut if is_saturated(pool) => {
            let message = format!(
                "all {} connections of its pool are in use for {waited:.1?} or longer: {product} \
                 was not asked",
                pool.size(),
            );
            (ErrorKind::AcquireTimeout, message)
        }
        sqlx::Error::PoolTimedOut => {
            (ErrorKind::Unavailable, format!("{product} did not answer within {waited:.1?}"))
        }
        error => (ErrorKind::Unavailable, format!("{product} did not answer: {error}")),
    };
    Err(Error::new(kind, B::KEY, message).with_source(error))
}

/// A ping that is dropped half-way would leave its answer to the next statement on the connection,
/// so a connection that does not answer in time is not given back.
async fn ask<D: sqlx::Database>(pool: &Pool<D>, limit: Duration) -> Result<(), sqlx::Error> {
    let deadline = tokio::time::Instant::now() + limit;
    let mut conn =
        timeout_at(deadline, pool.acquire()).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    if let Ok(answer) = timeout_at(deadline, conn.ping()).await {
        return answer;
    }
    drop(conn.detach());
    Err(sqlx::Error::PoolTimedOut)
}

fn is_saturated<D: sqlx::Database>(pool: &Pool<D>) -> bool {
    pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
}

/// Runs futures beside each other and gives their results in order.
pub(crate) async fn together<T>(mut futures: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    let mut results: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, result) in futures.iter_mut().zip(&mut results) {
            if result.is_none()
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                *result = Some(value);
            }
        }
        if results.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    results.into_iter().flatten().collect()
}
