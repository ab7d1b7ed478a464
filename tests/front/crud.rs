//! What accepted settings over and above the columns mean.

use std::collections::BTreeSet;

use bindery::{
    load::load,
    model::{
        Model, TimeCrate,
        table::{Column, ColumnType, DefaultValue, Http, HttpTable, Operation, Paging, Table},
    },
    source::Source,
};

fn model(text: &str) -> Model {
    let source = Source::new("bindings.toml", text);
    let (model, diagnostics) = load(&source);
    assert!(diagnostics.is_empty(), "{}", diagnostics.human(&source, false));
    model.expect("a model")
}

/// The only table of a bind with this model.
fn table(backend: &str, text: &str) -> Table {
    let model = model(&format!("[bind.main]\nbackend = \"{backend}\"\n{text}"));
    model.binds[0].tables[0].clone()
}

fn column<'a>(table: &'a Table, field: &str) -> &'a Column {
    table.columns.iter().find(|column| column.field == field).expect("a column")
}

const NOTE: &str = r#"
[bind.main.model.Note]
derive = ["Eq", " my_crate :: Trait ", "::other::Trait"]
attributes = ["allow(dead_code)", "doc = \"http://a /* b */\""]
policy = "crate::policy::OwnNotes"
soft_delete = "deleted_at"
version = "revision"

[bind.main.model.Note.crud]
operations = ["list", "add"]
routes = ["view", "list", "add", "edit"]
filter = ["title", "id"]
order = ["revision", "body"]
default_order = ["-created_at", "id"]
paging = "keyset"
page_size = 200
max_body = 1

[bind.main.model.Note.columns]
id = { type = "i64", primary_key = true, generated = true }
tenant = { type = "i64", http = "hidden" }
title = { type = "text", http = "add only", attributes = ["serde(rename = \"name\")"] }
body = "bytes?"
created_at = { type = "timestamp", default = "now", http = "read" }
deleted_at = "datetime?"
revision = "i64"
"#;

#[test]
fn everything_that_a_model_may_say() {
    let table = table("postgres", NOTE);
    assert_eq!(table.derives, ["Eq", "my_crate :: Trait", "::other::Trait"]);
    assert_eq!(table.attributes, ["allow(dead_code)", "doc = \"http://a /* b */\""]);
    assert_eq!(table.policy.as_deref(), Some("crate::policy::OwnNotes"));
    assert_eq!((table.soft_delete, table.version), (Some(5), Some(6)));
    assert_eq!(table.operations, BTreeSet::from([Operation::Add, Operation::List]));
    let expected = HttpTable {
        routes: [Operation::List, Operation::View, Operation::Add, Operation::Edit].into(),
        filter: vec![2, 0],
        order: vec![6, 3],
        default_order: vec![(4, true), (0, false)],
        paging: Paging::Keyset,
        page_size: 200,
        max_page_size: 200,
        max_body: 1,
    };
    assert_eq!(table.http, Some(expected));
    let http: Vec<Http> = table.columns.iter().map(|column| column.http).collect();
    let expected = [
        Http::Read,
        Http::Hidden,
        Http::AddOnly,
        Http::Write,
        Http::Read,
        Http::Hidden,
        Http::Read,
    ];
    assert_eq!(http, expected);
    assert_eq!(column(&table, "title").attributes, ["serde(rename = \"name\")"]);
}

#[test]
fn what_is_left_out_has_its_default() {
    let id = "columns.id = { type = \"i64\", primary_key = true }\n";
    let crud =
        |crud: &str| table("sqlite", &format!("[bind.main.model.A]\ncrud = {{ {crud} }}\n{id}"));
    let bare = crud("");
    assert_eq!((bare.operations, bare.http), (Operation::ALL.into(), None));
    let none = crud("operations = [], routes = []");
    assert_eq!((none.operations, none.http), (BTreeSet::new(), None));
    let expected = HttpTable {
        routes: [Operation::List].into(),
        filter: Vec::new(),
        order: Vec::new(),
        default_order: Vec::new(),
        paging: Paging::Offset,
        page_size: 20,
        max_page_size: 100,
        max_body: 1024 * 1024,
    };
    assert_eq!(crud("routes = [\"list\"]").http, Some(expected.clone()));
    let sizes = |text: &str| {
        let http = crud(&format!("routes = [\"list\"], {text}")).http.expect("routes");
        (http.page_size, http.max_page_size)
    };
    // Who names one of them does not have to name the other.
    assert_eq!(sizes("page_size = 500"), (500, 500));
    assert_eq!(sizes("max_page_size = 5"), (5, 5));
    assert_eq!(sizes("page_size = 1000, max_page_size = 1000"), (1000, 1000));
}

#[test]
fn what_http_may_do_with_keys() {
    let table = table(
        "mysql",
        "[bind.main.model.A.columns]
        a = { type = \"i64\", primary_key = true }
        b = { type = \"uuid\", primary_key = true, http = \"read\" }
        c = { type = \"i64\", primary_key = true, http = \"hidden\" }
        d = \"text?\"
        ",
    );
    let http: Vec<Http> = table.columns.iter().map(|column| column.http).collect();
    assert_eq!(http, [Http::AddOnly, Http::Read, Http::Hidden, Http::Write]);
}

#[test]
fn a_switch_marks_deleted_rows_and_may_be_shown() {
    let table = table(
        "sqlite",
        "[bind.main.model.A]
        soft_delete = \"deleted\"
        unique = [[\"name\", \"deleted\"]]
        [bind.main.model.A.columns]
        id = { type = \"i64\", primary_key = true }
        name = \"text\"
        deleted = { type = \"bool\", default = false, http = \"read\", index = true }
        ",
    );
    assert_eq!(table.soft_delete, Some(2));
    assert_eq!(table.columns[2].http, Http::Read);
}

#[test]
fn decimals_and_own_types() {
    let head = "[bind.main.model.Price.columns]\nid = { type = \"i64\", primary_key = true }\n";
    let text = [
        head,
        "a = { type = \"decimal?\", precision = 28, scale = 28 }\n",
        "b = { type = \"decimal\", precision = 4, scale = 2, default = -1, unique = true }\n",
        "c = { type = \"decimal\", precision = 4, scale = 2, default = \"12.5\", index = true }\n",
        "d = { rust = \" crate::Money<u8> \", sql = \"numeric(20,4)\", nullable = true, unique = true }\n",
        "e = { type = \"text\", sql = \"citext\", max_length = 5, default = \"a\" }\n",
        "f = { enum = [\"a\"], sql = \" char(1) \" }\n",
    ];
    let table = table("postgres", &text.concat());
    let decimal = |precision, scale| ColumnType::Decimal { precision, scale };
    let kind = |field: &str| column(&table, field).kind.clone();
    assert_eq!((kind("a"), kind("b"), kind("c")), (decimal(28, 28), decimal(4, 2), decimal(4, 2)));
    assert!(column(&table, "a").nullable && column(&table, "d").nullable);
    let default = |field: &str| column(&table, field).default.clone();
    assert_eq!(default("b"), Some(DefaultValue::Decimal(-100)));
    assert_eq!(default("c"), Some(DefaultValue::Decimal(1250)));
    assert_eq!(kind("d"), ColumnType::Custom { rust: "crate::Money<u8>".into() });
    let sql: Vec<Option<&str>> = table.columns.iter().map(|column| column.sql.as_deref()).collect();
    let expected = [None, None, None, None, Some("numeric(20,4)"), Some("citext"), Some("char(1)")];
    assert_eq!(sql, expected);
    assert_eq!(kind("e"), ColumnType::Text { max_length: Some(5) });
}

#[test]
fn decimals_as_people_write_them() {
    let cases = [(0, 0, "0"), (0, 2, "0.00"), (-1, 2, "-0.01"), (1250, 2, "12.50"), (7, 0, "7")];
    for (value, scale, text) in cases {
        assert_eq!(DefaultValue::decimal_text(value, scale), text);
    }
}

/// A text without a limit has no index on MySQL, but its own type may.
#[test]
fn own_types_are_indexed_as_the_database_likes() {
    let table = table(
        "mysql",
        "[bind.main.model.A.columns]
        id = { rust = \"crate::Id\", sql = \"binary(16)\", primary_key = true }
        name = { type = \"text\", sql = \"varchar(50)\", unique = true }
        long = { type = \"text\", sql = \"text\", max_length = 16383 }
        longer = { type = \"text\", sql = \"text\", max_length = 16383 }
        ",
    );
    assert!(table.columns[0].primary_key && table.columns[1].unique);
    assert_eq!(table.columns[0].http, Http::AddOnly);
}

#[test]
fn the_output_and_the_bind() {
    let text = "[output]\ntime = \"time\"\nserde = false\n[bind.a]\nbackend = \"sqlite\"\n\
                migrations = \"./db//migrations/\"\n[bind.a.model.Note]\nderive = [\"serde::Serialize\"]\n\
                columns.id = { type = \"i64\", primary_key = true }\n[bind.b]\nbackend = \"mysql\"\n";
    let model = model(text);
    assert_eq!((model.output.time, model.output.serde), (TimeCrate::Time, false));
    let migrations: Vec<_> = model.binds.iter().map(|bind| bind.migrations.as_deref()).collect();
    assert_eq!(migrations, [Some("db/migrations"), None]);
    // Who wants only one of the two derives it himself.
    assert_eq!(model.binds[0].tables[0].derives, ["serde::Serialize"]);
    let least = self::model("[bind.a]\nbackend = \"sqlite\"\n");
    assert_eq!((least.output.time, least.output.serde), (TimeCrate::Chrono, true));
}
