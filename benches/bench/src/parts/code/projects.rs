//! The packages that are compiled: the same tables from Bindery and in the words of its peers.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::project::Project;
use crate::tables::{diesel_schema, diesel_structs, sql, toml};
use crate::tools;

pub(super) const DIESEL: &str = "2.3.14";

/// The programs that write the tables.
pub(super) struct Generators {
    pub(super) bindery: PathBuf,
    pub(super) sea_orm_cli: PathBuf,
}

/// Whether rows can be written and read as JSON.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Serde {
    With,
    Without,
}

fn runtime() -> String {
    let path = tools::repository().join("runtime");
    format!(
        "[dependencies]
axum = \"0.8\"
bindery-runtime = {{ path = \"{}\", features = [\"axum\", \"chrono\", \"sqlite\"] }}
",
        path.display()
    )
}

/// Files that `bindery generate` wrote.
pub(super) fn bindery(generators: &Generators, tables: usize, serde: Serde) -> Result<Project> {
    let mut text = toml(tables, 1);
    if serde == Serde::Without {
        text.insert_str(0, "[output]\nserde = false\n\n");
    }
    let project = Project::new("code", &runtime(), &[("bindings.toml", &text)])?;
    project.write("src/main.rs", "#[rustfmt::skip]\nmod db;\n\nfn main() {}\n")?;
    tools::run(Command::new(&generators.bindery).arg("generate").current_dir(project.dir()))?;
    Ok(project)
}

/// As people have it: the build script generates.
pub(super) fn bindery_from_build_script(text: &str) -> Result<Project> {
    let dependencies = format!(
        "{}\n[build-dependencies]\nbindery = {{ path = \"{}\", default-features = false }}\n",
        runtime(),
        tools::repository().display()
    );
    let files = [
        ("build.rs", "fn main() {\n    bindery::build(\"bindings.toml\");\n}\n"),
        ("src/main.rs", "mod db {\n    bindery_runtime::include_bindings!();\n}\n\nfn main() {}\n"),
        ("bindings.toml", text),
    ];
    Project::new("code-incremental", &dependencies, &files)
}

/// Entities that sea-orm-cli read from a database with the tables.
pub(super) fn sea_orm(generators: &Generators, tables: usize, serde: Serde) -> Result<Project> {
    const DEPENDENCIES: &str = r#"[dependencies]
sea-orm = { version = "2", default-features = false, features = ["macros", "runtime-tokio", "sqlx-sqlite", "with-chrono", "with-json"] }
serde = { version = "1", features = ["derive"] }
"#;
    let project = Project::new("code-sea-orm", DEPENDENCIES, &[("tables.sql", &sql(tables))])?;
    project.write("src/main.rs", "mod entity;\n\nfn main() {}\n")?;
    let dir = project.dir();
    tools::run(tools::program("create").arg(dir.join("tables.db")).arg(dir.join("tables.sql")))?;
    let url = format!("sqlite://{}", dir.join("tables.db").display());
    let mut command = Command::new(&generators.sea_orm_cli);
    command.args(["generate", "entity", "-u", &url, "-o"]).arg(dir.join("src/entity"));
    if serde == Serde::With {
        command.args(["--with-serde", "both"]);
    }
    tools::run(&mut command)?;
    Ok(project)
}

/// `table!` and structs with Diesel's derives. Its SQLite is built from source, as sqlx has it.
pub(super) fn diesel(tables: usize) -> Result<Project> {
    let dependencies = format!(
        r#"[dependencies]
chrono = {{ version = "0.4", default-features = false }}
diesel = {{ version = "={DIESEL}", features = ["chrono", "sqlite"] }}
libsqlite3-sys = {{ version = "0.37", features = ["bundled"] }}
"#
    );
    let files = [
        ("src/main.rs", "mod models;\nmod schema;\n\nfn main() {}\n"),
        ("src/models.rs", &*diesel_structs(tables)),
        ("src/schema.rs", &*diesel_schema(tables)),
    ];
    Project::new("code-diesel", &dependencies, &files)
}
