//! What the file of a table calls things of the prelude.
//!
//! The file imports modules, whose names no type can have. Of the prelude, and `Future`, which not
//! every edition has there, it uses short names unless a type of the table is called the same.

use crate::model::table::{ColumnType, Table};

/// Short names where they are free, paths where they are not.
pub(super) struct Names {
    pub(super) option: &'static str,
    pub(super) string: &'static str,
    pub(super) vec: &'static str,
    pub(super) result: &'static str,
    pub(super) into: &'static str,
    pub(super) from: &'static str,
    pub(super) into_iterator: &'static str,
    pub(super) clone: &'static str,
    pub(super) send: &'static str,
    pub(super) sync: &'static str,
    pub(super) future: &'static str,
}

impl Names {
    pub(super) fn new(table: &Table) -> Self {
        let called = |name, path| if is_own(table, name) { path } else { name };
        Self {
            option: called("Option", "::core::option::Option"),
            string: called("String", "::std::string::String"),
            vec: called("Vec", "::std::vec::Vec"),
            result: called("Result", "::core::result::Result"),
            into: called("Into", "::core::convert::Into"),
            from: called("From", "::core::convert::From"),
            into_iterator: called("IntoIterator", "::core::iter::IntoIterator"),
            clone: called("Clone", "::core::clone::Clone"),
            send: called("Send", "::core::marker::Send"),
            sync: called("Sync", "::core::marker::Sync"),
            future: called("Future", "::core::future::Future"),
        }
    }
}

/// Whether a type of the table has this name.
fn is_own(table: &Table, name: &str) -> bool {
    let of_enum = |column: &crate::model::table::Column| match &column.kind {
        ColumnType::Enum(words) => words.type_name == name,
        _ => false,
    };
    let with = |before: &str, after: &str| {
        name.strip_prefix(before).and_then(|name| name.strip_suffix(after))
            == Some(&*table.type_name)
    };
    let own = [("", ""), ("New", ""), ("Save", ""), ("", "Patch"), ("", "Key"), ("", "Column")];
    let bodies = [("Add", ""), ("Edit", "")];
    own.into_iter().chain(bodies).any(|(before, after)| with(before, after))
        || table.columns.iter().any(of_enum)
}
