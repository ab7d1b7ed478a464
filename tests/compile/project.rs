//! A cargo project outside the workspace, with the workspace's versions of everything.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The folder of the repository.
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The folder of the runtime.
pub(crate) const RUNTIME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/runtime");

/// A project, empty at first.
pub(crate) struct Project {
    dir: PathBuf,
}

impl Project {
    /// A project that is kept between runs, so that what did not change is not built again.
    pub(crate) fn new(name: &str) -> Result<Self, Box<dyn Error>> {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&dir)?;
        fs::copy(Path::new(ROOT).join("Cargo.lock"), dir.join("Cargo.lock"))?;
        Ok(Self { dir })
    }

    pub(crate) fn join(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }

    /// Writes a file unless it says so already.
    pub(crate) fn put(&self, path: &str, text: &str) -> Result<(), Box<dyn Error>> {
        let path = self.join(path);
        if fs::read_to_string(&path).is_ok_and(|found| found == text) {
            return Ok(());
        }
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        Ok(fs::write(&path, text)?)
    }

    /// Runs cargo.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Result<Output, Box<dyn Error>> {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&self.dir).args(arguments);
        // Cargo tells a test about the package of the test; the project is another one.
        cargo.env_remove("CARGO_MANIFEST_DIR").env_remove("RUSTFLAGS");
        cargo.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"));
        // What build scripts and macros depend on is then the same as what the program does, and is
        // built once; a dependency that is built once has no use for incremental data.
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
        cargo.env("CARGO_TERM_COLOR", "never").env("RUSTDOCFLAGS", "-D warnings");
        Ok(cargo.output()?)
    }
}

/// What cargo said, if it failed.
pub(crate) fn succeeded(output: &Output) -> Result<(), Box<dyn Error>> {
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}
