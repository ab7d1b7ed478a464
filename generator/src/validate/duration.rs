//! Durations as people write them in the TOML: numbers with units, like `5s` or `1h30m`.
//!
//! The runtime reads the same form from the environment.

use std::time::Duration;

/// Longest duration, in milliseconds: a hundred years. Clocks overflow far beyond it.
const LONGEST: u64 = 100 * 365 * 24 * 60 * 60 * 1000;

/// Why a text is no duration.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// It has another form; perhaps this was meant.
    Form(Option<String>),
    /// It is zero.
    Zero,
    /// It is longer than a hundred years.
    TooLong,
}

const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

/// Reads `250ms`, `5s`, `1h30m`.
pub(super) fn parse(text: &str) -> Result<Duration, Problem> {
    let exact =
        |unit: &str| UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    match total(text, exact) {
        Some(0) => Err(Problem::Zero),
        Some(total) if total <= LONGEST => Ok(Duration::from_millis(total)),
        Some(_) => Err(Problem::TooLong),
        None => Err(Problem::Form(guess(text))),
    }
}

/// Adds up numbers with units, in milliseconds. What does not fit is the highest number.
fn total(text: &str, factor: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    let mut rest = text;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (number, behind) = split(rest, |letter| letter.is_ascii_digit());
        let (unit, behind) = split(behind, |letter| !letter.is_ascii_digit());
        if number.is_empty() {
            return None;
        }
        let number = number.parse().unwrap_or(u64::MAX);
        total = total.saturating_add(number.saturating_mul(factor(unit)?));
        rest = behind;
    }
    (!text.is_empty()).then_some(total)
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|letter| !belongs(letter)).unwrap_or(text.len()))
}

/// Reads more forms than are allowed, to say how the same is written: `10 minutes` is `10m`.
fn guess(text: &str) -> Option<String> {
    let compact: String = text.chars().take(64).filter(|letter| !letter.is_whitespace()).collect();
    let total = total(&compact, |unit| match &*unit.to_ascii_lowercase() {
        "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => Some(1),
        "" | "s" | "sec" | "secs" | "second" | "seconds" => Some(1000),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(60_000),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(3_600_000),
        "d" | "day" | "days" => Some(24 * 3_600_000),
        _ => None,
    })?;
    let (unit, factor) =
        UNITS.into_iter().rev().find(|(_, factor)| total.is_multiple_of(*factor))?;
    (1..=LONGEST).contains(&total).then(|| format!("{}{unit}", total / factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units() {
        let cases =
            [("250ms", 250), ("5s", 5000), ("10m", 600_000), ("1h30m", 5_400_000), ("007s", 7000)];
        for (text, millis) in cases {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        assert_eq!(parse("0s"), Err(Problem::Zero));
        assert_eq!(parse("876001h"), Err(Problem::TooLong));
        assert_eq!(parse("99999999999999999999999h"), Err(Problem::TooLong));
    }

    #[test]
    fn other_forms_are_understood_and_refused() {
        let meant = [
            ("5", "5s"),
            ("5 s", "5s"),
            ("5S", "5s"),
            ("10 minutes", "10m"),
            ("1h 30m", "90m"),
            ("2days", "48h"),
            ("1500millis", "1500ms"),
        ];
        for (text, meant) in meant {
            assert_eq!(parse(text), Err(Problem::Form(Some(meant.to_owned()))), "{text}");
        }
        for text in ["", "s", "fast", "-5s", "1.5s", "5x", "off", "0", &"9".repeat(1 << 20)] {
            assert_eq!(parse(text), Err(Problem::Form(None)), "{}", text.len());
        }
    }
}
