//! What holds on every backend.

use std::time::{Duration, Instant};

use bindery_runtime::sqlx::{self, Database, Pool};
use bindery_runtime::{BindHealth, ErrorKind, Registry, close, health};

const LIMIT: Duration = Duration::from_millis(200);
/// What a busy machine may add to a limit.
const GRACE: Duration = Duration::from_secs(2);

/// A pool of one connection is asked while that is in use.
pub(crate) async fn a_saturated_pool_is_told_in_time<R, D>(databases: &R, pool: Pool<D>)
where
    R: Registry,
    D: Database,
{
    assert!(health(databases, GRACE).await.is_up());

    let held = pool.acquire().await.expect("the one connection");
    let asked = Instant::now();
    let answer = health(databases, LIMIT).await;
    assert!(asked.elapsed() < LIMIT + GRACE, "asked for {:?}", asked.elapsed());
    let (key, status) = answer.iter().next().expect("one bind");
    let BindHealth::Down { error } = status else { panic!("no connection was free: {answer}") };
    assert_eq!(error.kind(), ErrorKind::AcquireTimeout);
    assert_eq!(error.key(), Some(key));
    assert!(answer.to_string().contains("all 1 connections of its pool are in use"), "{answer}");
    assert!(!answer.is_up());

    drop(held);
    let answer = health(databases, GRACE).await;
    assert!(answer.is_up(), "{answer}");
}

/// A connection stays in use while its pool is closed.
pub(crate) async fn close_keeps_to_its_limit<R, D>(databases: &R, pool: Pool<D>)
where
    R: Registry,
    D: Database,
{
    let held = pool.acquire().await.expect("a connection");
    let asked = Instant::now();
    close(databases, LIMIT).await;
    assert!(asked.elapsed() >= LIMIT, "closed while a connection was in use");
    assert!(asked.elapsed() < LIMIT + GRACE, "closed for {:?}", asked.elapsed());

    assert!(matches!(pool.acquire().await, Err(sqlx::Error::PoolClosed)));
    let answer = health(databases, LIMIT).await;
    let down = answer.iter().next().map(|(_, status)| status);
    assert!(
        matches!(down, Some(BindHealth::Down { error }) if error.kind() == ErrorKind::Closed),
        "{answer}",
    );

    drop(held);
    let asked = Instant::now();
    close(databases, 5 * GRACE).await;
    assert!(asked.elapsed() < GRACE, "nothing is in use, and closing took {:?}", asked.elapsed());
    assert_eq!(pool.size(), 0);
}

/// The one text of SQL that every backend answers alike.
pub(crate) const ONE: &str = "SELECT 1";
