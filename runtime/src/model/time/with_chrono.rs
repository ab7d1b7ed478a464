//! Dates and times of `chrono`.

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use chrono::{DateTime, Utc};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use sqlx::error::BoxDynError;
use sqlx::{Arguments, Database, Decode, Encode, Type};

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use super::Moment;
use super::{Day, Hour, LocalMoment, check_year};
use crate::model::codec::Codec;

const LAST_NANOSECOND: u32 = 999_999_999;

fn cut<T: Timelike + Copy>(time: T) -> T {
    let kept = time.nanosecond().min(LAST_NANOSECOND) / 1_000 * 1_000;
    time.with_nanosecond(kept).unwrap_or(time)
}

macro_rules! moment {
    ($feature:literal, $database:ty) => {
        #[cfg(feature = $feature)]
        impl Codec<$database, DateTime<Utc>> for Moment {
            type Stored = DateTime<Utc>;

            fn store(
                value: &DateTime<Utc>,
                arguments: &mut <$database as Database>::Arguments,
            ) -> Result<(), BoxDynError> {
                check_year(value.year())?;
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
        check_year(value.year())?;
        arguments.add(cut(value.naive_utc()))
    }

    fn load(stored: NaiveDateTime) -> Result<DateTime<Utc>, BoxDynError> {
        Ok(stored.and_utc())
    }
}

macro_rules! local {
    ($codec:ident, $time:ty, |$value:ident| $sent:expr) => {
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

local!(LocalMoment, NaiveDateTime, |value| check_year(value.year()).map(|()| cut(*value))?);
local!(Hour, NaiveTime, |value| cut(*value));
local!(Day, NaiveDate, |value| check_year(value.year()).map(|()| *value)?);
