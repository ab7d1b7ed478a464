//! The only stage that changes files: makes a folder say what a tree says.
//!
//! A file appears as a whole or not at all; one that is already right keeps its time stamp, so that
//! nothing is built again. A file without our header is never replaced and never removed.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
    process,
};

use crate::{
    check::{self, Kind},
    output::Tree,
};

/// What writing a tree did to its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changes {
    /// Files that are new or have changed.
    pub written: Vec<String>,
    /// Files that are no longer part of the tree.
    pub removed: Vec<String>,
    /// How many files were right already.
    pub unchanged: usize,
}

/// Why a tree could not be written or compared.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// These files are in the way and are not ours. Nothing was written.
    Foreign(Vec<PathBuf>),
    /// The system refused.
    Io {
        /// What was to be done: `write`, `read`.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// Why it was refused.
        cause: io::Error,
    },
}

impl Error {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Foreign(_) => Some(
                "choose another folder, or move the file away: it does not carry the header of a generated one",
            ),
            Self::Io { .. } => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(paths) => {
                let paths: Vec<_> =
                    paths.iter().map(|path| format!("`{}`", path.display())).collect();
                write!(f, "will not overwrite {}, which Bindery did not write", paths.join(", "))
            }
            Self::Io { action, path, cause } => {
                write!(f, "cannot {action} `{}`: {cause}", path.display())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { cause, .. } => Some(cause),
            Self::Foreign(_) => None,
        }
    }
}

/// Reads the Rust files of a folder and of the folders in it; a folder that does not exist is
/// empty.
///
/// # Errors
///
/// If a folder or one of its files cannot be read.
pub fn read(dir: &Path) -> Result<BTreeMap<String, String>, Error> {
    let mut files = BTreeMap::new();
    for (name, path) in entries(dir)? {
        if path.is_dir() {
            for (inner, path) in entries(&path)? {
                add_file(format!("{name}/{inner}"), &path, &mut files)?;
            }
        } else {
            add_file(name, &path, &mut files)?;
        }
    }
    Ok(files)
}

fn entries(dir: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(refused("read", dir)(cause)),
    };
    let mut named = Vec::new();
    for entry in entries {
        let path = entry.map_err(refused("read", dir))?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            named.push((name.to_owned(), path));
        }
    }
    Ok(named)
}

fn add_file(name: String, path: &Path, files: &mut BTreeMap<String, String>) -> Result<(), Error> {
    if path.extension().is_some_and(|extension| extension == "rs") && path.is_file() {
        let bytes = fs::read(path).map_err(refused("read", path))?;
        let text = String::from_utf8(bytes);
        let text =
            text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        files.insert(name, text);
    }
    Ok(())
}

/// Makes a folder say what a tree says; `disk` is what [`read`] found there.
///
/// # Errors
///
/// If a file is in the way that is not ours, and then nothing was written; or if the system
/// refuses.
pub fn write(tree: &Tree, dir: &Path, disk: &BTreeMap<String, String>) -> Result<Changes, Error> {
    let differences = check::compare(tree, disk);
    let foreign: Vec<_> = differences
        .iter()
        .filter(|it| it.kind == Kind::Foreign)
        .map(|it| dir.join(it.path))
        .collect();
    if !foreign.is_empty() {
        return Err(Error::Foreign(foreign));
    }
    fs::create_dir_all(dir).map_err(refused("create", dir))?;
    let mut changes = Changes::default();
    for difference in &differences {
        let path = dir.join(difference.path);
        match difference.kind {
            Kind::Missing { expected } | Kind::OutOfDate { expected, .. } => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder).map_err(refused("create", folder))?;
                }
                replace(&path, expected).map_err(refused("write", &path))?;
                changes.written.push(difference.path.to_owned());
            }
            Kind::Stale { .. } => {
                fs::remove_file(&path).map_err(refused("remove", &path))?;
                // The folder of a bind whose last table is gone; one that is not empty stays.
                if let Some(folder) = path.parent().filter(|folder| *folder != dir) {
                    let _ = fs::remove_dir(folder);
                }
                changes.removed.push(difference.path.to_owned());
            }
            Kind::Foreign => {}
        }
    }
    changes.unchanged = tree.iter().count() - changes.written.len();
    Ok(changes)
}

/// Writes beside the file and renames, so that a reader sees the old text or the new one.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension(format!("{}.tmp", process::id()));
    let result = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if result.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&beside);
    }
    result
}

fn refused(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |cause| Error::Io { action, path, cause }
}
