//! The models of the two files: each setting of a model and of a column once, and a start.
//!
//! Says which column shows which settings; values and words come from the tables of settings.

use super::Page;
use crate::settings::model::{COLUMN, CRUD, Entry, MODEL};

/// The table that the other one refers to, in the short form.
const USER: &str = "[bind.KEY.model.User]
table = \"users\"

[bind.KEY.model.User.columns]
id = { type = \"i64\", primary_key = true, generated = true }
";

/// What is served of that table.
const ROUTES: &str = "
[bind.KEY.model.User.crud]
routes = [\"list\", \"view\"]
";

/// A column of the example.
struct Shown {
    name: &'static str,
    /// The value of `type`, if it has one.
    kind: Option<&'static str>,
    /// The settings that it shows, beside its type.
    settings: &'static [&'static str],
}

const COLUMNS: &[Shown] = &[
    Shown { name: "id", kind: Some("\"i64\""), settings: &["primary_key", "generated"] },
    Shown { name: "title", kind: Some("\"text\""), settings: &["max_length", "unique", "comment"] },
    Shown {
        name: "author_id",
        kind: Some("\"i64\""),
        settings: &["nullable", "references", "on_delete"],
    },
    Shown { name: "status", kind: None, settings: &["enum", "default", "index"] },
    Shown { name: "usr_amt", kind: Some("\"i32\""), settings: &["column", "attributes"] },
    Shown { name: "price", kind: Some("\"decimal\""), settings: &["precision", "scale", "http"] },
    Shown { name: "paid", kind: None, settings: &["rust", "sql"] },
];

/// What stands behind them: the short form of a column.
const REST: &str = "body = \"text?\"
created_at = { type = \"timestamp\", default = \"now\" }
deleted_at = \"timestamp?\"
version = \"i64\"
";

/// What a model is, above the first one.
const ABOUT: &str = "A model is a table of this database with a typed row. Its name becomes a type and a module, \
                     the names of its columns become fields.";

/// Shows a model to start from in the bind `key`, as something that may be left out.
pub(super) fn start(page: &mut Page, key: &str) {
    page.text.push('\n');
    page.comment(ABOUT);
    let before = page.optional;
    for line in [USER, ROUTES].concat().replace("KEY", key).lines() {
        page.text.extend([if line.is_empty() { "" } else { before }, line, "\n"]);
    }
}

/// Shows the models in the bind `key`.
pub(super) fn models(page: &mut Page, key: &str) {
    page.text.push('\n');
    page.comment(ABOUT);
    page.text += &USER.replace("KEY", key);
    page.text.extend(["\n[bind.", key, ".model.Note]\n"]);
    entries(page, MODEL);
    page.text.extend(["\n[bind.", key, ".model.Note.crud]\n"]);
    entries(page, CRUD);
    page.text.extend(["\n[bind.", key, ".model.Note.columns]\n"]);
    let mut shown = Vec::new();
    for column in COLUMNS {
        let names = column.kind.map(|_| "type").into_iter().chain(column.settings.iter().copied());
        let entries = names.filter_map(|name| COLUMN.iter().find(|entry| entry.name == name));
        let entries: Vec<&Entry> = entries.collect();
        for entry in &entries {
            if !shown.contains(&entry.name) {
                shown.push(entry.name);
                page.comment(&format!("`{}`: {}", entry.name, about(entry)));
            }
        }
        let value = |entry: &&Entry| match (entry.name, column.kind) {
            ("type", Some(kind)) => format!("type = {kind}"),
            (name, _) => format!("{name} = {}", entry.example),
        };
        let values: Vec<String> = entries.iter().map(value).collect();
        page.text.extend([column.name, " = { ", &values.join(", "), " }\n"]);
    }
    page.text += REST;
}

fn entries(page: &mut Page, entries: &[Entry]) {
    for entry in entries {
        page.comment(&about(entry));
        page.text.extend([entry.name, " = ", entry.example, "\n"]);
    }
}

fn about(entry: &Entry) -> String {
    format!("{} Default: {}.", entry.doc, entry.default)
}
