//! Allocations per request, on every thread of the process.

use anyhow::{Context, Result};

use super::setups::{self, BACKENDS, CASES, Values};
use crate::results::Measured;
use crate::tools;

pub(super) fn run() -> Result<Measured> {
    tools::build(&["request"])?;
    let mut measured = setups::here(&[])?;
    let (mut allocations, mut bytes) = (Values::new(), Values::new());
    for case in &CASES {
        for backend in BACKENDS {
            for variant in case.variants {
                let setup = case.setup(backend, variant);
                if allocations.contains_key(&setup) {
                    continue;
                }
                let mut program = tools::program("allocations");
                program.args([backend, variant, &case.binds.to_string()]);
                let (_, text) = tools::output(&mut program)?;
                for line in text.lines() {
                    let [name, count, size] = *line.split(' ').collect::<Vec<_>>() else {
                        anyhow::bail!("not what `allocations` prints: {line}");
                    };
                    let setup = format!("{backend} {variant} {} {name}", case.binds);
                    allocations.insert(setup.clone(), count.parse().context("a number")?);
                    bytes.insert(setup, size.parse().context("a number")?);
                }
            }
        }
    }
    setups::tables(&mut measured, &allocations, "allocations per request", |value| {
        format!("{value:.1}")
    });
    setups::tables(&mut measured, &bytes, "bytes allocated per request", tools::grouped);
    for backend in BACKENDS {
        let value =
            |variant: &str, case: &str| allocations[&format!("{backend} {variant} 1 {case}")];
        measured.figure(
            format!("allocations of an unused layer, {backend}"),
            value("extractor", "none") - value("identity", "none"),
        );
        for case in ["select", "insert"] {
            measured.figure(
                format!("allocations of {case} over by hand, {backend}"),
                value("extractor", case) - value("by-hand", case),
            );
        }
    }
    Ok(measured)
}
