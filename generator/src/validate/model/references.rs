//! References: the column that each names, and whether a database takes it.

use std::collections::BTreeMap;

use super::{Draft, meant};
use crate::{
    config::{ColumnConfig, listed},
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    model::table::{Column, ColumnType, OnDelete, Reference},
    settings::model::ON_DELETE,
    source::{Span, Spanned},
};

/// Finds what each column refers to.
pub(super) fn resolve(drafts: &mut [Draft<'_>], diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    let targets = Targets::new(drafts);
    for (table, draft) in drafts.iter().enumerate() {
        for (column, config) in draft.config.columns.iter().enumerate() {
            let on_delete = on_delete(config).unwrap_or_else(|problem| {
                diagnostics.push(problem);
                OnDelete::default()
            });
            let Some(typed) = &config.references else { continue };
            let place = (table, column);
            let reference = targets.find(typed, place).and_then(|(table, target)| {
                let reference = Reference { table, column: target, on_delete };
                fits(drafts, place, typed, &reference).map(|()| reference)
            });
            match reference {
                Ok(reference) => found.push((place, reference)),
                Err(problem) => diagnostics.push(problem),
            }
        }
    }
    for ((table, column), reference) in found {
        if let Some(column) = &mut drafts[table].columns[column] {
            column.references = Some(reference);
        }
    }
}

/// The models and their columns, by name.
struct Targets<'a> {
    /// In the order of the file, which is the order in which they are proposed.
    names: Vec<&'a str>,
    models: BTreeMap<&'a str, usize>,
    columns: Vec<BTreeMap<&'a str, usize>>,
    /// Names of tables, for those who write them in place of the model.
    tables: BTreeMap<&'a str, &'a str>,
}

impl<'a> Targets<'a> {
    fn new(drafts: &[Draft<'a>]) -> Self {
        let columns = drafts.iter().map(|draft| {
            let columns = draft.config.columns.iter().enumerate();
            columns.map(|(at, column)| (&*column.name.value, at)).collect()
        });
        let tables = drafts
            .iter()
            .filter_map(|draft| Some((&*draft.config.table.as_ref()?.value, draft.name())));
        Self {
            names: drafts.iter().map(Draft::name).collect(),
            models: drafts.iter().enumerate().map(|(at, draft)| (draft.name(), at)).collect(),
            columns: columns.collect(),
            tables: tables.collect(),
        }
    }

    /// The model and the column that a text names.
    fn find(
        &self,
        typed: &Spanned<String>,
        (table, column): (usize, usize),
    ) -> Result<(usize, usize), Diagnostic> {
        let refused = |message: String| Diagnostic::new(Code::BadReference, typed.span, message);
        let parts = typed.value.split_once('.').filter(|(model, column)| {
            !model.is_empty() && !column.is_empty() && !column.contains('.')
        });
        let Some((model, name)) = parts else {
            let message = format!("`{}` is no model and column", typed.value);
            let help = match self.models.get_key_value(&*typed.value) {
                Some((model, _)) => format!("name the column too, like `\"{model}.id\"`"),
                None => "write it like `references = \"User.id\"`".to_owned(),
            };
            return Err(refused(message).help(help));
        };
        let Some(target) = self.models.get(model) else {
            let message = format!("there is no model `{model}` in this bind");
            let help = match self.tables.get(model) {
                Some(named) => format!("that is its table: write `\"{named}.{name}\"`"),
                None => meant(model, self.names.iter().copied()),
            };
            return Err(refused(message).help(help));
        };
        let Some(at) = self.columns[*target].get(name) else {
            let message = format!("the model `{model}` has no column `{name}`");
            let help = if self.columns[*target].is_empty() {
                "give it a column".to_owned()
            } else {
                meant(name, self.columns[*target].keys().copied())
            };
            return Err(refused(message).help(help));
        };
        if (*target, *at) == (table, column) {
            let help = "name another column, or remove `references`";
            return Err(refused("the column refers to itself".to_owned()).help(help));
        }
        Ok((*target, *at))
    }
}

/// Whether a database takes a reference; one from or to a column of unknown type passes.
fn fits(
    drafts: &[Draft<'_>],
    (table, column): (usize, usize),
    typed: &Spanned<String>,
    reference: &Reference,
) -> Result<(), Diagnostic> {
    let (from, to) = (&drafts[table], &drafts[reference.table]);
    let target = &to.config.columns[reference.column];
    let (Some(source), Some(found)) = (&from.columns[column], &to.columns[reference.column]) else {
        return Ok(());
    };
    let config = &from.config.columns[column];
    let refused = |message: String| Diagnostic::new(Code::BadReference, typed.span, message);
    if to.key != [reference.column] && !found.unique {
        let message = format!("`{}` may be the same in several rows", typed.value);
        let help =
            format!("refer to the primary key, or add `unique = true` to `{}`", target.name.value);
        return Err(refused(message).also(target.name.span, "not unique").help(help));
    }
    if !same_type(source, found) {
        let (mine, its) = (source.kind.word(), found.kind.word());
        let message = format!("`{}` is of another type", typed.value);
        let diagnostic = refused(message).label(format!("this column is `{mine}`"));
        let diagnostic = diagnostic.also(type_span(target), format!("that one is `{its}`"));
        return Err(if mine == "enum" || its == "enum" {
            diagnostic.help("an enum has a type of its own: refer to a column of another type")
        } else {
            diagnostic.help(format!("make this column `{its}` too"))
        });
    }
    if reference.on_delete == OnDelete::SetNull && !source.nullable {
        let span = config.on_delete.as_ref().map_or(typed.span, |typed| typed.span);
        let message = format!("`{}` is never NULL", config.name.value);
        let diagnostic = Diagnostic::new(Code::BadReference, span, message);
        let diagnostic = diagnostic.also(type_span(config), "not nullable");
        return Err(diagnostic.help("add `nullable = true`, or take `cascade` or `restrict`"));
    }
    Ok(())
}

/// Lengths may differ; the words of two enums are two types even when they are the same.
fn same_type(source: &Column, target: &Column) -> bool {
    use ColumnType::{Enum, Text};
    match (&source.kind, &target.kind) {
        (Text { .. }, Text { .. }) => true,
        (Enum(_), Enum(_)) => false,
        (source, target) => source == target,
    }
}

/// Where the type of a column stands.
pub(super) fn type_span(column: &ColumnConfig) -> Span {
    let words = column.words.as_ref().map(|words| words.span);
    let named = column.kind.as_ref().or(column.rust.as_ref());
    named.map(|kind| kind.span).or(words).unwrap_or(column.name.span)
}

fn on_delete(column: &ColumnConfig) -> Result<OnDelete, Diagnostic> {
    let Some(typed) = &column.on_delete else { return Ok(OnDelete::default()) };
    if column.references.is_none() && column.sound {
        let message = "`on_delete` is for a column that refers to another";
        let help = "add `references`, like `references = \"User.id\"`, or remove it";
        return Err(Diagnostic::new(Code::ColumnSetting, typed.span, message).help(help));
    }
    let words = || ON_DELETE.iter().map(|(word, _)| *word);
    let found = ON_DELETE.iter().find(|(word, _)| *word == typed.value);
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let help = match nearest(&typed.value, words()) {
            Some(meant) => format!("did you mean `on_delete = \"{meant}\"`?"),
            None => format!("there is {}", listed(words())),
        };
        Diagnostic::new(Code::UnknownChoice, typed.span, "`on_delete` has no such choice")
            .help(help)
    })
}
