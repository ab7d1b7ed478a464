//! The databases of every bind at once.

use bindery_runtime::ErrorKind;
use model_tests::db::{Databases, mysql, postgres, sqlite};

#[tokio::test]
async fn the_tables_of_every_bind_are_created_and_dropped() {
    let lite = [crate::sqlite::Home::new().await, crate::sqlite::Home::new().await];
    let pg = [crate::postgres::Home::new().await, crate::postgres::Home::new().await];
    let my = [super::Home::new().await, super::Home::new().await];
    let builder = Databases::builder().sqlite(lite[0].url()).sqlite_other(lite[1].url());
    let builder = builder.postgres(pg[0].url()).postgres_other(pg[1].url());
    let builder = builder.mysql(my[0].url()).mysql_other(my[1].url());
    let databases = builder.connect().await.expect("databases");
    let count = async || {
        databases
            .scope(async |scope| {
                Ok([
                    sqlite::tick::list().count(&scope.sqlite()).await?,
                    postgres::tick::list().count(&scope.postgres()).await?,
                    mysql::tick::list().count(&scope.mysql()).await?,
                ])
            })
            .await
    };
    for _ in 0..2 {
        databases.create_all().await.expect("tables");
        assert_eq!(count().await.expect("numbers"), [0; 3]);
    }
    for _ in 0..2 {
        databases.drop_all().await.expect("no tables");
        assert_eq!(super::cases::kind(count().await), ErrorKind::Database);
    }
    databases.close().await;
}
