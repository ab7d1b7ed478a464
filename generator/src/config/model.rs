//! The models of a bind as typed: `[bind.KEY.model.NAME]` and its columns.
//!
//! A column is a table of its settings, or its type alone. What could not be read is reported and
//! marks its model or column as not sound, so that nothing in it is reported as missing later.

use toml::{
    Spanned as TomlSpanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    fields::{Fields, Names, Typed},
    tables::{in_file_order, table},
    value::{describe, listed},
};
use crate::{
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    settings::model::{COLUMN, Entry, MODEL},
    source::{Span, Spanned},
};

/// The name of the table with the columns.
const COLUMNS: &str = "columns";

/// One `[bind.KEY.model.NAME]`.
#[derive(Debug)]
pub struct ModelConfig {
    /// Its name as typed.
    pub name: Spanned<String>,
    /// Name of the table.
    pub table: Option<Spanned<String>>,
    /// Schema of the table.
    pub schema: Option<Spanned<String>>,
    /// What a row is.
    pub comment: Option<Spanned<String>>,
    /// Columns that together are unique.
    pub unique: Vec<Names>,
    /// Columns that have an index together.
    pub index: Vec<Names>,
    /// The columns, in the order of the file.
    pub columns: Vec<ColumnConfig>,
    /// Whether everything in it could be read, apart from what is in its columns.
    pub sound: bool,
}

/// One column.
#[derive(Debug)]
pub struct ColumnConfig {
    /// Its name as typed.
    pub name: Spanned<String>,
    /// Its type as typed, with the `?`.
    pub kind: Option<Spanned<String>>,
    /// The words of an enum.
    pub words: Option<Names>,
    /// Whether it may be NULL.
    pub nullable: Option<Spanned<bool>>,
    /// Whether it is in the primary key.
    pub primary_key: Option<Spanned<bool>>,
    /// Whether its value is made for a new row.
    pub generated: Option<Spanned<bool>>,
    /// Whether no two rows have the same value.
    pub unique: Option<Spanned<bool>>,
    /// Whether it has an index.
    pub index: Option<Spanned<bool>>,
    /// The most characters.
    pub max_length: Option<Spanned<i128>>,
    /// Its value when a new row names none.
    pub default: Option<Spanned<Typed>>,
    /// What it refers to.
    pub references: Option<Spanned<String>>,
    /// What happens when that is deleted.
    pub on_delete: Option<Spanned<String>>,
    /// Its name in the database.
    pub column: Option<Spanned<String>>,
    /// What it is.
    pub comment: Option<Spanned<String>>,
    /// Whether everything in it could be read.
    pub sound: bool,
}

impl ColumnConfig {
    /// A column of which only the name is known.
    fn unreadable(name: Spanned<String>) -> Self {
        Self {
            name,
            kind: None,
            words: None,
            nullable: None,
            primary_key: None,
            generated: None,
            unique: None,
            index: None,
            max_length: None,
            default: None,
            references: None,
            on_delete: None,
            column: None,
            comment: None,
            sound: false,
        }
    }
}

/// Reads the table of models of the bind `key`.
pub(super) fn models(
    key: &str,
    models: &DeTable<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<ModelConfig> {
    let models = in_file_order(models).into_iter();
    models.filter_map(|(name, value)| model(key, name, value, diagnostics)).collect()
}

fn model(
    key: &str,
    name: &TomlSpanned<DeString<'_>>,
    value: &TomlSpanned<DeValue<'_>>,
    diagnostics: &mut Diagnostics,
) -> Option<ModelConfig> {
    let header = format!("[bind.{key}.model.{}]", name.get_ref());
    let table = table(name, value, &header, diagnostics)?;
    let mut sound = true;
    for (typed, value) in in_file_order(table) {
        if typed.get_ref() != COLUMNS && MODEL.iter().all(|entry| entry.name != typed.get_ref()) {
            diagnostics.push(unknown_in_model(&header, typed, value));
            sound = false;
        }
    }
    let columns = columns(&header, table, &mut sound, diagnostics);
    let mut fields = Fields { entries: MODEL, table, diagnostics, sound };
    Some(ModelConfig {
        name: owned(name),
        table: fields.text("table"),
        schema: fields.text("schema"),
        comment: fields.text("comment"),
        unique: fields.lists("unique"),
        index: fields.lists("index"),
        columns,
        sound: fields.sound,
    })
}

fn columns(
    header: &str,
    model: &DeTable<'_>,
    sound: &mut bool,
    diagnostics: &mut Diagnostics,
) -> Vec<ColumnConfig> {
    let Some((name, value)) = model.get_key_value(COLUMNS) else { return Vec::new() };
    let header = format!("{}.{COLUMNS}]", header.trim_end_matches(']'));
    let Some(columns) = table(name, value, &header, diagnostics) else {
        *sound = false;
        return Vec::new();
    };
    let columns = in_file_order(columns).into_iter();
    columns.map(|(name, value)| column(name, value, diagnostics)).collect()
}

fn column(
    name: &TomlSpanned<DeString<'_>>,
    value: &TomlSpanned<DeValue<'_>>,
    diagnostics: &mut Diagnostics,
) -> ColumnConfig {
    let span = Span::from(value.span());
    let name = owned(name);
    match value.get_ref() {
        DeValue::Table(table) => settings(name, table, diagnostics),
        DeValue::String(kind) => {
            let kind = Some(Spanned { value: kind.to_string(), span });
            ColumnConfig { kind, sound: true, ..ColumnConfig::unreadable(name) }
        }
        other => {
            let found = describe(other);
            let message =
                format!("the column `{}` is a type or a table, found {found}", name.value);
            let help = format!(
                "write it like `{0} = \"text\"` or `{0} = {{ type = \"text\" }}`",
                name.value
            );
            diagnostics.push(Diagnostic::new(Code::WrongType, span, message).help(help));
            ColumnConfig::unreadable(name)
        }
    }
}

fn settings(
    name: Spanned<String>,
    table: &DeTable<'_>,
    diagnostics: &mut Diagnostics,
) -> ColumnConfig {
    let mut sound = true;
    for (typed, _) in in_file_order(table) {
        if COLUMN.iter().all(|entry| entry.name != typed.get_ref()) {
            let message = format!("a column has no setting `{}`", typed.get_ref());
            let diagnostic = Diagnostic::new(Code::UnknownName, typed.span().into(), message);
            diagnostics.push(diagnostic.help(meant(typed.get_ref(), COLUMN, &[])));
            sound = false;
        }
    }
    let mut fields = Fields { entries: COLUMN, table, diagnostics, sound };
    ColumnConfig {
        name,
        kind: fields.text("type"),
        words: fields.texts("enum"),
        nullable: fields.flag("nullable"),
        primary_key: fields.flag("primary_key"),
        generated: fields.flag("generated"),
        unique: fields.flag("unique"),
        index: fields.flag("index"),
        max_length: fields.integer("max_length"),
        default: fields.typed("default"),
        references: fields.text("references"),
        on_delete: fields.text("on_delete"),
        column: fields.text("column"),
        comment: fields.text("comment"),
        sound: fields.sound,
    }
}

fn unknown_in_model(
    header: &str,
    typed: &TomlSpanned<DeString<'_>>,
    value: &TomlSpanned<DeValue<'_>>,
) -> Diagnostic {
    let message = format!("there is no setting `{}` in `{header}`", typed.get_ref());
    let of_column = |table: &DeTable<'_>| COLUMN.iter().any(|entry| table.contains_key(entry.name));
    let help = if value.get_ref().as_table().is_some_and(of_column) {
        format!("a column belongs into `{}.{COLUMNS}]`", header.trim_end_matches(']'))
    } else {
        meant(typed.get_ref(), MODEL, &[COLUMNS])
    };
    Diagnostic::new(Code::UnknownName, typed.span().into(), message).help(help)
}

fn meant(typed: &str, entries: &'static [Entry], tables: &[&'static str]) -> String {
    let names = || entries.iter().map(|entry| entry.name).chain(tables.iter().copied());
    match nearest(typed, names()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there is {}", listed(names())),
    }
}

fn owned(name: &TomlSpanned<DeString<'_>>) -> Spanned<String> {
    Spanned { value: name.get_ref().to_string(), span: name.span().into() }
}
