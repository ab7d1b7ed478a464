//! Lists of operations: those that are functions, and those that are routes.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    config::{Names, listed},
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    model::table::Operation,
    source::{Span, Spanned},
};

/// The functions.
pub(super) fn operations(typed: &Names, diagnostics: &mut Diagnostics) -> BTreeSet<Operation> {
    read("operation", typed, &Operation::ALL, diagnostics)
}

/// The routes.
pub(super) fn routes(typed: &Names, diagnostics: &mut Diagnostics) -> BTreeSet<Operation> {
    read("route", typed, &Operation::ROUTES, diagnostics)
}

fn read(
    what: &str,
    list: &Names,
    known: &[Operation],
    diagnostics: &mut Diagnostics,
) -> BTreeSet<Operation> {
    let mut found: BTreeMap<Operation, Span> = BTreeMap::new();
    for typed in &list.value {
        let Some(operation) = known.iter().find(|known| known.word() == typed.value) else {
            diagnostics.push(unknown(what, typed, known));
            continue;
        };
        if let Some(first) = found.get(operation) {
            let message = format!("the {what} `{}` stands twice", typed.value);
            let diagnostic = Diagnostic::new(Code::CrudSetting, typed.span, message);
            diagnostics.push(diagnostic.also(*first, "first here").help("remove one of them"));
        } else {
            found.insert(*operation, typed.span);
        }
    }
    found.into_keys().collect()
}

fn unknown(what: &str, typed: &Spanned<String>, known: &[Operation]) -> Diagnostic {
    let words = || known.iter().map(|operation| operation.word());
    let folded = typed.value.to_ascii_lowercase();
    let other = OTHER_NAMES.iter().find(|(names, _)| names.contains(&&*folded));
    let other = other.map(|(_, word)| *word).filter(|word| words().any(|known| known == *word));
    let is_function = Operation::ALL.iter().any(|known| known.word() == typed.value);
    let help = match other.or_else(|| nearest(&typed.value, words())) {
        Some("save") => "`save` is both: for one row and for many".to_owned(),
        Some(meant) if !is_function => format!("did you mean `{meant}`?"),
        _ => format!("there is {}", listed(words())),
    };
    let message = if is_function {
        format!("`{}` is a function and no route", typed.value)
    } else {
        format!("there is no {what} `{}`", typed.value)
    };
    Diagnostic::new(Code::CrudSetting, typed.span, message).help(help)
}

/// What HTTP, SQL and other libraries call them.
const OTHER_NAMES: &[(&[&str], &str)] = &[
    (&["create", "insert", "post", "new"], "add"),
    (&["get", "read", "show", "retrieve", "find", "select"], "view"),
    (&["update", "patch", "put", "change", "modify"], "edit"),
    (&["remove", "destroy"], "delete"),
    (&["save_all", "upsert", "merge"], "save"),
    (&["index", "all", "query", "list_view"], "list"),
    (&["add_all", "bulk_add", "bulk_create", "list_create", "add_list", "add_many"], "list_add"),
    (&["edit_all", "bulk_edit", "bulk_update", "list_update", "edit_list"], "list_edit"),
    (&["delete_all", "bulk_delete", "list_remove", "delete_list"], "list_delete"),
];
