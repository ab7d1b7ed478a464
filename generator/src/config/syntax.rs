//! Errors of the TOML itself, in our words where they are about a name that is defined twice.

use toml::de::{DeTable, DeValue, Error};

use crate::{
    diagnostics::{Code, Diagnostic, Diagnostics},
    source::{Source, Span},
};

/// Each search for a first place parses the file again, so there is a limit on how many are made.
const SEARCHES: usize = 20;

/// Reports what the parser found.
pub(super) fn report(source: &Source, errors: &[Error], diagnostics: &mut Diagnostics) {
    let mut searches = SEARCHES;
    for error in errors {
        let end = source.text().len();
        let span = error.span().map_or(Span { start: end, end }, Span::from);
        if error.message() == "duplicate key" {
            let first = (searches > 0).then(|| first_place(source.text(), span)).flatten();
            searches = searches.saturating_sub(1);
            diagnostics.push(duplicate(source, span, first));
        } else {
            diagnostics.push(Diagnostic::new(Code::Syntax, span, sentence(error.message())));
        }
    }
}

fn duplicate(source: &Source, span: Span, first: Option<Span>) -> Diagnostic {
    let name = source.text().get(span.start..span.end).unwrap_or_default();
    let diagnostic =
        Diagnostic::new(Code::DuplicateKey, span, format!("`{name}` is defined twice"))
            .label("defined again here")
            .help("merge the two, or rename one");
    match first {
        Some(first) => diagnostic.also(first, "first defined here"),
        None => diagnostic,
    }
}

/// Where the name at `again` was defined before.
///
/// The parser tells only the second place. So the second name is replaced by one that is not
/// taken, which keeps both in the tree, side by side.
fn first_place(text: &str, again: Span) -> Option<Span> {
    let typed = text.get(again.start..again.end)?;
    let name = DeTable::parse(&format!("{typed} = 0"))
        .ok()?
        .get_ref()
        .keys()
        .next()?
        .get_ref()
        .to_string();
    ["_", "-", "0", "Z"].into_iter().find_map(|letter| {
        let renamed =
            [&text[..again.start], &letter.repeat(typed.len()), &text[again.end..]].concat();
        let (document, _) = DeTable::parse_recoverable(&renamed);
        let table = table_with(document.get_ref(), again)?;
        let (first, _) = table.get_key_value(name.as_str())?;
        Some(Span::from(first.span()))
    })
}

/// The table that has a key at this place.
fn table_with<'a, 'i>(table: &'a DeTable<'i>, place: Span) -> Option<&'a DeTable<'i>> {
    if table.keys().any(|key| Span::from(key.span()) == place) {
        return Some(table);
    }
    table.values().find_map(|value| inside(value.get_ref(), place))
}

fn inside<'a, 'i>(value: &'a DeValue<'i>, place: Span) -> Option<&'a DeTable<'i>> {
    match value {
        DeValue::Table(table) => table_with(table, place),
        DeValue::Array(items) => items.iter().find_map(|item| inside(item.get_ref(), place)),
        _ => None,
    }
}

/// The parser's words already make sense; they only name no subject.
fn sentence(message: &str) -> String {
    format!("not valid TOML: {message}")
}
