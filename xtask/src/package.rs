//! `cargo xtask package`: the crates as they would be published.
//!
//! A file that the packages leave out is missed only by somebody else, so both
//! are packaged (nothing is published) and a project outside the repository is
//! built against their contents and run.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

const PACKAGES: [&str; 2] = ["bindery", "bindery-runtime"];
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Packages both crates and tries them.
pub(crate) fn run() -> Result<()> {
    let root = root();
    let target = target_dir(root);
    let outside = tempfile::Builder::new()
        .prefix("bindery-packaged-")
        .tempdir()
        .context("cannot create a folder for the packages")?;

    let mut package = cargo();
    // What is packaged is what is here, committed or not.
    package.args(["package", "--allow-dirty", "--target-dir"]).arg(&target);
    for name in PACKAGES {
        package.args(["--package", name]);
    }
    succeed(package.current_dir(root))?;

    let project = outside.path().join("project");
    copy_dir(&root.join(".ci/packaged-project"), &project)?;
    // The same versions, most of which are built already.
    fs::copy(root.join("Cargo.lock"), project.join("Cargo.lock"))
        .context("cannot copy Cargo.lock")?;
    let mut run = cargo();
    run.arg("run").arg("--target-dir").arg(&target);
    for name in PACKAGES {
        let archive = target.join("package").join(format!("{name}-{VERSION}.crate"));
        succeed(
            Command::new("tar")
                .arg("--extract")
                .arg("--file")
                .arg(archive)
                .arg("--directory")
                .arg(outside.path()),
        )?;
        let contents = outside.path().join(format!("{name}-{VERSION}"));
        run.arg("--config").arg(format!("patch.crates-io.{name}.path='{}'", contents.display()));
    }
    succeed(run.current_dir(&project))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where cargo builds; named in every command, so that all agree on it.
fn target_dir(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir))
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    if !status.success() {
        bail!("{command:?} failed ({status})");
    }
    Ok(())
}

fn copy_dir(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to).with_context(|| format!("cannot create {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_dir(&source, &copy)?;
        } else {
            fs::copy(&source, &copy)
                .with_context(|| format!("cannot copy {}", source.display()))?;
        }
    }
    Ok(())
}
