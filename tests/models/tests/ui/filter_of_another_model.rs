//! Columns and values of another table than the one that is asked for.

use model_tests::db::sqlite::author::Author;
use model_tests::db::sqlite::note::{self, Note};

fn another_table() {
    let _ = note::list().filter(Author::NAME.eq("ada"));
}

fn another_order() {
    let _ = note::list().order(Author::NAME.asc());
}

fn another_type() {
    let _ = Note::AUTHOR_ID.eq("ada");
}

fn main() {}
