//! What commands have in common: what the TOML means, the files that it asks for, and their folder.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{Failure, Options, terminal::Terminal};
use crate::{
    load::load, model::Model, output, output::Tree, render::render, source::Source, write::read,
};

/// What the TOML means; its problems are printed.
pub(super) fn load_model(options: &Options, terminal: &Terminal) -> Result<Model, Failure> {
    let source = Source::read(&options.config);
    let (model, diagnostics) = load(&source);
    terminal.report(&diagnostics, &source);
    model.ok_or(Failure::Config)
}

/// What the TOML asks for, and what there is.
pub(super) struct Project {
    pub(super) tree: Tree,
    /// Where the files of the tree belong.
    pub(super) dir: PathBuf,
    /// What that folder has.
    pub(super) disk: BTreeMap<String, String>,
}

pub(super) fn load_project(options: &Options, terminal: &Terminal) -> Result<Project, Failure> {
    let model = load_model(options, terminal)?;
    let dir = options.out_dir.clone().unwrap_or_else(|| {
        let beside = options.config.parent().unwrap_or(Path::new(""));
        beside.join(&model.output.dir)
    });
    let disk = read(&dir).map_err(Failure::Output)?;
    let tree = output::output(&model, render(&model), &disk);
    Ok(Project { tree, dir, disk })
}

/// `1 file`, `2 files`.
pub(super) fn files(count: usize) -> String {
    format!("{count} file{}", if count == 1 { "" } else { "s" })
}
