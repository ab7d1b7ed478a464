//! The models of one bind: from what was typed to tables in the order of their creation.
//!
//! Each step looks at one thing over all models and reports what is wrong with it. A column whose
//! type is unknown is kept as a gap, so that the steps behind it can still look at the others.

mod names;
mod columns;
mod kinds;
mod decimals;
mod sql;
mod rust_paths;
mod defaults;
mod keys;
mod lists;
mod managed;
mod http;
mod crud;
mod references;
mod indexes;
mod limits;
mod order;

use std::collections::{BTreeMap, BTreeSet};

use super::output::Shape;
use crate::{
    config::{BindConfig, ColumnConfig, ModelConfig, listed},
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    model::{
        Backend,
        table::{Column, HttpTable, Operation, Table},
    },
    names::Names,
    settings::model::MODEL,
    source::{Span, Spanned},
};

/// The tables that the models of a bind declare. What is wrong is reported and may be left out.
pub(super) fn tables(
    bind: &BindConfig,
    bind_names: Option<&Names>,
    backend: Option<Backend>,
    shape: Shape<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Table> {
    let modules = names::modules(bind, bind_names, diagnostics);
    names::tables(&bind.models, backend, diagnostics);
    let mut drafts: Vec<Draft<'_>> = (bind.models.iter().zip(modules))
        .map(|(config, module)| Draft::new(config, module, backend, diagnostics))
        .collect();
    for draft in &mut drafts {
        schema(draft.config, backend, diagnostics);
        keys::check(draft, diagnostics);
        lists::read(draft, diagnostics);
        managed::read(draft, diagnostics);
        http::decide(draft, diagnostics);
        rust_paths::of_model(draft, shape, diagnostics);
        crud::read(draft, shape, diagnostics);
    }
    references::resolve(&mut drafts, diagnostics);
    for draft in &drafts {
        indexes::check(draft, backend, diagnostics);
        limits::check(draft, backend, diagnostics);
    }
    order::order(drafts, diagnostics)
}

/// A table on its way.
struct Draft<'a> {
    config: &'a ModelConfig,
    module: String,
    /// One for each column of the configuration; none if its type is unknown.
    columns: Vec<Option<Column>>,
    /// The columns by the names of their fields.
    fields: BTreeMap<&'a str, usize>,
    /// The columns of the primary key.
    key: Vec<usize>,
    /// What is unique or has an index, apart from the primary key.
    sets: Vec<Set>,
    derives: Vec<String>,
    attributes: Vec<String>,
    policy: Option<String>,
    soft_delete: Option<usize>,
    version: Option<usize>,
    operations: BTreeSet<Operation>,
    http: Option<HttpTable>,
}

/// Columns that are unique or have an index together.
struct Set {
    unique: bool,
    columns: Vec<usize>,
    /// Where that is said.
    span: Span,
}

impl<'a> Draft<'a> {
    fn new(
        config: &'a ModelConfig,
        module: String,
        backend: Option<Backend>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let columns = columns::columns(config, backend, diagnostics);
        let typed = || config.columns.iter().enumerate();
        let key = typed().filter(|(_, column)| is(column.primary_key.as_ref())).map(|(at, _)| at);
        Self {
            config,
            module,
            columns,
            fields: typed().map(|(at, column)| (&*column.name.value, at)).collect(),
            key: key.collect(),
            sets: Vec::new(),
            derives: Vec::new(),
            attributes: Vec::new(),
            policy: None,
            soft_delete: None,
            version: None,
            operations: Operation::ALL.into(),
            http: None,
        }
    }

    fn name(&self) -> &'a str {
        &self.config.name.value
    }

    /// The columns with a known type, each with what was typed for it.
    fn known(&self) -> impl Iterator<Item = (&'a ColumnConfig, &Column)> {
        let typed = self.config.columns.iter();
        typed.zip(&self.columns).filter_map(|(config, column)| Some((config, column.as_ref()?)))
    }

    fn finish(self) -> Option<Table> {
        let (unique, indexes) = lists::without_repetition(&self);
        let Self { config, module, columns, .. } = self;
        Some(Table {
            type_name: config.name.value.clone(),
            table: table_name(config, &module).to_owned(),
            schema: config.schema.as_ref().map(|schema| schema.value.clone()),
            comment: comment(config.comment.as_ref()),
            columns: columns.into_iter().collect::<Option<_>>()?,
            module,
            unique,
            indexes,
            derives: self.derives,
            attributes: self.attributes,
            policy: self.policy,
            soft_delete: self.soft_delete,
            version: self.version,
            operations: self.operations,
            http: self.http,
        })
    }
}

/// The name of the table of a model.
fn table_name<'a>(config: &'a ModelConfig, module: &'a str) -> &'a str {
    config.table.as_ref().map_or(module, |table| &table.value)
}

/// Whether a switch is on; off when it is left out.
fn is(flag: Option<&Spanned<bool>>) -> bool {
    flag.is_some_and(|flag| flag.value)
}

/// A comment as one line of prose, without what would disturb a terminal or a doc comment.
fn comment(typed: Option<&Spanned<String>>) -> Option<String> {
    let is_hidden = |letter: char| {
        letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let words = typed?.value.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = words.replace(is_hidden, "");
    (!plain.is_empty()).then_some(plain)
}

/// The name that was probably meant, or what there is; of a long list only its start is looked at.
fn meant<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().take(100).collect();
    match nearest(typed, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there is {}", listed(names.into_iter().take(20))),
    }
}

fn schema(config: &ModelConfig, backend: Option<Backend>, diagnostics: &mut Diagnostics) {
    let (Some(schema), Some(backend)) = (&config.schema, backend) else { return };
    let Some(entry) = MODEL.iter().find(|entry| entry.name == "schema") else { return };
    if !entry.backends.contains(&backend) {
        let others = listed(entry.backends.iter().map(|backend| backend.product()));
        let message = format!("{} has no `schema`", backend.product());
        let help = format!("{} have it: remove it here", others.replace('`', ""));
        diagnostics.push(Diagnostic::new(Code::OtherBackend, schema.span, message).help(help));
    }
}
