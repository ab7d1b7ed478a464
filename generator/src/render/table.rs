//! What the template of a table sees.
//!
//! The file imports modules alone, whose names no type can have; of the prelude it uses short names
//! unless a type of the table is called the same.

use askama::Template;

use super::{literal, view::code};
use crate::{
    model::{
        self, Backend,
        table::{self, ColumnType, DefaultValue},
    },
    sql::{self, Statements},
};

/// Most arguments that clippy lets a function have.
const MOST_ARGUMENTS: usize = 7;

/// The file of one table.
#[derive(Template)]
#[template(path = "table.rs.jinja", escape = "none")]
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of a table")]
pub(super) struct Table {
    pub(super) module: String,
    type_name: String,
    /// The bind's key type, as seen from here.
    bind_type: String,
    /// The bind as the docs show it.
    bind: String,
    /// The table as the docs show it.
    shown: String,
    /// What it is, in the words of the TOML.
    comment: Option<String>,
    columns: Vec<Column>,
    enums: Vec<Enum>,
    sql: Sql,
    create: Vec<String>,
    drop: String,
    /// Arguments of `New…::new`, if it has that function.
    required: Option<String>,
    /// Whether a new row may leave out everything.
    is_all_optional: bool,
    /// Whether rows can be saved by their key: not by one that the database makes.
    saves: bool,
    /// Arguments of `Save…::new`, if it has that function.
    save_arguments: Option<String>,
    key_is_copy: bool,
    /// The type of the key's only column.
    single_key: Option<String>,
    generated_integer: bool,
    mysql: bool,
    /// Whether it names types of other crates.
    foreign: bool,
    names: Names,
}

/// What the file calls things of the prelude.
struct Names {
    option: &'static str,
    string: &'static str,
    vec: &'static str,
    result: &'static str,
    into: &'static str,
    from: &'static str,
    into_iterator: &'static str,
    send: &'static str,
}

impl Names {
    fn new(table: &table::Table) -> Self {
        let own = |name: &str| {
            let of_enum = |column: &table::Column| match &column.kind {
                ColumnType::Enum(words) => words.type_name == name,
                _ => false,
            };
            let with = |before: &str, after: &str| {
                name.strip_prefix(before).and_then(|name| name.strip_suffix(after))
                    == Some(&*table.type_name)
            };
            [("", ""), ("New", ""), ("Save", ""), ("", "Patch"), ("", "Key"), ("", "Column")]
                .into_iter()
                .any(|(before, after)| with(before, after))
                || table.columns.iter().any(of_enum)
        };
        let called = |name, path| if own(name) { path } else { name };
        Self {
            option: called("Option", "::core::option::Option"),
            string: called("String", "::std::string::String"),
            vec: called("Vec", "::std::vec::Vec"),
            result: called("Result", "::core::result::Result"),
            into: called("Into", "::core::convert::Into"),
            from: called("From", "::core::convert::From"),
            into_iterator: called("IntoIterator", "::core::iter::IntoIterator"),
            send: called("Send", "::core::marker::Send"),
        }
    }
}

/// One column.
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of a column")]
struct Column {
    field: String,
    variant: String,
    constant: String,
    name: String,
    quoted: String,
    /// Its type in the database, as a literal.
    kind: String,
    doc: String,
    /// The type of a value that is there.
    value: String,
    /// The type of the field.
    of_row: String,
    of_new: String,
    of_patch: String,
    /// The type of the field of a row to save, where that may leave it out.
    of_save: Option<String>,
    /// The type of the typed column.
    typed: String,
    max_length: Option<u32>,
    index: usize,
    nullable: bool,
    primary_key: bool,
    /// Whether a new row says what is in it.
    is_new: bool,
    /// Whether a new row may leave it out.
    is_optional: bool,
    /// Whether leaving it out and NULL are two things.
    is_ambiguous: bool,
    is_copy: bool,
    /// Whether its values can be text.
    is_text: bool,
    default: Option<Default>,
    /// What leaving it out means, for the docs.
    left_out: Option<String>,
    /// How it comes from an argument of `New…::new`.
    argument: Option<&'static str>,
}

/// The value of a column that a new row left out.
enum Default {
    /// A literal of text.
    Text(String),
    /// An expression that costs nothing.
    Value(String),
    /// A function. A closure would have braces or not, as its line is long or short.
    Made(&'static str),
}

impl Default {
    /// The value as an expression.
    fn expression(&self) -> String {
        match self {
            Self::Text(text) => format!("{text}.to_owned()"),
            Self::Value(value) => value.clone(),
            Self::Made(make) => format!("{make}()"),
        }
    }
}

/// An enum of a column.
struct Enum {
    type_name: String,
    doc: String,
    words: Vec<Word>,
}

struct Word {
    variant: String,
    literal: String,
    shown: String,
}

/// The statements as literals.
struct Sql {
    table: String,
    columns: String,
    add: String,
    view: String,
    delete: String,
}

impl Table {
    pub(super) fn new(bind: &model::Bind, table: &table::Table) -> Self {
        let Statements { table: name, columns: list, add, view, delete } =
            sql::statements(bind.backend, table);
        let ddl = sql::ddl(bind.backend, &bind.tables, table);
        let names = Names::new(table);
        let columns: Vec<_> = table
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| Column::new(bind.backend, &names, table, index, column))
            .collect();
        let required = arguments(&names, columns.iter().filter(|it| it.is_new && !it.is_optional));
        let saved = arguments(&names, columns.iter().filter(|it| it.of_save.is_none()));
        let mut key = columns.iter().filter(|column| column.primary_key);
        let single_key = match (key.next(), key.next()) {
            (Some(only), None) => Some(only.value.clone()),
            _ => None,
        };
        Self {
            module: table.module.clone(),
            type_name: table.type_name.clone(),
            bind_type: format!("super::{}", bind.type_name),
            bind: code(&bind.key),
            shown: code(&table.table),
            comment: table.comment.as_deref().map(sentence),
            enums: table.columns.iter().filter_map(|column| Enum::new(table, column)).collect(),
            sql: Sql {
                table: literal::sql(&name),
                columns: literal::sql(&list),
                add: literal::sql(&add),
                view: literal::sql(&view),
                delete: literal::sql(&delete),
            },
            create: ddl.create.iter().map(|text| literal::sql(text)).collect(),
            drop: literal::sql(&ddl.drop),
            is_all_optional: required.is_empty(),
            saves: columns.iter().all(|column| column.is_new),
            required: takes(&required),
            save_arguments: takes(&saved),
            key_is_copy: columns.iter().all(|column| !column.primary_key || column.is_copy),
            single_key,
            generated_integer: columns.iter().any(|column| column.primary_key && !column.is_new),
            mysql: bind.backend == Backend::MySql,
            foreign: columns.iter().any(|column| column.value.contains("types::")),
            names,
            columns,
        }
    }

    fn key(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.primary_key)
    }

    fn new_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.is_new)
    }

    /// Parts of the key that a new row may leave out and that are made before it is written.
    fn completed(&self) -> impl Iterator<Item = &Column> {
        self.key().filter(|column| column.is_new && column.is_optional)
    }

    fn patched(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| !column.primary_key)
    }
}

/// The arguments of a function that takes these columns.
fn arguments<'a>(names: &Names, columns: impl Iterator<Item = &'a Column>) -> Vec<String> {
    columns
        .map(|column| match column.argument {
            Some(_) => format!("{}: impl {}<{}>", column.field, names.into, column.value),
            None => format!("{}: {}", column.field, column.value),
        })
        .collect()
}

/// The arguments, if a function may have so many and needs one at all.
fn takes(arguments: &[String]) -> Option<String> {
    (1..=MOST_ARGUMENTS).contains(&arguments.len()).then(|| arguments.join(", "))
}

impl Column {
    fn new(
        backend: Backend,
        names: &Names,
        table: &table::Table,
        index: usize,
        column: &table::Column,
    ) -> Self {
        let value = value(names, &column.kind);
        let is_new = sql::is_written(column);
        let is_optional = column.nullable || column.default.is_some() || column.generated;
        // `None` would be NULL and the default.
        let is_ambiguous = column.nullable && column.default.is_some();
        let option = |of: &str| format!("{}<{of}>", names.option);
        let of_row = if column.nullable { option(&value) } else { value.clone() };
        let typed = match codec(backend, &column.kind) {
            Some(codec) => format!("{value}, model::{codec}"),
            None => value.clone(),
        };
        let name = code(&column.column);
        let doc = match &column.comment {
            Some(comment) => sentence(comment),
            None => format!("The column {name}."),
        };
        let left_out = match (&column.default, column.generated, column.nullable) {
            (Some(default), _, true) => {
                Some(left_out(column, default).replace("`None`", "Left out"))
            }
            (Some(default), ..) => Some(left_out(column, default)),
            (None, true, _) => Some("`None`: a random one.".to_owned()),
            (None, false, true) => Some("`None`: NULL.".to_owned()),
            _ => None,
        };
        Self {
            field: column.field.clone(),
            variant: column.variant.clone(),
            constant: column.constant.clone(),
            name: literal::text(&column.field),
            quoted: literal::sql(&sql::quoted(backend, &column.column)),
            kind: literal::sql(&sql::column_type(backend, &column.kind)),
            doc,
            of_new: match (is_optional, is_ambiguous) {
                (_, true) => format!("model::Change<{of_row}>"),
                (true, false) => option(&value),
                (false, false) => value.clone(),
            },
            is_ambiguous,
            of_patch: format!("model::Change<{of_row}>"),
            of_save: (!column.primary_key && (column.nullable || column.default.is_some()))
                .then(|| format!("model::Change<{of_row}>")),
            of_row,
            typed,
            max_length: match column.kind {
                ColumnType::Text { max_length } => max_length,
                _ => None,
            },
            index,
            nullable: column.nullable,
            primary_key: column.primary_key,
            is_new,
            is_optional,
            is_copy: is_copy(&column.kind),
            is_text: !matches!(column.kind, ColumnType::Json | ColumnType::Custom { .. }),
            default: column.default.as_ref().map(|value| default(table, column, value)),
            left_out,
            argument: matches!(column.kind, ColumnType::Text { .. } | ColumnType::Bytes)
                .then_some(".into()"),
            value,
        }
    }
}

impl Column {
    /// The type of the field of a row to save.
    fn saved(&self) -> &str {
        self.of_save.as_deref().unwrap_or(&self.value)
    }

    /// How a part of the key that a new row left out is filled in.
    fn completion(&self) -> String {
        match &self.default {
            None => "get_or_insert_with(model::uuid)".to_owned(),
            Some(Default::Text(text)) => format!("get_or_insert({text}.into())"),
            Some(Default::Value(value)) => format!("get_or_insert({value})"),
            Some(Default::Made(make)) => format!("get_or_insert_with({make})"),
        }
    }

    /// What is in a part of the key of a row that was just added.
    fn of_added(&self) -> String {
        let field = &self.field;
        match (self.is_new, self.is_optional, self.is_copy) {
            (false, ..) => "generated.try_into().ok()?".to_owned(),
            (true, true, true) => format!("new.{field}?"),
            (true, true, false) => format!("new.{field}.clone()?"),
            (true, false, true) => format!("new.{field}"),
            (true, false, false) => format!("new.{field}.clone()"),
        }
    }
}

impl Enum {
    fn new(table: &table::Table, column: &table::Column) -> Option<Self> {
        let ColumnType::Enum(words) = &column.kind else { return None };
        Some(Self {
            type_name: words.type_name.clone(),
            doc: format!("What {} of {} may be.", code(&column.column), code(&table.table)),
            words: words
                .words
                .iter()
                .map(|word| Word {
                    variant: word.variant.clone(),
                    literal: literal::text(&word.word),
                    shown: code(&word.word),
                })
                .collect(),
        })
    }
}

/// The type of a value.
fn value(names: &Names, kind: &ColumnType) -> String {
    match kind {
        ColumnType::Bool => "bool",
        ColumnType::I16 => "i16",
        ColumnType::I32 => "i32",
        ColumnType::I64 => "i64",
        ColumnType::F32 => "f32",
        ColumnType::F64 => "f64",
        ColumnType::Text { .. } => names.string,
        ColumnType::Bytes => return format!("{}<u8>", names.vec),
        ColumnType::Uuid => "types::Uuid",
        ColumnType::Date => "types::chrono::NaiveDate",
        ColumnType::Time => "types::chrono::NaiveTime",
        ColumnType::DateTime => "types::chrono::NaiveDateTime",
        ColumnType::Timestamp => "types::chrono::DateTime<types::chrono::Utc>",
        ColumnType::Json => "types::JsonValue",
        ColumnType::Decimal { .. } => "types::Decimal",
        ColumnType::Custom { rust } => rust,
        ColumnType::Enum(words) => &words.type_name,
    }
    .to_owned()
}

/// What stands between a value and the database, where it is not kept as it is.
fn codec(backend: Backend, kind: &ColumnType) -> Option<&'static str> {
    match kind {
        ColumnType::F32 | ColumnType::F64 if backend != Backend::Postgres => Some("Finite"),
        ColumnType::Enum(_) => Some("AsWord"),
        ColumnType::Date => Some("Day"),
        ColumnType::Timestamp => Some("Moment"),
        ColumnType::DateTime => Some("LocalMoment"),
        ColumnType::Time => Some("Hour"),
        _ => None,
    }
}

fn is_copy(kind: &ColumnType) -> bool {
    !matches!(kind, ColumnType::Text { .. } | ColumnType::Bytes | ColumnType::Json)
}

fn default(table: &table::Table, column: &table::Column, value: &DefaultValue) -> Default {
    let value = match (value, &column.kind) {
        (DefaultValue::Now, _) => return Default::Made("model::now"),
        (DefaultValue::Text(value), _) => return Default::Text(literal::text(value)),
        (DefaultValue::Bool(value), _) => value.to_string(),
        (DefaultValue::Integer(value), _) => literal::signed(*value),
        (DefaultValue::Float(value), _) => format!("{value:?}"),
        (DefaultValue::Decimal(value), ColumnType::Decimal { scale, .. }) => {
            format!("types::Decimal::from_i128_with_scale({value}, {scale})")
        }
        (DefaultValue::Decimal(_), _) => unreachable!("only a decimal has such a default"),
        (DefaultValue::Word(at), ColumnType::Enum(words)) => match words.words.get(*at) {
            Some(word) => format!("{}::{}", words.type_name, word.variant),
            None => unreachable!("a default of {} is one of its words", table.type_name),
        },
        (DefaultValue::Word(_), _) => unreachable!("only an enum has words"),
    };
    Default::Value(value)
}

fn left_out(column: &table::Column, default: &DefaultValue) -> String {
    let value = match (default, &column.kind) {
        (DefaultValue::Now, _) => return "`None`: now.".to_owned(),
        (DefaultValue::Bool(value), _) => value.to_string(),
        (DefaultValue::Integer(value), _) => value.to_string(),
        (DefaultValue::Float(value), _) => format!("{value:?}"),
        (DefaultValue::Text(value), _) => value.clone(),
        (DefaultValue::Decimal(value), ColumnType::Decimal { scale, .. }) => {
            DefaultValue::decimal_text(*value, *scale)
        }
        (DefaultValue::Decimal(value), _) => value.to_string(),
        (DefaultValue::Word(at), ColumnType::Enum(words)) => {
            words.words.get(*at).map(|word| word.word.clone()).unwrap_or_default()
        }
        (DefaultValue::Word(_), _) => String::new(),
    };
    format!("`None`: {}.", code(&value))
}

/// A comment of the TOML as text of a doc comment: one line, without markup of its own and without
/// letters that would make it read differently from what it is.
fn sentence(comment: &str) -> String {
    let mut text = String::new();
    let is_plain = |letter: &char| {
        !letter.is_control() && !matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let words: Vec<String> = comment
        .split_whitespace()
        .map(|word| word.chars().filter(is_plain).collect::<String>())
        .collect();
    for letter in words.join(" ").trim().chars() {
        match letter {
            '`' => text.push('\''),
            '[' | ']' | '<' | '>' | '*' | '_' | '\\' | '#' | '|' => {
                text.push('\\');
                text.push(letter);
            }
            _ => text.push(letter),
        }
    }
    text
}
