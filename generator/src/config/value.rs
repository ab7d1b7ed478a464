//! Values: a scalar of the right type, or a table that says where the value comes from.

use toml::{
    Spanned as TomlSpanned,
    de::{DeInteger, DeTable, DeValue},
};

use super::{Scalar, Sources, Value};
use crate::{
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    settings::{Kind, Spec, Text},
    source::{Span, Spanned},
};

/// The names in a table of sources.
pub(crate) const SOURCES: [&str; 3] = ["env", "file_env", "default"];

/// Reads the value of a setting.
pub(super) fn read(
    spec: &'static Spec,
    value: &TomlSpanned<DeValue<'_>>,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    let DeValue::Table(table) = value.get_ref() else {
        return scalar(spec, value, diagnostics).map(Value::Plain);
    };
    let span = Span::from(value.span());
    if spec.is_setting() {
        return sources(spec, table, span, diagnostics).map(Value::Sources);
    }
    let message = format!(
        "`{}` is fixed when the code is generated and cannot come from the environment",
        spec.name
    );
    let help = format!("write the value itself, like `{} = {}`", spec.name, spec.plain_example());
    diagnostics.push(Diagnostic::new(Code::FixedStructure, span, message).help(help));
    None
}

fn sources(
    spec: &'static Spec,
    table: &DeTable<'_>,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Option<Sources> {
    let mut sources = Sources { span, env: None, file_env: None, default: None };
    let mut sound = true;
    for (name, value) in table {
        let taken = match &**name.get_ref() {
            "env" => {
                variable(name.get_ref(), value, diagnostics).map(|env| sources.env = Some(env))
            }
            "file_env" => {
                variable(name.get_ref(), value, diagnostics).map(|env| sources.file_env = Some(env))
            }
            "default" => {
                scalar(spec, value, diagnostics).map(|default| sources.default = Some(default))
            }
            other => {
                let message = format!("a value has no `{other}`");
                let help = match nearest(other, SOURCES) {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => format!("there is {}", listed(SOURCES)),
                };
                diagnostics.push(
                    Diagnostic::new(Code::UnknownName, name.span().into(), message).help(help),
                );
                None
            }
        };
        sound &= taken.is_some();
    }
    sound.then_some(sources)
}

fn variable(
    name: &str,
    value: &TomlSpanned<DeValue<'_>>,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<String>> {
    let span = Span::from(value.span());
    if let DeValue::String(text) = value.get_ref() {
        return Some(Spanned { value: text.to_string(), span });
    }
    let message = format!(
        "`{name}` is the name of an environment variable, found {}",
        describe(value.get_ref())
    );
    let help = format!("write it in quotes, like `{name} = \"MAIN_URL\"`");
    diagnostics.push(Diagnostic::new(Code::WrongType, span, message).help(help));
    None
}

fn scalar(
    spec: &'static Spec,
    value: &TomlSpanned<DeValue<'_>>,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<Scalar>> {
    let span = Span::from(value.span());
    if matches!(spec.kind, Kind::Text(Text::Password)) {
        diagnostics.hide(span);
    }
    let scalar = match (spec.kind, value.get_ref()) {
        (Kind::Flag(flag), DeValue::Boolean(value)) => Scalar::Flag(flag, *value),
        (Kind::Switch, DeValue::Boolean(value)) => Scalar::Switch(*value),
        (Kind::Integer { min, max }, DeValue::Integer(value)) => {
            Scalar::Integer { min, max, value: integer(value) }
        }
        (Kind::Duration { off }, DeValue::String(text)) => {
            Scalar::Duration { off, text: text.to_string() }
        }
        (Kind::Text(kind), DeValue::String(text)) => Scalar::Text(kind, text.to_string()),
        (Kind::Choice(variants), DeValue::String(text)) => {
            Scalar::Choice(variants, text.to_string())
        }
        (_, found) => {
            let found = describe(found);
            let message = format!("`{}` is {}, found {found}", spec.name, expected(spec.kind));
            let help = format!("write it like `{} = {}`", spec.name, spec.plain_example());
            diagnostics.push(Diagnostic::new(Code::WrongType, span, message).help(help));
            return None;
        }
    };
    Some(Spanned { value: scalar, span })
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Flag(_) | Kind::Switch => "`true` or `false`",
        Kind::Integer { .. } => "a whole number",
        Kind::Duration { .. } => "a duration in quotes",
        Kind::Text(_) | Kind::Choice(_) => "a string",
    }
}

/// A TOML value in words.
pub(super) fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(true) => "`true`",
        DeValue::Boolean(false) => "`false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

/// A whole number; one that does not fit is cut.
pub(super) fn integer(number: &DeInteger<'_>) -> i128 {
    let limit = if number.as_str().starts_with('-') { i128::MIN } else { i128::MAX };
    i128::from_str_radix(number.as_str(), number.radix()).unwrap_or(limit)
}

/// Names as prose: `a`, `b` and `c`.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "nothing".to_owned(),
    }
}
