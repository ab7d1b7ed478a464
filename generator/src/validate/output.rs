//! The `[output]` table.

use super::value;
use crate::{
    config::{Given, Scalar, Value},
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::{Output, TimeCrate, Web},
    settings::Meaning,
    source::{Span, Spanned},
};

/// What `[output]` says, completed.
pub(super) fn output(given: &[Given], diagnostics: &mut Diagnostics) -> Output {
    let mut output =
        Output { dir: "src/db".to_owned(), web: Web::Axum, time: TimeCrate::Chrono, serde: true };
    for Given { spec, value, .. } in given {
        let Value::Plain(Spanned { value, span }) = value else { continue };
        let result = match value {
            Scalar::Choice(variants, word) => {
                value::choice(spec, variants, None, word, *span).map(|meaning| {
                    if let Meaning::Web(web) = meaning {
                        output.web = web;
                    }
                })
            }
            Scalar::Text(_, text) => {
                folder(text).map(|dir| output.dir = dir).map_err(|problem| outside(problem, *span))
            }
            _ => continue,
        };
        if let Err(problem) = result {
            diagnostics.push(problem);
        }
    }
    output
}

fn outside(problem: &str, span: Span) -> Diagnostic {
    let help = "name a folder below the one of this file, like `dir = \"src/db\"`; `--out-dir` takes any folder";
    Diagnostic::new(Code::OutputFolder, span, format!("`dir` {problem}")).help(help)
}

/// A folder below that of the TOML, with `/` between its parts and without empty ones.
fn folder(text: &str) -> Result<String, &'static str> {
    if text.contains('\\') {
        return Err("has a `\\`: its parts are separated by `/`");
    }
    if text.starts_with('/') || text.contains(':') {
        return Err("is an absolute path");
    }
    let parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return Err("leaves the folder of this file");
    }
    if parts.is_empty() {
        return Err("names no folder");
    }
    if text.chars().any(char::is_control) {
        return Err("has a control character");
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn folders() {
        assert_eq!(folder("./src//db/").as_deref(), Ok("src/db"));
        for bad in ["", ".", "/", "/tmp", "C:/x", "a\\b", "a/../..", "..", "a\nb"] {
            assert!(folder(bad).is_err(), "{bad:?}");
        }
    }
}
