//! The JSON schema of `bindings.toml`, for editors.
//!
//! Made from the settings table, models in `model`; draft 7, which the TOML plugins of editors read. It helps while
//! typing: which backend has which setting is told by conditions, everything else that goes
//! together is told by `bindery check`.

mod model;

use crate::{
    config::SOURCES,
    json::Json,
    model::Backend,
    settings::{Kind, Section, Spec, Text},
};

/// The text of `bindings.schema.json`.
#[must_use]
pub fn schema() -> String {
    let bind = Json::object([
        ("title", Json::text("A database")),
        ("type", Json::text("object")),
        ("required", Json::texts(["backend"])),
        ("additionalProperties", Json::Switch(false)),
        ("properties", properties(Section::Bind, Section::ALL).with("model", model::models())),
    ]);
    let bind = of_backends().into_iter().fold(bind, |bind, (name, value)| bind.with(name, value));
    let binds = Json::object([
        ("title", Json::text("The databases, by key")),
        ("type", Json::text("object")),
        ("minProperties", Json::Number(1)),
        ("additionalProperties", bind),
    ]);
    let document = Json::object([
        ("$schema", Json::text("http://json-schema.org/draft-07/schema#")),
        ("title", Json::text("bindings.toml of Bindery")),
        ("type", Json::text("object")),
        ("required", Json::texts(["bind"])),
        ("additionalProperties", Json::Switch(false)),
        ("properties", Json::object([("output", table(Section::Output)), ("bind", binds)])),
        (
            "definitions",
            Json::object([
                ("variable", variable()),
                ("model", model::model()),
                ("crud", model::crud()),
                ("column", model::column()),
            ]),
        ),
    ]);
    document.pretty()
}

fn table(section: Section) -> Json {
    Json::object([
        ("type", Json::text("object")),
        ("additionalProperties", Json::Switch(false)),
        ("properties", properties(section, [])),
    ])
}

/// The settings of a section, and the tables inside it.
fn properties(section: Section, tables: impl IntoIterator<Item = Section>) -> Json {
    let settings = section.specs().map(|spec| (spec.name, setting(spec)));
    let tables = tables.into_iter().filter_map(|section| Some((section.table()?, table(section))));
    Json::object(settings.chain(tables))
}

fn setting(spec: &Spec) -> Json {
    let about = [
        ("title", Json::text(spec.name)),
        ("description", Json::text(format!("{}\n\nDefault: {}", spec.doc, spec.default))),
    ];
    let value = value(spec);
    if !spec.is_setting() {
        return Json::object(about.into_iter().chain(value));
    }
    let [env, file_env, default] = SOURCES;
    let sources = Json::object([
        ("type", Json::text("object")),
        ("minProperties", Json::Number(1)),
        ("additionalProperties", Json::Switch(false)),
        (
            "properties",
            Json::object([
                (env, reference("variable")),
                (file_env, reference("variable")),
                (default, Json::object(value.clone())),
            ]),
        ),
    ]);
    let forms = Json::Array(vec![Json::object(value), sources]);
    Json::object(about.into_iter().chain([("anyOf", forms)]))
}

/// The value itself.
fn value(spec: &Spec) -> Vec<(&'static str, Json)> {
    let text = || ("type", Json::text("string"));
    match spec.kind {
        Kind::Flag(_) | Kind::Switch => vec![("type", Json::text("boolean"))],
        Kind::Integer { min, max } => vec![
            ("type", Json::text("integer")),
            ("minimum", Json::Number(min)),
            ("maximum", Json::Number(max)),
        ],
        Kind::Duration { off } => {
            let pattern = if off { "^(([0-9]+(ms|s|m|h))+|off)$" } else { "^([0-9]+(ms|s|m|h))+$" };
            vec![text(), ("pattern", Json::text(pattern))]
        }
        Kind::Text(Text::Folder) => vec![text(), ("pattern", Json::text("^[^/\\\\:][^\\\\:]*$"))],
        Kind::Text(_) => vec![text(), ("minLength", Json::Number(1))],
        Kind::Choice(_) => vec![text(), ("enum", Json::texts(spec.words(None)))],
    }
}

fn variable() -> Json {
    Json::object([
        ("description", Json::text("Name of an environment variable.")),
        ("type", Json::text("string")),
        ("pattern", Json::text("^[A-Za-z_][A-Za-z0-9_]*$")),
    ])
}

fn reference(definition: &str) -> Json {
    Json::object([("$ref", Json::text(format!("#/definitions/{definition}")))])
}

/// The conditions on a bind, each in the `else` of the one before: beside `allOf` Taplo completes
/// nothing.
fn of_backends() -> Vec<(&'static str, Json)> {
    Backend::ALL.into_iter().rev().fold(Vec::new(), |others, backend| {
        let mut condition = of_backend(backend);
        if !others.is_empty() {
            condition.push(("else", Json::object(others)));
        }
        condition
    })
}

/// What a bind of one backend cannot have, and the words it cannot use.
fn of_backend(backend: Backend) -> Vec<(&'static str, Json)> {
    let is = Json::object([("backend", Json::object([("const", Json::text(backend.word()))]))]);
    let narrowed = |section: Section| -> Vec<(String, Json)> {
        section
            .specs()
            .filter_map(|spec| Some((spec.name.to_owned(), narrowed(spec, backend)?)))
            .collect()
    };
    let mut properties = narrowed(Section::Bind);
    for section in Section::ALL {
        let (Some(table), settings) = (section.table(), narrowed(section)) else { continue };
        if section.specs().all(|spec| !spec.backends.contains(&backend)) {
            properties.push((table.to_owned(), Json::Switch(false)));
        } else if !settings.is_empty() {
            let settings = Json::object([("properties", Json::Object(settings))]);
            properties.push((table.to_owned(), settings));
        }
    }
    properties.extend(model::narrowed(backend));
    let is = Json::object([("properties", is), ("required", Json::texts(["backend"]))]);
    let then = Json::object([("properties", Json::Object(properties))]);
    vec![("if", open(is)), ("then", open(then))]
}

/// A condition names some properties of many. Tombi warns of the others unless they are allowed.
fn open(schema: Json) -> Json {
    match schema {
        Json::Array(items) => Json::Array(items.into_iter().map(open).collect()),
        Json::Object(fields) => {
            let lists = fields.iter().any(|(name, _)| name == "properties");
            let closed = fields.iter().any(|(name, _)| name == "additionalProperties");
            let schema = Json::object(fields.into_iter().map(|(name, value)| (name, open(value))));
            if lists && !closed {
                schema.with("additionalProperties", Json::Switch(true))
            } else {
                schema
            }
        }
        other => other,
    }
}

/// What `backend` takes away from a setting, if anything.
fn narrowed(spec: &Spec, backend: Backend) -> Option<Json> {
    if !spec.backends.contains(&backend) {
        return Some(Json::Switch(false));
    }
    let words: Vec<&str> = spec.words(Some(backend)).collect();
    if words.len() == spec.words(None).count() {
        return None;
    }
    let words = Json::object([("enum", Json::texts(words))]);
    if !spec.is_setting() {
        return Some(words);
    }
    // The condition also meets the table of sources, whose default is the word.
    let default = Json::object([("properties", Json::object([("default", words.clone())]))]);
    let of_text = Json::object([
        ("if", Json::object([("type", Json::text("string"))])),
        ("then", words),
        ("else", default),
    ]);
    Some(of_text)
}
