//! What generating costs: time, memory and the share of each stage, and the same tables through
//! sea-orm-cli.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::results::Measured;
use crate::tables::{sql, toml};
use crate::tools;

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
const BINDS: [usize; 3] = [1, 10, 100];
const STAGES: [&str; 4] = ["load", "render", "format", "write"];
const ROUNDS: usize = 5;

type Figures = BTreeMap<String, f64>;

pub(super) fn run() -> Result<Measured> {
    tools::build(&["generator", "request"])?;
    tools::run(tools::cargo(&tools::benches()).args(["build", "--package", "generator"]))?;
    let bindery = tools::bindery()?;
    let sea_orm_cli = tools::installed("sea-orm-cli", "2.0.4")?;
    let mut measured = Measured::now(&[
        ("rustc", &tools::rustc()?),
        ("sea-orm-cli", &tools::version(&sea_orm_cli, "--version")?),
        ("rustfmt", &tools::version("rustfmt", "--version")?),
    ])?;
    let dir = TempDir::new()?;
    stages(&mut measured, dir.path())?;
    program(&mut measured, &bindery, &sea_orm_cli, dir.path())?;
    Ok(measured)
}

fn stages(measured: &mut Measured, dir: &Path) -> Result<()> {
    let mut sizes = Vec::new();
    let mut shares = Vec::new();
    let mut totals = BTreeMap::new();
    for models in SIZES {
        for binds in BINDS.into_iter().filter(|binds| *binds <= models) {
            let figures = measure(dir, "release", models, binds)?;
            let (total, lines) = (figures["total"], figures["lines"]);
            sizes.push(vec![
                tools::grouped(models as f64),
                binds.to_string(),
                tools::grouped(figures["files"]),
                tools::grouped(lines),
                format!("{:.1}", total * 1e3),
                tools::grouped(lines / total),
                format!("{:.0}", figures["peak_kb"] / 1e3),
            ]);
            if binds == 1 {
                let share = |stage| format!("{:.1} %", figures[stage] / total * 100.0);
                shares.push(
                    [vec![tools::grouped(models as f64)], STAGES.map(share).to_vec()].concat(),
                );
                totals.insert(models, total);
            }
            if (models, binds) == (1_000, 1) {
                measured.figure("generator, 1000 models, seconds", total);
                measured.figure("generator, 1000 models, megabytes", figures["peak_kb"] / 1e3);
                measured.figure("generator, lines a second", lines / total);
            }
        }
    }
    measured.figure("generator, proportion", totals[&10_000] / (100.0 * totals[&100]));
    let script = measure(dir, "debug", 100, 1)?;
    measured.figure("generator in a build script, seconds", script["total"]);
    measured
        .table(
            "From a TOML to files, all stages in one process",
            &["models", "binds", "files", "lines", "ms", "lines/s", "peak MB"],
        )
        .rows = sizes;
    let head = [&["models"], &STAGES[..]].concat();
    measured.table("Share of each stage, one bind", &head).rows = shares;
    let row = ["100".to_owned(), format!("{:.0}", script["total"] * 1e3)].to_vec();
    measured
        .table("As a build script of the default dev profile, not optimised", &["models", "ms"])
        .rows = vec![row];
    Ok(())
}

/// The medians of what `stages` prints, each round into an empty folder.
fn measure(dir: &Path, profile: &str, models: usize, binds: usize) -> Result<Figures> {
    let config = dir.join("bindings.toml");
    fs::write(&config, toml(models, binds))?;
    let mut values: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for _ in 0..if models > 1_000 { 3 } else { ROUNDS } {
        let folder = empty_folder(dir)?;
        let mut program =
            Command::new(tools::benches().join("target").join(profile).join("stages"));
        let (_, text) = tools::output(program.arg(&config).arg(folder.join("db")))?;
        for line in text.lines() {
            let (name, value) = line.split_once(' ').context("not what `stages` prints")?;
            values.entry(name.to_owned()).or_default().push(value.parse()?);
        }
    }
    Ok(values.into_iter().map(|(name, values)| (name, tools::median(&values))).collect())
}

/// The programs from start to end, as a user runs them.
fn program(measured: &mut Measured, bindery: &Path, sea_orm_cli: &Path, dir: &Path) -> Result<()> {
    let mut rows = Vec::new();
    let no_rustfmt = without_rustfmt(dir)?;
    for models in [10, 100, 1_000] {
        let config = dir.join("bindings.toml");
        fs::write(&config, toml(models, 1))?;
        let (mut full, mut unchanged) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let folder = empty_folder(dir)?;
            let generate = |times: &mut Vec<f64>| -> Result<()> {
                let mut command = Command::new(bindery);
                command.arg("generate").arg("--config").arg(&config);
                command.arg("--out-dir").arg(folder.join("db"));
                times.push(tools::run(&mut command)?.wall);
                Ok(())
            };
            generate(&mut full)?;
            generate(&mut unchanged)?;
        }
        let database = dir.join(format!("{models}.db"));
        let script = dir.join("tables.sql");
        fs::write(&script, sql(models))?;
        tools::run(tools::program("create").arg(&database).arg(&script))?;
        let peer = |path: Option<&str>| -> Result<f64> {
            let rounds = if models == 1_000 { 1 } else { 3 };
            let mut times = Vec::new();
            for _ in 0..rounds {
                let folder = empty_folder(dir)?;
                let mut command = Command::new(sea_orm_cli);
                command.args(["generate", "entity", "-u"]);
                command.arg(format!("sqlite://{}", database.display()));
                command.arg("-o").arg(&folder);
                if let Some(path) = path {
                    command.env("PATH", path);
                }
                times.push(tools::run(&mut command)?.wall);
            }
            Ok(tools::median(&times))
        };
        let (with, without) = (peer(None)?, peer(Some(&no_rustfmt))?);
        let (full, unchanged) = (tools::median(&full), tools::median(&unchanged));
        if models == 1_000 {
            measured.figure("generator, unchanged", unchanged / full);
            measured.figure("generator, times faster than sea-orm-cli", with / full);
        }
        rows.push(vec![
            tools::grouped(models as f64),
            format!("{full:.3}"),
            format!("{unchanged:.3}"),
            format!("{with:.2}"),
            format!("{without:.2}"),
            format!("{:.0} ×, {:.0} ×", with / full, without / full),
        ]);
    }
    let head = [
        "tables",
        "`bindery generate`, s",
        "nothing changed, s",
        "sea-orm-cli, s",
        "… without its rustfmt, s",
        "faster",
    ];
    measured.table("The programs, from start to end", &head).rows = rows;
    Ok(())
}

/// It stays until all is measured: a file system is busy for seconds with thousands of files that
/// were removed, and whoever writes next waits for it.
fn empty_folder(dir: &Path) -> Result<PathBuf> {
    Ok(TempDir::new_in(dir)?.keep())
}

/// A `PATH` on which rustfmt is a program that does nothing.
fn without_rustfmt(dir: &Path) -> Result<String> {
    let folder: PathBuf = dir.join("bin");
    fs::create_dir_all(&folder)?;
    let program = folder.join("rustfmt");
    fs::write(&program, "#!/bin/sh\nexit 0\n")?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    Ok(format!("{}:{}", folder.display(), std::env::var("PATH")?))
}
