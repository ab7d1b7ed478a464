//! The tables that everybody gets: as a TOML, as SQL, and as Rust for Diesel.

use std::fmt::Write as _;

/// A TOML with `models` models spread evenly over `binds` binds, nine columns each, each with a
/// reference to the one before it.
pub(crate) fn toml(models: usize, binds: usize) -> String {
    let mut text = String::new();
    for bind in 0..binds {
        let key = if binds == 1 { "main".to_owned() } else { format!("db{bind}") };
        let _ = write!(text, "[bind.{key}]\nbackend = \"sqlite\"\nurl = \"sqlite://{key}.db\"\n\n");
        for model in 0..models / binds {
            let references = model
                .checked_sub(1)
                .map_or_else(String::new, |before| format!(", references = \"Item{before}.id\""));
            let _ = write!(
                text,
                "[bind.{key}.model.Item{model}]
table = \"items_{model}\"
[bind.{key}.model.Item{model}.columns]
id = {{ type = \"i64\", primary_key = true, generated = true }}
name = {{ type = \"text\", max_length = 100 }}
description = \"text?\"
amount = \"i32\"
price = \"f64\"
is_active = \"bool\"
code = {{ type = \"text\", max_length = 20, unique = true }}
created_at = {{ type = \"timestamp\", default = \"now\" }}
parent_id = {{ type = \"i64?\"{references} }}

"
            );
        }
    }
    text
}

/// The SQL of the same tables on SQLite, for tools that read a database.
pub(crate) fn sql(models: usize) -> String {
    let mut text = String::from("BEGIN;\n");
    for model in 0..models {
        let references = model
            .checked_sub(1)
            .map_or_else(String::new, |before| format!(" REFERENCES items_{before} (id)"));
        let _ = writeln!(
            text,
            "CREATE TABLE items_{model} (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name VARCHAR(100) NOT NULL,
    description TEXT,
    amount INTEGER NOT NULL,
    price DOUBLE NOT NULL,
    is_active BOOLEAN NOT NULL,
    code VARCHAR(20) NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    parent_id BIGINT{references}
);"
        );
    }
    text + "COMMIT;\n"
}

/// What `diesel print-schema` says of the same tables, but for those that may be in one query without a
/// reference between them: it lists every pair.
pub(crate) fn diesel_schema(models: usize) -> String {
    let mut text = String::new();
    for model in 0..models {
        let _ = writeln!(
            text,
            "diesel::table! {{
    items_{model} (id) {{
        id -> BigInt,
        name -> Text,
        description -> Nullable<Text>,
        amount -> Integer,
        price -> Double,
        is_active -> Bool,
        code -> Text,
        created_at -> Timestamp,
        parent_id -> Nullable<BigInt>,
    }}
}}
"
        );
    }
    for (before, model) in (1..models).enumerate() {
        let _ = writeln!(
            text,
            "diesel::joinable!(items_{model} -> items_{before} (parent_id));
diesel::allow_tables_to_appear_in_same_query!(items_{before}, items_{model});"
        );
    }
    text
}

/// The fields of a row that are written.
const WRITTEN: &str = "    pub name: String,
    pub description: Option<String>,
    pub amount: i32,
    pub price: f64,
    pub is_active: bool,
    pub code: String,
    pub created_at: NaiveDateTime,
    pub parent_id: Option<i64>,
";

/// What Diesel's guide has people write for each table: a row, a new one, and changes of one.
pub(crate) fn diesel_structs(models: usize) -> String {
    let mut text = String::from("use chrono::NaiveDateTime;\nuse diesel::prelude::*;\n");
    for model in 0..models {
        let _ = writeln!(
            text,
            "
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = crate::schema::items_{model})]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct Item{model} {{
    pub id: i64,
{WRITTEN}}}

#[derive(Debug, Clone, PartialEq, Insertable)]
#[diesel(table_name = crate::schema::items_{model})]
pub struct NewItem{model} {{
{WRITTEN}}}

#[derive(Debug, Clone, PartialEq, Default, AsChangeset)]
#[diesel(table_name = crate::schema::items_{model})]
pub struct Item{model}Patch {{
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub amount: Option<i32>,
    pub price: Option<f64>,
    pub is_active: Option<bool>,
    pub code: Option<String>,
    pub created_at: Option<NaiveDateTime>,
    pub parent_id: Option<Option<i64>>,
}}"
        );
    }
    text
}
