//! `bindery ddl`: prints the SQL that creates the declared tables.

use std::fmt::Write as _;

use super::{
    Failure, Options, Outcome,
    project::load_model,
    terminal::{self, Terminal},
};
use crate::{
    model::{Backend, Bind},
    sql,
};

pub(super) fn run(
    key: Option<&str>,
    options: &Options,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let model = load_model(options, terminal)?;
    let binds: Vec<_> =
        model.binds.iter().filter(|bind| key.is_none_or(|key| bind.key == key)).collect();
    if let (Some(key), []) = (key, &*binds) {
        let known: Vec<_> = model.binds.iter().map(|bind| format!("`{}`", bind.key)).collect();
        return Err(Failure::Other(
            format!("there is no bind `{}`", key.escape_debug()),
            Some(format!("there is {}", known.join(", "))),
        ));
    }
    terminal::data(&script(&binds))?;
    Ok(Outcome::Fine)
}

/// The statements of all binds, as a script: with the name of each bind before its own.
fn script(binds: &[&Bind]) -> String {
    let mut text = String::new();
    for bind in binds.iter().filter(|bind| !bind.tables.is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        let engine = match bind.backend {
            Backend::Sqlite => "SQLite",
            Backend::Postgres => "PostgreSQL",
            Backend::MySql => "MySQL, MariaDB",
        };
        let _ = writeln!(text, "-- {} ({engine})", bind.key.escape_debug());
        let tables = sql::Tables::of(bind);
        for table in &bind.tables {
            for statement in tables.ddl(table).create {
                text.push('\n');
                text += &statement;
                text += ";\n";
            }
        }
    }
    text
}
