//! The part of the schema that is about models and their columns.
//!
//! Definitions of their own: an editor then shows the same help for a column in every form.

use super::reference;
use crate::{
    json::Json,
    model::{
        Backend,
        table::{ColumnType, Operation},
    },
    settings::model::{COLUMN, CRUD, Entry, Form, HTTP, MODEL, ON_DELETE, PAGING, TYPES},
};

/// `model` in a bind: the models by name.
pub(super) fn models() -> Json {
    Json::object([
        ("title", Json::text("The models, by name")),
        ("description", Json::text("Tables of the database, each with a typed row.")),
        ("type", Json::text("object")),
        ("propertyNames", Json::object([("pattern", Json::text("^[A-Z][A-Za-z0-9]*$"))])),
        ("additionalProperties", reference("model")),
    ])
}

/// One model.
pub(super) fn model() -> Json {
    let columns = Json::object([
        ("title", Json::text("The columns, by field")),
        ("type", Json::text("object")),
        ("minProperties", Json::Number(1)),
        ("propertyNames", Json::object([("pattern", Json::text("^[a-z][a-z0-9_]*$"))])),
        ("additionalProperties", reference("column")),
    ]);
    Json::object([
        ("title", Json::text("A table")),
        ("type", Json::text("object")),
        ("required", Json::texts(["columns"])),
        ("additionalProperties", Json::Switch(false)),
        ("properties", properties(MODEL).with("crud", reference("crud")).with("columns", columns)),
    ])
}

/// Its functions and routes.
pub(super) fn crud() -> Json {
    Json::object([
        ("title", Json::text("Functions and routes")),
        ("type", Json::text("object")),
        ("additionalProperties", Json::Switch(false)),
        ("properties", properties(CRUD)),
    ])
}

/// One column: its type alone, or its settings.
pub(super) fn column() -> Json {
    let required = |name| Json::object([("required", Json::texts([name]))]);
    let settings = Json::object([
        ("type", Json::text("object")),
        ("additionalProperties", Json::Switch(false)),
        ("oneOf", Json::Array(["type", "enum", "rust"].map(required).into())),
        ("properties", properties(COLUMN)),
        ("dependencies", Json::object([("rust", Json::texts(["sql"]))])),
        ("if", decimal()),
        ("then", Json::object([("required", Json::texts(["precision", "scale"]))])),
    ]);
    // A decimal says more than its type.
    let short = type_words(|kind| !matches!(kind, ColumnType::Decimal { .. }));
    Json::object([
        ("title", Json::text("A column")),
        ("description", Json::text(types())),
        ("anyOf", Json::Array(vec![Json::object(short), settings])),
    ])
}

/// A condition that meets the columns of decimals.
fn decimal() -> Json {
    let words = type_words(|kind| matches!(kind, ColumnType::Decimal { .. }));
    Json::object([
        ("additionalProperties", Json::Switch(true)),
        ("properties", Json::object([("type", Json::object(words))])),
        ("required", Json::texts(["type"])),
    ])
}

/// What `backend` takes away from models.
pub(super) fn narrowed(backend: Backend) -> Option<(String, Json)> {
    let missing: Vec<(&str, Json)> = (MODEL.iter())
        .filter(|entry| !entry.backends.contains(&backend))
        .map(|entry| (entry.name, Json::Switch(false)))
        .collect();
    if missing.is_empty() {
        return None;
    }
    let model = Json::object([("properties", Json::object(missing))]);
    Some(("model".to_owned(), Json::object([("additionalProperties", model)])))
}

fn properties(entries: &[Entry]) -> Json {
    Json::object(entries.iter().map(|entry| {
        let about = [
            ("title", Json::text(entry.name)),
            ("description", Json::text(format!("{}\n\nDefault: {}", entry.doc, entry.default))),
        ];
        (entry.name, Json::object(about.into_iter().chain(value(entry.form))))
    }))
}

/// The value itself.
fn value(form: Form) -> Vec<(&'static str, Json)> {
    let of = |name| ("type", Json::text(name));
    let list = |items: Vec<(&'static str, Json)>| {
        vec![
            of("array"),
            ("minItems", Json::Number(1)),
            ("uniqueItems", Json::Switch(true)),
            ("items", Json::object(items)),
        ]
    };
    let text = || vec![of("string"), ("minLength", Json::Number(1))];
    let several = |items: Vec<(&'static str, Json)>| {
        vec![of("array"), ("uniqueItems", Json::Switch(true)), ("items", Json::object(items))]
    };
    let names = |pattern| several(vec![of("string"), ("pattern", Json::text(pattern))]);
    match form {
        Form::Text => text(),
        Form::Flag => vec![of("boolean")],
        Form::Number { min, max } => vec![
            of("integer"),
            ("minimum", Json::Number(min.into())),
            ("maximum", Json::Number(max.into())),
        ],
        Form::Type => type_words(|_| true),
        Form::Words => list(text()),
        Form::Texts => several(text()),
        Form::Operations => several(choice(Operation::ALL.map(Operation::word))),
        Form::Routes => several(choice(Operation::ROUTES.map(Operation::word))),
        Form::Columns => names("^[a-z][a-z0-9_]*$"),
        Form::Order => names("^-?[a-z][a-z0-9_]*$"),
        Form::Http => choice(HTTP.iter().map(|(word, _)| *word)),
        Form::Paging => choice(PAGING.iter().map(|(word, _)| *word)),
        Form::Path => {
            vec![of("string"), ("pattern", Json::text("^\\s*(crate\\s*)?::"))]
        }
        Form::ColumnLists => vec![of("array"), ("items", Json::object(list(text())))],
        Form::OnDelete => choice(ON_DELETE.iter().map(|(word, _)| *word)),
        Form::Value => vec![("type", Json::texts(["string", "number", "boolean"]))],
    }
}

fn choice(words: impl IntoIterator<Item = &'static str>) -> Vec<(&'static str, Json)> {
    vec![("type", Json::text("string")), ("enum", Json::texts(words))]
}

/// The words of types, each also with `?`.
fn type_words(which: impl Fn(&ColumnType) -> bool) -> Vec<(&'static str, Json)> {
    let words = TYPES.iter().filter(|(_, kind, _)| which(kind));
    let words = words.flat_map(|(word, ..)| [(*word).to_owned(), format!("{word}?")]);
    vec![("type", Json::text("string")), ("enum", Json::Array(words.map(Json::Text).collect()))]
}

/// The types and what each is for, as help.
fn types() -> String {
    let line = |(word, _, what): &(&str, _, &str)| format!("- `{word}`: {what}\n");
    let lines: String = TYPES.iter().map(line).collect();
    format!(
        "The type of a column, with `?` behind it if it may be NULL; or its settings.\n\n{lines}"
    )
}
