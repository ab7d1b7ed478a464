//! The models of a bind as typed: `[bind.KEY.model.NAME]` and its tables.
//!
//! What could not be read is reported and marks its model as not sound, so that nothing in it is
//! reported as missing later. Columns are read by `column`.

use toml::{
    Spanned as TomlSpanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    column::{ColumnConfig, column},
    fields::{Fields, Names},
    tables::{in_file_order, table},
    value::listed,
};
use crate::{
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    settings::model::{COLUMN, CRUD, Entry, MODEL},
    source::Spanned,
};

/// The name of the table with the columns.
const COLUMNS: &str = "columns";
/// The name of the table with the functions and routes.
const CRUD_TABLE: &str = "crud";

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
    /// More derives of the row type.
    pub derive: Option<Names>,
    /// Attributes of the row type.
    pub attributes: Option<Names>,
    /// The type that decides which rows are there.
    pub policy: Option<Spanned<String>>,
    /// The column that says that a row counts as deleted.
    pub soft_delete: Option<Spanned<String>>,
    /// The column that counts the changes of a row.
    pub version: Option<Spanned<String>>,
    /// Its functions and routes.
    pub crud: Option<CrudConfig>,
    /// The columns, in the order of the file.
    pub columns: Vec<ColumnConfig>,
    /// Whether everything in it could be read, apart from what is in its columns and its `crud`.
    pub sound: bool,
}

/// `[bind.KEY.model.NAME.crud]`
#[derive(Debug)]
pub struct CrudConfig {
    /// The functions.
    pub operations: Option<Names>,
    /// The routes.
    pub routes: Option<Names>,
    /// Columns that a query may filter by.
    pub filter: Option<Names>,
    /// Columns that a query may order by.
    pub order: Option<Names>,
    /// The order when a query names none, with the `-`.
    pub default_order: Option<Names>,
    /// How a list is cut into pages.
    pub paging: Option<Spanned<String>>,
    /// Rows of a page.
    pub page_size: Option<Spanned<i128>>,
    /// The most rows of a page.
    pub max_page_size: Option<Spanned<i128>>,
    /// The most bytes of a body.
    pub max_body: Option<Spanned<i128>>,
    /// Whether everything in it could be read.
    pub sound: bool,
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
        let is_table = [COLUMNS, CRUD_TABLE].contains(&&**typed.get_ref());
        if !is_table && MODEL.iter().all(|entry| entry.name != typed.get_ref()) {
            diagnostics.push(unknown_in_model(&header, typed, value));
            sound = false;
        }
    }
    let columns = columns(&header, table, &mut sound, diagnostics);
    let crud = crud(&header, table, diagnostics);
    let mut fields = Fields { entries: MODEL, table, diagnostics, sound };
    Some(ModelConfig {
        name: owned(name),
        table: fields.text("table"),
        schema: fields.text("schema"),
        comment: fields.text("comment"),
        unique: fields.lists("unique"),
        index: fields.lists("index"),
        derive: fields.texts("derive"),
        attributes: fields.texts("attributes"),
        policy: fields.text("policy"),
        soft_delete: fields.text("soft_delete"),
        version: fields.text("version"),
        crud,
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
    let header = inside(header, COLUMNS);
    let Some(columns) = table(name, value, &header, diagnostics) else {
        *sound = false;
        return Vec::new();
    };
    let columns = in_file_order(columns).into_iter();
    columns.map(|(name, value)| column(name, value, diagnostics)).collect()
}

/// A `crud` that is no table is reported and left out.
fn crud(header: &str, model: &DeTable<'_>, diagnostics: &mut Diagnostics) -> Option<CrudConfig> {
    let (name, value) = model.get_key_value(CRUD_TABLE)?;
    let header = inside(header, CRUD_TABLE);
    let table = table(name, value, &header, diagnostics)?;
    let mut sound = true;
    for (typed, _) in in_file_order(table) {
        if CRUD.iter().all(|entry| entry.name != typed.get_ref()) {
            let message = format!("there is no setting `{}` in `{header}`", typed.get_ref());
            let diagnostic = Diagnostic::new(Code::UnknownName, typed.span().into(), message);
            diagnostics.push(diagnostic.help(elsewhere(&header, typed.get_ref())));
            sound = false;
        }
    }
    let mut fields = Fields { entries: CRUD, table, diagnostics, sound };
    Some(CrudConfig {
        operations: fields.texts("operations"),
        routes: fields.texts("routes"),
        filter: fields.texts("filter"),
        order: fields.texts("order"),
        default_order: fields.texts("default_order"),
        paging: fields.text("paging"),
        page_size: fields.integer("page_size"),
        max_page_size: fields.integer("max_page_size"),
        max_body: fields.integer("max_body"),
        sound: fields.sound,
    })
}

/// The header of a table inside a model.
fn inside(header: &str, table: &str) -> String {
    format!("{}.{table}]", header.trim_end_matches(']'))
}

/// Where a setting that `crud` has not was meant to be.
fn elsewhere(header: &str, typed: &str) -> String {
    if MODEL.iter().any(|entry| entry.name == typed) {
        let model = header.trim_end_matches(&format!(".{CRUD_TABLE}]"));
        return format!("`{typed}` belongs into `{model}]`");
    }
    meant(typed, CRUD, &[])
}

fn unknown_in_model(
    header: &str,
    typed: &TomlSpanned<DeString<'_>>,
    value: &TomlSpanned<DeValue<'_>>,
) -> Diagnostic {
    let message = format!("there is no setting `{}` in `{header}`", typed.get_ref());
    let of_column = |table: &DeTable<'_>| COLUMN.iter().any(|entry| table.contains_key(entry.name));
    let help = if value.get_ref().as_table().is_some_and(of_column) {
        format!("a column belongs into `{}`", inside(header, COLUMNS))
    } else if CRUD.iter().any(|entry| entry.name == typed.get_ref()) {
        format!("`{}` belongs into `{}`", typed.get_ref(), inside(header, CRUD_TABLE))
    } else {
        meant(typed.get_ref(), MODEL, &[COLUMNS, CRUD_TABLE])
    };
    Diagnostic::new(Code::UnknownName, typed.span().into(), message).help(help)
}

pub(super) fn meant(typed: &str, entries: &'static [Entry], tables: &[&'static str]) -> String {
    let names = || entries.iter().map(|entry| entry.name).chain(tables.iter().copied());
    match nearest(typed, names()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there is {}", listed(names())),
    }
}

pub(super) fn owned(name: &TomlSpanned<DeString<'_>>) -> Spanned<String> {
    Spanned { value: name.get_ref().to_string(), span: name.span().into() }
}
