//! What the docs of a table's functions say of their errors. Each refers to another function, if that
//! is generated, and otherwise names them itself.

use crate::model::table::{Operation, Table};

/// Sentences for the docs, one per function.
pub(super) struct Errors {
    pub(super) add: String,
    pub(super) view: String,
    pub(super) edit: String,
    pub(super) delete: String,
    pub(super) delete_if: String,
    pub(super) save: String,
    pub(super) save_all: String,
    pub(super) list_add: String,
    pub(super) list_edit: String,
    pub(super) list_delete: String,
}

const NOT_FOUND: &str = "[`NotFound`](::bindery_runtime::ErrorKind::NotFound)";
const CONFLICT: &str = "[`Conflict`](::bindery_runtime::ErrorKind::Conflict)";
const FOREIGN_KEY: &str = "[`ForeignKey`](::bindery_runtime::ErrorKind::ForeignKey)";
const INVALID_VALUE: &str = "[`InvalidValue`](::bindery_runtime::ErrorKind::InvalidValue)";
const STALE: &str = "[`Stale`](::bindery_runtime::ErrorKind::Stale)";

impl Errors {
    pub(super) fn new(table: &Table) -> Self {
        let has = |operation| table.operations.contains(&operation);
        let any = match table.policy {
            Some(_) => "those of the policy and those of any statement",
            None => "and those of any statement",
        };
        let written = format!("{FOREIGN_KEY} to one that is not, {INVALID_VALUE}, {any}");
        let add = format!("{CONFLICT} with a row that is there, {written}");
        let of_add = |like: &str| {
            if has(Operation::Add) { format!("{like} [`add`]") } else { add.clone() }
        };
        // Rows that are only marked are still there for others to refer to.
        let referred = format!("{FOREIGN_KEY} when rows of another table refer to it, {any}");
        let removed = if table.soft_delete.is_some() { any } else { &referred };
        let version = match table.version {
            Some(_) => format!(", {STALE} if the patch is for another version of it"),
            None => String::new(),
        };
        Self {
            view: ended(format!("{NOT_FOUND}, {any}")),
            edit: ended(format!("{NOT_FOUND}{version}, {}", of_add("else as"))),
            delete: ended(format!("{NOT_FOUND}, {removed}")),
            delete_if: format!("{STALE} if the row is of another version, else as [`delete`]."),
            save: ended(if has(Operation::Add) {
                format!("As [`add`]; a {CONFLICT} is one with another row")
            } else {
                format!("{CONFLICT} with another row, {written}")
            }),
            save_all: format!("As [`save`]; {INVALID_VALUE} for two rows of one key."),
            list_add: ended(of_add("As")),
            list_edit: ended(of_add("As")),
            list_delete: ended(if has(Operation::Delete) {
                "As [`delete`], without `NotFound`".to_owned()
            } else {
                capital(removed)
            }),
            add: ended(add),
        }
    }
}

fn ended(text: String) -> String {
    text + "."
}

/// What stands after a comma as the start of a sentence.
fn capital(text: &str) -> String {
    let text = text.strip_prefix("and ").unwrap_or(text);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
