//! Names in Rust: what a model, its columns and the words of an enum become.
//!
//! Pure functions of the name; clashes are found by `validate`. A name that is accepted here is an
//! identifier that no lint of rustc complains about.

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};

use super::{DEVICES, KEYWORDS, LONGEST, Problem};

/// The names that the generated code uses for one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnNames {
    /// Variant of the column enum: `AuthorId`.
    pub variant: String,
    /// Constant of the typed column: `AUTHOR_ID`.
    pub constant: String,
}

/// The module of a model, whose name is its row type.
///
/// # Errors
///
/// [`Problem`] says why the name cannot be used.
pub fn module(name: &str) -> Result<String, Problem> {
    if name.is_empty() {
        return Err(Problem::Unusable("it is empty"));
    }
    if name.len() > LONGEST {
        return Err(Problem::Unusable("it is longer than 64 characters"));
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Problem::Unusable("it has characters other than letters and digits"));
    }
    if !name.starts_with(|letter: char| letter.is_ascii_uppercase()) {
        return Err(Problem::Unusable("a type starts with a capital letter"));
    }
    let module = name.to_snake_case();
    if KEYWORDS.contains(&&*module) {
        return Err(Problem::Unusable("its module would be a keyword of Rust"));
    }
    if DEVICES.contains(&&*module) {
        return Err(Problem::Unusable("Windows has no file of its name"));
    }
    if PRIMITIVES.contains(&&*module) {
        return Err(Problem::Unusable("its module would hide a type of Rust"));
    }
    if RESERVED.contains(&&*module) {
        return Err(Problem::Reserved("an item of the module of every bind"));
    }
    if PARAMETERS.contains(&name) {
        return Err(Problem::Reserved("a type parameter of the generated routes"));
    }
    Ok(module)
}

/// The names of a column, whose name is its field.
///
/// # Errors
///
/// A text that says why the name cannot be used.
pub fn column(name: &str) -> Result<ColumnNames, &'static str> {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_');
    if name.is_empty() {
        return Err("it is empty");
    }
    if name.len() > LONGEST {
        return Err("it is longer than 64 characters");
    }
    if !name.bytes().all(allowed) {
        return Err("a field has small letters, digits and `_`");
    }
    if !name.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        return Err("a field starts with a letter");
    }
    if name.contains("__") {
        return Err("a field has no two `_` in a row");
    }
    let variant = name.to_upper_camel_case();
    if KEYWORDS.contains(&name) || variant == "Self" {
        return Err("it is a keyword of Rust");
    }
    Ok(ColumnNames { variant, constant: name.to_shouty_snake_case() })
}

/// The variant of a word of an enum.
///
/// # Errors
///
/// A text that says why the word makes none.
pub fn variant(word: &str) -> Result<String, &'static str> {
    let variant = word.to_upper_camel_case();
    if variant.is_empty() {
        return Err("nothing is left of it as a name");
    }
    if !variant.is_ascii() {
        return Err("it has letters outside ASCII");
    }
    if variant.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Err("a name cannot start with a digit");
    }
    if variant == "Self" {
        return Err("`Self` is a keyword of Rust");
    }
    Ok(variant)
}

/// Types that the file of a bind writes without a path; a module of such a name would hide them.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16",
    "u32", "u64", "u8", "usize",
];

/// What the file of a bind has itself, or will have.
const RESERVED: &[&str] = &[
    "atomic",
    "autocommit",
    "create_all",
    "detached",
    "drop_all",
    "migrate",
    "scoped",
    "session",
    "tables",
];

/// Type parameters of `routes` and `routes_with`; a model of such a name would be hidden by them.
const PARAMETERS: &[&str] = &["S", "X"];

#[cfg(test)]
mod tests {
    use super::*;

    fn is_identifier(name: &str) -> bool {
        syn::parse_str::<syn::Ident>(name).is_ok()
    }

    #[test]
    fn models() {
        assert_eq!(module("AuditLog").as_deref(), Ok("audit_log"));
        assert_eq!(module("Option").as_deref(), Ok("option"));
        for name in ["", "note", "Sa_Main", "1st", "Größe", "Type", "Self", "Con", "Str", "A.b"] {
            assert!(matches!(module(name), Err(Problem::Unusable(_))), "{name}");
        }
        for name in ["Session", "Autocommit", "CreateAll", "S", "X"] {
            assert!(matches!(module(name), Err(Problem::Reserved(_))), "{name}");
        }
    }

    #[test]
    fn columns() {
        let names = |variant: &str, constant: &str| {
            Ok(ColumnNames { variant: variant.into(), constant: constant.into() })
        };
        assert_eq!(column("author_id"), names("AuthorId", "AUTHOR_ID"));
        assert_eq!(column("type_"), names("Type", "TYPE"));
        for name in ["", "_", "_id", "1st", "usrAmt", "a__b", "type", "self", "self_", "größe"] {
            assert!(column(name).is_err(), "{name}");
        }
    }

    #[test]
    fn words() {
        assert_eq!(variant("in-review").as_deref(), Ok("InReview"));
        assert_eq!(variant("type").as_deref(), Ok("Type"));
        for word in ["", "--", "1st", "self", "größe"] {
            assert!(variant(word).is_err(), "{word}");
        }
    }

    #[test]
    fn every_accepted_name_is_an_identifier() {
        for word in KEYWORDS.iter().chain(DEVICES).chain(PRIMITIVES).chain(RESERVED) {
            for name in [word.to_string(), word.to_upper_camel_case(), format!("{word}_")] {
                assert!(
                    module(&name).is_ok_and(|module| is_identifier(&module))
                        || module(&name).is_err()
                );
                if let Ok(names) = column(&name) {
                    let all = [&name, &names.variant, &names.constant];
                    assert!(all.into_iter().all(|name| is_identifier(name)), "{name}");
                }
                assert!(variant(&name).map_or(true, |variant| is_identifier(&variant)), "{name}");
            }
        }
    }
}
