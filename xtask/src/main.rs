//! Tasks of this repository, run as `cargo xtask …`.
//!
//! `test` is the one command that passes every test: it finds or installs the
//! database servers, starts private ones, runs the workspace's tests against
//! them and stops them. `servers` keeps such servers up while developing.
//! Linux only: privileges are dropped with `setpriv`, missing servers come from
//! Debian's packages.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]

mod bench;
mod interrupt;
mod package;
mod report;
mod servers;
mod suite;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks of the Bindery repository")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run all tests on SQLite, PostgreSQL and MariaDB
    Test {
        /// Run only what needs no server
        #[arg(long)]
        sqlite_only: bool,
        /// Arguments for `cargo test`, to run a part of the tests
        #[arg(last = true)]
        selection: Vec<String>,
    },
    /// Run the benchmarks and write their tables into BENCHMARKS.md
    Bench {
        /// Run only these parts; `--only help` lists them
        #[arg(long)]
        only: Vec<String>,
    },
    /// Package both crates and build a project outside the repository against them
    Package,
    /// Start private PostgreSQL and MariaDB servers, print their URLs, wait for ctrl-c
    Servers {
        /// Leave the servers running in the background
        #[arg(long)]
        detach: bool,
        /// Stop the servers that --detach left running
        #[arg(long, conflicts_with = "detach")]
        stop: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    interrupt::listen()?;
    match task {
        Task::Test { sqlite_only, selection } => return suite::run(sqlite_only, &selection),
        Task::Bench { only } => return bench::run(&only),
        Task::Package => package::run()?,
        Task::Servers { stop: true, .. } => servers::stop_detached()?,
        Task::Servers { detach: true, .. } => servers::detach()?,
        Task::Servers { .. } => servers::wait()?,
    }
    Ok(ExitCode::SUCCESS)
}
