//! Instructions per request: gungraun runs the requests of each setup under callgrind, which counts
//! every thread of the process once connections and caches are warm.

use std::fs;

use anyhow::{Context, Result};

use super::setups::{self, BACKENDS, Values};
use crate::results::Measured;
use crate::tools;

/// How a wakeup of the worker or the network falls differs from run to run.
const ROUNDS: usize = 3;

pub(super) fn run() -> Result<Measured> {
    let mut measured = setups::here(&[
        ("valgrind", tools::version("valgrind", "--version")?),
        ("gungraun", tools::locked("gungraun")?),
    ])?;
    let runner = tools::installed("gungraun-runner", &tools::locked("gungraun")?)?;
    let setups = setups::all();
    let wanted: Vec<_> =
        setups.iter().map(|(setup, requests)| format!("{setup} {requests}")).collect();
    let mut rounds = vec![Vec::new(); setups.len()];
    for round in 1..=ROUNDS {
        eprintln!("round {round} of {ROUNDS}");
        let mut command = tools::cargo(&tools::benches());
        command.args(["bench", "--quiet", "--package", "request", "--bench", "instructions"]);
        command.env("BENCH_SETUPS", wanted.join(","));
        command.env("GUNGRAUN_RUNNER", &runner);
        tools::run(&mut command)?;
        for ((setup, requests), values) in setups.iter().zip(&mut rounds) {
            values.push(total(setup)? / f64::from(*requests));
        }
    }
    let values: Values = setups
        .into_iter()
        .zip(&rounds)
        .map(|((setup, _), values)| (setup, tools::median(values)))
        .collect();
    setups::tables(&mut measured, &values, "instructions per request", tools::grouped);
    figures(&mut measured, &values);
    Ok(measured)
}

fn figures(measured: &mut Measured, values: &Values) {
    for backend in BACKENDS {
        let value = |variant: &str, binds: usize, case: &str| {
            values[&format!("{backend} {variant} {binds} {case}")]
        };
        measured.figure(
            format!("instructions of an unused layer, {backend}"),
            value("extractor", 1, "none") - value("identity", 1, "none"),
        );
        for case in ["select", "insert"] {
            let ours = value("extractor", 1, case);
            for base in ["by-hand", "by-hand-untested"] {
                measured.figure(
                    format!("instructions of {case} over {base}, {backend}"),
                    ours / value(base, 1, case),
                );
            }
            measured.figure(
                format!("instructions of the context over the extractor, {case}, {backend}"),
                value("context", 1, case) / ours,
            );
        }
    }
}

/// What callgrind counted in one run, all threads together.
fn total(setup: &str) -> Result<f64> {
    let id = setup.replace([' ', '-'], "_");
    let run = format!("{id}.requests");
    let file = tools::benches()
        .join("target/gungraun/request/instructions/requests")
        .join(&run)
        .join(format!("callgrind.{run}.out"));
    let text = fs::read_to_string(&file)
        .with_context(|| format!("callgrind left no {}", file.display()))?;
    let totals = text.lines().rev().find_map(|line| line.strip_prefix("totals: "));
    let instructions = totals.and_then(|totals| totals.split_whitespace().next());
    Ok(instructions.context("callgrind counted nothing")?.parse()?)
}
