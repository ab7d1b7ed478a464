//! What a column holds: its type or the words of its enum, its length, and whether it may be NULL.

use std::collections::BTreeMap;

use super::{is, names::enum_name};
use crate::{
    config::{ColumnConfig, ModelConfig, Names, listed},
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    model::table::{ColumnType, Enum, Word},
    names,
    settings::model::{MAX_LENGTH, TYPES},
    source::{Span, Spanned},
};

/// The type of a column, if it is known.
pub(super) fn kind(
    model: &ModelConfig,
    column: &ColumnConfig,
    diagnostics: &mut Diagnostics,
) -> Option<ColumnType> {
    match (&column.kind, &column.words) {
        (Some(kind), Some(words)) => {
            let message = format!("the column `{}` has a type and is an enum", column.name.value);
            let help = "remove `type`, or `enum`; an enum that may be NULL has `nullable = true`";
            let diagnostic = Diagnostic::new(Code::ColumnType, kind.span, message);
            diagnostics.push(diagnostic.also(words.span, "the words of the enum").help(help));
            None
        }
        (None, Some(words)) => {
            let words = self::words(words, diagnostics);
            Some(ColumnType::Enum(Enum { type_name: enum_name(model, &column.name.value), words }))
        }
        (Some(kind), None) => {
            let word = kind.value.strip_suffix('?').unwrap_or(&kind.value);
            let Some((_, found, _)) = TYPES.iter().find(|(known, ..)| *known == word) else {
                diagnostics.push(unknown(word, kind.span));
                return None;
            };
            Some(match found {
                ColumnType::Text { .. } => ColumnType::Text { max_length: max_length(column) },
                found => found.clone(),
            })
        }
        (None, None) => {
            if column.sound {
                let message = format!("the column `{}` has no type", column.name.value);
                let help = "add `type`, like `type = \"text\"`, or the words of an `enum`";
                let diagnostic = Diagnostic::new(Code::ColumnType, column.name.span, message);
                diagnostics.push(diagnostic.help(help));
            }
            None
        }
    }
}

fn unknown(word: &str, span: Span) -> Diagnostic {
    let known = || TYPES.iter().map(|(known, ..)| *known);
    let folded = word.to_ascii_lowercase();
    let other = OTHER_NAMES.iter().find(|(names, _)| names.contains(&&*folded));
    let help = match other.map(|(_, help)| *help).or_else(|| nearest(word, known())) {
        Some("enum") => "an enum names its words: `enum = [\"draft\", \"published\"]`".to_owned(),
        Some("") => "there are no decimals yet: keep the smallest unit in an `i64`".to_owned(),
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
    (&["decimal", "numeric", "money"], ""),
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
