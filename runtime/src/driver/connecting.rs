//! Connecting to a database that others have to themselves for a moment.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Driver;

/// Between two tries. What others do meanwhile takes a few milliseconds.
const PAUSE: Duration = Duration::from_millis(10);

/// Connects, and again until `deadline` while others have the database to themselves.
///
/// On SQLite the connection that brings a file to another journal mode, or recovers it, is the only
/// one on it; those who come meanwhile may be refused without the busy timeout ("Sometimes Queries
/// Return `SQLITE_BUSY` In WAL Mode", <https://sqlite.org/wal.html>).
pub(crate) async fn connected<D, T, F>(
    deadline: Instant,
    connect: impl Fn() -> F,
) -> Result<T, sqlx::Error>
where
    D: Driver,
    F: Future<Output = Result<T, sqlx::Error>>,
{
    loop {
        let outcome = connect().await;
        let Err(sqlx::Error::Database(error)) = &outcome else { return outcome };
        if !D::is_transient(&**error) || Instant::now() + PAUSE > deadline {
            return outcome;
        }
        sleep(PAUSE).await;
    }
}
