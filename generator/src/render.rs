//! What a model looks like as Rust: one text per file, not formatted yet.
//!
//! A pass over the model prepares every name, type, expression and sentence (`view`); the templates
//! in `templates/` only put them in their places. Says nothing about where the files go.

mod docs;
mod literal;
mod table;
mod view;

use std::collections::BTreeMap;

use crate::{model::Model, parallel, sql};

/// Renders the files of a model: the path of each, relative to the output folder, and its text.
#[must_use]
pub fn render(model: &Model) -> BTreeMap<String, String> {
    let binds: Vec<_> =
        model.binds.iter().map(|bind| view::Bind::new(bind, model.output.web)).collect();
    let mut files = BTreeMap::from([
        ("mod.rs".to_owned(), text(&view::Root::new(&binds, model.output.web))),
        ("databases.rs".to_owned(), text(&view::Databases::new(&binds, model))),
    ]);
    for bind in &binds {
        files.insert(format!("{}.rs", bind.module), text(bind));
    }
    for bind in &model.binds {
        let tables = sql::Tables::of(bind);
        files.extend(parallel::each(&bind.tables, |table| {
            let path = format!("{}/{}.rs", bind.module, table.module);
            (path, text(&table::Table::new(bind, &tables.ddl(table), table, &model.output)))
        }));
    }
    files
}

fn text(template: &impl askama::Template) -> String {
    let mut text = String::new();
    match template.render_into(&mut text) {
        Ok(()) => text,
        Err(error) => unreachable!("writing to a string never fails, but: {error}"),
    }
}
