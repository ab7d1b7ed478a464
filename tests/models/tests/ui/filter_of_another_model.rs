//! Columns and values of another table than the one that is asked for.

use model_tests::db::sqlite::author::Author;
use model_tests::db::sqlite::note::{self, Note};
use model_tests::db::sqlite::Session;

async fn another_table(main: &Session) {
    let _ = note::list_delete(main, Author::NAME.eq("ada")).await;
}

fn another_order() {
    let _ = note::list().order(Author::NAME.asc());
}

fn another_type() {
    let _ = Note::AUTHOR_ID.eq("ada");
}

fn main() {}
