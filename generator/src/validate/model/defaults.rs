//! Defaults: whether the column can hold what stands there.

use super::{decimals, is};
use crate::{
    config::{ColumnConfig, Typed, listed},
    diagnostics::{Code, Diagnostic, nearest},
    model::table::{ColumnType, DefaultValue, Enum},
};

/// Whole numbers up to here are exact as floats.
const EXACT: i128 = 1 << 53;

/// The default of a column, if it has one.
pub(super) fn default(
    column: &ColumnConfig,
    kind: &ColumnType,
) -> Result<Option<DefaultValue>, Diagnostic> {
    let Some(typed) = &column.default else { return Ok(None) };
    let refused = |message: String, help: String| {
        Err(Diagnostic::new(Code::ColumnDefault, typed.span, message).help(help))
    };
    // What a key is worth is that every row has another.
    for (flag, what) in
        [(&column.generated, "generated column"), (&column.primary_key, "part of the primary key")]
    {
        if let Some(flag) = flag.as_ref().filter(|flag| is(Some(flag))) {
            let message = format!("a {what} has no default");
            let diagnostic = Diagnostic::new(Code::ColumnDefault, typed.span, message);
            return Err(diagnostic.also(flag.span, "set here").help("remove `default`"));
        }
    }
    // A word that was refused as such is not reported again.
    let words = column.words.iter().flat_map(|words| &words.value);
    if let (ColumnType::Enum(known), Typed::Text(text)) = (kind, &typed.value)
        && words.map(|word| &word.value).any(|word| word == text)
        && word(known, text).is_err()
    {
        return Ok(None);
    }
    match meaning(kind, &typed.value) {
        Ok(value) => Ok(Some(value)),
        Err((message, help)) => refused(message, help),
    }
}

/// What a value means in a column of this type, or a message and help.
fn meaning(kind: &ColumnType, typed: &Typed) -> Result<DefaultValue, (String, String)> {
    let now = matches!(typed, Typed::Text(text) if text == "now");
    match (kind, typed) {
        (ColumnType::Bool, Typed::Switch(value)) => Ok(DefaultValue::Bool(*value)),
        (ColumnType::I16 | ColumnType::I32 | ColumnType::I64, Typed::Integer(value)) => {
            integer(kind, *value).map(DefaultValue::Integer)
        }
        (ColumnType::F32 | ColumnType::F64, Typed::Float(value)) => {
            float(kind, *value).map(DefaultValue::Float)
        }
        (ColumnType::F32 | ColumnType::F64, Typed::Integer(value)) => {
            whole_float(kind, *value).map(DefaultValue::Float)
        }
        (ColumnType::Decimal { precision, scale }, typed) => {
            decimal(typed, *precision, *scale).map(DefaultValue::Decimal)
        }
        (ColumnType::Text { max_length }, Typed::Text(text)) => text_default(*max_length, text),
        (ColumnType::Enum(words), Typed::Text(text)) => word(words, text),
        (
            ColumnType::Date | ColumnType::Time | ColumnType::DateTime | ColumnType::Timestamp,
            Typed::Text(_),
        ) if now => Ok(DefaultValue::Now),
        (
            ColumnType::Bytes | ColumnType::Uuid | ColumnType::Json | ColumnType::Custom { .. },
            _,
        ) => {
            let help = "remove it: every new row gives the value".to_owned();
            Err((format!("a column of type `{}` has no default", kind.word()), help))
        }
        _ if now => {
            let help = "`\"now\"` is for `date`, `time`, `datetime` and `timestamp`".to_owned();
            Err((format!("`\"now\"` is no value of a column of type `{}`", kind.word()), help))
        }
        _ => Err((
            format!("the default is no value of a column of type `{}`", kind.word()),
            example(kind),
        )),
    }
}

fn example(kind: &ColumnType) -> String {
    let value = match kind {
        ColumnType::Bool => "true",
        ColumnType::I16 | ColumnType::I32 | ColumnType::I64 => "0",
        ColumnType::F32 | ColumnType::F64 => "0.5",
        ColumnType::Enum(words) => return words_of(words),
        ColumnType::Date | ColumnType::Time | ColumnType::DateTime | ColumnType::Timestamp => {
            return "the only default of a date or time is `default = \"now\"`".to_owned();
        }
        _ => "\"…\"",
    };
    format!("write it like `default = {value}`")
}

fn integer(kind: &ColumnType, value: i128) -> Result<i64, (String, String)> {
    let (min, max) = match kind {
        ColumnType::I16 => (i16::MIN.into(), i16::MAX.into()),
        ColumnType::I32 => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    };
    i64::try_from(value).ok().filter(|value| (min..=max).contains(value)).ok_or_else(|| {
        let help = format!("a column of type `{}` holds {min} to {max}", kind.word());
        ("the default is out of range".to_owned(), help)
    })
}

fn float(kind: &ColumnType, value: f64) -> Result<f64, (String, String)> {
    let fits = value.abs() <= f64::from(f32::MAX) || *kind == ColumnType::F64;
    if value.is_finite() && fits {
        return Ok(value);
    }
    let help = format!("a default of type `{}` is finite and in its range", kind.word());
    Err(("the default is out of range".to_owned(), help))
}

fn whole_float(kind: &ColumnType, value: i128) -> Result<f64, (String, String)> {
    if value.abs() <= EXACT
        && let Ok(value) = value.to_string().parse()
    {
        return float(kind, value);
    }
    let help = "write it with a fraction or an exponent, like `1e20`".to_owned();
    Err(("a whole number of this size is not exact as a float".to_owned(), help))
}

/// A float is not exact: what was typed is lost in it.
fn decimal(typed: &Typed, precision: u8, scale: u8) -> Result<i128, (String, String)> {
    let text = match typed {
        Typed::Text(text) => text.clone(),
        Typed::Integer(value) => value.to_string(),
        Typed::Float(value) => {
            let help = format!("write it in quotes, like `default = \"{value}\"`");
            return Err(("a number with a fraction is not exact in a file".to_owned(), help));
        }
        Typed::Switch(_) => {
            let help = "write it like `default = \"0.00\"`".to_owned();
            return Err(("the default is no value of a column of type `decimal`".to_owned(), help));
        }
    };
    decimals::scaled(&text, precision, scale).map_err(|(message, help)| (message.to_owned(), help))
}

fn text_default(max_length: Option<u32>, text: &str) -> Result<DefaultValue, (String, String)> {
    let length = text.chars().count();
    if let Some(most) =
        max_length.filter(|most| usize::try_from(*most).is_ok_and(|most| length > most))
    {
        let help =
            format!("it has {length} characters: shorten it, or raise `max_length = {most}`");
        return Err(("the default is longer than `max_length`".to_owned(), help));
    }
    if text.contains('\0') {
        let help = "PostgreSQL keeps no NUL in a text".to_owned();
        return Err(("the default has a NUL character".to_owned(), help));
    }
    Ok(DefaultValue::Text(text.to_owned()))
}

fn word(words: &Enum, text: &str) -> Result<DefaultValue, (String, String)> {
    let found = words.words.iter().position(|word| word.word == text);
    found.map(DefaultValue::Word).ok_or_else(|| {
        let help = match nearest(text, words.words.iter().map(|word| &*word.word)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => words_of(words),
        };
        (format!("the enum has no word `{text}`"), help)
    })
}

fn words_of(words: &Enum) -> String {
    format!("there is {}", listed(words.words.iter().map(|word| &*word.word)))
}
