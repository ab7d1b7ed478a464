//! The stages before rendering in one step: a source becomes a model, or a list of problems.

use std::collections::BTreeSet;

use crate::{
    config,
    diagnostics::{Code, Diagnostics},
    model::Model,
    source::Source,
    validate,
};

/// Loads `source`. There is a model exactly if there is no error; there may be warnings with it.
#[must_use]
pub fn load(source: &Source) -> (Option<Model>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let config = config::parse(source, &mut diagnostics);
    let model = validate::validate(&config, source, &mut diagnostics);
    drop_consequences(source, &mut diagnostics);
    diagnostics.sort();
    (model, diagnostics)
}

/// Keeps quiet about what may only follow from text that could not be parsed: another report about
/// the same line, whatever seems to be missing, and names under a header that was lost.
fn drop_consequences(source: &Source, diagnostics: &mut Diagnostics) {
    let line = |offset: usize| source.position(offset).line;
    let unparsed = diagnostics.iter().filter(|diagnostic| diagnostic.code() == Code::Syntax);
    let mut broken: BTreeSet<usize> =
        unparsed.filter_map(|diagnostic| Some(line(diagnostic.span()?.start))).collect();
    if broken.is_empty() {
        return;
    }
    let mut orphaned = false;
    for (at, text) in source.text().lines().enumerate() {
        if text.trim_start().starts_with('[') {
            orphaned = broken.contains(&(at + 1));
        } else if orphaned {
            broken.insert(at + 1);
        }
    }
    diagnostics.retain(|diagnostic| match diagnostic.code() {
        Code::Syntax => true,
        // What seems to be missing may be what was lost.
        Code::NoBinds
        | Code::MissingBackend
        | Code::HalfCertificate
        | Code::NoSource
        | Code::PrimaryKey
        | Code::ColumnType
        | Code::ColumnList
        | Code::BadReference => false,
        _ => diagnostic.span().is_none_or(|span| !broken.contains(&line(span.start))),
    });
}
