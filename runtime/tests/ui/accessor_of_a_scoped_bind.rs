//! `reports` has `middleware = false`: no free function reaches its session.

#[path = "support/db/mod.rs"]
mod db;

fn main() {
    let _ = db::reports::session();
}
