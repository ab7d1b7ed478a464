//! What a model and a column may say, and the types of columns.
//!
//! Apart from the settings table, because nothing here can come from the environment and a column
//! is a value as well as a table. Behind parsing, the JSON schema, `bindings.example.toml` and the
//! hints, like that table.

mod table;
mod crud;
mod column;

use crate::model::{
    Backend,
    table::{ColumnType, Http, OnDelete, Operation, Paging},
};

pub use self::{column::COLUMN, crud::CRUD, table::MODEL};

/// One name in `[bind.KEY.model.NAME]`, in its `crud` or in a column.
#[derive(Debug)]
pub struct Entry {
    /// The name.
    pub name: &'static str,
    /// What may be written.
    pub form: Form,
    /// The backends that have it.
    pub backends: &'static [Backend],
    /// What applies when it is left out, for people.
    pub default: &'static str,
    /// A value as TOML, for the example file and for hints.
    pub example: &'static str,
    /// What it does, in sentences.
    pub doc: &'static str,
}

/// What may be written as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A string.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds, both included.
    Number {
        /// The lowest.
        min: u32,
        /// The highest.
        max: u32,
    },
    /// The name of a type, with `?` behind it if it may be NULL.
    Type,
    /// The words of an enum.
    Words,
    /// Lists of columns.
    ColumnLists,
    /// A list of columns.
    Columns,
    /// A list of columns, each with `-` before it if the highest value comes first.
    Order,
    /// What happens to rows that refer to a row that is deleted.
    OnDelete,
    /// What HTTP may do with a column.
    Http,
    /// A list of operations.
    Operations,
    /// A list of the operations that can be routes.
    Routes,
    /// How a list is cut into pages.
    Paging,
    /// A path of Rust that starts with `crate::` or `::`.
    Path,
    /// A list of texts: paths or attributes.
    Texts,
    /// A value of the column.
    Value,
}

impl Form {
    /// What is expected, in words.
    #[must_use]
    pub fn expected(self) -> &'static str {
        match self {
            Self::Text | Self::Type | Self::OnDelete | Self::Http | Self::Paging | Self::Path => {
                "a string"
            }
            Self::Flag => "`true` or `false`",
            Self::Number { .. } => "a whole number",
            Self::Words | Self::Operations | Self::Routes | Self::Texts => "a list of strings",
            Self::Columns | Self::Order => "a list of columns",
            Self::ColumnLists => "a list of lists of columns",
            Self::Value => "a string, a number, `true` or `false`",
        }
    }
}

/// Most characters of a text with `max_length`: more do not fit into a row of `MySQL`.
pub const MAX_LENGTH: u32 = 16_383;

/// Most digits of a decimal: more are not exact in Rust.
pub const MAX_PRECISION: u32 = 28;

/// Most rows of a page.
pub const MAX_PAGE: u32 = 1000;

/// Most bytes of a request body that may be allowed.
pub const MAX_BODY: u32 = 64 * 1024 * 1024;

/// The types of columns: as written, what they mean, and what they are for.
pub const TYPES: &[(&str, ColumnType, &str)] = &[
    ("bool", ColumnType::Bool, "true or false"),
    ("i16", ColumnType::I16, "a whole number of 16 bits"),
    ("i32", ColumnType::I32, "a whole number of 32 bits"),
    ("i64", ColumnType::I64, "a whole number of 64 bits"),
    ("f32", ColumnType::F32, "a number with a fraction, 32 bits"),
    ("f64", ColumnType::F64, "a number with a fraction, 64 bits"),
    (
        "decimal",
        ColumnType::Decimal { precision: 0, scale: 0 },
        "an exact number with a fraction; it needs `precision` and `scale`",
    ),
    ("text", ColumnType::Text { max_length: None }, "a text"),
    ("bytes", ColumnType::Bytes, "bytes"),
    ("uuid", ColumnType::Uuid, "a UUID"),
    ("date", ColumnType::Date, "a day"),
    ("time", ColumnType::Time, "a time of day"),
    ("datetime", ColumnType::DateTime, "a day and a time of day, in no time zone"),
    ("timestamp", ColumnType::Timestamp, "a moment, kept in UTC"),
    ("json", ColumnType::Json, "a JSON document"),
];

/// What may happen to rows that refer to a row that is deleted.
pub const ON_DELETE: &[(&str, OnDelete)] = &[
    ("no action", OnDelete::NoAction),
    ("restrict", OnDelete::Restrict),
    ("cascade", OnDelete::Cascade),
    ("set null", OnDelete::SetNull),
];

/// What HTTP may do with a column.
pub const HTTP: &[(&str, Http)] = &[
    ("write", Http::Write),
    ("add only", Http::AddOnly),
    ("read", Http::Read),
    ("hidden", Http::Hidden),
];

/// How a list is cut into pages.
pub const PAGING: &[(&str, Paging)] = &[("offset", Paging::Offset), ("keyset", Paging::Keyset)];

impl ColumnType {
    /// The word of the TOML; of a type of the application its path.
    #[must_use]
    pub fn word(&self) -> &str {
        if let Self::Custom { rust } = self {
            return rust;
        }
        let same =
            |other: &ColumnType| std::mem::discriminant(other) == std::mem::discriminant(self);
        TYPES.iter().find(|(_, kind, _)| same(kind)).map_or("enum", |(word, ..)| word)
    }
}

impl Operation {
    /// The operations that can be routes.
    pub const ROUTES: [Self; 6] =
        [Self::List, Self::View, Self::Add, Self::Edit, Self::Delete, Self::ListAdd];

    /// The word of the TOML.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::View => "view",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::Save => "save",
            Self::List => "list",
            Self::ListAdd => "list_add",
            Self::ListEdit => "list_edit",
            Self::ListDelete => "list_delete",
        }
    }
}

const EVERY: &[Backend] = &Backend::ALL;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_described_once() {
        for entries in [MODEL, CRUD, COLUMN] {
            for (at, entry) in entries.iter().enumerate() {
                assert!(
                    entries[..at].iter().all(|other| other.name != entry.name),
                    "{}",
                    entry.name
                );
                assert!(entry.doc.ends_with('.'), "the doc of {} is no sentence", entry.name);
                assert!(!entry.default.is_empty() && !entry.example.is_empty(), "{}", entry.name);
            }
        }
    }

    #[test]
    fn every_type_knows_its_word() {
        for (word, kind, _) in TYPES {
            assert_eq!(kind.word(), *word);
        }
    }
}
