//! Commits one row in a scope and reads it in the next.

use std::error::Error;

mod db {
    bindery_runtime::include_bindings!();
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let databases = db::Databases::connect().await?;
    let _app: axum::Router = databases.install(db::router());

    databases
        .scope(async |scope| {
            let main = scope.main();
            sqlx::query("CREATE TABLE notes (title TEXT)").execute(&main).await?;
            sqlx::query("INSERT INTO notes VALUES ('kept')").execute(&main).await?;
            Ok::<_, Box<dyn Error>>(())
        })
        .await?;
    let title: String = databases
        .scope(async |_| {
            let main = db::main::session()?;
            let title = sqlx::query_scalar("SELECT title FROM notes").fetch_one(&main).await?;
            Ok::<_, Box<dyn Error>>(title)
        })
        .await?;
    assert_eq!(title, "kept");
    databases.close().await;
    println!("The packaged crates work.");
    Ok(())
}
