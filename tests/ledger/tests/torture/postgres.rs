//! Between two databases of PostgreSQL.

use bindery_runtime::sqlx::postgres::PgConnectOptions;
use bindery_runtime::sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use ledger_tests::db::pg_a::PgA;
use ledger_tests::db::pg_b::PgB;
use ledger_tests::db::{Databases, Settings};

use crate::engine::Engine;
use crate::run::{beside, fill, torture};
use crate::service::ACQUIRE_TIMEOUT;

/// A database of the test's own.
pub(crate) struct Home {
    server: String,
    name: String,
}

impl Home {
    pub(crate) async fn new() -> Self {
        let (server, name) = (crate::server("BINDERY_TEST_POSTGRES_URL"), crate::unique_name());
        let home = Self { server, name };
        home.admin(&format!("CREATE DATABASE {} TEMPLATE template0", home.name)).await;
        home
    }

    async fn admin(&self, sql: &str) {
        let url = format!("{}/postgres", self.server);
        let mut admin = PgConnection::connect(&url).await.expect("PostgreSQL answers");
        admin.execute(AssertSqlSafe(sql)).await.expect(sql);
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// Connections that find deadlocks fast, and do not wait long for rows.
    pub(crate) fn options(&self) -> PgConnectOptions {
        let limit = <bindery_runtime::sqlx::Postgres as Engine>::LOCK_TIMEOUT.as_millis();
        let options: PgConnectOptions = self.url().parse().expect("a URL");
        options.options([("deadlock_timeout", "20ms"), ("lock_timeout", &format!("{limit}ms"))])
    }

    /// Drops the database, which nobody may be connected to.
    pub(crate) async fn gone(self) {
        self.admin(&format!("DROP DATABASE {}", self.name)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_stays_between_two_databases() {
    let homes = [Home::new().await, Home::new().await];
    let mut settings = Settings::default();
    for pool in [&mut settings.pg_a.pool, &mut settings.pg_b.pool] {
        pool.max_connections = Some(10);
        pool.acquire_timeout = Some(ACQUIRE_TIMEOUT);
    }
    let builder = Databases::builder().settings(settings);
    let builder = builder.pg_a(homes[0].options()).pg_b(homes[1].options());
    let databases = builder.connect().await.expect("databases");
    let beside = (beside(&homes[0].url()).await, beside(&homes[1].url()).await);
    fill(&beside.0).await.expect("tables");
    fill(&beside.1).await.expect("tables");
    torture::<PgA, PgB>(databases, beside).await;
    for home in homes {
        home.gone().await;
    }
}
