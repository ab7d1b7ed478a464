//! What `generate` and `check` have in common: the files that the TOML asks for, and their folder.

use std::path::{Path, PathBuf};

use super::{Failure, Options, terminal::Terminal};
use crate::{load::load, output, output::Tree, render::render, source::Source};

/// The files that the TOML asks for, and the folder that they belong to.
pub(super) fn load_tree(
    options: &Options,
    terminal: &Terminal,
) -> Result<(Tree, PathBuf), Failure> {
    let source = Source::read(&options.config);
    let (model, diagnostics) = load(&source);
    terminal.report(&diagnostics, &source);
    let model = model.ok_or(Failure::Config)?;
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
