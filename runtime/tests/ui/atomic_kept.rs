//! What `atomic` lends cannot outlive its block.

#[path = "support/db/mod.rs"]
mod db;

async fn keep(main: db::main::Session) -> Result<(), db::Error> {
    let mut kept = None;
    main.atomic(async |transaction| {
        kept = Some(transaction);
        Ok::<_, db::Error>(())
    })
    .await?;
    let _ = kept;
    Ok(())
}

fn main() {
    let _ = keep;
}
