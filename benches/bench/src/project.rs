//! Cargo projects that the benchmarks make in a folder of their own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::tools;

/// A cargo project with a `target` of its own.
#[derive(Debug)]
pub(crate) struct Project {
    dir: PathBuf,
}

impl Project {
    /// Writes a project anew; what was compiled for one of this name before is still there.
    pub(crate) fn new(name: &str, dependencies: &str, files: &[(&str, &str)]) -> Result<Self> {
        let dir = tools::benches().join("target/projects").join(name);
        for entry in dir.read_dir().into_iter().flatten() {
            let path = entry?.path();
            match path.file_name() {
                Some(name) if name == "target" => {}
                _ if path.is_dir() => fs::remove_dir_all(path)?,
                _ => fs::remove_file(path)?,
            }
        }
        let project = Self { dir };
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\
             \n[workspace]\n\n{dependencies}"
        );
        project.write("Cargo.toml", &manifest)?;
        for (path, text) in files {
            project.write(path, text)?;
        }
        // The same versions as everything else here, as far as they occur.
        fs::copy(tools::benches().join("Cargo.lock"), project.dir.join("Cargo.lock"))?;
        Ok(project)
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.dir.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(fs::write(path, text)?)
    }

    /// The project with nothing compiled.
    pub(crate) fn cleaned(self) -> Result<Self> {
        let target = self.dir.join("target");
        if target.exists() {
            fs::remove_dir_all(target)?;
        }
        Ok(self)
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn cargo(&self, arguments: &[&str]) -> Result<tools::Cost> {
        let mut command = tools::cargo(&self.dir);
        command.args(arguments).arg("--quiet").env("CARGO_TARGET_DIR", self.dir.join("target"));
        tools::run(&mut command)
    }

    /// The packages that a build of this project compiles, itself excluded.
    pub(crate) fn packages(&self) -> Result<std::collections::BTreeSet<String>> {
        let mut command = tools::cargo(&self.dir);
        command.args(["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
        let (_, text) = tools::output(&mut command)?;
        Ok(text
            .lines()
            .skip(1)
            .map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
            .filter(|package| !package.is_empty())
            .collect())
    }
}
