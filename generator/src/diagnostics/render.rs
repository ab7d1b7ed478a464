//! Problems as text: for people, one line each, or for machines.

use annotate_snippets::{
    AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
    renderer::DecorStyle,
};

use super::{Diagnostic, Diagnostics, Label, Severity, excerpt::Excerpt, secrets};
use crate::{
    json::Json,
    source::{Source, Span},
};

/// Places of one problem that are further apart than this many lines are shown apart.
const TOGETHER: usize = 40;

impl Diagnostics {
    /// For people: the lines, the places in them, and what to do.
    #[must_use]
    pub fn human(&self, source: &Source, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let secrets = self.secrets(source);
        let mut text = String::new();
        for diagnostic in &self.list {
            text += &renderer.render(&[group(diagnostic, source, &secrets)]);
            text += "\n\n";
        }
        text + &self.rest()
    }

    /// One line each: `bindings.toml:3:1: error[B0004]: …`.
    #[must_use]
    pub fn short(&self, source: &Source) -> String {
        let line = |diagnostic: &Diagnostic| {
            let place = diagnostic.span().map_or_else(String::new, |span| {
                let position = source.position(span.start);
                format!(":{}:{}", position.line, position.column)
            });
            let (severity, code) = (diagnostic.code.severity().word(), diagnostic.code);
            format!("{}{place}: {severity}[{code}]: {}\n", source.path(), diagnostic.message)
        };
        self.list.iter().map(line).collect::<String>() + &self.rest()
    }

    /// One JSON object a line, for editors and other programs. A problem of the whole file has
    /// `null` for its place.
    #[must_use]
    pub fn json(&self, source: &Source) -> String {
        self.list.iter().map(|diagnostic| object(diagnostic, source).compact() + "\n").collect()
    }

    fn rest(&self) -> String {
        match self.left_out() {
            0 => String::new(),
            more => format!("… and {more} more\n"),
        }
    }

    /// What no report may show: what was marked, and whatever looks like a password.
    fn secrets(&self, source: &Source) -> Vec<Span> {
        let mut secrets = secrets::in_text(source.text());
        secrets.extend(&self.secrets);
        secrets.sort_unstable();
        secrets
    }
}

fn group<'a>(diagnostic: &'a Diagnostic, source: &'a Source, secrets: &[Span]) -> Group<'a> {
    let level = match diagnostic.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&*diagnostic.message).id(diagnostic.code.id());
    let mut group = Group::with_title(title).elements(places(diagnostic, source, secrets));
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
    }
    group
}

/// One element for the place and what is near it, and one for each place that is far away.
fn places<'a>(
    diagnostic: &'a Diagnostic,
    source: &'a Source,
    secrets: &[Span],
) -> Vec<Element<'a>> {
    let Some(primary) = &diagnostic.primary else { return Vec::new() };
    let line = |label: &Label| source.position(label.span.start).line;
    let is_near = |label: &&Label| line(label).abs_diff(line(primary)) <= TOGETHER;
    let (near, far): (Vec<_>, Vec<_>) = diagnostic.secondary.iter().partition(is_near);
    let mut labels = vec![(AnnotationKind::Primary, primary)];
    labels.extend(near.into_iter().map(|label| (AnnotationKind::Context, label)));
    let apart = far.into_iter().map(|label| vec![(AnnotationKind::Context, label)]);
    std::iter::once(labels).chain(apart).map(|labels| element(&labels, source, secrets)).collect()
}

/// The lines with labels under them; only the position where the lines are too long to be shown.
fn element<'a>(
    labels: &[(AnnotationKind, &'a Label)],
    source: &'a Source,
    secrets: &[Span],
) -> Element<'a> {
    let spans: Vec<Span> = labels.iter().map(|(_, label)| label.span).collect();
    let Some(excerpt) = Excerpt::new(source, &spans, secrets) else {
        let position = source.position(spans[0].start);
        let origin = Origin::path(source.path());
        return origin.line(position.line).char_column(position.column).into();
    };
    let annotations: Vec<_> = labels
        .iter()
        .map(|(kind, label)| {
            let text = (!label.text.is_empty()).then_some(&*label.text);
            kind.span(excerpt.range(label.span)).label(text)
        })
        .collect();
    Snippet::source(excerpt.text)
        .line_start(excerpt.line)
        .path(source.path())
        .annotations(annotations)
        .into()
}

fn object(diagnostic: &Diagnostic, source: &Source) -> Json {
    let mut fields = vec![
        ("code", Json::text(diagnostic.code.id())),
        ("severity", Json::text(diagnostic.code.severity().word())),
        ("message", Json::text(&diagnostic.message)),
        ("file", Json::text(source.path())),
    ];
    fields.extend(place(diagnostic.span(), source));
    let label = |label: &Label| {
        let mut fields = vec![("message", Json::text(&label.text))];
        fields.extend(place(Some(label.span), source));
        Json::object(fields)
    };
    fields.push((
        "label",
        diagnostic.primary.as_ref().map_or(Json::Null, |primary| Json::text(&primary.text)),
    ));
    fields.push(("also", Json::Array(diagnostic.secondary.iter().map(label).collect())));
    fields.push(("help", diagnostic.help.as_deref().map_or(Json::Null, Json::text)));
    Json::object(fields)
}

fn place(span: Option<Span>, source: &Source) -> [(&'static str, Json); 4] {
    let [start, end] = match span {
        Some(span) => [Some(source.position(span.start)), Some(source.position(span.end))],
        None => [None, None],
    };
    let number =
        |number: Option<usize>| number.map_or(Json::Null, |number| Json::Number(number as u64));
    [
        ("line", number(start.map(|position| position.line))),
        ("column", number(start.map(|position| position.column))),
        ("end_line", number(end.map(|position| position.line))),
        ("end_column", number(end.map(|position| position.column))),
    ]
}
