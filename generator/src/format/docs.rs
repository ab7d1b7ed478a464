//! Wrapping of doc comments, paragraph by paragraph.
//!
//! Headings, lists, tables, code blocks and empty lines stay as they are; inline code is never
//! broken.

/// Longest line.
const WIDTH: usize = 100;

/// Wraps every `///` comment of a formatted file.
pub(super) fn wrap(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut paragraph = Paragraph::default();
    let mut in_code = false;
    for line in text.lines() {
        let body = line.trim_start();
        let indent = &line[..line.len() - body.len()];
        let Some(doc) = body.strip_prefix("///").filter(|doc| !doc.starts_with('/')) else {
            paragraph.end(&mut out);
            in_code = false;
            out += line;
            out.push('\n');
            continue;
        };
        let fence = doc.trim_start().starts_with("```");
        let prose = !fence && !in_code && is_prose(doc);
        in_code ^= fence;
        if prose {
            indent.clone_into(&mut paragraph.indent);
            paragraph.text += doc.trim();
            paragraph.text.push(' ');
        } else {
            paragraph.end(&mut out);
            out += line.trim_end();
            out.push('\n');
        }
    }
    paragraph.end(&mut out);
    out
}

fn is_prose(doc: &str) -> bool {
    let doc = doc.strip_prefix(' ').unwrap_or(doc);
    !doc.is_empty() && !doc.starts_with([' ', '#', '-', '*', '+', '>', '|']) && !is_numbered(doc)
}

fn is_numbered(doc: &str) -> bool {
    let rest = doc.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.len() < doc.len() && rest.starts_with(['.', ')'])
}

/// The parts of a paragraph that are never broken: words, and inline code with its spaces.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.split(move |letter| {
        in_code ^= letter == '`';
        letter == ' ' && !in_code
    })
    .filter(|word| !word.is_empty())
}

/// A paragraph that is not written yet.
#[derive(Default)]
struct Paragraph {
    indent: String,
    text: String,
}

impl Paragraph {
    fn end(&mut self, out: &mut String) {
        let mut width = 0;
        for word in words(self.text.trim_end()) {
            let length = word.chars().count();
            // A word that would look like a list or a heading may not start a line.
            if width != 0 && (width + 1 + length <= WIDTH || !is_prose(word)) {
                out.push(' ');
                width += 1;
            } else {
                if width != 0 {
                    out.push('\n');
                }
                out.push_str(&self.indent);
                out.push_str("/// ");
                width = self.indent.len() + 4;
            }
            out.push_str(word);
            width += length;
        }
        if width != 0 {
            out.push('\n');
        }
        self.text.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn paragraphs_are_filled() {
        let long = "word ".repeat(30);
        let text = format!(
            "    /// {long}\n    /// - a list\n    ///\n    /// `one {long}code` end\n    fn f() {{}}\n"
        );
        let wrapped = wrap(&text);
        let lines: Vec<_> = wrapped.lines().collect();
        assert_eq!(lines[0].len(), 97, "{wrapped}");
        assert_eq!(lines[2], "    /// - a list");
        assert!(lines[4].ends_with("code`"), "{wrapped}");
        assert_eq!(wrap(&wrapped), wrapped);
    }

    #[test]
    fn code_blocks_stay() {
        let text = "/// ```\n/// let a =  1;\n/// b\n/// ```\n/// a\n/// b\n";
        assert_eq!(wrap(text), text.replace("/// a\n/// b\n", "/// a b\n"));
    }
}
