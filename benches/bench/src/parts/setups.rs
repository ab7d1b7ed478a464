//! Which variants are compared in which case, and the tables that compare them.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::results::Measured;
use crate::tools;

pub(super) const BACKENDS: [&str; 2] = ["sqlite", "postgres"];

/// One table: what a request does with how many databases, and the variants in order.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) binds: usize,
    /// What the others are compared with.
    pub(super) base: &'static str,
    pub(super) variants: &'static [&'static str],
    /// How many requests callgrind counts. What a process does but once is a part of the count, and
    /// shows where a request does little.
    counted: u32,
}

pub(super) const CASES: [Case; 5] = [
    Case {
        name: "none",
        title: "(a) No database used, the layer of one database installed",
        binds: 1,
        base: "identity",
        variants: &["by-hand", "identity", "axum-sqlx-tx", "extractor"],
        counted: 5_000,
    },
    Case {
        name: "none",
        title: "(a) No database used, three databases installed",
        binds: 3,
        base: "identity",
        variants: &["by-hand", "identity", "axum-sqlx-tx", "extractor"],
        counted: 5_000,
    },
    Case {
        name: "select",
        title: "(b) One row read",
        binds: 1,
        base: "by-hand",
        variants: USED,
        counted: 500,
    },
    Case {
        name: "insert",
        title: "(c) A row stored and read again, with commit",
        binds: 1,
        base: "by-hand",
        variants: USED,
        counted: 500,
    },
    Case {
        name: "insert",
        title: "(d) As (c), with three databases installed and one used",
        binds: 3,
        base: "by-hand",
        variants: USED,
        counted: 500,
    },
];

const USED: &[&str] =
    &["pool", "by-hand", "by-hand-untested", "axum-sqlx-tx", "sea-orm", "extractor", "context"];

/// What a variant is called in the tables.
pub(super) fn title(variant: &str, case: &str) -> &'static str {
    match (variant, case) {
        ("pool", _) => "plain pool, no transaction",
        ("by-hand", "none") => "no layer",
        ("by-hand", _) => "`pool.begin()` … `commit()` by hand",
        ("by-hand-untested", _) => "the same, `test_before_acquire(false)`",
        ("identity", _) => "a tower layer that does nothing",
        ("axum-sqlx-tx", _) => "axum-sqlx-tx",
        ("sea-orm", _) => "SeaORM 2, `begin()` … `commit()` by hand",
        ("extractor", "none") => "**Bindery**",
        ("extractor", _) => "**Bindery**, extractor",
        _ => "**Bindery**, `session()`",
    }
}

/// Values by `backend variant binds case`.
pub(super) type Values = BTreeMap<String, f64>;

/// Every setup of every table, and how many of its requests are counted.
pub(super) fn all() -> Vec<(String, u32)> {
    let mut setups = Vec::new();
    for case in &CASES {
        for backend in BACKENDS {
            let setup = |variant| (case.setup(backend, variant), case.counted);
            setups.extend(case.variants.iter().copied().map(setup));
        }
    }
    setups
}

impl Case {
    pub(super) fn setup(&self, backend: &str, variant: &str) -> String {
        format!("{backend} {variant} {} {}", self.binds, self.name)
    }

    /// Where nothing is used the difference says more, otherwise the ratio.
    fn compared(&self, value: f64, base: f64, show: fn(f64) -> String) -> String {
        if self.name == "none" {
            let difference = value - base;
            let sign = if difference < 0.0 { "" } else { "+" };
            format!("{sign}{}", show(difference))
        } else {
            format!("{:.3}", value / base)
        }
    }
}

/// A table for each case: the value of each variant and how it compares with the base.
pub(super) fn tables(
    measured: &mut Measured,
    values: &Values,
    what: &str,
    show: fn(f64) -> String,
) {
    for case in &CASES {
        let over = if case.name == "none" { "over that layer" } else { "× by hand" };
        let table = measured.table(
            format!("{}: {what}", case.title),
            &["variant", "SQLite", over, "PostgreSQL", over],
        );
        for variant in case.variants {
            let mut row = vec![title(variant, case.name).to_owned()];
            for backend in BACKENDS {
                let value = values[&case.setup(backend, variant)];
                let base = values[&case.setup(backend, case.base)];
                row.extend([show(value), case.compared(value, base, show)]);
            }
            table.rows.push(row);
        }
    }
}

/// The versions of what is compared.
pub(super) fn versions() -> Result<Vec<(&'static str, String)>> {
    let mut versions = vec![("rustc", tools::rustc()?)];
    for package in ["sqlx", "axum", "tokio", "axum-sqlx-tx", "sea-orm"] {
        versions.push((package, tools::locked(package)?));
    }
    versions.push(("SQLite bundled with libsqlite3-sys", tools::locked("libsqlite3-sys")?));
    versions.push(("PostgreSQL", std::env::var("BENCH_POSTGRES_VERSION").unwrap_or_default()));
    Ok(versions)
}

pub(super) fn here(more: &[(&'static str, String)]) -> Result<Measured> {
    let mut versions = versions()?;
    versions.extend_from_slice(more);
    let versions: Vec<_> = versions.iter().map(|(name, version)| (*name, &**version)).collect();
    Measured::now(&versions)
}
