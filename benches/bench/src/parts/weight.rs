//! What the runtime and the build-dependency add to a project that has sqlx and axum: packages, and
//! the seconds to compile what is new.

use std::process::Command;

use anyhow::Result;

use crate::project::Project;
use crate::results::Measured;
use crate::tools::{self, Cost};

const ROUNDS: usize = 3;

const BASE: &str = r#"[dependencies]
axum = "0.8"
sqlx = { version = "0.9", features = ["runtime-tokio", "sqlite"] }
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
"#;

pub(super) fn run() -> Result<Measured> {
    let versions = [
        ("rustc", tools::rustc()?),
        ("sqlx", tools::locked("sqlx")?),
        ("axum", tools::locked("axum")?),
    ];
    let mut measured =
        Measured::now(&versions.each_ref().map(|(name, version)| (*name, &**version)))?;
    let repository = tools::repository().display().to_string();
    let runtime = format!(
        "{BASE}bindery-runtime = {{ path = \"{repository}/runtime\", features = [\"axum\", \"sqlite\"] }}\n"
    );
    let generator = format!(
        "\n[build-dependencies]\nbindery = {{ path = \"{repository}\", default-features = false }}\n"
    );
    let rows = [
        ("sqlx + axum alone", BASE.to_owned()),
        ("with bindery-runtime", runtime.clone()),
        ("with the build-dependency bindery", format!("{BASE}{generator}")),
        ("with both", format!("{runtime}{generator}")),
    ];
    let mut lines = Vec::new();
    let mut base_packages = 0;
    for (at, (title, dependencies)) in rows.iter().enumerate() {
        let project = project(dependencies)?;
        let packages = project.packages()?.len();
        let costs = if at == 0 {
            let cost = project.cargo(&["build"])?;
            keep(&project)?;
            vec![cost]
        } else {
            added(dependencies)?
        };
        let [wall, cpu] = [|cost: &Cost| cost.wall, |cost: &Cost| cost.cpu]
            .map(|of| tools::median(&costs.iter().map(of).collect::<Vec<_>>()));
        if at == 0 {
            base_packages = packages;
        }
        let more = packages - base_packages;
        if at == 2 {
            measured.figure("crates of the build-dependency", f64::from(u32::try_from(more)?));
            measured.figure("seconds of the build-dependency", wall);
        }
        let count = if at == 0 { packages.to_string() } else { format!("+{more}") };
        let sign = if at == 0 { "" } else { "+" };
        lines.push(vec![
            (*title).to_owned(),
            count,
            format!("{sign}{wall:.1}"),
            format!("{sign}{cpu:.1}"),
        ]);
    }
    measured
        .table("A clean `cargo build`", &["project", "packages", "seconds", "processor seconds"])
        .rows = lines;
    Ok(measured)
}

fn project(dependencies: &str) -> Result<Project> {
    let files = [("src/main.rs", "fn main() {}\n"), ("build.rs", "fn main() {}\n")];
    Project::new("weight", dependencies, &files)?.cleaned()
}

/// The time to build what is new, when all that the base needs is there already.
fn added(dependencies: &str) -> Result<Vec<Cost>> {
    let kept = tools::benches().join("target/projects/weight-base");
    let mut costs = Vec::new();
    for _ in 0..ROUNDS {
        let project = project(dependencies)?;
        let target = project.dir().join("target");
        tools::run(Command::new("cp").arg("-a").arg(&kept).arg(target))?;
        costs.push(project.cargo(&["build"])?);
    }
    Ok(costs)
}

/// Keeps what the base has built for [`added`].
fn keep(project: &Project) -> Result<()> {
    let kept = tools::benches().join("target/projects/weight-base");
    if kept.exists() {
        std::fs::remove_dir_all(&kept)?;
    }
    Ok(std::fs::rename(project.dir().join("target"), kept)?)
}
