//! What commands have in common: what the TOML means, the files that it asks for, and their folder.

use std::path::{Path, PathBuf};

use super::{Failure, Options, terminal::Terminal};
use crate::{load::load, model::Model, output, output::Tree, render::render, source::Source};

/// What the TOML means; its problems are printed.
pub(super) fn load_model(options: &Options, terminal: &Terminal) -> Result<Model, Failure> {
    let source = Source::read(&options.config);
    let (model, diagnostics) = load(&source);
    terminal.report(&diagnostics, &source);
    model.ok_or(Failure::Config)
}

/// The files that the TOML asks for, and the folder that they belong to.
pub(super) fn load_tree(
    options: &Options,
    terminal: &Terminal,
) -> Result<(Tree, PathBuf), Failure> {
    let model = load_model(options, terminal)?;
    let dir = options.out_dir.clone().unwrap_or_else(|| {
        let beside = options.config.parent().unwrap_or(Path::new(""));
        beside.join(&model.output.dir)
    });
    Ok((output::output(&model, render(&model)), dir))
}

/// `1 file`, `2 files`.
pub(super) fn files(count: usize) -> String {
    format!("{count} file{}", if count == 1 { "" } else { "s" })
}
