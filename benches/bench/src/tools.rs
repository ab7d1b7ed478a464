//! Other programs: how they are run, what they cost, which versions they are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};

/// The folder `benches`.
pub(crate) fn benches() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is in a folder").to_owned()
}

pub(crate) fn repository() -> PathBuf {
    benches().parent().expect("it is in a folder").to_owned()
}

/// What a command took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) wall: f64,
    /// Processor seconds of it and its children: less noisy than the wall clock.
    pub(crate) cpu: f64,
}

/// Runs a command to its end; its output is shown only when it fails.
pub(crate) fn run(command: &mut Command) -> Result<Cost> {
    output(command).map(|(cost, _)| cost)
}

pub(crate) fn output(command: &mut Command) -> Result<(Cost, String)> {
    let (before, started) = (cpu_of_children()?, Instant::now());
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    let cost = Cost { wall: started.elapsed().as_secs_f64(), cpu: cpu_of_children()? - before };
    if !output.status.success() {
        bail!(
            "{command:?} failed ({}):\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok((cost, String::from_utf8_lossy(&output.stdout).into_owned()))
}

fn cpu_of_children() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: nix::sys::time::TimeVal| {
        std::time::Duration::new(
            time.tv_sec().unsigned_abs(),
            u32::try_from(time.tv_usec()).unwrap_or(0) * 1_000,
        )
        .as_secs_f64()
    };
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// `cargo` as the user runs it: nothing of the build of this program leaks into it but the toolchain.
/// Without that, rustup looks for the one that each dependency names in its own folder.
pub(crate) fn cargo(dir: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(dir);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_") && text != "CARGO_HOME" {
            command.env_remove(name);
        }
    }
    command
}

/// A release build of packages of this workspace.
pub(crate) fn build(packages: &[&str]) -> Result<()> {
    let mut command = cargo(&benches());
    command.args(["build", "--release", "--quiet"]);
    for package in packages {
        command.args(["--package", package]);
    }
    run(&mut command).map(drop)
}

/// A program of this workspace.
pub(crate) fn program(name: &str) -> Command {
    Command::new(benches().join("target/release").join(name))
}

/// The program `bindery` of this repository, built as it is released.
pub(crate) fn bindery() -> Result<PathBuf> {
    let target = benches().join("target/bindery");
    let mut command = cargo(&repository());
    command.args(["build", "--release", "--quiet", "--package", "bindery", "--bin", "bindery"]);
    run(command.env("CARGO_TARGET_DIR", &target))?;
    Ok(target.join("release/bindery"))
}

/// A program from crates.io, installed under `benches/target` if it is not there.
pub(crate) fn installed(name: &str, version: &str) -> Result<PathBuf> {
    let root = benches().join("target/tools");
    let program = root.join("bin").join(name);
    if !program.exists() {
        eprintln!("installing {name} {version}: some minutes");
        let mut command = cargo(&benches());
        command.args(["install", "--quiet", "--locked", "--version", version, name, "--root"]);
        command.arg(&root).env("CARGO_TARGET_DIR", benches().join("target/tools-build"));
        run(&mut command)?;
    }
    Ok(program)
}

/// The first line that a program prints about its version, without the program's name.
pub(crate) fn version(program: impl AsRef<OsStr>, argument: &str) -> Result<String> {
    let (_, text) = output(Command::new(program).arg(argument))?;
    let line = text.lines().next().unwrap_or_default();
    let word = line.split_whitespace().find(|word| word.contains(|c: char| c.is_ascii_digit()));
    Ok(word.unwrap_or(line).trim_start_matches("valgrind-").to_owned())
}

/// The version of a package in the lock file of this workspace.
pub(crate) fn locked(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(benches().join("Cargo.lock"))?;
    let start = format!("name = \"{package}\"\nversion = \"");
    let (_, rest) = lock.split_once(&start).with_context(|| format!("no `{package}` is locked"))?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

pub(crate) fn rustc() -> Result<String> {
    version("rustc", "--version")
}

pub(crate) fn today() -> Result<String> {
    Ok(output(Command::new("date").args(["--utc", "+%F"]))?.1.trim().to_owned())
}

/// The processor, how many of it, and how busy the machine was with other things.
pub(crate) fn machine() -> Result<String> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism()?;
    let load = std::fs::read_to_string("/proc/loadavg")?;
    let load = load.split_whitespace().next().unwrap_or_default();
    Ok(format!("{cores} × {} (load before: {load})", model.map_or("processor", |(_, name)| name)))
}

/// The middle of a list; of an even number the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// A whole number with separators, as `12,345`.
pub(crate) fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < -0.5 { format!("−{text}") } else { text }
}
