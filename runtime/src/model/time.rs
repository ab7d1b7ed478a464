//! Dates and times: all databases keep microseconds, so that is what is sent.
//!
//! Finer times are cut, not rounded: a row that is read back is never later than the one written,
//! and the same on every backend. A leap second becomes the last microsecond before it.
//!
//! The types are those of `chrono` or of the crate `time`; what the databases keep is the same.

#[cfg(feature = "time")]
pub mod iso;
#[cfg(feature = "chrono")]
mod with_chrono;
#[cfg(feature = "time")]
mod with_time;

use sqlx::error::BoxDynError;

/// A moment, kept in UTC (`timestamp`).
///
/// MySQL keeps it as `DATETIME(6)` and is sent UTC without a zone: its own `TIMESTAMP` ends in
/// 2038 and follows the zone of the session.
#[derive(Clone, Copy, Debug)]
pub enum Moment {}

/// A date and a time of day, in no time zone (`datetime`).
#[derive(Clone, Copy, Debug)]
pub enum LocalMoment {}

/// A time of day (`time`).
#[derive(Clone, Copy, Debug)]
pub enum Hour {}

/// A day (`date`).
#[derive(Clone, Copy, Debug)]
pub enum Day {}

/// The years that every database keeps, and sorts as a text.
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, reason = "without a driver nothing is sent")
)]
fn check_year(year: i32) -> Result<(), BoxDynError> {
    if (1..=9999).contains(&year) {
        return Ok(());
    }
    Err("the year is not from 1 to 9999".into())
}
