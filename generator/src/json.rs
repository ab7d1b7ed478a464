//! Writing JSON: for diagnostics and for the schema.
//!
//! A value tree and its two layouts. Fields keep the order in which they were given.

use std::fmt::Write as _;

/// A JSON value.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Switch(bool),
    /// A number.
    Number(u64),
    /// A string.
    Text(String),
    /// A list.
    Array(Vec<Json>),
    /// Named values.
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn object<K: Into<String>>(fields: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    pub(crate) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Array(texts.into_iter().map(Self::text).collect())
    }

    /// An object with one more field; any other value as it is.
    pub(crate) fn with(mut self, name: &str, value: Self) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.push((name.to_owned(), value));
        }
        self
    }

    /// On one line.
    pub(crate) fn compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, None);
        out
    }

    /// Indented by two spaces, with a newline at the end.
    pub(crate) fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Some(0));
        out + "\n"
    }

    /// `depth` is `None` on one line.
    fn write(&self, out: &mut String, depth: Option<usize>) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Switch(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(value) => out.push_str(&value.to_string()),
            Self::Text(value) => quote(value, out),
            Self::Array(items) => {
                write_all(out, depth, ['[', ']'], items, |out, item, depth| item.write(out, depth));
            }
            Self::Object(fields) => {
                write_all(out, depth, ['{', '}'], fields, |out, (name, value), depth| {
                    quote(name, out);
                    out.push_str(if depth.is_some() { ": " } else { ":" });
                    value.write(out, depth);
                });
            }
        }
    }
}

fn write_all<T>(
    out: &mut String,
    depth: Option<usize>,
    [open, close]: [char; 2],
    items: &[T],
    write: impl Fn(&mut String, &T, Option<usize>),
) {
    let new_line = |out: &mut String, depth: Option<usize>| {
        if let Some(depth) = depth.filter(|_| !items.is_empty()) {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    let inner = depth.map(|depth| depth + 1);
    out.push(open);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        new_line(out, inner);
        write(out, item, inner);
    }
    new_line(out, depth);
    out.push(close);
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            // Writing to a string cannot fail.
            letter if letter.is_control() => _ = write!(out, "\\u{:04x}", u32::from(letter)),
            letter => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_both_layouts() {
        let value = Json::object([
            ("a\"\n\u{1}\\", Json::Array(vec![Json::Number(1), Json::Switch(true)])),
            ("b", Json::Array(Vec::new())),
            ("c", Json::Null),
        ]);
        assert_eq!(value.compact(), r#"{"a\"\n\u0001\\":[1,true],"b":[],"c":null}"#);
        assert_eq!(
            value.pretty(),
            "{\n  \"a\\\"\\n\\u0001\\\\\": [\n    1,\n    true\n  ],\n  \"b\": [],\n  \"c\": null\n}\n"
        );
    }
}
