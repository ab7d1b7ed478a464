//! The columns of a model as typed: a table of settings, or the type alone.
//!
//! What could not be read is reported and marks its column as not sound, so that nothing in it is
//! reported as missing later.

use toml::{
    Spanned as TomlSpanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    fields::{Fields, Names, Typed},
    model::{meant, owned},
    tables::in_file_order,
    value::describe,
};
use crate::{
    diagnostics::{Code, Diagnostic, Diagnostics},
    settings::model::COLUMN,
    source::{Span, Spanned},
};

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
    /// All digits of a decimal.
    pub precision: Option<Spanned<i128>>,
    /// Those behind the point.
    pub scale: Option<Spanned<i128>>,
    /// What HTTP may do with it.
    pub http: Option<Spanned<String>>,
    /// A type of the application.
    pub rust: Option<Spanned<String>>,
    /// Its type in the database.
    pub sql: Option<Spanned<String>>,
    /// Attributes of its field.
    pub attributes: Option<Names>,
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
            precision: None,
            scale: None,
            http: None,
            rust: None,
            sql: None,
            attributes: None,
            sound: false,
        }
    }
}

/// Reads one column.
pub(super) fn column(
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
        precision: fields.integer("precision"),
        scale: fields.integer("scale"),
        http: fields.text("http"),
        rust: fields.text("rust"),
        sql: fields.text("sql"),
        attributes: fields.texts("attributes"),
        sound: fields.sound,
    }
}
