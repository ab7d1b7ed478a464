//! Keys, constraints and indexes: whether a database can make them of their columns.

use super::{Draft, references::type_span};
use crate::{
    config::ColumnConfig,
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::{
        Backend,
        table::{Column, ColumnType},
    },
    source::Span,
};

/// A key, a constraint or an index.
pub(super) struct Use {
    what: &'static str,
    pub(super) columns: Vec<usize>,
    /// Where that is said.
    pub(super) span: Span,
    is_key: bool,
}

/// Reports columns that cannot be where they stand; each once.
pub(super) fn check(draft: &Draft<'_>, backend: Option<Backend>, diagnostics: &mut Diagnostics) {
    let mut refused = vec![false; draft.columns.len()];
    for place in uses(draft, backend) {
        for at in &place.columns {
            let Some(column) = &draft.columns[*at] else { continue };
            if let Some((why, help)) = obstacle(column, place.is_key, backend)
                && !refused[*at]
            {
                refused[*at] = true;
                diagnostics.push(not_indexable(&draft.config.columns[*at], why, help, &place));
            }
        }
    }
}

/// All of them, with the indexes that the database makes by itself.
pub(super) fn uses(draft: &Draft<'_>, backend: Option<Backend>) -> Vec<Use> {
    let columns = || draft.config.columns.iter().enumerate();
    let key = columns().find_map(|(_, column)| {
        let flag = column.primary_key.as_ref().filter(|flag| flag.value)?;
        Some(Use {
            what: "in the primary key",
            columns: draft.key.clone(),
            span: flag.span,
            is_key: true,
        })
    });
    let sets = draft.sets.iter().map(|set| Use {
        what: if set.unique { "unique" } else { "in an index" },
        columns: set.columns.clone(),
        span: set.span,
        is_key: false,
    });
    // MySQL makes an index for every column that refers to another.
    let references = columns().filter_map(|(at, column)| {
        let span = column.references.as_ref()?.span;
        Some(Use { what: "in the index of the reference", columns: vec![at], span, is_key: false })
    });
    let references = references.filter(|_| backend == Some(Backend::MySql));
    key.into_iter().chain(sets).chain(references).collect()
}

/// Why a column cannot be in a key or an index, and what to do.
fn obstacle(
    column: &Column,
    is_key: bool,
    backend: Option<Backend>,
) -> Option<(&'static str, &'static str)> {
    match &column.kind {
        ColumnType::Bytes | ColumnType::Json => Some((
            "has no order that every database knows",
            "keep it out of keys and indexes, or add a column with a `uuid` or a `text` of it",
        )),
        ColumnType::F32 | ColumnType::F64 if is_key => Some((
            "is rounded, and a key has to be found again",
            "take a whole number, a `uuid` or a `text`",
        )),
        // What its own type takes, only the database knows.
        _ if column.sql.is_some() => None,
        ColumnType::Text { max_length: None } if backend == Some(Backend::MySql) => Some((
            "may be of any length, which MySQL cannot index",
            "add `max_length`, like `max_length = 200`",
        )),
        _ => None,
    }
}

fn not_indexable(config: &ColumnConfig, why: &str, help: &str, place: &Use) -> Diagnostic {
    let message = format!("`{}` cannot be {}", config.name.value, place.what);
    Diagnostic::new(Code::NotIndexable, type_span(config), message)
        .label(why)
        .also(place.span, place.what)
        .help(help)
}
