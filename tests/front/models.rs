//! What accepted models mean.

use bindery::{
    load::load,
    model::table::{
        Column, ColumnType, DefaultValue, Enum, Http, OnDelete, Operation, Reference, Table, Word,
    },
    source::Source,
};

/// The tables of one bind with these models.
fn tables(backend: &str, models: &str) -> Vec<Table> {
    let text = format!("[bind.main]\nbackend = \"{backend}\"\n{models}");
    let source = Source::new("bindings.toml", text);
    let (model, diagnostics) = load(&source);
    assert!(diagnostics.is_empty(), "{}", diagnostics.human(&source, false));
    model.and_then(|model| model.binds.into_iter().next()).expect("a bind").tables
}

/// A column that says only its type.
fn column(field: &str, variant: &str, constant: &str, kind: ColumnType) -> Column {
    Column {
        field: field.into(),
        variant: variant.into(),
        constant: constant.into(),
        column: field.into(),
        comment: None,
        kind,
        nullable: false,
        primary_key: false,
        generated: false,
        unique: false,
        default: None,
        references: None,
        sql: None,
        http: Http::Write,
        attributes: Vec::new(),
    }
}

const NOTES: &str = r#"
[bind.main.model.AuditNote]
schema = "app"
comment = "  A note\n  of an\u001b[31m author. "
unique = [["author_id", "title"], ["slug"]]
index = [["created_at"], ["author_id", "created_at"], ["id"], ["slug"]]

[bind.main.model.AuditNote.columns]
id = { type = "i64", primary_key = true, generated = true }
title = { type = "text", max_length = 200, unique = true, index = true, comment = "What it is called." }
slug = "text"
body = "text?"
author_id = { type = "uuid", references = "User.id", on_delete = "cascade" }
parent_id = { type = "i64", nullable = true, references = "AuditNote.id", on_delete = "set null", index = true }
status = { enum = ["draft", "in review"], default = "in review" }
created_at = { type = "timestamp", default = "now" }

[bind.main.model.AuditNote.columns.type_]
type = "i32"
column = "usrAmt"
default = -1

[bind.main.model.User]
table = "users"
columns.id = { type = "uuid", primary_key = true, generated = true }
"#;

#[test]
fn what_a_model_becomes() {
    let [user, note] = &tables("postgres", NOTES)[..] else { panic!("users come first") };
    assert_eq!((user.module.as_str(), user.table.as_str()), ("user", "users"));
    let id = Column {
        primary_key: true,
        generated: true,
        http: Http::Read,
        ..column("id", "Id", "ID", ColumnType::I64)
    };
    assert_eq!(user.columns, [Column { kind: ColumnType::Uuid, ..id.clone() }]);

    let text = |max_length| ColumnType::Text { max_length };
    let reference = |table, on_delete| Some(Reference { table, column: 0, on_delete });
    let word = |word: &str, variant: &str| Word { word: word.into(), variant: variant.into() };
    let status = Enum {
        type_name: "AuditNoteStatus".into(),
        words: vec![word("draft", "Draft"), word("in review", "InReview")],
    };
    let expected = Table {
        type_name: "AuditNote".into(),
        module: "audit_note".into(),
        table: "audit_note".into(),
        schema: Some("app".into()),
        comment: Some("A note of an[31m author.".into()),
        columns: vec![
            id,
            Column {
                unique: true,
                comment: Some("What it is called.".into()),
                ..column("title", "Title", "TITLE", text(Some(200)))
            },
            Column { unique: true, ..column("slug", "Slug", "SLUG", text(None)) },
            Column { nullable: true, ..column("body", "Body", "BODY", text(None)) },
            Column {
                references: reference(0, OnDelete::Cascade),
                ..column("author_id", "AuthorId", "AUTHOR_ID", ColumnType::Uuid)
            },
            Column {
                nullable: true,
                references: reference(1, OnDelete::SetNull),
                ..column("parent_id", "ParentId", "PARENT_ID", ColumnType::I64)
            },
            Column {
                default: Some(DefaultValue::Word(1)),
                ..column("status", "Status", "STATUS", ColumnType::Enum(status))
            },
            Column {
                default: Some(DefaultValue::Now),
                ..column("created_at", "CreatedAt", "CREATED_AT", ColumnType::Timestamp)
            },
            Column {
                column: "usrAmt".into(),
                default: Some(DefaultValue::Integer(-1)),
                ..column("type_", "Type", "TYPE", ColumnType::I32)
            },
        ],
        unique: vec![vec![4, 1]],
        // Those of the key and of unique columns are there anyway.
        indexes: vec![vec![5], vec![7], vec![4, 7]],
        derives: Vec::new(),
        attributes: Vec::new(),
        policy: None,
        soft_delete: None,
        version: None,
        operations: Operation::ALL.into(),
        http: None,
    };
    assert_eq!(*note, expected);
}

#[test]
fn every_type_is_known_in_both_forms() {
    use ColumnType::{
        Bool, Bytes, Date, DateTime, F32, F64, I16, I32, I64, Json, Text, Time, Timestamp, Uuid,
    };
    let kinds = [
        Bool,
        I16,
        I32,
        I64,
        F32,
        F64,
        Text { max_length: None },
        Bytes,
        Uuid,
        Date,
        Time,
        DateTime,
        Timestamp,
        Json,
    ];
    let head = "[bind.main.model.All.columns]\nid = { type = \"i32\", primary_key = true }\n";
    let pair = |(at, kind): (usize, &ColumnType)| {
        format!("a{at} = \"{}?\"\nb{at} = {{ type = \"{0}\" }}\n", kind.word())
    };
    let columns: Vec<String> = kinds.iter().enumerate().map(pair).collect();
    let tables = tables("mysql", &(head.to_owned() + &columns.concat()));
    let columns = &tables[0].columns[1..];
    for (pair, kind) in columns.chunks(2).zip(&kinds) {
        assert!(pair[0].nullable && !pair[1].nullable);
        assert!(pair.iter().all(|column| column.kind == *kind), "{kind:?}");
    }
    assert_eq!(columns.len(), 2 * kinds.len());
}

#[test]
fn defaults_are_exact() {
    let default = |kind: &str, value: &str| {
        let text = format!(
            "[bind.main.model.A.columns]\nid = {{ type = \"i64\", primary_key = true }}\n\
             a = {{ type = \"{kind}\", default = {value} }}\n"
        );
        tables("sqlite", &text)[0].columns[1].default.clone()
    };
    assert_eq!(default("i16", "-32768"), Some(DefaultValue::Integer(-32768)));
    assert_eq!(default("i64", "0x7fff_ffff_ffff_ffff"), Some(DefaultValue::Integer(i64::MAX)));
    assert_eq!(default("f64", "1_0.5e1"), Some(DefaultValue::Float(105.0)));
    assert_eq!(default("f32", "-3"), Some(DefaultValue::Float(-3.0)));
    assert_eq!(default("bool", "false"), Some(DefaultValue::Bool(false)));
    assert_eq!(default("text", "\"\""), Some(DefaultValue::Text(String::new())));
    // A text is a text; only dates and times know a moment.
    assert_eq!(default("text", "\"now\""), Some(DefaultValue::Text("now".into())));
    for kind in ["date", "time", "datetime", "timestamp"] {
        assert_eq!(default(kind, "\"now\""), Some(DefaultValue::Now), "{kind}");
    }
}

#[test]
fn tables_come_after_those_they_refer_to_and_else_as_in_the_file() {
    let model = |name: &str, references: &[&str]| {
        let id = "id = { type = \"i64\", primary_key = true }\n";
        let reference = |other: &&str| {
            let field = other.to_lowercase();
            format!("{field}_id = {{ type = \"i64\", references = \"{other}.id\" }}\n")
        };
        let references: Vec<String> = references.iter().map(reference).collect();
        format!("[bind.main.model.{name}.columns]\n{id}{}", references.concat())
    };
    let text = [
        model("D", &["B", "C"]),
        model("E", &[]),
        model("C", &["A", "C"]),
        model("B", &["A"]),
        model("A", &[]),
    ]
    .concat();
    let tables = tables("sqlite", &text);
    let names: Vec<&str> = tables.iter().map(|table| &*table.type_name).collect();
    assert_eq!(names, ["E", "A", "C", "B", "D"]);
    for table in &tables {
        for column in table.columns.iter().filter(|column| column.references.is_some()) {
            let Reference { table, column: key, .. } = column.references.clone().expect("one");
            assert_eq!(format!("{}_id", names[table].to_lowercase()), column.field);
            assert!(tables[table].columns[key].primary_key);
        }
    }
}

#[test]
fn names_of_two_binds_do_not_meet() {
    let bind = |key: &str| {
        format!(
            "[bind.{key}]\nbackend = \"sqlite\"\n\
             [bind.{key}.model.Note]\ncolumns.id = {{ type = \"i64\", primary_key = true }}\n"
        )
    };
    let source = Source::new("bindings.toml", bind("a") + &bind("b"));
    let (model, diagnostics) = load(&source);
    assert!(diagnostics.is_empty(), "{}", diagnostics.human(&source, false));
    assert_eq!(model.map(|model| model.binds.len()), Some(2));
}
