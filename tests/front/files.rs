//! The files that are made from the settings table: the schema, the example, the start.

use std::collections::BTreeSet;

use bindery::{
    example::{example, starter},
    load::load,
    schema::schema,
    settings::{
        SPECS, Section,
        model::{COLUMN, CRUD, Entry, MODEL},
    },
    source::Source,
};
use boon::{Compiler, Schemas};
use serde_json::Value;

use crate::expect::expect;

#[test]
fn the_schema_is_in_sync() {
    expect("bindings.schema.json", &schema());
}

#[test]
fn the_example_is_in_sync() {
    expect("bindings.example.toml", &example());
}

#[test]
fn the_example_and_the_start_are_without_fault() {
    for text in [example(), starter()] {
        let source = Source::new("bindings.toml", text);
        let (model, diagnostics) = load(&source);
        assert!(diagnostics.is_empty(), "{}", diagnostics.human(&source, false));
        assert!(model.is_some());
        assert_eq!(against_schema(source.text()), Ok(()));
    }
}

#[test]
fn the_start_is_without_fault_when_everything_is_uncommented() {
    let is_code = |line: &str| line.starts_with("# [") || line.contains(" = ");
    let uncomment = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if is_code(line) && !rest.contains(". ") => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    let source = Source::new("bindings.toml", starter().lines().map(uncomment).collect::<String>());
    let (_, diagnostics) = load(&source);
    let report = diagnostics.human(&source, false);
    // A warning may remain: the examples of `begin` and `access` do not go together.
    assert_eq!(diagnostics.errors(), 0, "{report}");
    assert!(source.text().contains("\n[bind.main.pool]\n"), "nothing was uncommented");
}

#[test]
fn the_example_shows_every_setting_once() {
    let text = example();
    for spec in SPECS {
        let shown = text.matches(&format!("\n{} = ", spec.name)).count();
        let binds = if matches!(spec.name, "backend" | "url") { 3 } else { 1 };
        assert_eq!(shown, binds, "{}", spec.name);
    }
}

#[test]
fn the_schema_names_every_setting_and_nothing_else() {
    let schema: Value = serde_json::from_str(&schema()).expect("JSON");
    let bind = &schema["properties"]["bind"]["additionalProperties"]["properties"];
    for section in Section::ALL {
        let properties = match section.table() {
            Some(table) => &bind[table]["properties"],
            None if section == Section::Output => &schema["properties"]["output"]["properties"],
            None => bind,
        };
        let mut expected: BTreeSet<&str> = section.specs().map(|spec| spec.name).collect();
        if section == Section::Bind {
            expected.extend(Section::ALL.into_iter().filter_map(Section::table).chain(["model"]));
        }
        let actual = properties.as_object().expect("properties").keys().map(String::as_str);
        assert_eq!(actual.collect::<BTreeSet<_>>(), expected);
    }
}

#[test]
fn models_are_shown_and_described_completely() {
    let text = example();
    for entries in [MODEL, CRUD] {
        for Entry { name, doc, default, .. } in entries {
            // With what it is for, once, whatever else is called like it.
            let told = format!("{doc} Default: {default}.\n{name} = ");
            assert_eq!(text.replace("\n# ", " ").matches(&told).count(), 1, "{name}");
        }
    }
    for Entry { name, .. } in COLUMN {
        assert_eq!(text.matches(&format!("\n# `{name}`: ")).count(), 1, "{name}");
    }
    let schema: Value = serde_json::from_str(&schema()).expect("JSON");
    let names = |properties: &Value| -> BTreeSet<String> {
        properties.as_object().expect("properties").keys().cloned().collect()
    };
    let expected = |entries: &[Entry]| -> BTreeSet<String> {
        entries.iter().map(|entry| entry.name.to_owned()).collect()
    };
    let [model, column] = ["model", "column"].map(|name| &schema["definitions"][name]);
    let mut of_model = expected(MODEL);
    of_model.extend(["columns", "crud"].map(str::to_owned));
    assert_eq!(names(&model["properties"]), of_model);
    assert_eq!(names(&schema["definitions"]["crud"]["properties"]), expected(CRUD));
    assert_eq!(names(&column["anyOf"][1]["properties"]), expected(COLUMN));
}

#[test]
fn the_schema_refuses_what_a_backend_does_not_have() {
    let refused = [
        "[bind.a]\nbackend = \"sqlite\"\npassword = \"x\"",
        "[bind.a]\nbackend = \"sqlite\"\ntls = { ca = \"x\" }",
        "[bind.a]\nbackend = \"postgres\"\noptions = { journal_mode = \"wal\" }",
        "[bind.a]\nbackend = \"sqlite\"\ntransaction = { isolation = \"read committed\" }",
        "[bind.a]\nbackend = \"mysql\"\ntls = { mode = \"allow\" }",
        "[bind.a]\nbackend = \"mysql\"\ntls = { mode = { default = \"allow\" } }",
        "[bind.a]\nbackend = \"oracle\"",
        "[bind.a]\nbackend = \"sqlite\"\nurl = { envv = \"A\" }",
        "[bind.a]\nbackend = \"sqlite\"\npool = { max_connections = 0 }",
        "[bind.a]\nbackend = \"sqlite\"\npool = { acquire_timeout = \"off\" }",
        "[bind.a]\nurl = \"x\"",
        "[output]\nweb = \"axum\"",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.note.columns.id = { type = \"i64\", primary_key = true }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note = {}",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = {}",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note = { schema = \"app\", columns.id = { type = \"i64\", primary_key = true } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, a = \"txt\" }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, a = {} }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, a = { enum = [] } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, a = { type = \"i64\", enum = [\"a\"] } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, a = { type = \"text\", max_length = 16384 } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, b = { type = \"i64\", references = \"Note.id\", on_delete = \"x\" } }",
        "[output]\ntime = \"jiff\"\n[bind.a]\nbackend = \"sqlite\"",
        "[bind.a]\nbackend = \"sqlite\"\nmigrations = \"/srv\"",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note = { policy = \"OwnNotes\", columns.id = { type = \"i64\", primary_key = true } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note = { crud.routes = [\"save\"], columns.id = { type = \"i64\", primary_key = true } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note = { crud.routes = [\"list\", \"list\"], columns.id = { type = \"i64\", primary_key = true } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note = { crud.max_page_size = 1001, columns.id = { type = \"i64\", primary_key = true } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note = { crud.page = 1, columns.id = { type = \"i64\", primary_key = true } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, a = \"decimal\" }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, a = { type = \"decimal?\", precision = 4 } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, a = { rust = \"crate::A\" } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, a = { rust = \"A\", sql = \"TEXT\" } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, a = { type = \"text\", http = \"none\" } }",
    ];
    for text in refused {
        assert!(against_schema(text).is_err(), "{text}");
        let (model, _) = load(&Source::new("bindings.toml", text));
        assert!(model.is_none(), "{text}");
    }
    let accepted = [
        "[bind.a]\nbackend = \"postgres\"\ntls = { mode = \"allow\" }",
        "[bind.a]\nbackend = \"mysql\"\ntls = { mode = { env = \"M\", default = \"require\" } }",
        "[bind.a]\nbackend = \"sqlite\"\npool = { idle_timeout = \"off\", max_lifetime = \"1h30m\" }",
        "[bind.a]\nbackend = \"mysql\"\nmodel.Note = { schema = \"app\", columns.id = { type = \"i64\", primary_key = true } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, b = \"text?\", c = { enum = [\"a\"], default = \"a\" } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note.columns = { id = { type = \"i64\", primary_key = true }, a = { type = \"decimal?\", precision = 4, scale = 0 }, b = { rust = \"crate::A\", sql = \"TEXT\" }, c = { type = \"text\", sql = \"BLOB\" } }",
        "[bind.a]\nbackend = \"sqlite\"\nmodel.Note = { crud = { operations = [], routes = [\"list\"], default_order = [\"-id\"] }, columns.id = { type = \"i64\", primary_key = true } }",
    ];
    for text in accepted {
        assert_eq!(against_schema(text), Ok(()), "{text}");
        let (model, _) = load(&Source::new("bindings.toml", text));
        assert!(model.is_some(), "{text}");
    }
}

/// Taplo completes nothing in a table that has `allOf`. Tombi warns of settings that a schema with
/// `properties` does not list, in conditions too, unless it says what is to become of them.
#[test]
fn plugins_of_editors_understand_the_schema() {
    fn look(schema: &Value) {
        if let Some(fields) = schema.as_object() {
            let says = |name: &str| fields.contains_key(name);
            assert!(!says("allOf"), "{schema}");
            assert!(!says("properties") || says("additionalProperties"), "{schema}");
        }
        let (fields, items) = (schema.as_object(), schema.as_array());
        fields.into_iter().flat_map(|fields| fields.values()).for_each(look);
        items.into_iter().flatten().for_each(look);
    }

    look(&serde_json::from_str(&schema()).expect("JSON"));
}

fn against_schema(text: &str) -> Result<(), String> {
    let document: Value = toml::from_str(text).expect("TOML");
    let mut compiler = Compiler::new();
    let schema = serde_json::from_str(&schema()).expect("JSON");
    compiler.add_resource("bindings.schema.json", schema).expect("a resource");
    let mut schemas = Schemas::new();
    let index = compiler.compile("bindings.schema.json", &mut schemas).expect("a schema");
    schemas.validate(&document, index).map_err(|error| error.to_string())
}
