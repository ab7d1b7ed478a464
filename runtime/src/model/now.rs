//! The default `now`, for every type of column that has it.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Utc};

/// A type of column whose default may be `now`. Sealed.
pub trait Now: sealed::Sealed {
    #[doc(hidden)]
    fn of(now: DateTime<Utc>) -> Self;
}

/// The time in UTC, in the microseconds that databases keep.
#[must_use]
pub fn now<T: Now>() -> T {
    T::of(Utc::now().trunc_subsecs(6))
}

impl Now for DateTime<Utc> {
    fn of(now: DateTime<Utc>) -> Self {
        now
    }
}

impl Now for NaiveDateTime {
    fn of(now: DateTime<Utc>) -> Self {
        now.naive_utc()
    }
}

impl Now for NaiveDate {
    fn of(now: DateTime<Utc>) -> Self {
        now.date_naive()
    }
}

impl Now for NaiveTime {
    fn of(now: DateTime<Utc>) -> Self {
        now.time()
    }
}

mod sealed {
    use super::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

    pub trait Sealed {}

    impl Sealed for DateTime<Utc> {}
    impl Sealed for NaiveDateTime {}
    impl Sealed for NaiveDate {}
    impl Sealed for NaiveTime {}
}
