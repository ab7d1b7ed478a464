//! A model on the session of another bind, and on a pool, which has no transaction to join.

use bindery_runtime::sqlx::SqlitePool;
use model_tests::db::sqlite::note;

async fn another_bind(other: &model_tests::db::sqlite_other::Session) {
    let _ = note::view(other, 1).await;
}

async fn a_pool(pool: &SqlitePool) {
    let _ = note::view(pool, 1).await;
}

fn main() {}
