//! Makes a SQLite database of a script, for tools that read a database.

use anyhow::{Context, Result};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().context("usage: create FILE SCRIPT");
    let (file, script) = (next()?, next()?);
    let mut conn =
        SqliteConnectOptions::new().filename(file).create_if_missing(true).connect().await?;
    conn.execute(AssertSqlSafe(std::fs::read_to_string(script)?)).await?;
    Ok(())
}
