//! Runs the benchmarks, part by part, and writes their tables into BENCHMARKS.md.
//!
//! A part leaves its tables and figures in `benches/results`; the page is made of what is there, so
//! that parts can be run at different times. `cargo xtask bench` starts this with a PostgreSQL
//! server and the tools it needs.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]

mod page;
mod parts;
mod project;
mod results;
mod tables;
mod targets;
mod tools;

use anyhow::Result;
use clap::Parser;

use crate::parts::Part;

#[derive(Parser)]
#[command(about = "Runs the benchmarks and writes their tables into BENCHMARKS.md")]
struct Arguments {
    /// Run only these parts; the page keeps the last results of the others
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Run nothing, write the page anew from the results that are there
    #[arg(long, conflicts_with = "only")]
    page: bool,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let parts: &[Part] = match (&*arguments.only, arguments.page) {
        (_, true) => &[],
        ([], false) => Part::ALL,
        (only, false) => only,
    };
    for part in parts {
        eprintln!("== {part}");
        let measured = part.run()?;
        results::save(part.name(), &measured)?;
        page::write()?;
    }
    page::write()
}
