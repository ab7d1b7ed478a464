//! The text of one `bindings.toml`, and places in it.
//!
//! Takes a path, gives the text; it is the only stage before `write` that touches a file. A file
//! that cannot be read is still a [`Source`]: the reason is kept, and loading reports it like any
//! other problem. Says nothing about what the text means.

use std::{fs, io::Read, ops::Range, path::Path};

/// Longest file that is read, in bytes: a few times that of ten thousand tables, and it bounds all
/// later work.
const LIMIT: usize = 16 << 20;

/// One `bindings.toml`: where it is, and its text or why there is none.
#[derive(Clone, Debug)]
pub struct Source {
    path: String,
    text: String,
    problem: Option<String>,
    lines: Vec<usize>,
}

impl Source {
    /// Reads a file. A failure is reported when the source is [loaded](crate::load::load).
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let name = path.display().to_string();
        match read_text(path) {
            Ok(text) => Self::new(name, text),
            Err(problem) => Self { problem: Some(problem), ..Self::new(name, "") },
        }
    }

    /// Takes a text that is already at hand.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let lines =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: path.into(), text, problem: None, lines }
    }

    /// The path as it was given.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The last part of the path, which does not depend on where a build runs.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path)
    }

    /// The text; empty if the file could not be read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Why there is no text.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// The line and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.partition_point(|start| *start <= offset);
        let before = &self.text[self.line_start(line)..offset];
        // A byte order mark is no character that an editor counts.
        let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
        Position { line, column }
    }

    /// Where a line starts; lines are counted from 1.
    pub(crate) fn line_start(&self, line: usize) -> usize {
        self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }
}

/// A place for people and editors: both numbers start at 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line of the file.
    pub line: usize,
    /// Character of that line.
    pub column: usize,
}

/// A stretch of the text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// First byte behind it.
    pub end: usize,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

fn read_text(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    // Not more of it: it may be a device without an end.
    fs::File::open(path)
        .and_then(|file| file.take(LIMIT as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| reason(&error))?;
    if bytes.len() > LIMIT {
        return Err(format!("it is larger than {} MiB", LIMIT >> 20));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].split(|byte| *byte == b'\n').count();
        format!("it is not UTF-8, first on line {line}")
    })
}

/// The words of the common cases are our own: those of the system differ between platforms.
fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "access is denied".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_be_so_large() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("bindings.toml");
        let read = |length| {
            fs::write(&path, "#".repeat(length)).expect("written");
            Source::read(&path)
        };
        let source = read(LIMIT);
        assert_eq!((source.text().len(), source.problem()), (LIMIT, None));
        let source = read(LIMIT + 1);
        assert_eq!((source.text(), source.problem()), ("", Some("it is larger than 16 MiB")));
    }

    #[test]
    fn positions_count_characters_from_one() {
        let source = Source::new("x.toml", "\u{feff}a = 1\r\nä = \"ö\"\n");
        let at = |needle: &str| {
            let found = source.position(source.text().find(needle).unwrap_or_default());
            (found.line, found.column)
        };
        assert_eq!(at("a = 1"), (1, 1));
        assert_eq!(at("ö"), (2, 6));
        assert_eq!(source.position(usize::MAX), Position { line: 3, column: 1 });
    }
}
