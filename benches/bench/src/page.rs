//! BENCHMARKS.md: people write the sentences, the tables between the markers are made here.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};

use crate::parts::Part;
use crate::results::{self, Measured, Table};
use crate::{targets, tools};

/// Puts the last result of every part, and the targets, into the page.
pub(crate) fn write() -> Result<()> {
    let path = tools::repository().join("BENCHMARKS.md");
    let mut page = fs::read_to_string(&path)?;
    let mut figures = std::collections::BTreeMap::new();
    for part in Part::ALL {
        if let Some(measured) = results::load(part.name())? {
            page = replace(&page, part.name(), &section(&measured))?;
            figures.extend(measured.figures);
        }
    }
    page = replace(&page, "targets", &table(&targets::table(&figures)))?;
    fs::write(path, page)?;
    Ok(())
}

fn section(measured: &Measured) -> String {
    let tables: String = measured.tables.iter().map(table).collect();
    format!("{tables}{}\n\n", measured.circumstances)
}

fn table(table: &Table) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = String::new();
    if !table.title.is_empty() {
        let _ = writeln!(text, "**{}**\n", table.title);
    }
    text += &line(&table.head);
    // The first column says what the row is about, the others are numbers.
    text += "|---|";
    text += &"--:|".repeat(table.head.len() - 1);
    text.push('\n');
    text.extend(table.rows.iter().map(|row| line(row)));
    text.push('\n');
    text
}

/// Replaces what stands between the markers of `name`.
fn replace(page: &str, name: &str, text: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let markers = || format!("BENCHMARKS.md lacks the markers of `{name}`");
    let (before, rest) = page.split_once(&begin).with_context(markers)?;
    let (_, after) = rest.split_once(&end).with_context(markers)?;
    Ok([before, &begin, "\n", text, &end, after].concat())
}
