//! Names in Rust: what a key becomes, and which keys cannot be used.
//!
//! A pure function of the key; clashes between keys are found by `validate`. What models and
//! their columns become is in `model`.

pub mod model;

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

/// The names that the generated code uses for one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Module, method and field: `sa_main`.
    pub module: String,
    /// Type: `SaMain`.
    pub type_name: String,
}

/// Why a key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It does not make an identifier; the text says why.
    Unusable(&'static str),
    /// The generated code has something of this name; the text says what.
    Reserved(&'static str),
}

/// Longest key: it becomes the name of a file.
const LONGEST: usize = 64;

/// The names of a key.
///
/// # Errors
///
/// [`Problem`] says why the key cannot be used.
pub fn names(key: &str) -> Result<Names, Problem> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if key.is_empty() {
        return Err(Problem::Unusable("it is empty"));
    }
    if key.len() > LONGEST {
        return Err(Problem::Unusable("it is longer than 64 characters"));
    }
    if !key.bytes().all(allowed) {
        return Err(Problem::Unusable("it has characters other than letters, digits, `-` and `_`"));
    }
    let module = key.to_snake_case();
    if module.is_empty() {
        return Err(Problem::Unusable("nothing is left of it as a name"));
    }
    if module.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Err(Problem::Unusable("a name cannot start with a digit"));
    }
    if KEYWORDS.contains(&&*module) {
        return Err(Problem::Unusable("it is a keyword of Rust"));
    }
    if DEVICES.contains(&&*module) {
        return Err(Problem::Unusable("Windows has no file of this name"));
    }
    if let Some((_, what)) = RESERVED.iter().find(|(names, _)| names.contains(&&*module)) {
        return Err(Problem::Reserved(what));
    }
    Ok(Names { type_name: key.to_upper_camel_case(), module })
}

/// Keywords of every edition, also those that are only reserved.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// File names that Windows keeps for devices, whatever their extension.
const DEVICES: &[&str] = &[
    "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1",
    "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

/// Names that the generated code has itself or will have, and what they are there.
const RESERVED: &[(&[&str], &str)] = &[
    (
        &[
            "binds",
            "builder",
            "change_target",
            "clone",
            "close",
            "close_within",
            "connect",
            "connect_with",
            "create_all",
            "default",
            "detached",
            "drop_all",
            "health",
            "install",
            "install_with",
            "is_same",
            "layer",
            "migrate",
            "observe",
            "in_test_scope",
            "retry",
            "run_in_new_scope",
            "scope",
            "scope_key",
            "settings",
            "slots",
            "test_database",
            "test_scope",
            "verify",
        ],
        "a method of the generated `Databases`, its builder or its scope",
    ),
    (
        &["databases", "error", "get", "installed", "put", "router", "run_concurrently"],
        "an item of the generated module",
    ),
    (&["atomic", "autocommit", "scoped", "session"], "an item of the module of every bind"),
    (&["s"], "a type parameter of the generated code"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_names() {
        for key in ["sa-main", "saMain", "SA_MAIN", "sa__main", "-sa-main-"] {
            let expected = Names { module: "sa_main".into(), type_name: "SaMain".into() };
            assert_eq!(names(key), Ok(expected), "{key}");
        }
    }

    #[test]
    fn every_accepted_name_is_an_identifier() {
        let words =
            KEYWORDS.iter().chain(DEVICES).chain(RESERVED.iter().flat_map(|(names, _)| *names));
        let others = [
            "main", "m1", "option", "result", "std", "core", "union", "a", "_1", "1st", "-", "ß",
            "Self", "a b",
        ];
        for key in words.chain(&others) {
            if let Ok(names) = names(key) {
                assert!(
                    syn::parse_str::<syn::Ident>(&names.module).is_ok(),
                    "{key}: {}",
                    names.module
                );
                assert!(
                    syn::parse_str::<syn::Ident>(&names.type_name).is_ok(),
                    "{key}: {}",
                    names.type_name
                );
            }
        }
    }

    #[test]
    fn no_keyword_is_missing() {
        for word in KEYWORDS {
            assert!(matches!(names(word), Err(Problem::Unusable(_))), "{word}");
        }
        for key in
            ["", "_", "1st", "_1", "self", "Self", "größe", "a.b", "a/b", "../x", &"x".repeat(65)]
        {
            assert!(matches!(names(key), Err(Problem::Unusable(_))), "{key}");
        }
    }
}
