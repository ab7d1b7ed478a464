//! Between two databases of MariaDB.

use ledger_tests::db::my_a::MyA;
use ledger_tests::db::my_b::MyB;
use ledger_tests::db::{Databases, Settings};

use crate::run::{beside, fill, torture};
use crate::service::ACQUIRE_TIMEOUT;
use crate::support::homes::OfMysql;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_stays_between_two_databases() {
    let homes = [OfMysql::new().await, OfMysql::new().await];
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
