//! Folders that a file names: below its own, whatever the system.

use crate::{
    diagnostics::{Code, Diagnostic},
    source::Span,
};

/// Says what is wrong with the folder of a setting.
pub(super) fn outside(setting: &str, problem: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::OutputFolder, span, format!("`{setting}` {problem}"))
}

/// A folder below that of the TOML, with `/` between its parts and without empty ones.
pub(super) fn folder(text: &str) -> Result<String, &'static str> {
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
