//! The part of the schema that is about models and their columns.
//!
//! Definitions of their own: an editor then shows the same help for a column in every form.

use super::reference;
use crate::{
    json::Json,
    model::Backend,
    settings::model::{COLUMN, Entry, Form, MAX_LENGTH, MODEL, ON_DELETE, TYPES},
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
        ("properties", properties(MODEL).with("columns", columns)),
    ])
}

/// One column: its type alone, or its settings.
pub(super) fn column() -> Json {
    let required = |name| Json::object([("required", Json::texts([name]))]);
    let settings = Json::object([
        ("type", Json::text("object")),
        ("additionalProperties", Json::Switch(false)),
        ("oneOf", Json::Array(["type", "enum"].map(required).into())),
        ("properties", properties(COLUMN)),
    ]);
    Json::object([
        ("title", Json::text("A column")),
        ("description", Json::text(types())),
        ("anyOf", Json::Array(vec![Json::object(value(Form::Type)), settings])),
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
    match form {
        Form::Text => text(),
        Form::Flag => vec![of("boolean")],
        Form::Length => vec![
            of("integer"),
            ("minimum", Json::Number(1)),
            ("maximum", Json::Number(MAX_LENGTH.into())),
        ],
        Form::Type => {
            let words =
                TYPES.iter().flat_map(|(word, ..)| [(*word).to_owned(), format!("{word}?")]);
            vec![of("string"), ("enum", Json::Array(words.map(Json::Text).collect()))]
        }
        Form::Words => list(text()),
        Form::ColumnLists => vec![of("array"), ("items", Json::object(list(text())))],
        Form::OnDelete => {
            vec![of("string"), ("enum", Json::texts(ON_DELETE.iter().map(|(word, _)| *word)))]
        }
        Form::Value => vec![("type", Json::texts(["string", "number", "boolean"]))],
    }
}

/// The types and what each is for, as help.
fn types() -> String {
    let line = |(word, _, what): &(&str, _, &str)| format!("- `{word}`: {what}\n");
    let lines: String = TYPES.iter().map(line).collect();
    format!(
        "The type of a column, with `?` behind it if it may be NULL; or its settings.\n\n{lines}"
    )
}
