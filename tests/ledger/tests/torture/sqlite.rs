//! Between two files of SQLite.

use bindery_runtime::sqlite::Settings as SqliteSettings;
use ledger_tests::db::lite_a::LiteA;
use ledger_tests::db::lite_b::LiteB;
use ledger_tests::db::{Databases, Settings};

use crate::engine::Engine;
use crate::run::{beside, fill, torture};
use crate::service::ACQUIRE_TIMEOUT;
use crate::support::homes::Folder;

/// One writer at a time: others wait for less than a session waits for a connection.
pub(crate) fn limits(settings: &mut SqliteSettings) {
    settings.pool.max_connections = Some(3);
    settings.pool.acquire_timeout = Some(ACQUIRE_TIMEOUT);
    settings.options.busy_timeout = Some(<bindery_runtime::sqlx::Sqlite as Engine>::LOCK_TIMEOUT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_stays_between_two_files() {
    let home = Folder::new();
    let mut settings = Settings::default();
    limits(&mut settings.lite_a);
    limits(&mut settings.lite_b);
    let builder = Databases::builder().settings(settings);
    let databases = builder.lite_a(home.options("a")).lite_b(home.options("b"));
    let databases = databases.connect().await.expect("databases");
    let beside = (beside(&home.url("a")).await, beside(&home.url("b")).await);
    fill(&beside.0).await.expect("tables");
    fill(&beside.1).await.expect("tables");
    torture::<LiteA, LiteB>(databases, beside).await;
}
