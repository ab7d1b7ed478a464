//! Deleting without saying what: neither a row without its key nor rows without a filter.

use model_tests::db::sqlite::{Session, note};

async fn a_row(main: &Session) {
    let _ = note::delete(main).await;
}

async fn rows(main: &Session) {
    let _ = note::list_delete(main).await;
}

async fn a_key_of_text(main: &Session) {
    let _ = note::delete(main, "1").await;
}

fn main() {}
