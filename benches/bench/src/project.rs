//! Cargo projects that the benchmarks make in a folder of their own: a TOML with many tables, the
//! program around it, and the entities of a peer.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::tools;

/// A TOML with `models` models spread evenly over `binds` binds, nine columns each, each with a
/// reference to the one before it.
pub(crate) fn toml(models: usize, binds: usize) -> String {
    let mut text = String::new();
    for bind in 0..binds {
        let key = if binds == 1 { "main".to_owned() } else { format!("db{bind}") };
        let _ = write!(text, "[bind.{key}]\nbackend = \"sqlite\"\nurl = \"sqlite://{key}.db\"\n\n");
        for model in 0..models / binds {
            let references = model
                .checked_sub(1)
                .map_or_else(String::new, |before| format!(", references = \"Item{before}.id\""));
            let _ = write!(
                text,
                "[bind.{key}.model.Item{model}]
table = \"items_{model}\"
[bind.{key}.model.Item{model}.columns]
id = {{ type = \"i64\", primary_key = true, generated = true }}
name = {{ type = \"text\", max_length = 100 }}
description = \"text?\"
amount = \"i32\"
price = \"f64\"
is_active = \"bool\"
code = {{ type = \"text\", max_length = 20, unique = true }}
created_at = {{ type = \"timestamp\", default = \"now\" }}
parent_id = {{ type = \"i64?\"{references} }}

"
            );
        }
    }
    text
}

/// The SQL of the same tables on SQLite, for tools that read a database.
pub(crate) fn sql(models: usize) -> String {
    let mut text = String::from("BEGIN;\n");
    for model in 0..models {
        let references = model
            .checked_sub(1)
            .map_or_else(String::new, |before| format!(" REFERENCES items_{before} (id)"));
        let _ = writeln!(
            text,
            "CREATE TABLE items_{model} (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name VARCHAR(100) NOT NULL,
    description TEXT,
    amount INTEGER NOT NULL,
    price DOUBLE NOT NULL,
    is_active BOOLEAN NOT NULL,
    code VARCHAR(20) NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    parent_id BIGINT{references}
);"
        );
    }
    text + "COMMIT;\n"
}

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
