//! What compiling the generated code costs, beside SeaORM entities and Diesel's `table!` of the same
//! tables. Dependencies are built beforehand: only the package with the tables is timed.

mod projects;

use std::fs;
use std::path::Path;

use anyhow::Result;

use self::projects::{DIESEL, Generators, Serde};
use crate::project::Project;
use crate::results::Measured;
use crate::tables::toml;
use crate::tools::{self, Cost};

const SIZES: [usize; 3] = [10, 100, 500];
const ROUNDS: usize = 3;

pub(super) fn run() -> Result<Measured> {
    tools::build(&["request"])?;
    let generators = Generators {
        bindery: tools::bindery()?,
        sea_orm_cli: tools::installed("sea-orm-cli", "2.0.4")?,
    };
    let mut measured = Measured::now(&[
        ("rustc", &tools::rustc()?),
        ("sea-orm", &tools::locked("sea-orm")?),
        ("sea-orm-cli", &tools::version(&generators.sea_orm_cli, "--version")?),
        ("diesel", DIESEL),
    ])?;
    let mut rows = Vec::new();
    for tables in SIZES {
        let rounds = if tables > 100 { 1 } else { ROUNDS };
        let ours = timed(&projects::bindery(&generators, tables, Serde::With)?, rounds)?;
        let bare = timed(&projects::bindery(&generators, tables, Serde::Without)?, rounds)?;
        let sea_orm = timed(&projects::sea_orm(&generators, tables, Serde::Without)?, rounds)?;
        let sea_orm_serde = timed(&projects::sea_orm(&generators, tables, Serde::With)?, rounds)?;
        let diesel = timed(&projects::diesel(tables)?, rounds)?;
        if tables == 100 {
            let mut over = |what: &str, ours: &Times, theirs: &Times| {
                measured.figure(what, ours.check.cpu / theirs.check.cpu);
            };
            over("check of 100 tables over SeaORM", &ours, &sea_orm);
            over("check of 100 tables without serde over SeaORM", &bare, &sea_orm);
            over("check of 100 tables over SeaORM with serde", &ours, &sea_orm_serde);
        }
        let all = [
            ("**Bindery**", ours),
            ("**Bindery**, `serde = false`", bare),
            ("SeaORM entities", sea_orm),
            ("SeaORM entities, `--with-serde both`", sea_orm_serde),
            ("Diesel, `table!` and three structs", diesel),
        ];
        for (name, times) in all {
            rows.push(vec![
                format!("{tables} tables, {name}"),
                tools::grouped(times.lines as f64),
                format!("{:.2}", times.check.wall),
                format!("{:.2}", times.check.cpu),
                format!("{:.2}", times.release.wall),
                format!("{:.2}", times.release.cpu),
            ]);
        }
    }
    let head = [
        "",
        "lines",
        "`cargo check`, s",
        "processor s",
        "`cargo build --release`, s",
        "processor s",
    ];
    measured.table("Compiling the package with the tables", &head).rows = rows;
    measured
        .table("100 tables, one line changed", &["", "`cargo check`, s", "`cargo build`, s"])
        .rows = vec![toml_changed()?, sea_orm_changed(&generators)?, diesel_changed()?];
    Ok(measured)
}

struct Times {
    lines: usize,
    check: Cost,
    release: Cost,
}

fn timed(project: &Project, rounds: usize) -> Result<Times> {
    let name = project.dir().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let measure = |arguments: &[&str]| -> Result<Cost> {
        project.cargo(arguments)?;
        let mut costs = Vec::new();
        for _ in 0..rounds {
            let mut clean = vec!["clean", "--package", &name];
            if arguments.contains(&"--release") {
                clean.push("--release");
            }
            project.cargo(&clean)?;
            costs.push(project.cargo(arguments)?);
        }
        let of =
            |part: fn(&Cost) -> f64| tools::median(&costs.iter().map(part).collect::<Vec<_>>());
        Ok(Cost { wall: of(|cost| cost.wall), cpu: of(|cost| cost.cpu) })
    };
    Ok(Times {
        lines: lines(&project.dir().join("src"))?,
        check: measure(&["check"])?,
        release: measure(&["build", "--release"])?,
    })
}

/// The lines of Rust in a folder.
fn lines(dir: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        count +=
            if path.is_dir() { lines(&path)? } else { fs::read_to_string(&path)?.lines().count() };
    }
    Ok(count)
}

/// The TOML changes, the build script generates, the package is compiled again.
fn toml_changed() -> Result<Vec<String>> {
    let text = toml(100, 1);
    let project = projects::bindery_from_build_script(&text)?;
    changed(&project, "**Bindery**, a length in the TOML", |project, round| {
        let length = format!("max_length = {}", 200 + round);
        project.write("bindings.toml", &text.replacen("max_length = 100", &length, 1))
    })
}

fn sea_orm_changed(generators: &Generators) -> Result<Vec<String>> {
    let project = projects::sea_orm(generators, 100, Serde::Without)?;
    let path = "src/entity/items_0.rs";
    let text = fs::read_to_string(project.dir().join(path))?;
    changed(&project, "SeaORM, a column in an entity", |project, round| {
        project
            .write(path, &text.replacen("pub amount: i32", &format!("pub amount_{round}: i32"), 1))
    })
}

fn diesel_changed() -> Result<Vec<String>> {
    let project = projects::diesel(100)?;
    let path = "src/schema.rs";
    let text = fs::read_to_string(project.dir().join(path))?;
    changed(&project, "Diesel, another column in a `table!`", |project, round| {
        let columns = format!("name -> Text,\n        more_{round} -> Text,");
        project.write(path, &text.replacen("name -> Text,", &columns, 1))
    })
}

fn changed(
    project: &Project,
    title: &str,
    change: impl Fn(&Project, usize) -> Result<()>,
) -> Result<Vec<String>> {
    let mut row = vec![title.to_owned()];
    let mut round = 0;
    for command in ["check", "build"] {
        project.cargo(&[command])?;
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            round += 1;
            change(project, round)?;
            times.push(project.cargo(&[command])?.wall);
        }
        row.push(format!("{:.2}", tools::median(&times)));
    }
    Ok(row)
}
