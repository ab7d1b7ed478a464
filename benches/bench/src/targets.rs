//! The targets, and what was reached.

use std::collections::BTreeMap;

use crate::results::Table;

/// A target is met when its figure, the worst of those named, is at most (or at least) the limit.
struct Target {
    what: &'static str,
    wanted: &'static str,
    figures: &'static [&'static str],
    limit: Limit,
    show: fn(f64) -> String,
}

#[derive(Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

fn ratio(value: f64) -> String {
    format!("{value:.3}")
}

fn number(value: f64) -> String {
    crate::tools::grouped(value)
}

fn tenth(value: f64) -> String {
    format!("{value:.1}")
}

fn seconds(value: f64) -> String {
    format!("{value:.2} s")
}

fn percent(value: f64) -> String {
    format!("{:.1} %", value * 100.0)
}

fn megabytes(value: f64) -> String {
    format!("{value:.0} MB")
}

macro_rules! targets {
    ($($what:literal, $target:literal, [$($figure:literal),+], $limit:ident $value:literal, $show:ident;)+) => {
        &[$(Target {
            what: $what, wanted: $target, figures: &[$($figure),+],
            limit: Limit::$limit($value), show: $show,
        }),+]
    };
}

const TARGETS: &[Target] = targets! {
    "layer installed, session not used: instructions over an identity layer", "≤ 500",
        ["instructions of an unused layer, sqlite", "instructions of an unused layer, postgres"],
        AtMost 500.0, number;
    "layer installed, session not used: allocations over an identity layer", "≤ 1",
        ["allocations of an unused layer, sqlite", "allocations of an unused layer, postgres"],
        AtMost 1.0, tenth;
    "insert + select with commit: instructions over by hand, PostgreSQL", "≤ 1.02",
        ["instructions of insert over by-hand, postgres"], AtMost 1.02, ratio;
    "the same, by hand without the pool's ping", "≤ 1.02",
        ["instructions of insert over by-hand-untested, postgres"], AtMost 1.02, ratio;
    "insert + select with commit: instructions over by hand, SQLite", "≤ 1.02",
        ["instructions of insert over by-hand, sqlite"], AtMost 1.02, ratio;
    "the same, by hand without the pool's ping", "≤ 1.02",
        ["instructions of insert over by-hand-untested, sqlite"], AtMost 1.02, ratio;
    "insert + select with commit: throughput over by hand, PostgreSQL", "≥ 0.98",
        ["throughput of insert, postgres"], AtLeast 0.98, ratio;
    "insert + select with commit: throughput over by hand, SQLite", "≥ 0.98",
        ["throughput of insert, sqlite"], AtLeast 0.98, ratio;
    "one select: instructions over by hand, PostgreSQL", "≤ 1.02",
        ["instructions of select over by-hand, postgres"], AtMost 1.02, ratio;
    "the same, by hand without the pool's ping", "≤ 1.02",
        ["instructions of select over by-hand-untested, postgres"], AtMost 1.02, ratio;
    "one select: instructions over by hand, SQLite", "≤ 1.02",
        ["instructions of select over by-hand, sqlite"], AtMost 1.02, ratio;
    "the same, by hand without the pool's ping", "≤ 1.02",
        ["instructions of select over by-hand-untested, sqlite"], AtMost 1.02, ratio;
    "context accessor over extractor, instructions", "within 1 %",
        ["instructions of the context over the extractor, select, sqlite",
         "instructions of the context over the extractor, insert, sqlite",
         "instructions of the context over the extractor, select, postgres",
         "instructions of the context over the extractor, insert, postgres"],
        AtMost 1.01, ratio;
    "allocations over by hand, session used, PostgreSQL", "≤ 5",
        ["allocations of select over by hand, postgres", "allocations of insert over by hand, postgres"],
        AtMost 5.0, tenth;
    "allocations over by hand, session used, SQLite", "≤ 5",
        ["allocations of select over by hand, sqlite", "allocations of insert over by hand, sqlite"],
        AtMost 5.0, tenth;
    "generator, 1,000 models: time", "< 1 s", ["generator, 1000 models, seconds"], AtMost 1.0, seconds;
    "generator: 10,000 models over 100 × the time of 100", "≤ 1.2",
        ["generator, proportion"], AtMost 1.2, ratio;
    "generator, 1,000 models: peak memory", "< 300 MB",
        ["generator, 1000 models, megabytes"], AtMost 300.0, megabytes;
    "generator: output lines a second", "≥ 200,000",
        ["generator, lines a second"], AtLeast 200_000.0, number;
    "generator as a build script, default dev profile, 100 models", "< 1 s",
        ["generator in a build script, seconds"], AtMost 1.0, seconds;
    "generator, nothing changed, over a full run", "< 15 %",
        ["generator, unchanged"], AtMost 0.15, percent;
    "faster than sea-orm-cli on 1,000 tables, end to end", "≥ 10 ×",
        ["generator, times faster than sea-orm-cli"], AtLeast 10.0, tenth;
    "`cargo check` of 100 tables over that of SeaORM entities", "≤ 0.5",
        ["check of 100 tables over SeaORM"], AtMost 0.5, ratio;
    "the same, with `serde = false`, as theirs are", "≤ 0.5",
        ["check of 100 tables without serde over SeaORM"], AtMost 0.5, ratio;
    "the same, with serde on both sides", "≤ 0.5",
        ["check of 100 tables over SeaORM with serde"], AtMost 0.5, ratio;
    "build-dependency: crates beyond sqlx + axum", "≤ 40",
        ["crates of the build-dependency"], AtMost 40.0, number;
    "build-dependency: seconds on 2 cores", "≤ 15 s",
        ["seconds of the build-dependency"], AtMost 15.0, seconds;
};

pub(crate) fn table(figures: &BTreeMap<String, f64>) -> Table {
    let head = ["what", "target", "reached", ""].map(str::to_owned).to_vec();
    let rows = TARGETS.iter().map(|target| row(target, figures)).collect();
    Table { title: String::new(), head, rows }
}

fn row(target: &Target, figures: &BTreeMap<String, f64>) -> Vec<String> {
    let values = target.figures.iter().filter_map(|figure| figures.get(*figure).copied());
    let (worst, met) = match target.limit {
        Limit::AtMost(limit) => {
            let worst = values.reduce(f64::max);
            (worst, worst.is_some_and(|worst| worst <= limit))
        }
        Limit::AtLeast(limit) => {
            let worst = values.reduce(f64::min);
            (worst, worst.is_some_and(|worst| worst >= limit))
        }
    };
    let reached = worst.map_or_else(|| "not measured".to_owned(), target.show);
    let verdict = match (worst, met) {
        (None, _) => "",
        (_, true) => "met",
        (_, false) => "**missed**",
    };
    vec![target.what.to_owned(), target.wanted.to_owned(), reached, verdict.to_owned()]
}
