//! The layout of generated code: a pure function from Rust to Rust.
//!
//! `prettyplease` breaks the lines; this stage puts blank lines between items, which it would drop,
//! and wraps doc comments. Formatting its own output changes nothing. Comments that are no docs are
//! lost, so the header goes on afterwards (`output`).

mod docs;

use proc_macro2::TokenStream;
use syn::{ImplItem, Item};

/// Formats one file.
///
/// # Errors
///
/// If the text is not Rust.
pub fn format(text: &str) -> Result<String, syn::Error> {
    let mut file = syn::parse_file(text)?;
    space_items(&mut file.items);
    // The inside of a macro is printed token by token.
    let text = prettyplease::unparse(&file).replace("static SCOPE : ", "static SCOPE: ");
    Ok(docs::wrap(&text))
}

/// An empty `Verbatim` is printed as a blank line.
fn space_items(items: &mut Vec<Item>) {
    let before = std::mem::take(items);
    for mut item in before {
        match &mut item {
            Item::Impl(block) => space_impl_items(&mut block.items),
            Item::Mod(module) => {
                if let Some((_, inner)) = &mut module.content {
                    space_items(inner);
                }
            }
            _ => {}
        }
        if !items.is_empty() {
            items.push(Item::Verbatim(TokenStream::new()));
        }
        items.push(item);
    }
}

/// Constants stand together, and so do types.
fn space_impl_items(items: &mut Vec<ImplItem>) {
    let before = std::mem::take(items);
    for item in before {
        let together = matches!(
            (items.last(), &item),
            (None, _)
                | (Some(ImplItem::Const(_)), ImplItem::Const(_))
                | (Some(ImplItem::Type(_)), ImplItem::Type(_))
        );
        if !together {
            items.push(ImplItem::Verbatim(TokenStream::new()));
        }
        items.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn items_stand_apart_and_like_stands_with_like() -> Result<(), syn::Error> {
        let text = "struct A; mod m { struct B; struct C; }
            impl A { type X = u8; type Y = u8; const P: u8 = 1; const Q: u8 = 2; fn f() {} fn g() {} }";
        let expected = "\
struct A;

mod m {
    struct B;

    struct C;
}

impl A {
    type X = u8;
    type Y = u8;

    const P: u8 = 1;
    const Q: u8 = 2;

    fn f() {}

    fn g() {}
}
";
        assert_eq!(format(text)?, expected);
        assert_eq!(format(expected)?, expected);
        Ok(())
    }

    #[test]
    fn what_is_no_rust_is_refused() {
        assert!(format("struct").is_err());
    }
}
