//! A statement written for SQLite, run on the PostgreSQL session.

use bindery_runtime::sqlx;

#[path = "support/db/mod.rs"]
mod db;

async fn clean(reports: db::reports::Session) -> Result<(), sqlx::Error> {
    sqlx::query::<sqlx::Sqlite>("DELETE FROM drafts").execute(&reports).await?;
    Ok(())
}

fn main() {
    let _ = clean;
}
