//! The tables: which name is a setting, which is a bind, which is nothing.

use toml::{
    Spanned as TomlSpanned,
    de::{DeString, DeTable, DeValue},
};

use super::{BindConfig, Config, Given, model, value};
use crate::{
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    settings::{SPECS, Section, Spec},
    source::{Span, Spanned},
};

/// The table in `[bind.KEY]` that is no section of settings.
const MODEL: &str = "model";

type Entry<'a, 'i> = (&'a TomlSpanned<DeString<'i>>, &'a TomlSpanned<DeValue<'i>>);

/// Reads the whole document.
pub(super) fn read(document: &DeTable<'_>, diagnostics: &mut Diagnostics) -> Config {
    let mut config = Config::default();
    for (name, value) in in_file_order(document) {
        match &**name.get_ref() {
            "output" => {
                if let Some(table) = table(name, value, "[output]", diagnostics) {
                    section(
                        Section::Output,
                        "",
                        table,
                        &mut config.output,
                        &mut Vec::new(),
                        diagnostics,
                    );
                }
            }
            "bind" => {
                config.names_binds = true;
                if let Some(table) = table(name, value, "[bind.KEY]", diagnostics) {
                    config.names_binds = !table.is_empty();
                    let binds = in_file_order(table).into_iter();
                    config.binds =
                        binds.filter_map(|(key, value)| bind(key, value, diagnostics)).collect();
                }
            }
            other => diagnostics.push(unknown_table(other, name.span().into(), value)),
        }
    }
    config
}

fn bind(
    key: &TomlSpanned<DeString<'_>>,
    value: &TomlSpanned<DeValue<'_>>,
    diagnostics: &mut Diagnostics,
) -> Option<BindConfig> {
    let table = table(key, value, &Section::Bind.header(key.get_ref()), diagnostics)?;
    let key = Spanned { value: key.get_ref().to_string(), span: key.span().into() };
    let (mut given, mut refused) = (Vec::new(), Vec::new());
    section(Section::Bind, &key.value, table, &mut given, &mut refused, diagnostics);
    let models = match table.get_key_value(MODEL) {
        Some((name, value)) => {
            let header = format!("[bind.{}.{MODEL}.NAME]", key.value);
            let models = self::table(name, value, &header, diagnostics);
            models.map(|models| model::models(&key.value, models, diagnostics)).unwrap_or_default()
        }
        None => Vec::new(),
    };
    Some(BindConfig { key, given, refused, models })
}

/// Reads the settings of one section, and of the sections inside it; models are read apart.
fn section(
    section: Section,
    key: &str,
    table: &DeTable<'_>,
    given: &mut Vec<Given>,
    refused: &mut Vec<&'static Spec>,
    diagnostics: &mut Diagnostics,
) {
    for (name, value) in in_file_order(table) {
        let typed = &**name.get_ref();
        let span = Span::from(name.span());
        if let Some(spec) = section.specs().find(|spec| spec.name == typed) {
            match value::read(spec, value, diagnostics) {
                Some(value) => given.push(Given { spec, name: span, value }),
                None => refused.push(spec),
            }
        } else if let Some(inner) = inner_section(section, typed) {
            if let Some(table) = self::table(name, value, &inner.header(key), diagnostics) {
                self::section(inner, key, table, given, refused, diagnostics);
            }
        } else if section != Section::Bind || typed != MODEL {
            diagnostics.push(unknown_setting(section, key, typed, span));
        }
    }
}

fn inner_section(outer: Section, name: &str) -> Option<Section> {
    let inner = Section::ALL.into_iter().find(|section| section.table() == Some(name))?;
    (outer == Section::Bind).then_some(inner)
}

/// The table that must be the value of `name`.
pub(super) fn table<'a, 'i>(
    name: &TomlSpanned<DeString<'i>>,
    value: &'a TomlSpanned<DeValue<'i>>,
    header: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a DeTable<'i>> {
    if let DeValue::Table(table) = value.get_ref() {
        return Some(table);
    }
    let found = value::describe(value.get_ref());
    let message = format!("`{}` is a table, found {found}", name.get_ref());
    // The value of `[[header]]` spans the header, which is the better place to point at.
    let help = format!("write it as `{header}`");
    diagnostics.push(Diagnostic::new(Code::WrongType, value.span().into(), message).help(help));
    None
}

fn unknown_table(typed: &str, span: Span, value: &TomlSpanned<DeValue<'_>>) -> Diagnostic {
    let help = match nearest(typed, ["output", "bind"]) {
        Some(name) => format!("did you mean `{name}`?"),
        None if value.get_ref().as_table().is_some_and(|table| table.contains_key("backend")) => {
            format!("a database is declared as `[bind.{typed}]`")
        }
        None => {
            "a file has the table `[output]` and a table `[bind.KEY]` for each database".to_owned()
        }
    };
    Diagnostic::new(Code::UnknownName, span, format!("there is no table or setting `{typed}`"))
        .help(help)
}

fn unknown_setting(section: Section, key: &str, typed: &str, span: Span) -> Diagnostic {
    let header = section.header(key);
    let message = format!("there is no setting `{typed}` in `{header}`");
    let diagnostic = Diagnostic::new(Code::UnknownName, span, message);
    let of_bind = |spec: &&Spec| (spec.section == Section::Output) == (section == Section::Output);
    if let Some(spec) = SPECS.iter().filter(of_bind).find(|spec| spec.name == typed) {
        return diagnostic.help(format!("`{typed}` belongs into `{}`", spec.section.header(key)));
    }
    let tables = Section::ALL.iter().filter_map(|section| section.table()).chain([MODEL]);
    let tables = tables.filter(|_| section == Section::Bind);
    let here = || section.specs().map(|spec| spec.name);
    if let Some(name) = nearest(typed, here().chain(tables)) {
        return diagnostic.help(format!("did you mean `{name}`?"));
    }
    let elsewhere = SPECS.iter().filter(of_bind).map(|spec| spec.name);
    if let Some(spec) =
        nearest(typed, elsewhere).and_then(|name| SPECS.iter().find(|spec| spec.name == name))
    {
        let help = format!("did you mean `{}` in `{}`?", spec.name, spec.section.header(key));
        return diagnostic.help(help);
    }
    diagnostic.help(format!("there is {}", value::listed(here())))
}

/// The parser keeps names sorted; reports and binds follow the file.
pub(super) fn in_file_order<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Entry<'a, 'i>> {
    let mut entries: Vec<Entry<'a, 'i>> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}
