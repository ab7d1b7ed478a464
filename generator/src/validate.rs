//! What the TOML means.
//!
//! Takes what was typed and gives the [`Model`]. Everything is decided here and nothing later:
//! names, defaults, whether a backend has a setting, whether settings go together. Reports all
//! problems it can see in one run and gives a model only if there is no error.

mod bind;
mod duration;
mod folder;
mod keys;
mod model;
mod output;
mod rules;
mod value;

use crate::{
    config::Config,
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::Model,
    source::Source,
};

/// Decides the meaning of `config`.
pub fn validate(config: &Config, source: &Source, diagnostics: &mut Diagnostics) -> Option<Model> {
    let output = output::output(&config.output, diagnostics);
    let readable = source.problem().is_none();
    if readable && !config.names_binds {
        let message = format!("`{}` declares no database", source.path());
        let help = "declare one: `[bind.main]` with `backend` and `url`";
        diagnostics.push(Diagnostic::of_file(Code::NoBinds, message).help(help));
    }
    let shape = output::Shape { output: &output, given: &config.output };
    keys::clashes(&config.binds, diagnostics);
    let binds: Vec<_> =
        config.binds.iter().map(|config| bind::bind(config, shape, diagnostics)).collect();
    rules::same_file(&config.binds, &binds, diagnostics);
    if diagnostics.errors() > 0 {
        return None;
    }
    let binds = binds.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Model { output, source: source.file_name().to_owned(), binds })
}
