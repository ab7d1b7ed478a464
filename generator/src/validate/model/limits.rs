//! How large a table may be: its columns, and on `MySQL` its rows and its indexes.

use super::{
    Draft,
    indexes::{Use, uses},
};
use crate::{
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::{
        Backend,
        table::{Column, ColumnType},
    },
};

/// Most columns that every database takes.
const COLUMNS: usize = 1000;
/// Most bytes of a row of `MySQL`, and of one of its indexes.
const ROW: u32 = 65_535;
const INDEX: u32 = 3072;

/// Reports what is larger than the database takes.
pub(super) fn check(draft: &Draft<'_>, backend: Option<Backend>, diagnostics: &mut Diagnostics) {
    let columns = draft.columns.len();
    if columns > COLUMNS {
        let message = format!("the model `{}` has too many columns", draft.name());
        let diagnostic = Diagnostic::new(Code::TableSize, draft.config.name.span, message)
            .label(format!("{columns}, of at most {COLUMNS}"));
        let help = "put what is rarely read into a second model, or into a `json` column";
        diagnostics.push(diagnostic.help(help));
    } else if backend == Some(Backend::MySql) {
        diagnostics.extend(mysql_row(draft));
        diagnostics
            .extend(uses(draft, backend).iter().filter_map(|place| mysql_index(draft, place)));
    }
}

fn mysql_row(draft: &Draft<'_>) -> Option<Diagnostic> {
    let bytes = |column: &Column| {
        // A text of limited length stands in the row behind its own length.
        let length = match column.kind {
            _ if column.sql.is_some() => 0,
            ColumnType::Text { max_length: Some(_) } | ColumnType::Enum(_) => 2,
            _ => 0,
        };
        stored(column).saturating_add(length + u32::from(column.nullable))
    };
    let total = draft.known().fold(0u32, |sum, (_, column)| sum.saturating_add(bytes(column)));
    if total <= ROW {
        return None;
    }
    let (longest, _) = draft.known().max_by_key(|(_, column)| bytes(column))?;
    let span = longest.max_length.as_ref().map_or(longest.name.span, |typed| typed.span);
    let message = format!("a row of `{}` is too long for MySQL", draft.name());
    let help = "a character of a text with `max_length` takes 4 bytes: lower it, or leave it out";
    let diagnostic = Diagnostic::new(Code::TableSize, span, message).help(help);
    Some(diagnostic.label(format!("the row has {total} bytes, of at most {ROW}")))
}

fn mysql_index(draft: &Draft<'_>, place: &Use) -> Option<Diagnostic> {
    let bytes = place
        .columns
        .iter()
        .filter_map(|at| draft.columns[*at].as_ref())
        .fold(0u32, |sum, column| sum.saturating_add(stored(column)));
    if bytes <= INDEX {
        return None;
    }
    let diagnostic =
        Diagnostic::new(Code::TableSize, place.span, "an index of MySQL cannot be so long")
            .label(format!("{bytes} bytes, of at most {INDEX}"));
    Some(diagnostic.help("a character of a text takes 4 bytes: lower `max_length`"))
}

/// The bytes of a column in a row or an index of `MySQL`; what is kept elsewhere leaves a pointer.
/// How many a type takes that the file names itself, only the database knows.
fn stored(column: &Column) -> u32 {
    if column.sql.is_some() {
        return 0;
    }
    match &column.kind {
        ColumnType::Bool => 1,
        ColumnType::I16 => 2,
        ColumnType::Date => 3,
        ColumnType::I32 | ColumnType::F32 => 4,
        ColumnType::Time => 6,
        ColumnType::I64 | ColumnType::F64 | ColumnType::DateTime | ColumnType::Timestamp => 8,
        ColumnType::Uuid | ColumnType::Decimal { .. } => 16,
        ColumnType::Text { max_length: Some(most) } => most.saturating_mul(4),
        ColumnType::Text { max_length: None } | ColumnType::Bytes | ColumnType::Json => 12,
        ColumnType::Custom { .. } => 0,
        ColumnType::Enum(words) => {
            let longest = words.words.iter().map(|word| word.word.chars().count()).max();
            u32::try_from(longest.unwrap_or_default()).unwrap_or(u32::MAX).saturating_mul(4)
        }
    }
}
