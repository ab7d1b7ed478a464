//! Dates and times: all databases keep microseconds, so that is what is sent.
//!
//! Finer times are cut, not rounded: a row that is read back is never later than the one written,
//! and the same on every backend. A leap second becomes the last microsecond before it.

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use chrono::{DateTime, Utc};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use sqlx::error::BoxDynError;
use sqlx::{Arguments, Database, Decode, Encode, Type};

use super::codec::Codec;

const LAST_NANOSECOND: u32 = 999_999_999;

/// The years that every database keeps, and sorts as a text.
fn check_year(date: &impl Datelike) -> Result<(), BoxDynError> {
    if (1..=9999).contains(&date.year()) {
        return Ok(());
    }
    Err("the year is not from 1 to 9999".into())
}

fn cut<T: Timelike + Copy>(time: T) -> T {
    let kept = time.nanosecond().min(LAST_NANOSECOND) / 1_000 * 1_000;
    time.with_nanosecond(kept).unwrap_or(time)
}

/// A moment, kept in UTC (`timestamp`).
///
/// MySQL keeps it as `DATETIME(6)` and is sent UTC without a zone: its own `TIMESTAMP` ends in
/// 2038 and follows the zone of the session.
#[derive(Clone, Copy, Debug)]
pub enum Moment {}

macro_rules! moment {
    ($feature:literal, $database:ty) => {
        #[cfg(feature = $feature)]
        impl Codec<$database, DateTime<Utc>> for Moment {
            type Stored = DateTime<Utc>;

            fn store(
                value: &DateTime<Utc>,
                arguments: &mut <$database as Database>::Arguments,
            ) -> Result<(), BoxDynError> {
                check_year(value)?;
                arguments.add(cut(*value))
            }

            fn load(stored: DateTime<Utc>) -> Result<DateTime<Utc>, BoxDynError> {
                Ok(stored)
            }
        }
    };
}

moment!("sqlite", sqlx::Sqlite);
moment!("postgres", sqlx::Postgres);

#[cfg(feature = "mysql")]
impl Codec<sqlx::MySql, DateTime<Utc>> for Moment {
    type Stored = NaiveDateTime;

    fn store(
        value: &DateTime<Utc>,
        arguments: &mut <sqlx::MySql as Database>::Arguments,
    ) -> Result<(), BoxDynError> {
        check_year(value)?;
        arguments.add(cut(value.naive_utc()))
    }

    fn load(stored: NaiveDateTime) -> Result<DateTime<Utc>, BoxDynError> {
        Ok(stored.and_utc())
    }
}

macro_rules! local {
    ($(#[$doc:meta])* $codec:ident, $time:ty, |$value:ident| $sent:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $codec {}

        impl<D> Codec<D, $time> for $codec
        where
            D: Database,
            $time: for<'q> Encode<'q, D> + for<'r> Decode<'r, D> + Type<D>,
        {
            type Stored = $time;

            fn store($value: &$time, arguments: &mut D::Arguments) -> Result<(), BoxDynError> {
                arguments.add($sent)
            }

            fn load(stored: $time) -> Result<$time, BoxDynError> {
                Ok(stored)
            }
        }
    };
}

local! {
    /// A date and a time of day, in no time zone (`datetime`).
    LocalMoment, NaiveDateTime, |value| check_year(value).map(|()| cut(*value))?
}
local! {
    /// A time of day (`time`).
    Hour, NaiveTime, |value| cut(*value)
}
local! {
    /// A day (`date`).
    Day, NaiveDate, |value| check_year(value).map(|()| *value)?
}
