//! Settings as text, the same in the environment, in files and in the TOML.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

use crate::settings::Limit;

/// A setting that is no text itself.
pub(crate) trait Setting: Copy + fmt::Debug {
    /// What to write, after "write".
    const EXPECTED: &'static str;

    /// Reads what the environment or a file says.
    fn from_text(text: &str) -> Option<Self>;

    /// Whether the value can be used, wherever it came from.
    fn is_usable(self) -> bool {
        true
    }
}

macro_rules! whole_numbers {
    ($($type:ty)*) => {$(
        impl Setting for $type {
            const EXPECTED: &'static str = "a whole number, such as `10`";

            fn from_text(text: &str) -> Option<Self> {
                text.trim().parse().ok()
            }
        }
    )*};
}
whole_numbers!(u32 usize);

impl Setting for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn from_text(text: &str) -> Option<Self> {
        match text.trim() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }
}

/// Clocks and timers overflow far beyond it; nobody means such a time.
const LONGEST: Duration = Duration::from_hours(100 * 365 * 24);

impl Setting for Duration {
    const EXPECTED: &'static str =
        "a time longer than zero and below a hundred years, such as `250ms`, `5s`, `10m` or `1h`";

    fn from_text(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        let mut total = Self::ZERO;
        while !rest.is_empty() {
            let (number, after) = split(rest, |c| c.is_ascii_digit());
            let (unit, after) = split(after, |c| !c.is_ascii_digit());
            let number: u64 = number.parse().ok()?;
            let part = match unit {
                "ms" => Self::from_millis(number),
                "s" => Self::from_secs(number),
                "m" => Self::from_secs(number.checked_mul(60)?),
                "h" => Self::from_secs(number.checked_mul(3600)?),
                _ => return None,
            };
            total = total.checked_add(part)?;
            rest = after;
        }
        total.is_usable().then_some(total)
    }

    fn is_usable(self) -> bool {
        !self.is_zero() && self <= LONGEST
    }
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

impl Setting for Limit {
    const EXPECTED: &'static str =
        "`off` or a time longer than zero and below a hundred years, such as `10m` or `1h`";

    fn from_text(text: &str) -> Option<Self> {
        match text.trim() {
            "off" => Some(Self::Off),
            text => Duration::from_text(text).map(Self::After),
        }
    }

    fn is_usable(self) -> bool {
        self.duration().is_none_or(Setting::is_usable)
    }
}

/// Deserializes a setting from its text.
pub(crate) fn from_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Setting,
{
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    match T::from_text(&text) {
        Some(value) => Ok(Some(value)),
        None => Err(de::Error::invalid_value(de::Unexpected::Str(&text), &T::EXPECTED)),
    }
}

/// An enum whose variants are words of the TOML.
macro_rules! words {
    (
        $(#[$about:meta])*
        pub enum $name:ident { $( $(#[$doc:meta])* $variant:ident = $word:literal, )+ }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, ::serde::Deserialize)]
        pub enum $name {
            $( $(#[$doc])* #[serde(rename = $word)] $variant, )+
        }

        impl $crate::configure::Setting for $name {
            const EXPECTED: &'static str = concat!("one of", $( " `", $word, "`" ),+);

            fn from_text(text: &str) -> Option<Self> {
                match text.trim() {
                    $( $word => Some(Self::$variant), )+
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units() {
        let cases = [
            ("250ms", Some(Duration::from_millis(250))),
            ("5s", Some(Duration::from_secs(5))),
            ("1m30s", Some(Duration::from_secs(90))),
            (" 2h\n", Some(Duration::from_hours(2))),
            ("", None),
            ("5", None),
            ("s", None),
            ("5 s", None),
            ("1.5s", None),
            ("-5s", None),
            ("0s", None),
            ("5sec", None),
            ("18446744073709551615h", None),
            ("18446744073709551616s", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Duration::from_text(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_limit_can_be_off() {
        assert_eq!(Limit::from_text("off"), Some(Limit::Off));
        assert_eq!(Limit::from_text("10m"), Some(Limit::After(Duration::from_mins(10))));
        assert_eq!(Limit::from_text("never"), None);
        assert!(!Limit::After(Duration::ZERO).is_usable());
    }
}
