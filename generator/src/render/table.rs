//! What the template of a table sees: `columns` in order, each ready for the structs and functions
//! that it is part of, and everything about the table as a whole.

mod column;
mod default;
mod errors;
mod http;
mod kinds;
mod names;
mod statements;
mod words;

use askama::Template;

use self::{
    column::{Column, Role},
    errors::Errors,
    http::Http,
    names::Names,
    words::Enum,
};
use super::{
    docs::{code, sentence},
    literal,
};
use crate::{
    model::{
        self, Backend, Output,
        table::{self, Operation},
    },
    sql::{self, Statements},
};

/// Most arguments that clippy lets a function have.
const MOST_ARGUMENTS: usize = 7;

/// What the parts of a table are made from.
struct Context<'a> {
    bind: &'a model::Bind,
    output: &'a Output,
    table: &'a table::Table,
    names: &'a Names,
}

/// The file of one table.
#[derive(Template)]
#[template(path = "table.rs.jinja", escape = "none")]
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of a table")]
pub(super) struct Table {
    type_name: String,
    /// The bind's key type, as seen from here.
    bind_type: String,
    /// The bind as the docs show it.
    bind: String,
    /// The bind's module, which examples use as the name of its session.
    session: String,
    /// The table as the docs show it.
    shown: String,
    /// What it is, in the words of the TOML.
    comment: Option<String>,
    /// What the file imports of the runtime.
    imports: String,
    /// Derives of the row type that the TOML adds.
    derives: String,
    /// Attributes of the row type that the TOML adds.
    attributes: Vec<String>,
    /// The policy that the TOML names.
    policy: Option<String>,
    columns: Vec<Column>,
    enums: Vec<Enum>,
    sql: Sql,
    create: Vec<String>,
    drop: String,
    /// Arguments of `New…::new`, if it has that function.
    required: Option<String>,
    /// Whether a new row may leave out everything.
    is_all_optional: bool,
    /// Whether rows are saved by their key: not by one that the database makes.
    saves: bool,
    /// Arguments of `Save…::new`, if it has that function.
    save_arguments: Option<String>,
    key_is_copy: bool,
    /// The type of the key's only column.
    single_key: Option<String>,
    generated_integer: bool,
    mysql: bool,
    serde: Serde,
    operations: std::collections::BTreeSet<Operation>,
    errors: Errors,
    http: Option<Http>,
    names: Names,
}

/// How the types are types of serde.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Serde {
    Not,
    /// By the runtime, which is quick to compile.
    Record,
    /// By serde's own macros: attributes for them are in the TOML, or types that the runtime does
    /// not know.
    Derive,
}

/// The statements as literals.
struct Sql {
    table: String,
    columns: String,
    qualified: String,
    add: String,
    view: String,
    delete: String,
}

impl Table {
    pub(super) fn new(
        bind: &model::Bind,
        ddl: &sql::Ddl,
        table: &table::Table,
        output: &Output,
    ) -> Self {
        let names = Names::new(table);
        let serde = Serde::new(output, table);
        let context = Context { bind, output, table, names: &names };
        let each = table.columns.iter().enumerate();
        let columns: Vec<_> =
            each.map(|(index, column)| Column::new(&context, index, column)).collect();
        let required =
            arguments(&names, columns.iter().filter(|it| it.is_new() && !it.is_optional));
        let managed = |column: &&Column| column.role == Role::Value && column.of_save.is_none();
        let saved = arguments(&names, columns.iter().filter(managed));
        let mut key = columns.iter().filter(|column| column.primary_key);
        let single_key = match (key.next(), key.next()) {
            (Some(only), None) => Some(only.value.clone()),
            _ => None,
        };
        let generated_integer = columns.iter().any(|column| !column.is_written);
        Self {
            type_name: table.type_name.clone(),
            bind_type: format!("super::{}", bind.type_name),
            bind: code(&bind.key),
            session: bind.module.clone(),
            shown: code(&table.table),
            comment: table.comment.as_deref().map(sentence),
            imports: imports(serde, table),
            derives: table.derives.iter().fold(String::new(), |list, path| list + ", " + path),
            attributes: table.attributes.clone(),
            policy: table.policy.clone(),
            enums: table.columns.iter().filter_map(|column| Enum::new(table, column)).collect(),
            sql: Sql::new(bind.backend, table),
            create: ddl.create.iter().map(|text| literal::sql(text)).collect(),
            drop: literal::sql(&ddl.drop),
            is_all_optional: required.is_empty(),
            saves: !generated_integer && table.operations.contains(&Operation::Save),
            required: takes(&required),
            save_arguments: takes(&saved),
            key_is_copy: columns.iter().all(|column| !column.primary_key || column.is_copy),
            single_key,
            generated_integer,
            mysql: bind.backend == Backend::MySql,
            serde,
            operations: table.operations.clone(),
            errors: Errors::new(table),
            http: table.http.as_ref().map(|http| Http::new(&context, http, &columns)),
            names,
            columns,
        }
    }

    fn is_serde(&self) -> bool {
        self.serde != Serde::Not
    }

    fn is_record(&self) -> bool {
        self.serde == Serde::Record
    }

    fn derives_serde(&self) -> bool {
        self.serde == Serde::Derive
    }

    /// Whether the name `Future` is to be imported.
    fn imports_future(&self) -> bool {
        let is_async = |operation: &Operation| match operation {
            Operation::List => false,
            Operation::Save => self.saves,
            _ => true,
        };
        self.names.future == "Future" && self.operations.iter().any(is_async)
    }

    fn does(&self, operation: Operation) -> bool {
        self.operations.contains(&operation)
    }

    fn key(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.primary_key)
    }

    fn new_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.is_new())
    }

    fn written(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.is_written)
    }

    /// Parts of the key that a new row may leave out and that are made before it is written.
    fn completed(&self) -> impl Iterator<Item = &Column> {
        self.key().filter(|column| column.is_written && column.is_optional)
    }

    fn patched(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| !column.primary_key)
    }

    fn saved(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.role == Role::Value)
    }

    /// The columns that may be NULL, as a pattern.
    fn nullable(&self) -> Option<String> {
        self.pattern("Self", |column| column.nullable)
    }

    /// The columns that clients are never shown, as a pattern.
    fn hidden(&self) -> Option<String> {
        self.pattern("Self", |column| column.http == table::Http::Hidden)
    }

    /// The columns whose values can be text.
    fn textual(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.is_text)
    }

    /// The columns whose values cannot be text, as a pattern.
    fn no_text(&self) -> Option<String> {
        self.pattern(&format!("{}Column", self.type_name), |column| !column.is_text)
    }

    fn pattern(&self, names: &str, of: fn(&Column) -> bool) -> Option<String> {
        let columns = self.columns.iter().filter(|column| of(column));
        let variants: Vec<_> =
            columns.map(|column| format!("{names}::{}", column.variant)).collect();
        (!variants.is_empty()).then(|| variants.join(" | "))
    }

    /// The arms that give the names in the database, if any column has another one there.
    fn stored(&self) -> Option<Vec<String>> {
        let (other, same): (Vec<_>, Vec<_>) =
            self.columns.iter().partition(|column| column.stored.is_some());
        let mut arms: Vec<_> = other
            .iter()
            .filter_map(|column| {
                Some(format!("Self::{} => {}", column.variant, column.stored.as_ref()?))
            })
            .collect();
        match same[..] {
            [] => {}
            // A wildcard that stands for one variant hides which.
            [only] => arms.push(format!("Self::{} => {}", only.variant, only.name)),
            _ => arms.push("_ => self.name()".to_owned()),
        }
        (!other.is_empty()).then_some(arms)
    }

    fn soft_delete(&self) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == Role::SoftDelete)
    }

    fn version(&self) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == Role::Version)
    }
}

impl Serde {
    fn new(output: &Output, table: &table::Table) -> Self {
        let of_columns = table.columns.iter().flat_map(|column| &column.attributes);
        let mut attributes = table.attributes.iter().chain(of_columns);
        let is_custom =
            |column: &table::Column| matches!(column.kind, table::ColumnType::Custom { .. });
        if !output.serde {
            Self::Not
        } else if attributes.any(|attribute| attribute.contains("serde"))
            || table.columns.iter().any(is_custom)
        {
            Self::Derive
        } else {
            Self::Record
        }
    }
}

impl Sql {
    fn new(backend: Backend, table: &table::Table) -> Self {
        let Statements { table: name, columns, qualified, add, view, delete } =
            sql::statements(backend, table);
        Self {
            table: literal::sql(&name),
            columns: literal::sql(&columns),
            qualified: literal::sql(&qualified),
            add: literal::sql(&add),
            view: literal::sql(&view),
            delete: literal::sql(&delete),
        }
    }
}

fn imports(serde: Serde, table: &table::Table) -> String {
    let foreign = table.columns.iter().any(|column| kinds::is_foreign(&column.kind));
    let has_enums =
        table.columns.iter().any(|column| matches!(column.kind, table::ColumnType::Enum(_)));
    let is_derived = serde == Serde::Derive || (serde == Serde::Record && has_enums);
    let serde = if is_derived { "serde, " } else { "" };
    let sqlx = if foreign { "sqlx::{self, types}" } else { "sqlx" };
    format!("{{model, {serde}{sqlx}}}")
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
