//! Requests a second: 16 connections on loopback, a fixed number of requests. All variants are up at
//! the same time and take turns, so that whatever else happens on the machine meets all of them.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Stdio};

use anyhow::{Context, Result};

use super::setups::{self, BACKENDS, CASES, Case};
use crate::results::Measured;
use crate::tools;

const ROUNDS: usize = 7;

pub(super) fn run() -> Result<Measured> {
    tools::build(&["request"])?;
    let mut measured = setups::here(&[])?;
    for case in &CASES {
        for backend in BACKENDS {
            let rounds = compare(case, backend)?;
            let base = case.variants.iter().position(|variant| *variant == case.base);
            let base = base.context("the base is one of the variants")?;
            let name = if backend == "sqlite" { "SQLite" } else { "PostgreSQL" };
            let head = ["variant", "requests/s", "from … to", "× of the base, each round"];
            let mut rows = Vec::new();
            for (at, variant) in case.variants.iter().enumerate() {
                let rates = &rounds[at];
                let ratios: Vec<_> =
                    rates.iter().zip(&rounds[base]).map(|(rate, base)| rate / base).collect();
                let ratio = tools::median(&ratios);
                let (low, high) = spread(rates);
                rows.push(vec![
                    setups::title(variant, case.name).to_owned(),
                    tools::grouped(tools::median(rates)),
                    format!("{} … {}", tools::grouped(low), tools::grouped(high)),
                    format!("{ratio:.3}"),
                ]);
                if *variant == "extractor" && case.binds == 1 {
                    measured.figure(format!("throughput of {}, {backend}", case.name), ratio);
                }
            }
            measured.table(format!("{}, {name}", case.title), &head).rows = rows;
        }
    }
    Ok(measured)
}

fn spread(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(*value), high.max(*value)))
}

/// The rates of every variant, round by round; each round begins with another variant.
fn compare(case: &Case, backend: &str) -> Result<Vec<Vec<f64>>> {
    // Rounds in which something is stored differ by more: many short ones.
    let (requests, rounds) = match case.name {
        "none" => (60_000, ROUNDS),
        "select" => (20_000, ROUNDS),
        _ => (6_000, 3 * ROUNDS),
    };
    // One writer at a time is what SQLite has: more connections would wait by sleeping. Everything
    // then hangs on how two threads wake each other, which differs by half from round to round.
    let pool = if (case.name, backend) == ("insert", "sqlite") { "1" } else { "16" };
    let servers: Vec<_> = case
        .variants
        .iter()
        .map(|variant| Server::start(backend, variant, case.binds, pool))
        .collect::<Result<_>>()?;
    let mut rates = vec![Vec::new(); servers.len()];
    for round in 0..rounds {
        for at in 0..servers.len() {
            let at = (at + round) % servers.len();
            let mut load = tools::program("load");
            load.args([&servers[at].address, case.name, &requests.to_string()]);
            rates[at].push(tools::output(&mut load)?.1.trim().parse()?);
        }
    }
    Ok(rates)
}

/// A running server, which ends when its standard input does.
struct Server {
    address: String,
    child: Child,
    input: Option<ChildStdin>,
}

impl Server {
    fn start(backend: &str, variant: &str, binds: usize, pool: &str) -> Result<Self> {
        let mut child = tools::program("serve")
            .args([backend, variant, &binds.to_string()])
            .env("BENCH_POOL", pool)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().context("it was asked for")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        Ok(Self { address: address.trim().to_owned(), child, input })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
