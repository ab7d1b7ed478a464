//! The type that a column names for its database: a text that ends up in `CREATE TABLE` as it is.
//!
//! Whether the database knows the type, it says itself. Here it is made sure that the text is a
//! type and no more, so that what stands behind it in the statement still counts.

use super::is;
use crate::{
    config::{ColumnConfig, listed},
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::Backend,
    source::Span,
};

/// Most bytes of a type; some list their words.
const LONGEST: usize = 1000;

/// The types of a STRICT table.
const STRICT: &[&str] = &["INTEGER", "INT", "REAL", "TEXT", "BLOB", "ANY"];

/// The type that a column names for its database, if it is one.
pub(super) fn of(
    column: &ColumnConfig,
    backend: Option<Backend>,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let typed = column.sql.as_ref()?;
    let text = typed.value.trim();
    if text.is_empty() {
        let help = "leave the setting out if there is nothing to say";
        diagnostics.push(Diagnostic::new(Code::EmptyText, typed.span, "`sql` is empty").help(help));
        return None;
    }
    if let Err(why) = plain(text) {
        let help = "write a type as the database writes it, like `sql = \"numeric(20,4)\"`";
        diagnostics.push(refused(typed.span, why).help(help));
        return None;
    }
    if backend == Some(Backend::Sqlite) && !is_strict(text) {
        let help = format!("there is {}", listed(STRICT.iter().copied()));
        diagnostics.push(refused(typed.span, "the tables of SQLite are STRICT").help(help));
        return None;
    }
    let counts = ["i32", "i64"];
    let generated = column.generated.as_ref().filter(|flag| is(Some(flag)));
    let counted = column.kind.as_ref().filter(|kind| counts.contains(&&*kind.value));
    if let (Some(generated), Some(_)) = (generated, counted) {
        let message = "the type of a generated number is that of the database";
        let diagnostic = Diagnostic::new(Code::ColumnSetting, typed.span, message);
        let diagnostic = diagnostic.also(generated.span, "made by the database");
        diagnostics.push(diagnostic.help("remove `sql`"));
        return None;
    }
    Some(text.to_owned())
}

fn refused(span: Span, why: &str) -> Diagnostic {
    let message = format!("this is no type of a column: {why}");
    Diagnostic::new(Code::ColumnType, span, message)
}

/// Whether a text ends nothing and begins nothing that goes on behind it.
fn plain(text: &str) -> Result<(), &'static str> {
    if text.len() > LONGEST {
        return Err("it is longer than 1000 bytes");
    }
    if text.contains(char::is_control) {
        return Err("it has a control character");
    }
    if text.contains(';') {
        return Err("it has a `;`");
    }
    if text.contains('\\') {
        return Err("it has a `\\`, which not every database reads the same way");
    }
    let mut quote = None;
    let mut open = 0usize;
    let mut before = ' ';
    for letter in text.chars() {
        if let Some(end) = quote {
            quote = Some(end).filter(|end| *end != letter);
            continue;
        }
        match letter {
            '\'' | '"' | '`' => quote = Some(letter),
            '(' => open += 1,
            ')' if open == 0 => return Err("it closes a parenthesis that is not open"),
            ')' => open -= 1,
            ',' if open == 0 => return Err("it has a `,` outside of parentheses"),
            '#' => return Err("it has a comment"),
            '-' if before == '-' => return Err("it has a comment"),
            '*' if before == '/' => return Err("it has a comment"),
            _ => {}
        }
        before = letter;
    }
    match (quote, open) {
        (Some(_), _) => Err("a quote in it is not closed"),
        (None, 1..) => Err("a parenthesis in it is not closed"),
        (None, 0) => Ok(()),
    }
}

fn is_strict(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    STRICT.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::{is_strict, plain};

    #[test]
    fn types_of_databases() {
        let types = [
            "numeric(20,4)",
            "DOUBLE PRECISION",
            "text COLLATE \"C\"",
            "varchar(10)[]",
            "enum('it''s', '--', '#', '/*')",
            "\"my schema\".\"my-type\"",
        ];
        for text in types {
            assert_eq!(plain(text), Ok(()), "{text}");
        }
        let bad = [
            "text; DROP TABLE a",
            "text) --",
            "text -- a",
            "text /* a",
            "text # a",
            "text, b text",
            "text(",
            "enum('a",
            "enum('a\\'')",
            "text\nNULL",
            "text\0",
            "\"a",
            "`a",
        ];
        for text in bad.into_iter().chain([&*"x".repeat(1001)]) {
            assert!(plain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn types_of_strict_tables() {
        assert!(["text", "INTEGER", "Blob", "TEXT COLLATE NOCASE"].into_iter().all(is_strict));
        assert!(!["numeric(20,4)", "varchar(10)", "texts", "text(5)"].into_iter().any(is_strict));
    }
}
