//! The lines of the file that a report shows.
//!
//! Cuts the few lines around a problem out of the text, so that the work does not grow with the
//! file, and covers secrets: a report ends up in the log of a build server.

use super::secrets::cover;
use crate::source::{Source, Span};

/// Most bytes of an excerpt.
const LONGEST: usize = 16 * 1024;

/// A few whole lines of the file.
pub(crate) struct Excerpt {
    /// Number of the first line.
    pub(crate) line: usize,
    /// The text, with secrets covered; as long as the original in bytes and in characters.
    pub(crate) text: String,
    start: usize,
}

impl Excerpt {
    /// The lines from the first to the last byte of `spans`; none if they are too long to be read.
    pub(crate) fn new(source: &Source, spans: &[Span], secrets: &[Span]) -> Option<Self> {
        let first = spans.iter().map(|span| span.start).min().unwrap_or_default();
        let last = spans.iter().map(|span| span.end).max().unwrap_or_default();
        let line = source.position(first).line;
        let start = source.line_start(line);
        let end = source.line_start(source.position(last).line + 1);
        let lines = source.text().get(start..end).filter(|lines| lines.len() <= LONGEST)?;
        Some(Self { line, text: cover(lines, start, secrets), start })
    }

    /// Where a span of the file is in the excerpt.
    pub(crate) fn range(&self, span: Span) -> std::ops::Range<usize> {
        let at = |offset: usize| self.text.floor_char_boundary(offset.saturating_sub(self.start));
        at(span.start)..at(span.end).max(at(span.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_secrets_without_moving_anything() {
        let source = Source::new("x", "a = 1\nurl = \"p:gehéim✓\"\nb = 2\n");
        let secret = Span { start: 15, end: 25 };
        assert_eq!(&source.text()[15..25], "gehéim✓");
        let excerpt = Excerpt::new(&source, &[Span { start: 6, end: 9 }], &[secret]);
        let excerpt = excerpt.expect("a short line");
        assert_eq!((excerpt.line, excerpt.text.as_str()), (2, "url = \"p:***·**•\"\n"));
        assert_eq!(excerpt.range(Span { start: 6, end: 9 }), 0..3);
    }
}
