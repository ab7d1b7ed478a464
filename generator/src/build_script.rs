//! The way in for a `build.rs`: from a TOML to files in `OUT_DIR`, reported in cargo's words.
//!
//! Prints only what cargo reads. A problem becomes `cargo::error=` lines and an ordinary return:
//! cargo then shows our text alone, where a panic would show a backtrace.

use std::{
    env, fmt,
    path::{Path, PathBuf},
};

use crate::{
    load::load,
    output,
    render::render,
    source::Source,
    write::{self, Changes},
};

/// Folder inside `OUT_DIR` that `bindery_runtime::include_bindings!` reads.
const FOLDER: &str = "bindery";

/// Generates the code that a TOML asks for into `OUT_DIR`. All that a `build.rs` needs:
///
/// ```no_run
/// bindery::build("bindings.toml");
/// ```
///
/// The path is relative to the folder of the package's `Cargo.toml`. The build is told to run the
/// script again when the TOML changes; a problem fails the build and shows the diagnostics.
pub fn build(config: impl AsRef<Path>) {
    Builder::new(config).build();
}

/// [`build`] in steps: another folder, or a result to look at.
///
/// ```no_run
/// bindery::Builder::new("databases.toml").out_dir("src/db").build();
/// ```
#[derive(Clone, Debug)]
pub struct Builder {
    config: PathBuf,
    out_dir: Option<PathBuf>,
}

/// What [`Builder::generate`] did.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Generated {
    /// The files that changed.
    pub changes: Changes,
    /// What a person should look at; each is a text of several lines.
    pub warnings: Vec<String>,
    /// The folders of migrations that become part of the program, as the TOML names them.
    pub migrations: Vec<String>,
}

/// Why nothing was generated. Shown with `Display`, it is the full report.
#[derive(Debug)]
pub struct Error {
    report: String,
    cause: Option<write::Error>,
}

impl Builder {
    /// Starts from the path of a TOML.
    #[must_use]
    pub fn new(config: impl AsRef<Path>) -> Self {
        Self { config: config.as_ref().to_owned(), out_dir: None }
    }

    /// Writes to this folder instead of `OUT_DIR`. The `[output] dir` of the TOML is for
    /// `bindery generate` alone.
    #[must_use]
    pub fn out_dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.out_dir = Some(dir.as_ref().to_owned());
        self
    }

    /// Generates, and tells cargo about it on stdout.
    #[expect(clippy::print_stdout, reason = "stdout is how a build script speaks to cargo")]
    pub fn build(&self) {
        println!("cargo::rerun-if-changed={}", self.config.display());
        match self.generate() {
            Ok(generated) => {
                // A macro reads them, and cargo does not know of its files.
                for folder in &generated.migrations {
                    println!("cargo::rerun-if-changed={folder}");
                }
                for warning in &generated.warnings {
                    print!("{}", lines("cargo::warning", warning));
                }
            }
            Err(error) => print!("{}", lines("cargo::error", &error.report)),
        }
    }

    /// Generates, prints nothing and hands back what happened.
    ///
    /// # Errors
    ///
    /// If the TOML has a mistake, if the folder cannot be written, or if a file is in the way that
    /// Bindery did not write. Nothing is written in the first and the last case.
    pub fn generate(&self) -> Result<Generated, Error> {
        let source = Source::read(&self.config);
        let (model, diagnostics) = load(&source);
        let Some(model) = model else {
            return Err(Error { report: diagnostics.human(&source, false), cause: None });
        };
        let warnings = if diagnostics.is_empty() {
            Vec::new()
        } else {
            vec![diagnostics.human(&source, false)]
        };
        let dir = self.target()?;
        let disk = write::read(&dir)?;
        let tree = output::output(&model, render(&model), &disk);
        let changes = write::write(&tree, &dir, &disk)?;
        let migrations = model.binds.iter().filter_map(|bind| bind.migrations.clone()).collect();
        Ok(Generated { changes, warnings, migrations })
    }

    fn target(&self) -> Result<PathBuf, Error> {
        match (&self.out_dir, env::var_os("OUT_DIR")) {
            (Some(dir), _) => Ok(dir.clone()),
            (None, Some(dir)) => Ok(Path::new(&dir).join(FOLDER)),
            (None, None) => Err(Error {
                report: "the variable `OUT_DIR` is not set, as it is in a build script; \
                         elsewhere, say where to write with `Builder::out_dir`"
                    .to_owned(),
                cause: None,
            }),
        }
    }
}

/// One line of cargo's for each line of a text.
fn lines(instruction: &str, text: &str) -> String {
    let line = |line| [instruction, "=", line, "\n"].concat();
    text.trim_end().lines().map(line).collect()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().and_then(std::error::Error::source)
    }
}

impl From<write::Error> for Error {
    fn from(error: write::Error) -> Self {
        let help = error.help().map_or_else(String::new, |help| format!("\n  = help: {help}"));
        Self { report: format!("{error}{help}"), cause: Some(error) }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_line_is_an_instruction() {
        let text = super::lines("cargo::error", "error[B0001]: a\n  |\n\nb\n");
        assert_eq!(
            text,
            "cargo::error=error[B0001]: a\ncargo::error=  |\ncargo::error=\ncargo::error=b\n"
        );
    }
}
