//! The TOML declares no bind `archive`.

#[path = "support/db/mod.rs"]
mod db;

async fn search(archive: db::archive::Session) {}

fn main() {
    let _ = search;
}
