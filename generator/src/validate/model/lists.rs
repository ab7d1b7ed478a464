//! What is unique and what has an index: switches of columns and lists of the model.

use std::collections::{BTreeMap, BTreeSet};

use super::{Draft, Set, is, meant};
use crate::{
    config::Names,
    diagnostics::{Code, Diagnostic, Diagnostics},
    source::{Span, Spanned},
};

/// Most columns of one index: `MySQL` takes no more.
pub(super) const MOST: usize = 16;

/// Reads the switches and the lists of a model into its sets.
pub(super) fn read(draft: &mut Draft<'_>, diagnostics: &mut Diagnostics) {
    let config = draft.config;
    for (at, column) in config.columns.iter().enumerate() {
        for (unique, flag) in [(true, &column.unique), (false, &column.index)] {
            if let Some(flag) = flag.as_ref().filter(|flag| is(Some(flag))) {
                draft.sets.push(Set { unique, columns: vec![at], span: flag.span });
            }
        }
    }
    for (unique, lists) in [(true, &config.unique), (false, &config.index)] {
        let mut seen: BTreeMap<Vec<usize>, Span> = BTreeMap::new();
        for list in lists {
            let Some(columns) = resolve(list, draft, diagnostics) else { continue };
            // Their order is nothing to a constraint, and everything to an index.
            let mut order = columns.clone();
            if unique {
                order.sort_unstable();
            }
            if let Some(first) = seen.get(&order) {
                let message = "these columns are listed twice";
                let diagnostic = Diagnostic::new(Code::ColumnList, list.span, message);
                diagnostics.push(diagnostic.also(*first, "first here").help("remove one of them"));
                continue;
            }
            seen.insert(order, list.span);
            if let (true, [only]) = (unique, &columns[..])
                && let Some(column) = &mut draft.columns[*only]
            {
                column.unique = true;
            }
            draft.sets.push(Set { unique, columns, span: list.span });
        }
    }
}

fn resolve(list: &Names, draft: &Draft<'_>, diagnostics: &mut Diagnostics) -> Option<Vec<usize>> {
    let refused = |span: Span, message: String| Diagnostic::new(Code::ColumnList, span, message);
    if list.value.is_empty() || list.value.len() > MOST {
        let message = match list.value.len() {
            0 => "the list has no columns".to_owned(),
            many => format!("the list has {many} columns, and MySQL takes at most {MOST}"),
        };
        diagnostics.push(refused(list.span, message).help("list the columns that belong together"));
        return None;
    }
    let mut columns = Vec::new();
    for name in &list.value {
        match draft.fields.get(&*name.value) {
            Some(at) if columns.contains(at) => {
                let message = format!("`{}` stands twice in the list", name.value);
                diagnostics.push(refused(name.span, message).help("remove one of them"));
            }
            Some(at) => columns.push(*at),
            None => {
                diagnostics.push(no_column(draft, Code::ColumnList, name, &name.value));
            }
        }
    }
    (columns.len() == list.value.len()).then_some(columns)
}

/// Says that a model has no column of this name.
pub(super) fn no_column(
    draft: &Draft<'_>,
    code: Code,
    place: &Spanned<String>,
    name: &str,
) -> Diagnostic {
    let message = format!("the model `{}` has no column `{name}`", draft.name());
    let help = meant(name, draft.fields.keys().copied());
    Diagnostic::new(code, place.span, message).help(help)
}

/// The constraints over several columns, and the indexes that no key or constraint makes anyway.
pub(super) fn without_repetition(draft: &Draft<'_>) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let of = |unique: bool| draft.sets.iter().filter(move |set| set.unique == unique);
    let mut made: BTreeSet<&[usize]> = of(true).map(|set| &*set.columns).collect();
    made.insert(&draft.key);
    let indexes = of(false).filter(|set| made.insert(&set.columns));
    let indexes = indexes.map(|set| set.columns.clone()).collect();
    let unique = of(true).filter(|set| set.columns.len() > 1).map(|set| set.columns.clone());
    (unique.collect(), indexes)
}
