//! `bindery check`: says what `generate` would change, and writes nothing.

use std::path::{Path, PathBuf};

use similar::TextDiff;

use super::{
    DEFAULT_CONFIG, Failure, Options, Outcome,
    covered::covered,
    project::{Project, files, load_project},
    terminal::{self, Terminal},
};
use crate::check::{Difference, Kind, compare};

pub(super) fn run(options: &Options, terminal: &Terminal) -> Result<Outcome, Failure> {
    let Project { tree, dir, disk } = load_project(options, terminal)?;
    let differences = compare(&tree, &disk);
    if differences.is_empty() {
        terminal.say(&format!("{}: {} up to date", dir.display(), files(tree.iter().count())));
        return Ok(Outcome::Fine);
    }
    for difference in &differences {
        let diff = covered(&unified(difference, &dir));
        terminal::data(&if terminal.colors_data() { colored(&diff) } else { diff })?;
    }
    for Difference { path, kind } in &differences {
        let path = dir.join(path);
        let state = match kind {
            Kind::Missing { .. } => "missing",
            Kind::OutOfDate { .. } => "out of date",
            Kind::Stale { .. } => "stale",
            Kind::Foreign => "not written by Bindery, which will not overwrite it",
        };
        terminal.say(&format!("{}: {state}", path.display()));
    }
    terminal.say(&format!(
        "{} not up to date: run `{}`",
        files(differences.len()),
        command(options)
    ));
    Ok(Outcome::OutOfDate)
}

/// What brings the files up to date.
fn command(options: &Options) -> String {
    let config =
        (options.config != Path::new(DEFAULT_CONFIG)).then_some(("--config", &options.config));
    let out_dir = options.out_dir.as_ref().map(|dir| ("--out-dir", dir));
    let option = |(name, path): (&str, &PathBuf)| format!(" {name} {}", path.display());
    let options: String = config.into_iter().chain(out_dir).map(option).collect();
    format!("bindery generate{options}")
}

/// From what is on disk to what should be there; as for `patch`, what does not exist is `/dev/null`.
fn unified(difference: &Difference<'_>, dir: &Path) -> String {
    let path = dir.join(difference.path).display().to_string();
    let ((before, old), (after, new)) = match difference.kind {
        Kind::Missing { expected } => (("/dev/null", ""), (&*path, expected)),
        Kind::OutOfDate { expected, found } => ((&*path, found), (&*path, expected)),
        Kind::Stale { found } => ((&*path, found), ("/dev/null", "")),
        Kind::Foreign => return String::new(),
    };
    TextDiff::from_lines(old, new).unified_diff().header(before, after).to_string()
}

fn colored(diff: &str) -> String {
    let paint = |line: &str| {
        let color = match line.as_bytes().first() {
            Some(b'+') => "\u{1b}[32m",
            Some(b'-') => "\u{1b}[31m",
            Some(b'@') => "\u{1b}[36m",
            _ => return format!("{line}\n"),
        };
        format!("{color}{line}\u{1b}[0m\n")
    };
    diff.lines().map(paint).collect()
}
