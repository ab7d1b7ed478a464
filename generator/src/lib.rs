//! Declare your databases in one TOML; get one typed Rust module per database.
//!
//! This is the generator. A build script runs it:
//!
//! ```no_run
//! // The whole of `main` in build.rs. As a build-dependency, switch the program off:
//! // bindery = { version = "0.1", default-features = false }
//! bindery::build("bindings.toml");
//! ```
//!
//! and the program includes the result, which needs the crate `bindery-runtime`:
//!
//! ```text
//! mod db {
//!     bindery_runtime::include_bindings!();
//! }
//! ```
//!
//! The program `bindery` writes the same files into the source tree instead, for `mod db;`, and
//! `bindery check` keeps them honest. [`Builder`] is [`build`] in steps.
//!
//! # The stages
//!
//! Data flows through the modules in the order in which they are listed below: a
//! [`source`] becomes a [`config`], which [`validate`] turns into a [`model`] or into
//! [`diagnostics`]; [`render`], [`format`](mod@format), [`header`] and [`output`] make a tree of files of
//! it, in memory; [`check`] compares it with the disk and [`write`](mod@write) changes the disk. The stages
//! are public for tests and tools, and change between minor versions:
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use bindery::{load::load, output::output, render::render, source::Source};
//!
//! let source = Source::new("bindings.toml", "[bind.main]\nbackend = \"sqlite\"\nurl = \"sqlite://a.db\"\n");
//! let (model, diagnostics) = load(&source);
//! assert!(diagnostics.is_empty(), "{}", diagnostics.human(&source, false));
//!
//! let disk = BTreeMap::new();
//! let files = model.map(|model| output(&model, render(&model), &disk)).unwrap_or_default();
//! let paths: Vec<_> = files.iter().map(|(path, _)| path).collect();
//! assert_eq!(paths, ["databases.rs", "main.rs", "mod.rs"]);
//! ```

// What is written, and what it means.
pub mod source;
pub mod config;
pub mod settings;
pub mod names;
pub mod validate;
pub mod model;
pub mod load;
pub mod diagnostics;

// The files.
pub mod sql;
pub mod render;
pub mod format;
pub mod header;
pub mod output;
pub mod check;
pub mod write;
mod parallel;

// What people write and read beside the TOML.
pub mod example;
pub mod schema;
mod json;

// The two ways in.
mod build_script;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod commands;

pub use build_script::{Builder, Error, Generated, build};
