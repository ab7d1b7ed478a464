//! What a part measured: tables for people, figures for the comparison with the targets.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::tools;

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// When, on what, and with which versions.
    pub(crate) circumstances: String,
    pub(crate) tables: Vec<Table>,
    /// Named numbers that `targets` reads.
    pub(crate) figures: BTreeMap<String, f64>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Measured {
    /// An empty result, here and now. `versions` are those of what is compared.
    pub(crate) fn now(versions: &[(&str, &str)]) -> Result<Self> {
        let versions: Vec<_> =
            versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let circumstances =
            format!("{}; {}; {}.", tools::today()?, tools::machine()?, versions.join(", "));
        Ok(Self { circumstances, ..Self::default() })
    }

    pub(crate) fn table(&mut self, title: impl Into<String>, head: &[&str]) -> &mut Table {
        let head = head.iter().map(|&text| text.to_owned()).collect();
        self.tables.push(Table { title: title.into(), head, rows: Vec::new() });
        self.tables.last_mut().expect("it was just pushed")
    }

    pub(crate) fn figure(&mut self, name: impl Into<String>, value: f64) {
        self.figures.insert(name.into(), value);
    }
}

fn path(part: &str) -> PathBuf {
    tools::benches().join("results").join(format!("{part}.json"))
}

pub(crate) fn save(part: &str, measured: &Measured) -> Result<()> {
    let path = path(part);
    fs::create_dir_all(path.parent().context("it is in a folder")?)?;
    fs::write(path, serde_json::to_string_pretty(measured)? + "\n")?;
    Ok(())
}

/// The last result of a part, if it ever ran.
pub(crate) fn load(part: &str) -> Result<Option<Measured>> {
    let path = path(part);
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path)?;
    serde_json::from_str(&text)
        .map(Some)
        .with_context(|| format!("{} is not what `bench` wrote", path.display()))
}
