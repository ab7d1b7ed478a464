//! What a model says beside its columns.

use super::{EVERY, Entry, Form};
use crate::model::Backend::{MySql, Postgres};

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
    Entry {
        name: "derive",
        form: Form::Texts,
        backends: EVERY,
        default: "none",
        example: "[\"Eq\", \"Hash\"]",
        doc: "More derives of the row type: those of the standard library by name, others by path. `Clone`, `Debug` and `PartialEq` are there already, and those of serde unless `serde = false`.",
    },
    Entry {
        name: "attributes",
        form: Form::Texts,
        backends: EVERY,
        default: "none",
        example: "[\"must_use\"]",
        doc: "Attributes of the row type, without `#[` and `]`.",
    },
    Entry {
        name: "policy",
        form: Form::Path,
        backends: EVERY,
        default: "none: every row is there for everybody",
        example: "\"crate::policy::OwnNotes\"",
        doc: "Type of the application that decides for every operation which rows are there and what may be written.",
    },
    Entry {
        name: "soft_delete",
        form: Form::Text,
        backends: EVERY,
        default: "none: a deleted row is gone",
        example: "\"deleted_at\"",
        doc: "Column that says that a row counts as deleted, a `timestamp?` or `datetime?` without a default, or a `bool` whose default is false. Deleting marks the row, and no operation finds it any more. It still holds its unique values, so that a new row with the same ones is refused, and `on_delete` of others does nothing.",
    },
    Entry {
        name: "version",
        form: Form::Text,
        backends: EVERY,
        default: "none: the last change wins",
        example: "\"version\"",
        doc: "Column that counts the changes of a row, an `i64`: it starts at 1, and who changes a row may say which version he has seen. If there is a later one, nothing is changed. Over HTTP it is also the `ETag` of the row, hidden or not.",
    },
];
