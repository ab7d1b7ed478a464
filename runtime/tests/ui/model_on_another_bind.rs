//! A function of a model of `main`, on what belongs to `reports`.

#[path = "support/db/mod.rs"]
mod db;

use bindery_runtime::sqlx::{PgConnection, SqlitePool};

/// What generated functions of models take.
fn add(on: impl bindery_runtime::model::On<db::main::Main>) {
    let _ = on;
}

fn another_bind(reports: &db::reports::Session) {
    add(reports);
}

fn another_driver(conn: &mut PgConnection) {
    add(conn);
}

fn a_pool(pool: &SqlitePool) {
    add(pool);
}

fn right(main: &db::main::Session) {
    add(main);
}

fn main() {}
