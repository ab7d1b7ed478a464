//! Between two databases of PostgreSQL.

use bindery_runtime::sqlx::postgres::PgConnectOptions;
use ledger_tests::db::pg_a::PgA;
use ledger_tests::db::pg_b::PgB;
use ledger_tests::db::{Databases, Settings};

use crate::engine::Engine;
use crate::run::{beside, fill, torture};
use crate::service::ACQUIRE_TIMEOUT;
use crate::support::homes::OfPostgres;

/// Connections that find deadlocks fast, and do not wait long for rows.
pub(crate) fn impatient(home: &OfPostgres) -> PgConnectOptions {
    let limit = <bindery_runtime::sqlx::Postgres as Engine>::LOCK_TIMEOUT.as_millis();
    let limit = format!("{limit}ms");
    home.options().options([("deadlock_timeout", "20ms"), ("lock_timeout", &limit)])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_stays_between_two_databases() {
    let homes = [OfPostgres::new().await, OfPostgres::new().await];
    let mut settings = Settings::default();
    for pool in [&mut settings.pg_a.pool, &mut settings.pg_b.pool] {
        pool.max_connections = Some(10);
        pool.acquire_timeout = Some(ACQUIRE_TIMEOUT);
    }
    let builder = Databases::builder().settings(settings);
    let builder = builder.pg_a(impatient(&homes[0])).pg_b(impatient(&homes[1]));
    let databases = builder.connect().await.expect("databases");
    let beside = (beside(&homes[0].url()).await, beside(&homes[1].url()).await);
    fill(&beside.0).await.expect("tables");
    fill(&beside.1).await.expect("tables");
    torture::<PgA, PgB>(databases, beside).await;
    for home in homes {
        home.gone().await;
    }
}
