//! The databases of every bind at once.

use bindery_runtime::ErrorKind;
use bindery_runtime::sqlx::Executor;
use model_tests::db::{Databases, mysql, postgres, sqlite};

/// A database for each bind; the homes go with their databases.
async fn connected() -> (Databases, impl Sized) {
    let lite = [crate::sqlite::Home::new().await, crate::sqlite::Home::new().await];
    let pg = [crate::postgres::Home::new().await, crate::postgres::Home::new().await];
    let my = [super::Home::new().await, super::Home::new().await];
    let builder = Databases::builder().sqlite(lite[0].url()).sqlite_other(lite[1].url());
    let builder = builder.postgres(pg[0].url()).postgres_other(pg[1].url());
    let builder = builder.mysql(my[0].url()).mysql_other(my[1].url());
    (builder.connect().await.expect("databases"), (lite, pg, my))
}

#[tokio::test]
async fn what_is_not_as_declared_is_told_in_one_error() {
    let (databases, _homes) = connected().await;
    let nothing = databases.verify().await.expect_err("no tables");
    for bind in ["sqlite", "postgres", "mysql"] {
        let told = format!("bind `{bind}`: table `ticks`: there is no such table");
        assert!(nothing.differences().contains(&told), "{nothing}");
    }
    databases.create_all().await.expect("tables");
    databases.verify().await.expect("what was just made is as declared");

    let (lite, pg) = (databases.sqlite().pool(), databases.postgres().pool());
    let my = databases.mysql().pool();
    for change in ["ALTER TABLE authors ADD extra INTEGER", "ALTER TABLE members DROP COLUMN part"]
    {
        lite.execute(change).await.expect(change);
        pg.execute(change).await.expect(change);
        my.execute(change).await.expect(change);
    }
    pg.execute("ALTER TABLE notes ALTER body SET NOT NULL").await.expect("a change");
    my.execute("ALTER TABLE notes MODIFY body VARCHAR(10)").await.expect("a change");
    let error = databases.verify().await.expect_err("changed tables");
    let mut told = error.differences().to_vec();
    // MariaDB says how many digits it would show.
    for line in &mut told {
        *line = line.replace("int(11)", "int");
    }
    assert_eq!(
        told,
        [
            "bind `sqlite`: table `authors`: the column `extra` (INTEGER, may be NULL) is not declared",
            "bind `sqlite`: table `members`: the column `part` is missing",
            "bind `postgres`: table `authors`: the column `extra` (integer, may be NULL) is not declared",
            "bind `postgres`: table `notes`: the column `body` is text, never NULL; declared is text, may be NULL",
            "bind `postgres`: table `members`: the column `part` is missing",
            "bind `mysql`: table `authors`: the column `extra` (int, may be NULL) is not declared",
            "bind `mysql`: table `notes`: the column `body` is varchar(10), may be NULL; declared is longtext, may be NULL",
            "bind `mysql`: table `members`: the column `part` is missing",
        ]
    );
    assert!(error.to_string().lines().count() == 9 && error.unanswered().is_empty(), "{error}");
    databases.close().await;
}

#[tokio::test]
async fn the_tables_of_every_bind_are_created_and_dropped() {
    let (databases, _homes) = connected().await;
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
