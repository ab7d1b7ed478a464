//! Rust in the TOML: paths of types, derives and attributes.
//!
//! Whether a name exists, the compiler says. Here it is made sure that each text is what it stands
//! for and no more, so that the generated code stays Rust, and that a path means the same wherever
//! that code stands.

use std::collections::BTreeMap;

use syn::parse::{ParseStream, Parser as _};

use super::Draft;
use crate::{
    config::{Names, listed},
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    source::Spanned,
    validate::output::Shape,
};

/// Longest path and longest attribute, in bytes.
const LONGEST_PATH: usize = 256;
const LONGEST_ATTRIBUTE: usize = 512;
/// Most signs in a text that may begin something inside something: that is parsed by recursion.
const NESTED: usize = 24;

/// What every row derives.
const DERIVED: &[&str] = &["Clone", "Debug", "PartialEq"];
/// What it derives unless `serde = false`.
const OF_SERDE: &[&str] = &["Deserialize", "Serialize"];
/// The other derives that are known without a path.
const KNOWN: &[&str] = &["Copy", "Default", "Eq", "Hash", "Ord", "PartialOrd"];

/// The derives, the attributes and the policy of a model.
pub(super) fn of_model(draft: &mut Draft<'_>, shape: Shape<'_>, diagnostics: &mut Diagnostics) {
    let config = draft.config;
    draft.attributes = attributes(config.attributes.as_ref(), diagnostics);
    if let Some(policy) = &config.policy {
        match path("policy", policy) {
            Ok(path) => draft.policy = Some(path),
            Err(problem) => diagnostics.push(problem),
        }
    }
    let mut taken: BTreeMap<String, &Spanned<String>> = BTreeMap::new();
    for typed in config.derive.iter().flat_map(|derives| &derives.value) {
        match derive(typed, shape) {
            Ok(name) => {
                if let Some(first) = taken.get(&name) {
                    let message = format!("`{name}` is derived twice");
                    let diagnostic = Diagnostic::new(Code::RustPath, typed.span, message);
                    let diagnostic = diagnostic.also(first.span, "first here");
                    diagnostics.push(diagnostic.help("remove one of them"));
                } else {
                    draft.derives.push(name.clone());
                    taken.insert(name, typed);
                }
            }
            Err(problem) => diagnostics.push(problem),
        }
    }
}

/// The path of a type that means the same everywhere: `crate::Money`, `::money::Money`.
pub(super) fn path(setting: &str, typed: &Spanned<String>) -> Result<String, Diagnostic> {
    let refused = |why: &str| {
        let message = format!("`{setting}` is no path of a type: {why}");
        Diagnostic::new(Code::RustPath, typed.span, message)
    };
    let example = format!("write it like `{setting} = \"crate::…\"` or `\"::a_crate::…\"`");
    let text = one_line(&typed.value, LONGEST_PATH).map_err(|why| refused(why).help(&*example))?;
    if text.contains(['[', '{']) {
        // They hold expressions, which nest without end.
        let help = "give it a name in your crate, like `type Name = …`, and write that";
        return Err(refused("it has more in it than types").help(help));
    }
    let no_path = || refused("it is no path of Rust").help(&*example);
    let parsed: syn::TypePath = syn::parse_str(&text).map_err(|_| no_path())?;
    let segments: Vec<String> =
        parsed.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let is_call = |segment: &syn::PathSegment| {
        matches!(segment.arguments, syn::PathArguments::Parenthesized(_))
    };
    if parsed.qself.is_some() || parsed.path.segments.iter().any(is_call) {
        return Err(no_path());
    }
    let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
        return Err(no_path());
    };
    let is_relative = |name: &String| matches!(&**name, "self" | "super" | "Self");
    if segments.iter().any(is_relative) {
        let help = format!("start where the crate does, like `\"crate::{last}\"`");
        return Err(refused("it depends on where the generated code stands").help(help));
    }
    let is_crate = first == "crate" && parsed.path.leading_colon.is_none();
    if !is_crate && parsed.path.leading_colon.is_none() {
        let help = if segments.len() == 1 {
            format!("write `\"crate::{last}\"`, or the path of another crate, like `\"::std::…\"`")
        } else {
            format!("write `\"::{text}\"` if `{first}` is a crate, and `\"crate::{text}\"` if not")
        };
        return Err(refused("it does not start with `crate::` or `::`").help(help));
    }
    if segments.len() < 2 || segments.iter().skip(1).any(|name| name == "crate") {
        return Err(refused("it names a crate and no type").help(&*example));
    }
    Ok(text)
}

/// The attributes of a list, as far as they can be used.
pub(super) fn attributes(list: Option<&Names>, diagnostics: &mut Diagnostics) -> Vec<String> {
    let mut attributes = Vec::new();
    for typed in list.iter().flat_map(|list| &list.value) {
        match attribute(typed) {
            Ok(attribute) => attributes.push(attribute),
            Err(problem) => diagnostics.push(problem),
        }
    }
    attributes
}

fn attribute(typed: &Spanned<String>) -> Result<String, Diagnostic> {
    let refused = |why: &str| {
        let message = format!("this is no attribute: {why}");
        Diagnostic::new(Code::RustPath, typed.span, message)
    };
    let example = "write what stands between `#[` and `]`, like `\"allow(dead_code)\"`";
    let text = one_line(&typed.value, LONGEST_ATTRIBUTE).map_err(|why| refused(why).help(example));
    let text = text?;
    let bare = text.trim_start_matches(['#', '!']).trim_start();
    if bare != text && bare.starts_with('[') && bare.ends_with(']') {
        let bare = bare.trim_start_matches('[').trim_end_matches(']').trim();
        let diagnostic = refused("`#[` and `]` stand around it in the generated code");
        return Err(diagnostic.help(format!("write `\"{bare}\"`")));
    }
    let path = meta.parse_str(&text).map_err(|_| refused("it is not Rust").help(example))?;
    if path.is_ident("derive") {
        let help = "derives of a row are listed in `derive` of the model";
        return Err(refused("it derives").help(help));
    }
    if path.is_ident("cfg") {
        let help = "remove it: what is generated refers to every column and to the row";
        return Err(refused("it may take away what it stands on").help(help));
    }
    Ok(text)
}

/// The path of an attribute. A value behind `=` is a literal or a macro; a whole expression may nest
/// without end, and no attribute has one.
fn meta(input: ParseStream<'_>) -> syn::Result<syn::Path> {
    let path = input.call(syn::Path::parse_mod_style)?;
    if input.peek(syn::Token![=]) {
        input.parse::<syn::Token![=]>()?;
        if input.peek(syn::Lit) {
            input.parse::<syn::Lit>()?;
        } else {
            input.parse::<syn::Macro>()?;
        }
    } else if !input.is_empty() {
        input.parse::<proc_macro2::Group>()?;
    }
    Ok(path)
}

/// A derive that is not there already.
fn derive(typed: &Spanned<String>, shape: Shape<'_>) -> Result<String, Diagnostic> {
    let refused = |why: String| {
        let message = format!("this cannot be derived: {why}");
        Diagnostic::new(Code::RustPath, typed.span, message)
    };
    let example = "write the path of a derive, like `\"Eq\"` or `\"my_crate::Trait\"`";
    let text = one_line(&typed.value, LONGEST_PATH)
        .map_err(|why| refused(why.to_owned()).help(example))?;
    let Ok(path) = syn::Path::parse_mod_style.parse_str(&text) else {
        return Err(refused("it is no path".to_owned()).help(example));
    };
    let segments: Vec<String> =
        path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
        return Err(refused("it is no path".to_owned()).help(example));
    };
    if segments.iter().any(|name| matches!(&**name, "self" | "super" | "Self")) {
        let help = format!("start where the crate does, like `\"crate::{last}\"`");
        let why = "its path depends on where the generated code stands";
        return Err(refused(why.to_owned()).help(help));
    }
    let is_short = segments.len() == 1;
    let of = |crates: &[&str]| is_short || crates.contains(&&**first);
    if of(&["std", "core"]) && DERIVED.contains(&&**last) {
        let help = "remove it: every row has it";
        return Err(refused(format!("`{last}` is there already")).help(help));
    }
    if of(&["serde"]) && shape.output.serde && OF_SERDE.contains(&&**last) {
        let diagnostic = refused(format!("`{last}` is there already"));
        let help = "remove it; without those of serde it is `serde = false` in `[output]`";
        return Err(diagnostic.help(help));
    }
    if first == "sqlx" && last == "FromRow" {
        let help = "remove it: every row can be read with `query_as`";
        return Err(refused("`FromRow` is there already".to_owned()).help(help));
    }
    if is_short && path.leading_colon.is_none() && !KNOWN.contains(&&**last) {
        let known = || KNOWN.iter().copied();
        let help = match nearest(last, known()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!(
                "write its path, like `\"my_crate::{last}\"`; without one there is {}",
                listed(known())
            ),
        };
        return Err(refused(format!("nothing is known of `{last}` without a path")).help(help));
    }
    Ok(text)
}

/// A text as typed, if it is short and nothing in it is a comment.
fn one_line(typed: &str, longest: usize) -> Result<String, &'static str> {
    let text = typed.trim();
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.len() > longest {
        return Err("it is too long");
    }
    if text.contains(char::is_control) {
        return Err("it has a control character");
    }
    if text.matches(['(', '[', '{', '<', '&', '*']).count() > NESTED {
        return Err("it is too deep");
    }
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    // A comment is no token: it would swallow what stands behind it.
    match text.parse::<proc_macro2::TokenStream>() {
        Ok(tokens) if bare(&tokens.to_string()) == bare(text) => Ok(text.to_owned()),
        Ok(_) => Err("it has a comment"),
        Err(_) => Err("it is not Rust"),
    }
}

#[cfg(test)]
mod tests {
    use super::{attribute, path};
    use crate::source::{Span, Spanned};

    fn typed(text: &str) -> Spanned<String> {
        Spanned { value: text.to_owned(), span: Span { start: 0, end: 0 } }
    }

    #[test]
    fn paths() {
        let good = [
            "crate::Money",
            "::money::Money",
            " crate::policy::Own<crate::Note> ",
            "::std::vec::Vec<u8>",
            "::a::B<'static, dyn Fn(u8) -> u8, (u8, &'static str), 4>",
            "crate::r#type::Money",
        ];
        for text in good {
            assert_eq!(path("rust", &typed(text)).ok().as_deref(), Some(text.trim()), "{text}");
        }
        let bad = [
            "",
            "Money",
            "crate",
            "::money",
            "money::Money",
            "self::Money",
            "super::Money",
            "crate::super::Money",
            "crate::a::crate::Money",
            "::crate",
            "crate::Money // a",
            "crate::Money /* a */",
            "crate::a\n::Money",
            "crate::money!()",
            "<crate::A as crate::B>::C",
            "&'static crate::Money",
            "(crate::Money)",
            "crate::Fn(u8) -> u8",
            "crate::Money; struct A",
            "crate::Money, u8",
            "crate::Vec<u8",
            "crate::1st",
            "crate::A<[u8; 4]>",
            "crate::A<{ 4 }>",
            "\u{202e}crate::Money",
        ];
        for text in bad {
            assert!(path("rust", &typed(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn attributes() {
        let good = [
            "allow(dead_code)",
            "must_use",
            "my::attribute(a = 1)",
            "doc = \"http://a\"",
            "doc = include_str!(\"a.md\")",
        ];
        for text in good {
            assert_eq!(attribute(&typed(text)).ok().as_deref(), Some(text), "{text}");
        }
        let bad = [
            "",
            "#[allow(dead_code)]",
            "allow(dead_code",
            "allow(dead_code))",
            "allow(dead_code)] struct A; #[a",
            "allow(dead_code) // a",
            "allow(/* a */ dead_code)",
            "allow(/** a */ dead_code)",
            "a, b",
            "derive(Eq)",
            "cfg(test)",
            "1",
            "a = \"",
            "a = 1 + 1",
            "a = b",
            "a::<b>",
            "a b",
        ];
        for text in bad {
            assert!(attribute(&typed(text)).is_err(), "{text}");
        }
    }

    /// Tests run on stacks of two megabytes, like threads of a build script.
    #[test]
    fn nesting_ends_in_time() {
        for open in ["(", "[", "{", "<", "!", "&", "- ", "Vec<", "a::<", "if ", "|| ", "*", "dyn "]
        {
            let deep = open.repeat(super::LONGEST_ATTRIBUTE);
            let deep = &deep[..super::LONGEST_ATTRIBUTE - 10];
            assert!(attribute(&typed(&format!("a = {deep}"))).is_err(), "{open}");
            let deep = &deep[..super::LONGEST_PATH - 20];
            assert!(path("rust", &typed(&format!("crate::A<{deep}"))).is_err(), "{open}");
        }
    }
}
