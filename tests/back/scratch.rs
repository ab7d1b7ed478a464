//! A folder for one test, and the program run in it.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A folder that is gone when the test is.
pub(crate) struct Scratch(tempfile::TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        match tempfile::tempdir() {
            Ok(dir) => Self(dir),
            Err(error) => panic!("no folder for a test: {error}"),
        }
    }

    /// A folder with a `bindings.toml`.
    pub(crate) fn with(toml: &str) -> Self {
        let scratch = Self::new();
        scratch.put("bindings.toml", toml);
        scratch
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn join(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        let path = self.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)
                .unwrap_or_else(|error| panic!("{}: {error}", parent.display()));
        }
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    pub(crate) fn get(&self, path: &str) -> String {
        let path = self.join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Replaces a piece of a file, which must be there.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.get(path);
        assert!(text.contains(from), "{path} has no {from:?}:\n{text}");
        self.put(path, &text.replacen(from, to, 1));
    }

    /// The names in a folder, sorted; none if there is no such folder.
    pub(crate) fn list(&self, path: &str) -> Vec<String> {
        let entries = fs::read_dir(self.join(path)).into_iter().flatten().flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Runs the program.
    pub(crate) fn bindery<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        self.bindery_with(arguments, &[])
    }

    /// Runs the program with variables.
    pub(crate) fn bindery_with<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        variables: &[(&str, String)],
    ) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
        command.current_dir(self.path()).args(arguments).env_remove("NO_COLOR");
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        match command.output() {
            Ok(output) => Run::new(&output),
            Err(error) => panic!("cannot run bindery: {error}"),
        }
    }
}

/// How the program ended, and what it said.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }
}
