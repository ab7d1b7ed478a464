//! What a column holds: its type or the words of its enum, its length, and whether it may be NULL.

use std::collections::BTreeMap;

use super::{decimals, is, names::enum_name, rust_paths};
use crate::{
    config::{ColumnConfig, ModelConfig, Names, listed},
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    model::{
        Backend,
        table::{ColumnType, Enum, Word},
    },
    names,
    settings::model::{MAX_LENGTH, TYPES},
    source::{Span, Spanned},
};

/// The type of a column, if it is known.
pub(super) fn kind(
    model: &ModelConfig,
    column: &ColumnConfig,
    backend: Option<Backend>,
    diagnostics: &mut Diagnostics,
) -> Option<ColumnType> {
    if let Some(problem) = several(column) {
        diagnostics.push(problem);
        return None;
    }
    let found = match (&column.kind, &column.words, &column.rust) {
        (Some(kind), ..) => {
            let word = kind.value.strip_suffix('?').unwrap_or(&kind.value);
            let Some((_, found, _)) = TYPES.iter().find(|(known, ..)| *known == word) else {
                diagnostics.push(unknown(word, kind.span));
                return None;
            };
            match found {
                ColumnType::Text { .. } => Ok(ColumnType::Text { max_length: max_length(column) }),
                ColumnType::Decimal { .. } => {
                    return decimals::kind(column, kind.span, backend, diagnostics);
                }
                found => Ok(found.clone()),
            }
        }
        (None, Some(words), _) => {
            let words = self::words(words, diagnostics);
            Ok(ColumnType::Enum(Enum { type_name: enum_name(model, &column.name.value), words }))
        }
        (None, None, Some(rust)) => own(column, rust),
        (None, None, None) if column.sound => Err(untyped(column)),
        (None, None, None) => return None,
    };
    found.map_err(|problem| diagnostics.push(problem)).ok()
}

/// Says that a column has more than one type.
fn several(column: &ColumnConfig) -> Option<Diagnostic> {
    let name = &column.name.value;
    let (message, first, second, help) = match (&column.kind, &column.words, &column.rust) {
        (Some(kind), Some(words), None) => (
            format!("the column `{name}` has a type and is an enum"),
            kind.span,
            (words.span, "the words of the enum"),
            "remove `type`, or `enum`; an enum that may be NULL has `nullable = true`",
        ),
        (Some(kind), _, Some(rust)) => (
            format!("the column `{name}` has two types"),
            kind.span,
            (rust.span, "a type of the application"),
            "remove `type`, or `rust`; `sql` goes with both, and `nullable = true` is the `?`",
        ),
        (None, Some(words), Some(rust)) => (
            format!("the column `{name}` has a type and is an enum"),
            rust.span,
            (words.span, "the words of the enum"),
            "remove `rust`, or `enum`",
        ),
        _ => return None,
    };
    let diagnostic = Diagnostic::new(Code::ColumnType, first, message);
    Some(diagnostic.also(second.0, second.1).help(help))
}

/// A type of the application.
fn own(column: &ColumnConfig, rust: &Spanned<String>) -> Result<ColumnType, Diagnostic> {
    let rust_path = rust_paths::path("rust", rust)?;
    if column.sql.is_none() && column.sound {
        let message = format!("the column `{}` has no type in the database", column.name.value);
        let help = "add `sql`, like `sql = \"text\"`: nobody else knows how it is kept";
        return Err(Diagnostic::new(Code::ColumnType, rust.span, message).help(help));
    }
    Ok(ColumnType::Custom { rust: rust_path })
}

fn untyped(column: &ColumnConfig) -> Diagnostic {
    let message = format!("the column `{}` has no type", column.name.value);
    let help = match column.sql {
        Some(_) => {
            "`sql` is its type in the database alone: add `type`, or `rust` with a type of yours"
        }
        None => "add `type`, like `type = \"text\"`, or the words of an `enum`",
    };
    Diagnostic::new(Code::ColumnType, column.name.span, message).help(help)
}

fn unknown(word: &str, span: Span) -> Diagnostic {
    let known = || TYPES.iter().map(|(known, ..)| *known);
    let folded = word.to_ascii_lowercase();
    let other = OTHER_NAMES.iter().find(|(names, _)| names.contains(&&*folded));
    let help = match other.map(|(_, help)| *help).or_else(|| nearest(word, known())) {
        Some("enum") => "an enum names its words: `enum = [\"draft\", \"published\"]`".to_owned(),
        Some("decimal") => {
            "did you mean `{ type = \"decimal\", precision = 12, scale = 2 }`?".to_owned()
        }
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there is {}", listed(known())),
    };
    let message = format!("there is no type `{word}`");
    Diagnostic::new(Code::ColumnType, span, message).help(help)
}

/// What databases and languages call our types.
const OTHER_NAMES: &[(&[&str], &str)] = &[
    (&["boolean", "bit", "tinyint"], "bool"),
    (&["smallint", "int2", "short", "i8", "u8"], "i16"),
    (&["int", "integer", "int4", "u16", "serial"], "i32"),
    (&["bigint", "int8", "long", "u32", "u64", "bigserial", "usize"], "i64"),
    (&["float", "real", "float4"], "f32"),
    (&["double", "double precision", "float8"], "f64"),
    (&["string", "str", "varchar", "char", "longtext", "&str"], "text"),
    (&["blob", "bytea", "binary", "varbinary", "vec<u8>"], "bytes"),
    (&["guid"], "uuid"),
    (&["timestamptz", "instant"], "timestamp"),
    (&["jsonb"], "json"),
    (&["enum"], "enum"),
    (&["numeric", "money", "number"], "decimal"),
];

/// The words of an enum, as far as they can be used.
fn words(typed: &Names, diagnostics: &mut Diagnostics) -> Vec<Word> {
    if typed.value.is_empty() {
        let message = "an enum without words holds nothing";
        let help = "name its words, like `enum = [\"draft\", \"published\"]`";
        diagnostics.push(Diagnostic::new(Code::EnumWords, typed.span, message).help(help));
    }
    let mut taken: BTreeMap<String, &Spanned<String>> = BTreeMap::new();
    let mut words = Vec::new();
    for typed in &typed.value {
        let word = &typed.value;
        let variant = match storable(word).and_then(|()| names::model::variant(word)) {
            Ok(variant) => variant,
            Err(why) => {
                let message = format!("`{word}` cannot be a word of an enum: {why}");
                let help = "a word becomes a variant: it has letters and digits of ASCII, and anything between";
                diagnostics.push(Diagnostic::new(Code::EnumWords, typed.span, message).help(help));
                continue;
            }
        };
        if let Some(first) = taken.get(&variant) {
            let message = if first.value == *word {
                format!("the word `{word}` stands twice")
            } else {
                format!("the words `{}` and `{word}` both become `{variant}`", first.value)
            };
            let diagnostic = Diagnostic::new(Code::EnumWords, typed.span, message);
            diagnostics.push(diagnostic.also(first.span, "first here").help("remove one of them"));
            continue;
        }
        taken.insert(variant.clone(), typed);
        words.push(Word { word: word.clone(), variant });
    }
    words
}

/// Whether every database keeps a word as it is.
fn storable(word: &str) -> Result<(), &'static str> {
    if word.len() > LONGEST_WORD {
        return Err("it is longer than 63 bytes");
    }
    if word.contains(char::is_control) {
        return Err("it has a control character");
    }
    // MySQL takes no notice of spaces at the end.
    if word.trim() != word {
        return Err("it starts or ends with a space");
    }
    Ok(())
}

const LONGEST_WORD: usize = 63;

fn max_length(column: &ColumnConfig) -> Option<u32> {
    let typed = column.max_length.as_ref()?;
    u32::try_from(typed.value).ok().filter(|length| (1..=MAX_LENGTH).contains(length))
}

/// Checks `max_length`.
pub(super) fn length(column: &ColumnConfig, kind: &ColumnType) -> Result<(), Diagnostic> {
    let Some(typed) = &column.max_length else { return Ok(()) };
    if !matches!(kind, ColumnType::Text { .. }) {
        let message = format!("`max_length` is for texts, and this is `{}`", kind.word());
        let help = "remove it";
        return Err(Diagnostic::new(Code::ColumnSetting, typed.span, message).help(help));
    }
    if max_length(column).is_none() {
        let message = "`max_length` is out of range";
        let diagnostic = Diagnostic::new(Code::OutOfRange, typed.span, message);
        let help = "leave it out for a text of any length";
        return Err(diagnostic.label(format!("allowed are 1 to {MAX_LENGTH}")).help(help));
    }
    Ok(())
}

/// Whether a column may be NULL.
pub(super) fn nullable(column: &ColumnConfig, diagnostics: &mut Diagnostics) -> bool {
    let mark = column.kind.as_ref().filter(|kind| kind.value.ends_with('?'));
    if let (Some(mark), Some(Spanned { value: false, span })) = (mark, &column.nullable) {
        let message = "`nullable = false` contradicts the `?` of the type";
        let diagnostic = Diagnostic::new(Code::ColumnSetting, *span, message);
        diagnostics.push(diagnostic.also(mark.span, "may be NULL").help("remove one of the two"));
    }
    mark.is_some() || is(column.nullable.as_ref())
}
