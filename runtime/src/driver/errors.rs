//! What an error of sqlx means for its connection and its transaction.

use sqlx::error::DatabaseError;

use super::Driver;

/// The connection is gone: nothing can be asked of it any more.
pub(crate) fn is_lost<D: Driver>(error: &sqlx::Error) -> bool {
    is_lost_if(error, D::ends_connection)
}

/// As [`is_lost`], where the error alone tells which driver it is of.
pub(crate) fn is_lost_on_any(error: &sqlx::Error) -> bool {
    is_lost_if(error, |error| Words::of(error).is_some_and(|words| (words.ends_connection)(error)))
}

/// The database gave a transaction up for others: a deadlock, a serialization failure, a lock that
/// was not had in time. The same work may succeed when it is done again.
pub(crate) fn is_transient(error: &(dyn DatabaseError + 'static)) -> bool {
    Words::of(error).is_some_and(|words| (words.is_transient)(error))
}

fn is_lost_if(
    error: &sqlx::Error,
    ends_connection: impl Fn(&(dyn DatabaseError + 'static)) -> bool,
) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => ends_connection(&**error),
        _ => false,
    }
}

/// What a driver says about its errors.
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, reason = "there is no driver")
)]
struct Words {
    ends_connection: fn(&(dyn DatabaseError + 'static)) -> bool,
    is_transient: fn(&(dyn DatabaseError + 'static)) -> bool,
}

impl Words {
    /// Those of the driver that the error is of.
    fn of(error: &(dyn DatabaseError + 'static)) -> Option<Self> {
        #[cfg(feature = "postgres")]
        if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
            return Some(Self::by::<sqlx::Postgres>());
        }
        #[cfg(feature = "mysql")]
        if error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>().is_some() {
            return Some(Self::by::<sqlx::MySql>());
        }
        #[cfg(feature = "sqlite")]
        if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
            return Some(Self::by::<sqlx::Sqlite>());
        }
        let _ = error;
        None
    }

    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    fn by<D: Driver>() -> Self {
        Self {
            ends_connection: |error| D::ends_connection(error),
            is_transient: |error| D::is_transient(error),
        }
    }
}
