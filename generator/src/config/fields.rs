//! The values of a table whose names are fixed, taken one by one.
//!
//! Gives what has the right shape and reports what has not. Names that do not exist are for the
//! caller, who knows what they may be meant for.

use toml::{
    Spanned as TomlSpanned,
    de::{DeTable, DeValue},
};

use super::value;
use crate::{
    diagnostics::{Code, Diagnostic, Diagnostics},
    settings::model::Entry,
    source::{Span, Spanned},
};

/// A string, number or switch as typed.
#[derive(Clone, Debug)]
pub enum Typed {
    /// `true` or `false`.
    Switch(bool),
    /// A whole number; one that does not fit is cut, which is still far out of any bounds.
    Integer(i128),
    /// A number with a fraction; also `inf` and `nan`.
    Float(f64),
    /// A string.
    Text(String),
}

/// Strings in a list, each with its place.
pub type Names = Spanned<Vec<Spanned<String>>>;

/// One table and what may stand in it.
pub(super) struct Fields<'a, 'i, 'd> {
    pub(super) entries: &'static [Entry],
    pub(super) table: &'a DeTable<'i>,
    pub(super) diagnostics: &'d mut Diagnostics,
    /// Whether everything that was taken had the right shape.
    pub(super) sound: bool,
}

impl Fields<'_, '_, '_> {
    pub(super) fn text(&mut self, name: &str) -> Option<Spanned<String>> {
        self.take(name, text)
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<Spanned<bool>> {
        self.take(name, |value| value.get_ref().as_bool())
    }

    pub(super) fn integer(&mut self, name: &str) -> Option<Spanned<i128>> {
        self.take(name, |value| value.get_ref().as_integer().map(value::integer))
    }

    pub(super) fn typed(&mut self, name: &str) -> Option<Spanned<Typed>> {
        self.take(name, typed)
    }

    pub(super) fn texts(&mut self, name: &str) -> Option<Names> {
        self.take(name, texts)
    }

    pub(super) fn lists(&mut self, name: &str) -> Vec<Names> {
        let lists = self.take(name, |value| {
            let lists = value.get_ref().as_array()?.iter();
            lists.map(|list| Some(spanned(list, texts(list)?))).collect::<Option<Vec<_>>>()
        });
        lists.map(|lists| lists.value).unwrap_or_default()
    }

    fn take<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&TomlSpanned<DeValue<'_>>) -> Option<T>,
    ) -> Option<Spanned<T>> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        let value = self.table.get(name)?;
        if let Some(read) = read(value) {
            return Some(spanned(value, read));
        }
        let (found, expected) = (value::describe(value.get_ref()), entry.form.expected());
        let message = match value.get_ref() {
            // The array itself is right, and it would be odd to expect one and to find one.
            DeValue::Array(_) if expected.starts_with("a list") => {
                format!("`{name}` is {expected}, found something else in it")
            }
            _ => format!("`{name}` is {expected}, found {found}"),
        };
        let help = format!("write it like `{name} = {}`", entry.example);
        let diagnostic = Diagnostic::new(Code::WrongType, value.span().into(), message);
        self.diagnostics.push(diagnostic.help(help));
        self.sound = false;
        None
    }
}

fn spanned<T>(place: &TomlSpanned<DeValue<'_>>, value: T) -> Spanned<T> {
    Spanned { value, span: Span::from(place.span()) }
}

fn text(value: &TomlSpanned<DeValue<'_>>) -> Option<String> {
    value.get_ref().as_str().map(str::to_owned)
}

fn texts(value: &TomlSpanned<DeValue<'_>>) -> Option<Vec<Spanned<String>>> {
    value.get_ref().as_array()?.iter().map(|item| Some(spanned(item, text(item)?))).collect()
}

fn typed(value: &TomlSpanned<DeValue<'_>>) -> Option<Typed> {
    match value.get_ref() {
        DeValue::Boolean(value) => Some(Typed::Switch(*value)),
        DeValue::Integer(number) => Some(Typed::Integer(value::integer(number))),
        DeValue::Float(number) => number.as_str().parse().ok().map(Typed::Float),
        DeValue::String(text) => Some(Typed::Text(text.to_string())),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
