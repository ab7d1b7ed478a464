//! What the compiler, clippy and cargo say to generated code and to a build script that makes it.
//!
//! Each test is a project of its own, but all share one target folder, so that dependencies are
//! built once. The golden trees of `tests/back` are what is compiled.

mod build_script;
mod generated;
mod project;
