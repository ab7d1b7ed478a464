//! Between two files of SQLite.

use std::path::PathBuf;

use bindery_runtime::sqlite::Settings as SqliteSettings;
use bindery_runtime::sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use ledger_tests::db::lite_a::LiteA;
use ledger_tests::db::lite_b::LiteB;
use ledger_tests::db::{Databases, Settings};

use crate::engine::Engine;
use crate::run::{beside, fill, torture};
use crate::service::ACQUIRE_TIMEOUT;

/// A folder of databases, removed in the end.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new() -> Self {
        let folder = std::env::temp_dir().join(crate::unique_name());
        std::fs::create_dir_all(&folder).expect("a folder for the databases");
        Self(folder)
    }

    /// Connections that do not wait for the disk.
    pub(crate) fn options(&self, name: &str) -> SqliteConnectOptions {
        let options: SqliteConnectOptions = self.url(name).parse().expect("a URL");
        options.synchronous(SqliteSynchronous::Off)
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("sqlite://{}/{name}.db?mode=rwc", self.0.display())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One writer at a time: others wait for less than a session waits for a connection.
pub(crate) fn limits(settings: &mut SqliteSettings) {
    settings.pool.max_connections = Some(4);
    settings.pool.acquire_timeout = Some(ACQUIRE_TIMEOUT);
    settings.options.busy_timeout = Some(<bindery_runtime::sqlx::Sqlite as Engine>::LOCK_TIMEOUT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_stays_between_two_files() {
    let home = Home::new();
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
