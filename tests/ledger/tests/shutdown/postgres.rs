//! The cases on PostgreSQL.

use bindery_runtime::sqlx;
use ledger_tests::db::{Databases, Settings};

pub(crate) use ledger_tests::db::pg_a::PgA as Main;

use crate::support::homes::OfPostgres;

#[path = "cases.rs"]
mod cases;

pub(crate) const TABLE: &str = "CREATE TABLE notes (id BIGINT PRIMARY KEY)";
/// Takes two seconds.
pub(crate) const SLOW: &str = "SELECT pg_sleep(2)";

pub(crate) struct Home(OfPostgres);

impl Home {
    pub(crate) async fn new() -> Self {
        Self(OfPostgres::new().await)
    }

    pub(crate) async fn connect(&self, settings: Settings) -> Databases {
        let builder = Databases::builder().settings(settings).pg_a(self.0.options());
        builder.connect().await.expect("databases")
    }

    /// How many connections to the database are open.
    pub(crate) async fn open(&self) -> usize {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1";
        let mut admin = self.0.admin().await;
        let open: i64 = sqlx::query_scalar(sql)
            .bind(&self.0.name)
            .fetch_one(&mut admin)
            .await
            .expect("a number");
        usize::try_from(open).expect("few")
    }

    pub(crate) async fn gone(self) {
        self.0.gone().await;
    }
}

pub(crate) fn settings(max_connections: u32) -> Settings {
    let mut settings = Settings::default();
    settings.pg_a.pool.max_connections = Some(max_connections);
    settings
}
