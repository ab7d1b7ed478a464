//! The default `now`, for every type of column that has it.

/// A type of column whose default may be `now`. Sealed.
pub trait Now: sealed::Sealed {
    #[doc(hidden)]
    fn now() -> Self;
}

/// The time in UTC, in the microseconds that databases keep.
#[must_use]
pub fn now<T: Now>() -> T {
    T::now()
}

macro_rules! now {
    ($time:ty, $now:expr) => {
        impl Now for $time {
            fn now() -> Self {
                $now
            }
        }

        impl sealed::Sealed for $time {}
    };
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Utc};

    use super::{Now, sealed};

    fn utc() -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }

    now!(DateTime<Utc>, utc());
    now!(NaiveDateTime, utc().naive_utc());
    now!(NaiveDate, utc().date_naive());
    now!(NaiveTime, utc().time());
}

#[cfg(feature = "time")]
mod with_time {
    use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

    use super::{Now, sealed};

    fn utc() -> OffsetDateTime {
        OffsetDateTime::now_utc().truncate_to_microsecond()
    }

    fn local(moment: OffsetDateTime) -> PrimitiveDateTime {
        PrimitiveDateTime::new(moment.date(), moment.time())
    }

    now!(OffsetDateTime, utc());
    now!(PrimitiveDateTime, local(utc()));
    now!(Date, utc().date());
    now!(Time, utc().time());
}

mod sealed {
    pub trait Sealed {}
}
