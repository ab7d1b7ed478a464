//! Tables that nobody thought of.

use bindery::model::{
    Output,
    table::{
        Column, ColumnType, DefaultValue, Enum, Http, OnDelete, Operation, Reference, Table, Word,
    },
};

use super::{Random, http, managed};

const NAMES: [(&str, &str); 6] = [
    ("Note", "note"),
    ("Option", "option"),
    ("Vec", "vec"),
    ("String", "string"),
    ("Into", "into"),
    (
        "AVeryLongNameThatNobodyWouldWantToTypeMoreThanOnce",
        "a_very_long_name_that_nobody_would_want_to_type_more_than_once",
    ),
];

const FIELDS: [(&str, &str); 8] = [
    ("id", "Id"),
    ("title", "Title"),
    ("new", "New"),
    ("key", "Key"),
    ("values", "Values"),
    ("author_id", "AuthorId"),
    ("x1", "X1"),
    ("a_very_long_name_that_nobody_would_want_to_type", "AVeryLongNameThatNobodyWouldWantToType"),
];

/// Up to three tables, each of which may refer to those before it and to itself.
pub(super) fn tables(output: &Output, random: &mut Random) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for _ in 0..random.below(4) {
        let (type_name, module) = random.pick(&NAMES);
        if tables.iter().all(|table| table.module != module) {
            let mut table = table(type_name, module, &tables, random);
            managed::manage(&mut table, random);
            table.http = http::http(output, &table, random);
            tables.push(table);
        }
    }
    tables
}

fn table(type_name: &str, module: &str, before: &[Table], random: &mut Random) -> Table {
    let count = 1 + random.below(FIELDS.len());
    let columns: Vec<_> = (0..count)
        .map(|at| {
            let mut column = column(type_name, at, random);
            if let Some(table) = before.len().checked_sub(1).filter(|_| random.flip()) {
                let on_delete = random.pick(&[OnDelete::Cascade, OnDelete::NoAction]);
                column.references = Some(Reference { table, column: 0, on_delete });
            }
            column
        })
        .collect();
    Table {
        type_name: type_name.into(),
        module: module.into(),
        table: random.text(),
        schema: random.maybe(Random::text),
        comment: random.maybe(Random::text),
        unique: random.maybe(|_| vec![0, count - 1]).into_iter().collect(),
        indexes: random.maybe(|_| vec![count - 1]).into_iter().collect(),
        columns,
        derives: random
            .maybe(|_| vec!["Eq".into(), "::serde::Serialize".into()])
            .unwrap_or_default(),
        attributes: random.maybe(|_| vec!["doc(alias = \"x y\")".into()]).unwrap_or_default(),
        policy: random.maybe(|_| "crate::policy::Own".into()),
        soft_delete: None,
        version: None,
        operations: Operation::ALL.into_iter().filter(|_| random.below(4) > 0).collect(),
        http: None,
    }
}

fn column(type_name: &str, at: usize, random: &mut Random) -> Column {
    let (field, variant) = FIELDS[at];
    let (kind, default) = kind(type_name, variant, random);
    let is_custom = matches!(kind, ColumnType::Custom { .. });
    let primary_key = at == 0 || random.below(5) == 0;
    let generated = at == 0
        && matches!(kind, ColumnType::I32 | ColumnType::I64 | ColumnType::Uuid)
        && random.flip();
    Column {
        field: field.into(),
        variant: variant.into(),
        constant: field.to_uppercase(),
        column: random.text(),
        comment: random.maybe(Random::text),
        kind,
        nullable: !primary_key && random.flip(),
        primary_key,
        generated,
        unique: random.flip(),
        default: random.maybe(|_| default).flatten().filter(|_| !generated),
        references: None,
        sql: random.maybe(Random::text).or_else(|| is_custom.then(|| "MONEY".to_owned())),
        http: random.pick(&[Http::Write, Http::AddOnly, Http::Read, Http::Hidden]),
        attributes: random.maybe(|_| vec!["allow(dead_code)".into()]).unwrap_or_default(),
    }
}

/// A type, and a default for it.
fn kind(type_name: &str, variant: &str, random: &mut Random) -> (ColumnType, Option<DefaultValue>) {
    let words = Enum {
        type_name: format!("{type_name}{variant}"),
        words: vec![
            Word { word: random.text(), variant: "One".into() },
            Word { word: random.text(), variant: "Two".into() },
        ],
    };
    let integer = DefaultValue::Integer(random.pick(&[0, -1, 32_767, -30_000]));
    match random.below(17) {
        0 => (ColumnType::Bool, Some(DefaultValue::Bool(random.flip()))),
        1 => (ColumnType::I16, Some(integer)),
        2 => (ColumnType::I32, Some(integer)),
        3 => (ColumnType::I64, Some(integer)),
        4 => (ColumnType::F32, Some(DefaultValue::Float(0.25))),
        5 => (ColumnType::F64, Some(DefaultValue::Float(-1e300))),
        6 => (
            ColumnType::Text { max_length: random.maybe(|_| 100) },
            Some(DefaultValue::Text(random.text())),
        ),
        7 => (ColumnType::Bytes, None),
        8 => (ColumnType::Uuid, None),
        9 => (ColumnType::Date, Some(DefaultValue::Now)),
        10 => (ColumnType::Time, Some(DefaultValue::Now)),
        11 => (ColumnType::DateTime, Some(DefaultValue::Now)),
        12 => (ColumnType::Timestamp, Some(DefaultValue::Now)),
        13 => (ColumnType::Json, None),
        14 => {
            (ColumnType::Decimal { precision: 12, scale: 2 }, Some(DefaultValue::Decimal(-123_450)))
        }
        15 => (ColumnType::Custom { rust: "crate::Money".into() }, None),
        _ => (ColumnType::Enum(words), Some(DefaultValue::Word(random.below(2)))),
    }
}
