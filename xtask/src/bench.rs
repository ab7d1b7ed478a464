//! `cargo xtask bench`: the benchmarks, which are a workspace of their own in `benches`.
//!
//! It starts private servers and finds or installs valgrind; what is measured, and how, is the
//! business of the program `bench` there.

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use test_servers::{Lifetime, install};

use crate::interrupt;
use crate::servers::Servers;
use crate::suite::Foreground;

/// Runs all parts, or those that are named.
pub(crate) fn run(only: &[String]) -> Result<ExitCode> {
    install::valgrind()?;
    let programs = install::find_or_install()?;
    let version = Command::new(&programs.postgres.postgres).arg("--version").output();
    let version = version.context("cannot ask PostgreSQL for its version")?.stdout;
    let version = String::from_utf8_lossy(&version);
    let version = version.split_whitespace().nth(2).unwrap_or_default();

    let servers = Servers::start(Lifetime::Bound)?;
    let benches = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("benches");
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["run", "--release", "--quiet", "--package", "bench", "--"])
        .current_dir(benches)
        .env("BENCH_POSTGRES_URL", servers.postgres_url())
        .env("BENCH_POSTGRES_VERSION", version);
    if !only.is_empty() {
        command.arg(format!("--only={}", only.join(",")));
    }
    let status = Foreground::spawn(&mut command)?.wait()?;
    drop(servers);
    interrupt::check()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
