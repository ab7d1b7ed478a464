//! Values as text and back: in cursors, in the query and the path of a URL.

use super::codec::Word;

/// A type of column whose values can be written as text and read back as the same value.
#[diagnostic::on_unimplemented(message = "values of `{Self}` are not written as text")]
pub trait Text: Sized {
    /// What a value looks like, for people: `a whole number`.
    const LOOKS_LIKE: &'static str;

    /// What a value looks like, with more than a constant can say: the words that there are.
    #[must_use]
    fn looks_like() -> String {
        Self::LOOKS_LIKE.to_owned()
    }

    /// The value as text.
    fn write(&self) -> String;

    /// The value of a text, if it is one.
    fn parse(text: &str) -> Option<Self>;
}

impl Text for String {
    const LOOKS_LIKE: &'static str = "a text";

    fn write(&self) -> String {
        self.clone()
    }

    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

macro_rules! as_displayed {
    ($($type:ty: $looks:literal),* $(,)?) => {$(
        impl Text for $type {
            const LOOKS_LIKE: &'static str = $looks;

            fn write(&self) -> String {
                self.to_string()
            }

            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

as_displayed! {
    bool: "true or false",
    i16: "a whole number",
    i32: "a whole number",
    i64: "a whole number",
}

/// The shortest text that is read back as the same number; large ones have an exponent.
macro_rules! as_number {
    ($($type:ty),*) => {$(
        impl Text for $type {
            const LOOKS_LIKE: &'static str = "a number";

            fn write(&self) -> String {
                let mut text = format!("{self:?}");
                if text.ends_with(".0") {
                    text.truncate(text.len() - 2);
                }
                text
            }

            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

as_number!(f32, f64);

#[cfg(feature = "uuid")]
as_displayed!(sqlx::types::Uuid: "a uuid");

#[cfg(feature = "chrono")]
as_displayed! {
    chrono::NaiveDate: "a date, like 2027-01-31",
    chrono::NaiveTime: "a time of day, like 23:59:00",
}

impl<T: Word> Text for T {
    const LOOKS_LIKE: &'static str = "one of a few words";

    fn looks_like() -> String {
        let words: Vec<_> = T::ALL.iter().map(|known| format!("`{}`", known.word())).collect();
        format!("one of {}", words.join(", "))
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        T::ALL.iter().copied().find(|known| known.word() == text)
    }
}

impl Text for Vec<u8> {
    const LOOKS_LIKE: &'static str = "bytes in hexadecimal digits";

    fn write(&self) -> String {
        use std::fmt::Write as _;

        self.iter().fold(String::with_capacity(self.len() * 2), |mut text, byte| {
            // Writing to a String does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let digits: Vec<_> = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
        digits
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => u8::try_from(high * 16 + low).ok(),
                _ => None,
            })
            .collect()
    }
}

#[cfg(feature = "chrono")]
impl Text for chrono::NaiveDateTime {
    const LOOKS_LIKE: &'static str = "a date and a time, like 2027-01-31T23:59:00";

    fn write(&self) -> String {
        self.format("%Y-%m-%dT%H:%M:%S%.f").to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

#[cfg(feature = "chrono")]
impl Text for chrono::DateTime<chrono::Utc> {
    const LOOKS_LIKE: &'static str = "a moment, like 2027-01-31T23:59:00Z";

    fn write(&self) -> String {
        self.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
    }

    fn parse(text: &str) -> Option<Self> {
        chrono::DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc())
    }
}
