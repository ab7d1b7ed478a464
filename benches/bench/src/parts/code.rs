//! What compiling the generated code costs, beside SeaORM entities of the same tables. Dependencies
//! are built beforehand: only the package with the tables is timed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::project::{Project, sql, toml};
use crate::results::Measured;
use crate::tools::{self, Cost};

const SIZES: [usize; 3] = [10, 100, 500];
const ROUNDS: usize = 3;

const SEA_ORM: &str = r#"[dependencies]
sea-orm = { version = "2", default-features = false, features = ["macros", "runtime-tokio", "sqlx-sqlite", "with-chrono"] }
"#;

pub(super) fn run() -> Result<Measured> {
    tools::build(&["request"])?;
    let bindery = tools::bindery()?;
    let sea_orm_cli = tools::installed("sea-orm-cli", "2.0.4")?;
    let mut measured = Measured::now(&[
        ("rustc", &tools::rustc()?),
        ("sea-orm", &tools::locked("sea-orm")?),
        ("sea-orm-cli", &tools::version(&sea_orm_cli, "--version")?),
    ])?;
    let runtime = format!(
        "[dependencies]\nbindery-runtime = {{ path = \"{}/runtime\", features = [\"axum\", \"chrono\", \"sqlite\"] }}\n\
         axum = \"0.8\"\n",
        tools::repository().display()
    );
    let mut rows = Vec::new();
    for tables in SIZES {
        let rounds = if tables > 100 { 1 } else { ROUNDS };
        let text = toml(tables, 1);
        let ours = timed(&generated(&bindery, &runtime, &text)?, rounds)?;
        let text = format!("[output]\nserde = false\n\n{text}");
        let bare = timed(&generated(&bindery, &runtime, &text)?, rounds)?;
        let theirs = timed(&entities(&sea_orm_cli, tables)?, rounds)?;
        if tables == 100 {
            let over = |times: &Times| times.check.cpu / theirs.check.cpu;
            measured.figure("check of 100 tables over SeaORM", over(&ours));
            measured.figure("check of 100 tables without serde over SeaORM", over(&bare));
        }
        let all = [
            ("**Bindery**", ours),
            ("**Bindery**, `serde = false`", bare),
            ("SeaORM entities, which have no serde", theirs),
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
    let rows = vec![incremental(&runtime)?, incremental_entities(&sea_orm_cli)?];
    measured
        .table("100 tables, one line changed", &["", "`cargo check`, s", "`cargo build`, s"])
        .rows = rows;
    Ok(measured)
}

fn generated(bindery: &Path, dependencies: &str, text: &str) -> Result<Project> {
    let project = Project::new("code", dependencies, &[("bindings.toml", text)])?;
    project.write("src/main.rs", "#[rustfmt::skip]\nmod db;\n\nfn main() {}\n")?;
    tools::run(Command::new(bindery).arg("generate").current_dir(project.dir()))?;
    Ok(project)
}

fn entities(sea_orm_cli: &Path, tables: usize) -> Result<Project> {
    let project = Project::new("code-sea-orm", SEA_ORM, &[("tables.sql", &sql(tables))])?;
    project.write("src/main.rs", "mod entity;\n\nfn main() {}\n")?;
    let dir = project.dir();
    tools::run(tools::program("create").arg(dir.join("tables.db")).arg(dir.join("tables.sql")))?;
    let url = format!("sqlite://{}", dir.join("tables.db").display());
    let mut command = Command::new(sea_orm_cli);
    command.args(["generate", "entity", "-u", &url, "-o"]).arg(dir.join("src/entity"));
    tools::run(&mut command)?;
    Ok(project)
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
fn incremental(runtime: &str) -> Result<Vec<String>> {
    let text = toml(100, 1);
    let dependencies = format!(
        "{runtime}\n[build-dependencies]\nbindery = {{ path = \"{}\", default-features = false }}\n",
        tools::repository().display()
    );
    let files = [
        ("build.rs", "fn main() {\n    bindery::build(\"bindings.toml\");\n}\n"),
        ("src/main.rs", "mod db {\n    bindery_runtime::include_bindings!();\n}\n\nfn main() {}\n"),
        ("bindings.toml", &text),
    ];
    let project = Project::new("code-incremental", &dependencies, &files)?;
    changed(&project, "**Bindery**, a length in the TOML", |project, round| {
        let length = format!("max_length = {}", 200 + round);
        project.write("bindings.toml", &text.replacen("max_length = 100", &length, 1))
    })
}

fn incremental_entities(sea_orm_cli: &Path) -> Result<Vec<String>> {
    let project = entities(sea_orm_cli, 100)?;
    let path = "src/entity/items_0.rs";
    let text = fs::read_to_string(project.dir().join(path))?;
    changed(&project, "SeaORM, a column in an entity", |project, round| {
        project
            .write(path, &text.replacen("pub amount: i32", &format!("pub amount_{round}: i32"), 1))
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
