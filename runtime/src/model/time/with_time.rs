//! Dates and times of the crate `time`.
//!
//! SQLite keeps them as texts, which it also compares: they are written in the one form that sorts
//! as the times do, the same as with `chrono`. sqlx's own would not: `Z` comes after `.5Z`.

#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, unused_imports, reason = "without a driver nothing is sent")
)]

use sqlx::error::BoxDynError;
use sqlx::{Arguments, Database};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::{Day, Hour, LocalMoment, Moment, check_year};
use crate::model::codec::Codec;
use crate::model::text::Text;

type Format = &'static [BorrowedFormatItem<'static>];

const DAY: Format = format_description!("[year]-[month]-[day]");
const HOUR: Format = format_description!("[hour]:[minute]:[second]");
/// As people write it: seconds and their fraction may be missing.
const ANY_HOUR: Format =
    format_description!("[hour]:[minute][optional [:[second][optional [.[subsecond digits:1+]]]]]");

fn cut(time: Time) -> Time {
    time.replace_microsecond(time.microsecond()).unwrap_or(time)
}

/// In UTC, of a year that every database keeps.
fn utc(moment: OffsetDateTime) -> Result<PrimitiveDateTime, BoxDynError> {
    let moment = moment.checked_to_offset(UtcOffset::UTC).ok_or("the year is out of range")?;
    local(PrimitiveDateTime::new(moment.date(), moment.time()))
}

fn local(moment: PrimitiveDateTime) -> Result<PrimitiveDateTime, BoxDynError> {
    check_year(moment.year())?;
    Ok(moment.replace_time(cut(moment.time())))
}

fn day(date: Date) -> Result<Date, BoxDynError> {
    check_year(date.year()).map(|()| date)
}

/// The text of a day. The format has nothing that could not be written.
fn day_text(date: Date) -> String {
    date.format(&DAY).unwrap_or_default()
}

/// The text of a time of day, with as many groups of three digits of its second as it takes.
fn hour_text(time: Time) -> String {
    let mut text = time.format(&HOUR).unwrap_or_default();
    let digits = format!("{:09}", time.nanosecond());
    let kept = match time.nanosecond() {
        0 => 0,
        nanos if nanos.is_multiple_of(1_000_000) => 3,
        nanos if nanos.is_multiple_of(1_000) => 6,
        _ => 9,
    };
    if kept > 0 {
        text.push('.');
        text.push_str(&digits[..kept]);
    }
    text
}

macro_rules! codec {
    ($feature:literal, $database:ty, $codec:ident, $time:ty, |$value:ident| $sent:expr,
     $stored:ty, |$read:ident| $loaded:expr) => {
        #[cfg(feature = $feature)]
        impl Codec<$database, $time> for $codec {
            type Stored = $stored;

            fn store(
                value: &$time,
                arguments: &mut <$database as Database>::Arguments,
            ) -> Result<(), BoxDynError> {
                let $value = *value;
                arguments.add($sent)
            }

            fn load($read: $stored) -> Result<$time, BoxDynError> {
                Ok($loaded)
            }
        }
    };
}

codec!("sqlite", sqlx::Sqlite, Day, Date, |value| day_text(day(value)?), Date, |read| read);
codec!("postgres", sqlx::Postgres, Day, Date, |value| day(value)?, Date, |read| read);
codec!("mysql", sqlx::MySql, Day, Date, |value| day(value)?, Date, |read| read);

codec!("sqlite", sqlx::Sqlite, Hour, Time, |value| hour_text(cut(value)), Time, |read| read);
codec!("postgres", sqlx::Postgres, Hour, Time, |value| cut(value), Time, |read| read);
codec!("mysql", sqlx::MySql, Hour, Time, |value| cut(value), Time, |read| read);

codec!(
    "sqlite",
    sqlx::Sqlite,
    LocalMoment,
    PrimitiveDateTime,
    |value| {
        let kept = local(value)?;
        format!("{} {}", day_text(kept.date()), hour_text(kept.time()))
    },
    PrimitiveDateTime,
    |read| read
);
codec!(
    "postgres",
    sqlx::Postgres,
    LocalMoment,
    PrimitiveDateTime,
    |value| local(value)?,
    PrimitiveDateTime,
    |read| read
);
codec!(
    "mysql",
    sqlx::MySql,
    LocalMoment,
    PrimitiveDateTime,
    |value| local(value)?,
    PrimitiveDateTime,
    |read| read
);

codec!(
    "sqlite",
    sqlx::Sqlite,
    Moment,
    OffsetDateTime,
    |value| {
        let kept = utc(value)?;
        format!("{}T{}+00:00", day_text(kept.date()), hour_text(kept.time()))
    },
    OffsetDateTime,
    |read| read.checked_to_offset(UtcOffset::UTC).ok_or("the year is out of range")?
);
codec!(
    "postgres",
    sqlx::Postgres,
    Moment,
    OffsetDateTime,
    |value| utc(value)?.assume_utc(),
    OffsetDateTime,
    |read| read
);
codec!(
    "mysql",
    sqlx::MySql,
    Moment,
    OffsetDateTime,
    |value| utc(value)?,
    PrimitiveDateTime,
    |read| read.assume_utc()
);

impl Text for Date {
    const LOOKS_LIKE: &'static str = "a date, like 2027-01-31";

    fn write(&self) -> String {
        day_text(*self)
    }

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text, &DAY).ok()
    }
}

impl Text for Time {
    const LOOKS_LIKE: &'static str = "a time of day, like 23:59:00";

    fn write(&self) -> String {
        hour_text(*self)
    }

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text, &ANY_HOUR).ok()
    }
}

impl Text for PrimitiveDateTime {
    const LOOKS_LIKE: &'static str = "a date and a time, like 2027-01-31T23:59:00";

    fn write(&self) -> String {
        format!("{}T{}", day_text(self.date()), hour_text(self.time()))
    }

    fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_once('T')?;
        Some(Self::new(<Date as Text>::parse(date)?, <Time as Text>::parse(time)?))
    }
}

impl Text for OffsetDateTime {
    const LOOKS_LIKE: &'static str = "a moment, like 2027-01-31T23:59:00Z";

    fn write(&self) -> String {
        let moment = self.checked_to_offset(UtcOffset::UTC).unwrap_or(*self);
        format!("{}T{}Z", day_text(moment.date()), hour_text(moment.time()))
    }

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime, time};

    fn there_and_back<T: Text + PartialEq + std::fmt::Debug>(value: &T, text: &str) {
        assert_eq!(value.write(), text);
        assert_eq!(T::parse(text).as_ref(), Some(value), "{text}");
    }

    #[test]
    fn texts_are_those_of_iso_8601() {
        there_and_back(&date!(0001 - 01 - 01), "0001-01-01");
        there_and_back(&time!(23:59), "23:59:00");
        there_and_back(&time!(0:00:00.5), "00:00:00.500");
        there_and_back(&time!(0:00:00.000_001), "00:00:00.000001");
        there_and_back(&datetime!(9999-12-31 23:59:59.999_999), "9999-12-31T23:59:59.999999");
        there_and_back(&datetime!(2027-01-31 23:59 UTC), "2027-01-31T23:59:00Z");
        assert_eq!(datetime!(2027-01-31 23:59 +1).write(), "2027-01-31T22:59:00Z");
        let moment = <OffsetDateTime as Text>::parse("2027-01-31T23:59:00.5+01:00");
        assert_eq!(moment, Some(datetime!(2027-01-31 22:59:00.5 UTC)));
        assert_eq!(<Time as Text>::parse("23:59"), Some(time!(23:59)));
        for text in ["", "2027-02-29", "2027-1-1", "x", "2027-01-01T"] {
            assert_eq!(<Date as Text>::parse(text), None, "{text}");
            assert_eq!(<PrimitiveDateTime as Text>::parse(text), None, "{text}");
            assert_eq!(<OffsetDateTime as Text>::parse(text), None, "{text}");
        }
        for text in ["", "24:00", "23", "23:59:00.", "23:59:60"] {
            assert_eq!(<Time as Text>::parse(text), None, "{text}");
        }
    }
}
