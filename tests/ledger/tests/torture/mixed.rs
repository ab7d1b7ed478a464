//! Between a database of PostgreSQL and a file of SQLite.

mod postgres {
    use ledger_tests::db::mixed_lite::MixedLite;
    use ledger_tests::db::mixed_pg::MixedPg;
    use ledger_tests::db::{Databases, Settings};

    use crate::postgres::impatient;
    use crate::run::{beside, fill, torture};
    use crate::service::ACQUIRE_TIMEOUT;
    use crate::support::homes::{Folder, OfPostgres};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn money_stays_between_a_database_and_a_file() {
        let (home, file) = (OfPostgres::new().await, Folder::new());
        let mut settings = Settings::default();
        settings.mixed_pg.pool.max_connections = Some(10);
        settings.mixed_pg.pool.acquire_timeout = Some(ACQUIRE_TIMEOUT);
        crate::sqlite::limits(&mut settings.mixed_lite);
        let builder = Databases::builder().settings(settings);
        let builder = builder.mixed_pg(impatient(&home)).mixed_lite(file.options("mixed"));
        let databases = builder.connect().await.expect("databases");
        let beside = (beside(&home.url()).await, beside(&file.url("mixed")).await);
        fill(&beside.0).await.expect("tables");
        fill(&beside.1).await.expect("tables");
        torture::<MixedPg, MixedLite>(databases, beside).await;
        home.gone().await;
    }
}
