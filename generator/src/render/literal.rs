//! Values of the model as expressions of Rust.

use std::time::Duration;

use crate::model::{Literal, Setting};

/// The expression of a setting: where its value comes from, and what it is otherwise.
pub(super) fn setting(setting: &Setting, driver: &str) -> String {
    let env = setting.env.as_ref().map(|name| format!(".env({})", text(name)));
    let file_env = setting.file_env.as_ref().map(|name| format!(".file_env({})", text(name)));
    let default = setting.default.as_ref().map(|value| {
        let value = literal(value, setting.field, driver);
        format!(".default({value})")
    });
    let none = "::bindery_runtime::Value::NONE".to_owned();
    [Some(none), env, file_env, default].into_iter().flatten().collect()
}

/// A string literal.
pub(super) fn text(text: &str) -> String {
    format!("{text:?}")
}

/// A literal of SQL, as it would be typed into a console: raw, over several lines.
pub(super) fn sql(text: &str) -> String {
    if text.contains(|letter: char| letter.is_control() && letter != '\n') {
        return self::text(text);
    }
    if !text.contains(['"', '\\']) {
        return format!("\"{text}\"");
    }
    // As many as it takes for the end to be the end.
    let longest =
        text.split('"').skip(1).map(|rest| rest.bytes().take_while(|b| *b == b'#').count());
    let hashes = "#".repeat(longest.max().unwrap_or(0) + usize::from(text.contains('"')));
    format!("r{hashes}\"{text}\"{hashes}")
}

/// A number, grouped as [`number`] does it.
pub(super) fn signed(value: i128) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", number(value.unsigned_abs()))
}

fn literal(value: &Literal, field: &str, driver: &str) -> String {
    match value {
        Literal::Text(value) => text(value),
        Literal::Integer(value) => number((*value).into()),
        Literal::Switch(value) => value.to_string(),
        Literal::Duration(value) if can_be_off(field) => {
            format!("::core::option::Option::Some({})", duration(*value))
        }
        Literal::Duration(value) => duration(*value),
        Literal::Off => "::core::option::Option::None".to_owned(),
        Literal::Choice(kind, variant) => format!("{driver}::{kind}::{variant}"),
    }
}

/// Whether `off` is one of the values of a time, which makes it another type in the runtime.
fn can_be_off(field: &str) -> bool {
    matches!(field, "idle_timeout" | "max_lifetime")
}

/// A number in groups of three digits, once it has five.
pub(super) fn number(value: u128) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && digits.len() > 4 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped
}

/// A span of time in the largest unit that is exact, as a person would write it.
fn duration(value: Duration) -> String {
    let seconds = value.as_secs();
    let (unit, count) = match value.subsec_nanos() {
        0 if seconds != 0 && seconds.is_multiple_of(3600) => ("hours", u128::from(seconds / 3600)),
        0 if seconds != 0 && seconds.is_multiple_of(60) => ("mins", u128::from(seconds / 60)),
        0 => ("secs", u128::from(seconds)),
        nanos if nanos.is_multiple_of(1_000_000) => ("millis", value.as_millis()),
        nanos if nanos.is_multiple_of(1_000) => ("micros", value.as_micros()),
        _ => ("nanos", value.as_nanos()),
    };
    format!("::core::time::Duration::from_{unit}({count})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_use_the_unit_a_person_would() {
        for (value, expected) in [
            (Duration::from_millis(250), "from_millis(250)"),
            (Duration::from_secs(5), "from_secs(5)"),
            (Duration::from_secs(90), "from_secs(90)"),
            (Duration::from_mins(10), "from_mins(10)"),
            (Duration::from_hours(2), "from_hours(2)"),
        ] {
            assert_eq!(duration(value), format!("::core::time::Duration::{expected}"));
        }
    }

    #[test]
    fn numbers_are_grouped() {
        for (value, expected) in
            [(0, "0"), (9999, "9999"), (10_000, "10_000"), (1_234_567, "1_234_567")]
        {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn any_text_is_one_literal() {
        for value in [
            "",
            "sqlite://a\"b\\c?mode=rwc",
            "two\nlines",
            "größe\u{0}\u{202e}",
            "{}",
            "SELECT \"a\"\nFROM \"b\"",
            "SELECT `a` FROM `b`",
            "a back\\slash",
            "\"# and \"###",
            "return\r",
        ] {
            for literal in [text(value), sql(value)] {
                match syn::parse_str::<syn::LitStr>(&literal) {
                    Ok(literal) => assert_eq!(literal.value(), value),
                    Err(error) => panic!("{value:?}: {literal}: {error}"),
                }
            }
        }
    }

    #[test]
    fn sql_is_as_plain_as_it_can_be() {
        assert_eq!(sql("SELECT `a`"), "\"SELECT `a`\"");
        assert_eq!(sql("SELECT \"a\""), "r#\"SELECT \"a\"\"#");
        assert_eq!(sql("a\\b"), "r\"a\\b\"");
    }
}
