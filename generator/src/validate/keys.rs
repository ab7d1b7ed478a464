//! Keys: whether each can be used, and whether two become the same name.

use std::collections::BTreeMap;

use heck::ToSnakeCase as _;

use crate::{
    config::BindConfig,
    diagnostics::{Code, Diagnostic, Diagnostics},
    names::{Names, Problem, names},
    source::{Span, Spanned},
};

/// The names of a key, unless it cannot be used.
pub(super) fn check(key: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Names> {
    let typed = shortened(&key.value);
    let diagnostic = match names(&key.value) {
        Ok(names) => return Some(names),
        Err(Problem::Unusable(why)) => {
            let message = format!("`{typed}` cannot be the key of a bind: {why}");
            Diagnostic::new(Code::UnusableKey, key.span, message)
                .label("becomes a module, a type and a file")
        }
        Err(Problem::Reserved(what)) => {
            let message = format!("the key `{typed}` is taken: it is {what}");
            Diagnostic::new(Code::ReservedKey, key.span, message)
        }
    };
    let suggestions = [format!("{}-db", key.value), format!("db-{}", key.value)];
    let is_nice = |name: &&String| {
        name.starts_with(|first: char| first.is_ascii_alphabetic()) && names(name).is_ok()
    };
    let suggestion =
        suggestions.iter().find(is_nice).filter(|_| key.value.contains(char::is_alphanumeric));
    diagnostics.push(match suggestion {
        Some(usable) => diagnostic.help(format!("take another name, for example `{usable}`")),
        None => diagnostic.help("a key has letters, digits, `-` and `_`, and starts with a letter"),
    });
    None
}

/// Reports keys that become the same name in the generated code.
pub(super) fn clashes(binds: &[BindConfig], diagnostics: &mut Diagnostics) {
    let mut taken: BTreeMap<String, (&str, Span)> = BTreeMap::new();
    for BindConfig { key, .. } in binds {
        let module = key.value.to_snake_case();
        if module.is_empty() {
            continue;
        }
        match taken.get(&module) {
            Some((first, place)) => {
                let message = format!(
                    "the keys `{first}` and `{}` both become `{module}`",
                    shortened(&key.value)
                );
                let diagnostic = Diagnostic::new(Code::KeyClash, key.span, message)
                    .label(format!("becomes `{module}` as well"))
                    .also(*place, format!("becomes `{module}`"))
                    .help("rename one of them");
                diagnostics.push(diagnostic);
            }
            None => _ = taken.insert(module, (shortened(&key.value), key.span)),
        }
    }
    for (module, (key, place)) in &taken {
        let hooked = module.strip_prefix("on_").and_then(|bind| taken.get(bind));
        if let Some((other, other_place)) = hooked {
            let message =
                format!("the keys `{other}` and `{key}` both become `{module}` in the builder");
            let diagnostic = Diagnostic::new(Code::KeyClash, *place, message)
                .label("its target is given by this name")
                .also(*other_place, "its hooks are given by that name")
                .help("rename one of them");
            diagnostics.push(diagnostic);
        }
    }
}

/// The start of a key, for messages.
fn shortened(key: &str) -> &str {
    &key[..key.floor_char_boundary(64)]
}
