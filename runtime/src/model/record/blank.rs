//! What a field holds until its value is read.

use crate::model::change::Change;
use crate::model::codec::Word;

/// A type of field. The value that it begins with is never seen: it is replaced, or stands for a
/// field that may be absent.
#[diagnostic::on_unimplemented(message = "`{Self}` is no type of a column that Bindery knows")]
pub trait Blank: Sized {
    /// Whether the field may be absent, and this value stands for that.
    const MAY_BE_ABSENT: bool = false;

    /// The value.
    fn blank() -> Self;
}

impl<T> Blank for Option<T> {
    const MAY_BE_ABSENT: bool = true;

    fn blank() -> Self {
        None
    }
}

impl<T> Blank for Change<T> {
    const MAY_BE_ABSENT: bool = true;

    fn blank() -> Self {
        Self::Keep
    }
}

impl<T: Word> Blank for T {
    fn blank() -> Self {
        Self::ALL[0]
    }
}

macro_rules! blank {
    ($($type:ty = $value:expr),* $(,)?) => {$(
        impl Blank for $type {
            fn blank() -> Self {
                $value
            }
        }
    )*};
}

blank! {
    bool = false,
    i16 = 0,
    i32 = 0,
    i64 = 0,
    f32 = 0.0,
    f64 = 0.0,
    String = Self::new(),
    Vec<u8> = Self::new(),
}

#[cfg(feature = "uuid")]
blank! { sqlx::types::Uuid = Self::nil() }

#[cfg(feature = "decimal")]
blank! { sqlx::types::Decimal = Self::ZERO }

#[cfg(feature = "json")]
blank! { sqlx::types::JsonValue = Self::Null }

#[cfg(feature = "chrono")]
blank! {
    chrono::NaiveDate = Self::MIN,
    chrono::NaiveTime = Self::MIN,
    chrono::NaiveDateTime = Self::MIN,
    chrono::DateTime<chrono::Utc> = Self::MIN_UTC,
}

#[cfg(feature = "time")]
blank! {
    time::Date = Self::MIN,
    time::Time = Self::MIDNIGHT,
    time::PrimitiveDateTime = Self::MIN,
    time::OffsetDateTime = Self::UNIX_EPOCH,
}
