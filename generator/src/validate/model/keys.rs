//! The primary key: whether there is one, and whether its value can be generated.

use super::{Draft, lists::MOST};
use crate::{
    config::ColumnConfig,
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::table::{Column, ColumnType},
    source::Span,
};

/// Most other columns of a key that a report points at.
const SHOWN: usize = 3;

/// Checks the primary key of a model and its generated columns.
pub(super) fn check(draft: &Draft<'_>, diagnostics: &mut Diagnostics) {
    if draft.key.is_empty() {
        diagnostics.extend(missing(draft));
    } else if draft.key.len() > MOST {
        let message = format!("the primary key of `{}` has too many columns", draft.name());
        let help = "take a generated key, and make the columns `unique` or an `index`";
        let diagnostic = Diagnostic::new(Code::PrimaryKey, draft.config.name.span, message)
            .label(format!("{}, of at most {MOST}", draft.key.len()));
        diagnostics.push(diagnostic.help(help));
    }
    for (config, column) in draft.known() {
        if column.primary_key && column.nullable {
            diagnostics.push(nullable(config));
        }
        if let Some(generated) = &config.generated
            && generated.value
        {
            diagnostics.extend(generated_by_nobody(draft, config, column, generated.span));
        }
    }
}

fn missing(draft: &Draft<'_>) -> Option<Diagnostic> {
    let config = draft.config;
    // What could not be read may have been the key.
    if !config.sound || config.columns.iter().any(|column| !column.sound) {
        return None;
    }
    let name = draft.name();
    let line = "id = { type = \"i64\", primary_key = true, generated = true }";
    let (message, help) = match config.columns.iter().find(|column| column.name.value == "id") {
        _ if config.columns.is_empty() => (
            format!("the model `{name}` has no columns"),
            format!("add a table `columns` with `{line}`"),
        ),
        Some(_) => (
            format!("the model `{name}` has no primary key"),
            "add `primary_key = true` to `id`".to_owned(),
        ),
        None => (
            format!("the model `{name}` has no primary key"),
            format!("add `primary_key = true` to a column, or a column `{line}`"),
        ),
    };
    Some(Diagnostic::new(Code::PrimaryKey, config.name.span, message).help(help))
}

fn nullable(config: &ColumnConfig) -> Diagnostic {
    let by_setting = config.nullable.as_ref().filter(|nullable| nullable.value);
    let by_mark = config.kind.as_ref().map(|kind| kind.span);
    let span = by_setting.map(|nullable| nullable.span).or(by_mark).unwrap_or(config.name.span);
    let message = "a part of the primary key is never NULL";
    let diagnostic = Diagnostic::new(Code::PrimaryKey, span, message).label("may be NULL");
    let diagnostic = match &config.primary_key {
        Some(key) => diagnostic.also(key.span, "in the primary key"),
        None => diagnostic,
    };
    diagnostic.help("remove the `?` or `nullable`")
}

fn generated_by_nobody(
    draft: &Draft<'_>,
    config: &ColumnConfig,
    column: &Column,
    span: Span,
) -> Option<Diagnostic> {
    let name = &config.name.value;
    let refused = |message: String| Diagnostic::new(Code::ColumnSetting, span, message);
    if !column.primary_key {
        let message = format!("`{name}` is not the primary key and cannot be generated");
        return Some(refused(message).help("add `primary_key = true`, or give it a `default`"));
    }
    if draft.key.len() > 1 {
        let others = draft
            .known()
            .filter(|(other, column)| column.primary_key && other.name.span != config.name.span);
        let others = others.filter_map(|(other, _)| other.primary_key.as_ref()).take(SHOWN);
        let diagnostic = refused("only a primary key of one column can be generated".to_owned())
            .help("make one column the primary key, and the others `unique` if need be");
        return Some(
            others.fold(diagnostic, |diagnostic, flag| diagnostic.also(flag.span, "in the key")),
        );
    }
    if !matches!(column.kind, ColumnType::I32 | ColumnType::I64 | ColumnType::Uuid) {
        let message = format!("a key of type `{}` cannot be generated", column.kind.word());
        let help = "the database makes `i32` and `i64`, and a `uuid` is made at random";
        return Some(refused(message).help(help));
    }
    let references = config.references.as_ref()?;
    let diagnostic = refused("a key that refers to another row cannot be generated".to_owned())
        .also(references.span, "its value comes from there");
    Some(diagnostic.help("remove `generated`"))
}
