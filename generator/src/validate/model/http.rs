//! What HTTP may do with each column.

use super::Draft;
use crate::{
    config::{ColumnConfig, listed},
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    model::table::Http,
    settings::model::HTTP,
    source::{Span, Spanned},
};

/// Decides it for every column of a model.
pub(super) fn decide(draft: &mut Draft<'_>, diagnostics: &mut Diagnostics) {
    for at in 0..draft.columns.len() {
        let config = &draft.config.columns[at];
        let rule = Rule::of(draft, at);
        let typed = config.http.as_ref().map(|typed| meaning(typed, &rule, config));
        let http = typed.unwrap_or(Ok(rule.default)).unwrap_or_else(|problem| {
            diagnostics.push(problem);
            rule.default
        });
        if let Some(column) = &mut draft.columns[at] {
            column.http = http;
        }
    }
}

/// What a column may be, and what it is when it does not say.
struct Rule {
    default: Http,
    allowed: &'static [Http],
    /// Why not more, and where that is said.
    because: Option<(&'static str, Span)>,
}

impl Rule {
    fn of(draft: &Draft<'_>, at: usize) -> Self {
        const NEVER_SET: &[Http] = &[Http::Read, Http::Hidden];
        let (model, config) = (draft.config, &draft.config.columns[at]);
        let on = |flag: &Option<Spanned<bool>>| {
            flag.as_ref().filter(|flag| flag.value).map(|flag| flag.span)
        };
        let named = |found: Option<usize>, typed: &Option<Spanned<String>>| {
            typed.as_ref().filter(|_| found == Some(at)).map(|typed| typed.span)
        };
        let managed = |default, span, why| {
            let because = Some((why, span));
            Self { default, allowed: NEVER_SET, because }
        };
        if let Some(span) = named(draft.soft_delete, &model.soft_delete) {
            managed(Http::Hidden, span, "set when a row is deleted")
        } else if let Some(span) = named(draft.version, &model.version) {
            managed(Http::Read, span, "set by every change")
        } else if let Some(span) = on(&config.generated) {
            managed(Http::Read, span, "made for a new row")
        } else if let Some(span) = on(&config.primary_key) {
            Self {
                default: Http::AddOnly,
                allowed: &[Http::AddOnly, Http::Read, Http::Hidden],
                because: Some(("a key never changes", span)),
            }
        } else {
            let allowed = &[Http::Write, Http::AddOnly, Http::Read, Http::Hidden];
            Self { default: Http::Write, allowed, because: None }
        }
    }

    fn words(&self) -> impl Iterator<Item = &'static str> {
        HTTP.iter().filter(|(_, http)| self.allowed.contains(http)).map(|(word, _)| *word)
    }
}

fn meaning(
    typed: &Spanned<String>,
    rule: &Rule,
    config: &ColumnConfig,
) -> Result<Http, Diagnostic> {
    let Some((word, http)) = HTTP.iter().find(|(word, _)| *word == typed.value) else {
        let help = match nearest(&typed.value, rule.words()) {
            Some(meant) => format!("did you mean `http = \"{meant}\"`?"),
            None => format!("there is {}", listed(rule.words())),
        };
        let message = "`http` has no such choice";
        return Err(Diagnostic::new(Code::UnknownChoice, typed.span, message).help(help));
    };
    if rule.allowed.contains(http) {
        return Ok(*http);
    }
    let message = format!("`{}` cannot be `{word}`", config.name.value);
    let diagnostic = Diagnostic::new(Code::ColumnSetting, typed.span, message);
    let diagnostic = match rule.because {
        Some((why, span)) => diagnostic.also(span, why),
        None => diagnostic,
    };
    Err(diagnostic.help(format!(
        "it can be {}; left out it is {}",
        listed(rule.words()),
        word_of(rule.default)
    )))
}

fn word_of(http: Http) -> String {
    listed(HTTP.iter().filter(|(_, known)| *known == http).map(|(word, _)| *word))
}
