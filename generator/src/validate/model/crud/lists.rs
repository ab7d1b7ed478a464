//! The columns by which a query may choose and sort rows.

use std::collections::BTreeMap;

use super::super::{Draft, lists::no_column, references::type_span};
use crate::{
    config::{CrudConfig, Names, listed},
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::table::{Column, ColumnType, Http},
    source::{Span, Spanned},
};

/// Names in a query that are no columns.
const OF_QUERY: &[&str] = &["cursor", "order", "page", "size", "total"];

/// Columns that a query may filter by.
pub(super) fn filter(
    draft: &Draft<'_>,
    crud: &CrudConfig,
    diagnostics: &mut Diagnostics,
) -> Vec<usize> {
    read(draft, "filter", crud.filter.as_ref(), false, diagnostics, |column| {
        let bytes = matches!(column.kind, ColumnType::Bytes);
        if bytes { Some("has no text") } else { unsorted(column) }
    })
    .into_iter()
    .map(|(at, _)| at)
    .collect()
}

/// Columns that a query may order by.
pub(super) fn order(
    draft: &Draft<'_>,
    crud: &CrudConfig,
    diagnostics: &mut Diagnostics,
) -> Vec<usize> {
    let columns = read(draft, "order", crud.order.as_ref(), false, diagnostics, unsorted);
    columns.into_iter().map(|(at, _)| at).collect()
}

/// The order when a query names none; `true` is descending.
pub(super) fn default_order(
    draft: &Draft<'_>,
    crud: &CrudConfig,
    diagnostics: &mut Diagnostics,
) -> Vec<(usize, bool)> {
    read(draft, "default_order", crud.default_order.as_ref(), true, diagnostics, unsorted)
}

/// Why nothing can be sorted by a column, if so.
fn unsorted(column: &Column) -> Option<&'static str> {
    match column.kind {
        ColumnType::Json => Some("has no order that every database knows"),
        ColumnType::Custom { .. } => Some("is known to the application alone"),
        _ => None,
    }
}

fn read(
    draft: &Draft<'_>,
    setting: &str,
    list: Option<&Names>,
    signed: bool,
    diagnostics: &mut Diagnostics,
    obstacle: impl Fn(&Column) -> Option<&'static str>,
) -> Vec<(usize, bool)> {
    let mut taken: BTreeMap<usize, Span> = BTreeMap::new();
    let mut columns = Vec::new();
    for typed in list.into_iter().flat_map(|list| &list.value) {
        let ascending = typed.value.strip_prefix('-').filter(|_| signed);
        let name = ascending.unwrap_or(&typed.value);
        let Some(at) = draft.fields.get(name).copied() else {
            diagnostics.push(unknown(draft, setting, typed, name));
            continue;
        };
        if let Some(first) = taken.insert(at, typed.span) {
            let message = format!("`{name}` stands twice in `{setting}`");
            let diagnostic = Diagnostic::new(Code::CrudSetting, typed.span, message);
            diagnostics.push(diagnostic.also(first, "first here").help("remove one of them"));
            continue;
        }
        let place = Place { draft, setting, typed, name, at };
        match place.refused(&obstacle) {
            Some(problem) => diagnostics.push(problem),
            None => columns.push((at, ascending.is_some())),
        }
    }
    columns
}

fn unknown(draft: &Draft<'_>, setting: &str, typed: &Spanned<String>, name: &str) -> Diagnostic {
    let (column, direction) = name.trim_start_matches(['-', '+']).split_once(' ').unwrap_or((
        name.trim_start_matches(['-', '+']),
        if name.starts_with('-') { "desc" } else { "" },
    ));
    let diagnostic = no_column(draft, Code::CrudSetting, typed, name);
    if column == name || !draft.fields.contains_key(column) {
        return diagnostic;
    }
    let is_down = direction.trim().eq_ignore_ascii_case("desc");
    diagnostic.help(match (setting, is_down) {
        ("default_order", true) => format!("write `\"-{column}\"`: the highest value comes first"),
        ("default_order", false) => format!("write `\"{column}\"`: the lowest value comes first"),
        _ => format!("write `\"{column}\"`"),
    })
}

/// A column in one of the lists.
struct Place<'a, 'd> {
    draft: &'a Draft<'d>,
    setting: &'a str,
    typed: &'a Spanned<String>,
    name: &'a str,
    at: usize,
}

impl Place<'_, '_> {
    fn refused(&self, obstacle: impl Fn(&Column) -> Option<&'static str>) -> Option<Diagnostic> {
        // What is wrong with a column of unknown type is said already.
        let column = self.draft.columns[self.at].as_ref()?;
        let config = &self.draft.config.columns[self.at];
        let message = format!("`{}` cannot be in `{}`", self.name, self.setting);
        let diagnostic = Diagnostic::new(Code::CrudSetting, self.typed.span, message);
        if column.http == Http::Hidden {
            let by_model = self.draft.config.soft_delete.as_ref();
            let by_model = by_model.filter(|_| self.draft.soft_delete == Some(self.at));
            let span =
                config.http.as_ref().or(by_model).map_or(config.name.span, |typed| typed.span);
            let what =
                if config.http.is_some() { "hidden" } else { "hidden, unless `http` says else" };
            let help = "remove it from the list, or show it: `http = \"read\"`";
            return Some(diagnostic.also(span, what).help(help));
        }
        if let Some(why) = obstacle(column) {
            let what = format!("`{}` {why}", column.kind.word());
            return Some(diagnostic.also(type_span(config), what).help("remove it from the list"));
        }
        if self.setting == "filter" && OF_QUERY.contains(&self.name) {
            let names = listed(OF_QUERY.iter().copied());
            let help = format!(
                "{names} say how a list is sorted and cut: take another name, and keep that of \
                 the database with `column = \"{}\"`",
                self.name
            );
            return Some(diagnostic.label("means something else in a query").help(help));
        }
        None
    }
}
