//! `cargo xtask test`: the workspace's tests on all three backends.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use test_servers::{Lifetime, process};

use crate::interrupt;
use crate::report::{Extent, Report};
use crate::servers::{self, Servers};

/// What `cargo test` leaves out when there are no servers. It knows only parts
/// of names, so each segment is given with its separators.
const SKIP_SERVERS: &[&str] =
    &["--skip=postgres::", "--skip=::postgres", "--skip=mysql::", "--skip=::mysql"];

const NO_SERVERS: &str = "\
============================================================
  SQLite only: NOTHING is tested on PostgreSQL and MariaDB
============================================================";

/// Runs the tests; `selection` goes to `cargo test`.
pub(crate) fn run(sqlite_only: bool, selection: &[String]) -> Result<ExitCode> {
    let extent = match (selection, sqlite_only) {
        ([], false) => Extent::Whole,
        ([], true) => Extent::SqliteOnly,
        _ => Extent::Selected,
    };
    let servers = if sqlite_only {
        eprintln!("{NO_SERVERS}");
        None
    } else {
        Some(Servers::start(Lifetime::Bound)?)
    };

    let mut report = Report::new(extent, servers.as_ref().map_or("MariaDB", Servers::mysql_name));
    let mut command = cargo_test(sqlite_only, selection);
    for name in servers::VARIABLES {
        command.env_remove(name);
    }
    command.envs(servers.iter().flat_map(Servers::environment));
    let status = stream(&mut command, |line| report.read(line))?;
    // Before the verdict, so that it is the last thing on the screen.
    drop(servers);
    interrupt::check()?;

    println!("\n{:<16}{:>8}{:>8}{:>9}\n{report}", "tests", "passed", "failed", "ignored");
    if sqlite_only {
        println!("{NO_SERVERS}");
    }
    if extent == Extent::Selected {
        println!("Only what `{}` selects was run.", selection.join(" "));
    }
    let mut problems = report.problems();
    if problems.is_empty() && !status.success() {
        problems.push(format!("cargo test failed ({status})"));
    }
    if problems.is_empty() {
        println!("All tests passed.");
        return Ok(ExitCode::SUCCESS);
    }
    for problem in problems {
        println!("FAILED: {problem}");
    }
    Ok(ExitCode::FAILURE)
}

fn cargo_test(sqlite_only: bool, selection: &[String]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["test", "--all-features", "--no-fail-fast"]);
    // Cargo would ignore a package that is named beside `--workspace`.
    let names_package =
        |argument: &String| argument.starts_with("-p") || argument.starts_with("--package");
    let before_dashes = selection.iter().take_while(|argument| *argument != "--");
    if !before_dashes.into_iter().any(names_package) {
        command.arg("--workspace");
    }
    command.args(selection);
    if sqlite_only {
        if !selection.iter().any(|argument| argument == "--") {
            command.arg("--");
        }
        command.args(SKIP_SERVERS);
    }
    command
}

/// Runs the command in the foreground; shows its output and hands each line on.
fn stream(command: &mut Command, mut read: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut foreground = Foreground::spawn(command.stdout(Stdio::piped()))?;
    let mut shown = io::stdout().lock();
    if let Some(output) = foreground.0.stdout.take() {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line).context("cannot read what cargo prints")? > 0 {
            shown.write_all(&line).and_then(|()| shown.flush()).context("cannot print")?;
            read(String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
    }
    foreground.wait()
}

/// A command whose whole process group is interrupted with this program, whoever
/// sent the signal, and ends with this value at the latest.
#[derive(Debug)]
pub(crate) struct Foreground(Child);

impl Foreground {
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let child =
            command.stdin(Stdio::null()).process_group(0).spawn().context("cannot run cargo")?;
        interrupt::set_foreground(Some(process::pid(child.id())));
        let foreground = Self(child);
        // An interrupt before this moment did not reach it.
        interrupt::check()?;
        Ok(foreground)
    }

    pub(crate) fn wait(&mut self) -> Result<ExitStatus> {
        self.0.wait().context("cannot wait for cargo")
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        interrupt::set_foreground(None);
        if let Ok(None) = self.0.try_wait() {
            // It may end by itself in this moment.
            let _ = killpg(process::pid(self.0.id()), Signal::SIGTERM);
            let _ = self.0.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(sqlite_only: bool, selection: &[&str]) -> String {
        let selection: Vec<_> = selection.iter().map(|&argument| argument.to_owned()).collect();
        let command = cargo_test(sqlite_only, &selection);
        command.get_args().map(|argument| argument.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn everything_unless_a_package_is_named() {
        assert_eq!(arguments(false, &[]), "test --all-features --no-fail-fast --workspace");
        assert_eq!(
            arguments(false, &["-p", "bindery", "names"]),
            "test --all-features --no-fail-fast -p bindery names"
        );
        // After the dashes it is an argument of the tests.
        assert_eq!(
            arguments(false, &["--", "-p"]),
            "test --all-features --no-fail-fast --workspace -- -p"
        );
    }

    #[test]
    fn servers_are_skipped_by_segment() {
        let skip = "--skip=postgres:: --skip=::postgres --skip=mysql:: --skip=::mysql";
        assert!(arguments(true, &[]).ends_with(&format!(" --workspace -- {skip}")));
        assert!(arguments(true, &["--", "fast"]).ends_with(&format!(" -- fast {skip}")));
    }
}
