//! The table in `docs/faults.md`: each backend's test compares its own column with what it observed.
//!
//! With `BINDERY_ACCEPT=1` a test writes its column instead. Tests run at the same time, so the file is locked
//! while it is changed.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// A column of the table, in its order.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    Sqlite,
    Postgres,
    MySql,
}

/// The first column of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Title {
    pub(crate) name: &'static str,
    /// What happens, in one sentence.
    pub(crate) what: &'static str,
}

const HEAD: &str = include_str!("document/head.md");
const COLUMNS: [&str; 3] = ["SQLite", "PostgreSQL", "MariaDB"];
/// What stands in a cell that nobody has observed.
const UNKNOWN: &str = "?";

/// Compares a column with what was observed, or writes it.
pub(crate) fn expect_column(column: Column, titles: &[Title], observed: &[String]) {
    let mut document = Document::open(titles);
    let mut differences = Vec::new();
    for ((title, cells), seen) in titles.iter().zip(&mut document.cells).zip(observed) {
        assert!(!seen.contains(['|', '\n']), "{seen} cannot be in a table");
        let accepted = std::mem::replace(&mut cells[column as usize], seen.clone());
        if accepted != *seen {
            let name = title.name;
            differences.push(format!("{name}\n  accepted: {accepted}\n  observed: {seen}"));
        }
    }
    if accepts() {
        document.write();
    } else {
        let backend = COLUMNS[column as usize];
        assert!(
            differences.is_empty(),
            "{backend} is not as in docs/faults.md:\n\n{}\n\nBINDERY_ACCEPT=1 accepts this",
            differences.join("\n")
        );
    }
}

/// Compares everything but the cells with the document, or writes it.
pub(crate) fn expect_whole(titles: &[Title]) {
    let mut document = Document::open(titles);
    if accepts() {
        document.write();
        return;
    }
    let text = document.text();
    assert!(
        document.old == text,
        "docs/faults.md is not as expected; it would be:\n\n{text}\nBINDERY_ACCEPT=1 accepts this"
    );
    assert!(!text.contains("| ? "), "a cell of docs/faults.md was never observed");
}

fn accepts() -> bool {
    std::env::var_os("BINDERY_ACCEPT").is_some_and(|value| value == "1")
}

/// The file, locked, and the cells that it has for these titles.
struct Document {
    file: File,
    old: String,
    titles: Vec<Title>,
    cells: Vec<[String; 3]>,
}

impl Document {
    fn open(titles: &[Title]) -> Self {
        let path = path();
        let mut file = File::options()
            .read(true)
            .write(accepts())
            .create(accepts())
            .truncate(false)
            .open(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        file.lock().expect("nobody keeps it");
        let mut old = String::new();
        file.read_to_string(&mut old).expect("a text");
        let cells = titles.iter().map(|title| cells(&old, title)).collect();
        Self { file, old, titles: titles.to_vec(), cells }
    }

    fn text(&self) -> String {
        let columns = COLUMNS.join(" | ");
        let rows = self.titles.iter().zip(&self.cells);
        let rows = rows.map(|(title, cells)| format!("{} {} |\n", first(title), cells.join(" | ")));
        let rows: String = rows.collect();
        format!("{HEAD}\n| fault | {columns} |\n|---|---|---|---|\n{rows}")
    }

    fn write(&mut self) {
        let text = self.text();
        self.file.set_len(0).expect("it may be written");
        self.file.rewind().expect("a file");
        self.file.write_all(text.as_bytes()).expect("it may be written");
    }
}

/// The cells of a row, wherever in the document it is.
fn cells(document: &str, title: &Title) -> [String; 3] {
    let begin = format!("| **{}**: ", title.name);
    let row = document.lines().find(|line| line.starts_with(&begin));
    let mut cells = row.unwrap_or_default().trim_end_matches(" |").split(" | ").skip(1);
    std::array::from_fn(|_| cells.next().unwrap_or(UNKNOWN).to_owned())
}

fn first(title: &Title) -> String {
    format!("| **{}**: {} |", title.name, title.what)
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md")
}

/// No backend is asked: every row is there, in words and order of the list, with all of its cells.
#[test]
fn the_table_lists_every_fault() {
    expect_whole(&crate::sqlite::titles());
}
