//! Saving what is no row to save, or of a table whose keys the database makes.

use model_tests::db::sqlite::item::NewItem;
use model_tests::db::sqlite::note::{self, NewNote};
use model_tests::db::sqlite::{Session, item};

async fn a_row_to_add(main: &Session, new: NewItem) {
    let _ = item::save(main, new).await;
}

async fn a_generated_key(main: &Session, new: NewNote) {
    let _ = note::save(main, new).await;
}

fn main() {}
