//! The files of a model as they are to be on disk: formatted, with a header, sorted by path.
//!
//! A value and nothing else: writing it, comparing it and testing it all start here. Holds no clock
//! and no absolute path, so the same model always gives the same bytes.

use std::collections::BTreeMap;

use crate::{format::format, header::Header, model::Model, parallel};

/// Files by their path relative to the output folder, with `/` between its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// The files, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (&**path, &**text))
    }

    /// The text of one file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|text| &**text)
    }
}

/// Puts rendered files into their final form. Those that `disk` already has in this form, by the
/// fingerprint in their header, are taken from there, which is a small part of the work.
///
/// # Panics
///
/// If a template wrote something that is not Rust, which no model may bring about.
#[must_use]
pub fn output(
    model: &Model,
    rendered: BTreeMap<String, String>,
    disk: &BTreeMap<String, String>,
) -> Tree {
    let header = Header::new(&model.source);
    let rendered: Vec<_> = rendered.into_iter().collect();
    let texts = parallel::each(&rendered, |(path, text)| {
        let again = disk.get(path).and_then(|found| header.again(found, text));
        again.unwrap_or_else(|| header.file(text, &code(path, text)))
    });
    Tree { files: rendered.into_iter().map(|(path, _)| path).zip(texts).collect() }
}

fn code(path: &str, text: &str) -> String {
    format(text).unwrap_or_else(|error| {
        panic!("this is a bug in bindery: it wrote a {path} that is not Rust: {error}\n{text}")
    })
}
