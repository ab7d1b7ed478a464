//! The cases on MariaDB.

use bindery_runtime::sqlx;
use ledger_tests::db::{Databases, Settings};

pub(crate) use ledger_tests::db::my_a::MyA as Main;

use crate::support::homes::OfMysql;

#[path = "cases.rs"]
mod cases;

pub(crate) const TABLE: &str = "CREATE TABLE notes (id BIGINT PRIMARY KEY)";
/// Takes two seconds.
pub(crate) const SLOW: &str = "SELECT SLEEP(2)";

pub(crate) struct Home(OfMysql);

impl Home {
    pub(crate) async fn new() -> Self {
        Self(OfMysql::new().await)
    }

    pub(crate) async fn connect(&self, settings: Settings) -> Databases {
        let builder = Databases::builder().settings(settings).my_a(self.0.url());
        builder.connect().await.expect("databases")
    }

    /// How many connections to the database are open.
    pub(crate) async fn open(&self) -> usize {
        let sql =
            "SELECT CAST(COUNT(*) AS SIGNED) FROM information_schema.processlist WHERE db = ?";
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
    settings.my_a.pool.max_connections = Some(max_connections);
    settings
}
