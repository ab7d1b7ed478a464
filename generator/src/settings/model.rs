//! What a model and a column may say, and the types of columns.
//!
//! Apart from the settings table, because nothing here can come from the environment and a column
//! is a value as well as a table. Behind parsing, the JSON schema, `bindings.example.toml` and the
//! hints, like that table.

use crate::model::{
    Backend::{self, MySql, Postgres},
    table::{ColumnType, OnDelete},
};

/// One name in `[bind.KEY.model.NAME]` or in a column.
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
    /// A number of characters.
    Length,
    /// The name of a type, with `?` behind it if it may be NULL.
    Type,
    /// The words of an enum.
    Words,
    /// Lists of columns.
    ColumnLists,
    /// What happens to rows that refer to a row that is deleted.
    OnDelete,
    /// A value of the column.
    Value,
}

impl Form {
    /// What is expected, in words.
    #[must_use]
    pub fn expected(self) -> &'static str {
        match self {
            Self::Text | Self::Type | Self::OnDelete => "a string",
            Self::Flag => "`true` or `false`",
            Self::Length => "a whole number",
            Self::Words => "a list of strings",
            Self::ColumnLists => "a list of lists of columns",
            Self::Value => "a string, a number, `true` or `false`",
        }
    }
}

/// Most characters of a text with `max_length`: more do not fit into a row of `MySQL`.
pub const MAX_LENGTH: u32 = 16_383;

/// The types of columns: as written, what they mean, and what they are for.
pub const TYPES: &[(&str, ColumnType, &str)] = &[
    ("bool", ColumnType::Bool, "true or false"),
    ("i16", ColumnType::I16, "a whole number of 16 bits"),
    ("i32", ColumnType::I32, "a whole number of 32 bits"),
    ("i64", ColumnType::I64, "a whole number of 64 bits"),
    ("f32", ColumnType::F32, "a number with a fraction, 32 bits"),
    ("f64", ColumnType::F64, "a number with a fraction, 64 bits"),
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

impl ColumnType {
    /// The word of the TOML.
    #[must_use]
    pub fn word(&self) -> &'static str {
        let same =
            |other: &ColumnType| std::mem::discriminant(other) == std::mem::discriminant(self);
        TYPES.iter().find(|(_, kind, _)| same(kind)).map_or("enum", |(word, ..)| word)
    }
}

const EVERY: &[Backend] = &Backend::ALL;

/// What a model says beside its columns.
pub const MODEL: &[Entry] = &[
    Entry {
        name: "table",
        form: Form::Text,
        backends: EVERY,
        default: "the name of the model in snake case",
        example: "\"notes\"",
        doc: "Name of the table in the database.",
    },
    Entry {
        name: "schema",
        form: Form::Text,
        backends: &[Postgres, MySql],
        default: "where the connection looks for unqualified names",
        example: "\"app\"",
        doc: "Schema of the table; on MySQL its database.",
    },
    Entry {
        name: "comment",
        form: Form::Text,
        backends: EVERY,
        default: "none",
        example: "\"A note of an author.\"",
        doc: "What a row is, for the docs of the generated code.",
    },
    Entry {
        name: "unique",
        form: Form::ColumnLists,
        backends: EVERY,
        default: "none",
        example: "[[\"author_id\", \"title\"]]",
        doc: "Columns that together are different in every row.",
    },
    Entry {
        name: "index",
        form: Form::ColumnLists,
        backends: EVERY,
        default: "none",
        example: "[[\"author_id\", \"created_at\"]]",
        doc: "Columns that rows are often looked up or sorted by, together.",
    },
];

/// What a column says.
pub const COLUMN: &[Entry] = &[
    Entry {
        name: "type",
        form: Form::Type,
        backends: EVERY,
        default: "none: every column names its type or is an `enum`",
        example: "\"text\"",
        doc: "What it holds; a `?` behind the type says that it may be NULL. A column that says no more can be written as its type alone.",
    },
    Entry {
        name: "primary_key",
        form: Form::Flag,
        backends: EVERY,
        default: "false",
        example: "true",
        doc: "Whether it is the primary key, or a part of it.",
    },
    Entry {
        name: "generated",
        form: Form::Flag,
        backends: EVERY,
        default: "false",
        example: "true",
        doc: "Whether the value is made for a new row: an i32 or i64 by the database, a uuid at random. Only for a primary key of one column.",
    },
    Entry {
        name: "max_length",
        form: Form::Length,
        backends: EVERY,
        default: "none",
        example: "200",
        doc: "The most characters of a text. On MySQL a text in a key or an index needs it.",
    },
    Entry {
        name: "unique",
        form: Form::Flag,
        backends: EVERY,
        default: "false",
        example: "true",
        doc: "Whether no two rows have the same value.",
    },
    Entry {
        name: "comment",
        form: Form::Text,
        backends: EVERY,
        default: "none",
        example: "\"What it is called.\"",
        doc: "What it is, for the docs of the generated code.",
    },
    Entry {
        name: "nullable",
        form: Form::Flag,
        backends: EVERY,
        default: "false",
        example: "true",
        doc: "Whether it may be NULL; the long form of `?`.",
    },
    Entry {
        name: "references",
        form: Form::Text,
        backends: EVERY,
        default: "none",
        example: "\"User.id\"",
        doc: "Model and column it refers to: a primary key of one column, or a unique column.",
    },
    Entry {
        name: "on_delete",
        form: Form::OnDelete,
        backends: EVERY,
        default: "\"no action\"",
        example: "\"set null\"",
        doc: "What happens to the row when the row it refers to is deleted: \"cascade\" deletes it too, \"set null\" empties the column, \"restrict\" and \"no action\" refuse.",
    },
    Entry {
        name: "index",
        form: Form::Flag,
        backends: EVERY,
        default: "false",
        example: "true",
        doc: "Whether it has an index. A unique column has one already.",
    },
    Entry {
        name: "enum",
        form: Form::Words,
        backends: EVERY,
        default: "none",
        example: "[\"draft\", \"published\"]",
        doc: "The words it may hold, in place of a type; they become an enum of Rust.",
    },
    Entry {
        name: "default",
        form: Form::Value,
        backends: EVERY,
        default: "none",
        example: "\"draft\"",
        doc: "Its value when a new row names none; \"now\" is the moment at which a date or time is added.",
    },
    Entry {
        name: "column",
        form: Form::Text,
        backends: EVERY,
        default: "the name of the field",
        example: "\"usrAmt\"",
        doc: "Its name in the database.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_described_once() {
        for entries in [MODEL, COLUMN] {
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
