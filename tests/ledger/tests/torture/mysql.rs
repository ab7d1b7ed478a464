//! Between two databases of MariaDB.

use bindery_runtime::sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};
use ledger_tests::db::my_a::MyA;
use ledger_tests::db::my_b::MyB;
use ledger_tests::db::{Databases, Settings};

use crate::run::{beside, fill, torture};
use crate::service::ACQUIRE_TIMEOUT;

/// A database of the test's own.
pub(crate) struct Home {
    server: String,
    name: String,
}

impl Home {
    pub(crate) async fn new() -> Self {
        let (server, name) = (crate::server("BINDERY_TEST_MYSQL_URL"), crate::unique_name());
        let home = Self { server, name };
        home.admin(&format!("CREATE DATABASE {}", home.name)).await;
        home
    }

    async fn admin(&self, sql: &str) {
        let url = format!("{}/mysql", self.server);
        let mut admin = MySqlConnection::connect(&url).await.expect("MariaDB answers");
        admin.execute(AssertSqlSafe(sql)).await.expect(sql);
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    pub(crate) async fn gone(self) {
        self.admin(&format!("DROP DATABASE {}", self.name)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_stays_between_two_databases() {
    let homes = [Home::new().await, Home::new().await];
    let mut settings = Settings::default();
    for pool in [&mut settings.my_a.pool, &mut settings.my_b.pool] {
        pool.max_connections = Some(10);
        pool.acquire_timeout = Some(ACQUIRE_TIMEOUT);
    }
    let builder = Databases::builder().settings(settings);
    let builder = builder.my_a(homes[0].url()).my_b(homes[1].url());
    let databases = builder.connect().await.expect("databases");
    let beside = (beside(&homes[0].url()).await, beside(&homes[1].url()).await);
    fill(&beside.0).await.expect("tables");
    fill(&beside.1).await.expect("tables");
    torture::<MyA, MyB>(databases, beside).await;
    for home in homes {
        home.gone().await;
    }
}
