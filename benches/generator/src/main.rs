//! Runs the generator on one TOML, stage by stage, and prints what each took: `name value` lines,
//! seconds for stages. What is run is what `bindery::build` runs in a build script.

#![allow(clippy::print_stdout, reason = "this is a program")]

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use bindery::source::Source;
use bindery::{load, output, render, write};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().context("usage: stages TOML FOLDER");
    let (toml, folder) = (next()?, next()?);

    let started = Instant::now();
    let mut clock = Instant::now();
    let mut stage = |name: &str| {
        println!("{name} {:.6}", clock.elapsed().as_secs_f64());
        clock = Instant::now();
    };

    let source = Source::read(Path::new(&toml));
    let (model, diagnostics) = load::load(&source);
    ensure!(diagnostics.is_empty(), "{}", diagnostics.human(&source, false));
    let model = model.context("without a problem there is a model")?;
    stage("load");
    let rendered = render::render(&model);
    stage("render");
    let disk = write::read(Path::new(&folder)).map_err(|error| anyhow::anyhow!("{error}"))?;
    let tree = output::output(&model, rendered, &disk);
    stage("format");
    write::write(&tree, Path::new(&folder), &disk).map_err(|error| anyhow::anyhow!("{error}"))?;
    stage("write");
    println!("total {:.6}", started.elapsed().as_secs_f64());

    println!("files {}", tree.iter().count());
    println!("lines {}", tree.iter().map(|(_, text)| text.lines().count()).sum::<usize>());
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak")?;
    println!("peak_kb {}", peak.trim().trim_end_matches(" kB"));
    Ok(())
}
