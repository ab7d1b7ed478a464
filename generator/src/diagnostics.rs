//! Problems of a `bindings.toml`, as values.
//!
//! Every stage of loading adds to one [`Diagnostics`]; nothing is printed and nothing stops at the
//! first. `code` is the list of what can be wrong, `render` turns problems into text.

mod code;
mod excerpt;
mod nearest;
mod render;
mod secrets;

use crate::source::Span;

pub use code::{Code, Severity};
pub(crate) use nearest::nearest;
pub(crate) use secrets::in_url as has_password;
#[cfg(feature = "cli")]
pub(crate) use secrets::{cover, in_text as secrets_in};

/// Most problems that are kept. A file with more of them is not read by a person; they are counted.
const KEPT: usize = 200;

/// Longest text of a problem, in bytes: a name in it may be as long as the file.
const LONGEST: usize = 400;

/// One problem.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    code: Code,
    message: String,
    /// The place, and a word about it; none if the problem is the whole file.
    primary: Option<Label>,
    secondary: Vec<Label>,
    help: Option<String>,
}

/// A place and what there is to say about it.
#[derive(Clone, Debug)]
struct Label {
    span: Span,
    text: String,
}

impl Diagnostic {
    /// A problem of the whole file.
    pub(crate) fn of_file(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: tame(message.into()),
            primary: None,
            secondary: Vec::new(),
            help: None,
        }
    }

    /// A problem at a place.
    pub(crate) fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        let primary = Some(Label { span, text: String::new() });
        Self { primary, ..Self::of_file(code, message) }
    }

    /// What to say at the place itself.
    pub(crate) fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(primary) = &mut self.primary {
            primary.text = tame(text.into());
        }
        self
    }

    /// Another place that belongs to the problem.
    pub(crate) fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: tame(text.into()) });
        self
    }

    /// What to do about it.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(tame(text.into()));
        self
    }

    /// What kind of problem it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where, if it is not the whole file.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.primary.as_ref().map(|label| label.span)
    }

    /// Order of the report: by place, at one place by code.
    fn rank(&self) -> (Option<Span>, Code) {
        (self.span(), self.code)
    }
}

/// The problems of one file.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    secrets: Vec<Span>,
    errors: usize,
    warnings: usize,
}

impl Diagnostics {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        match diagnostic.code.severity() {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
        if self.list.len() < KEPT {
            self.list.push(diagnostic);
        }
    }

    /// Adds any number of problems; none of an empty option.
    pub(crate) fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Marks a stretch of the file that no report may show.
    pub(crate) fn hide(&mut self, secret: Span) {
        self.secrets.push(secret);
    }

    /// Removes what `keep` refuses; for reports that only follow from another one.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&Diagnostic) -> bool) {
        let (errors, warnings) = (&mut self.errors, &mut self.warnings);
        self.list.retain(|diagnostic| {
            let kept = keep(diagnostic);
            if !kept {
                match diagnostic.code.severity() {
                    Severity::Error => *errors -= 1,
                    Severity::Warning => *warnings -= 1,
                }
            }
            kept
        });
    }

    pub(crate) fn sort(&mut self) {
        self.list.sort_by_key(Diagnostic::rank);
    }

    /// The problems, in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// How many errors there are; more than zero means that there is no model.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// How many warnings there are.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.warnings
    }

    /// Whether there is nothing to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The counts in words: `3 errors, 1 warning`. `None` if there is nothing to report.
    #[must_use]
    pub fn summary(&self) -> Option<String> {
        let count = |number: usize, noun: &str| match number {
            0 => None,
            1 => Some(format!("1 {noun}")),
            _ => Some(format!("{number} {noun}s")),
        };
        let parts: Vec<_> = [count(self.errors, "error"), count(self.warnings, "warning")]
            .into_iter()
            .flatten()
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// How many problems were found and not kept.
    fn left_out(&self) -> usize {
        self.errors + self.warnings - self.list.len()
    }
}

/// Text of the file inside a message must not break its line, drive a terminal or fill a screen.
fn tame(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text.replace(char::is_control, "\u{fffd}")
}
