//! What only this backend can show: databases in memory, and transactions that it ends by itself.

use std::time::Duration;

use bindery_runtime::sqlx::{self, Executor};
use bindery_runtime::{Error, ErrorKind, run_scope, session};

use super::cases::Fixture;
use super::cases::db::{Databases, Lenient, Main};

type Outcome<T = ()> = Result<T, Error>;

/// The database lives as long as its connection: no cancellation may close it.
#[tokio::test]
async fn a_database_in_memory_outlives_every_cancellation() {
    use crate::polling::{Drop, polled};

    let databases =
        Databases::connect("sqlite::memory:", &bindery_runtime::sqlite::Settings::default()).await;
    let pool = bindery_runtime::Bind::pool(databases.main());
    pool.execute("CREATE TABLE notes (id INTEGER)").await.expect("the database is empty");
    for times in 0..200 {
        let drop = if times % 2 == 0 { Drop::AtOnce } else { Drop::WhenWoken };
        let work = run_scope(&databases, async || -> Outcome {
            let main = session::<Main>()?;
            sqlx::query("INSERT INTO notes (id) VALUES (1)").execute(&main).await?;
            if times % 10 == 0 {
                sqlx::query(super::SLEEP).execute(&main).await?;
            }
            let mut conn = main.conn().await?;
            sqlx::query("INSERT INTO notes (id) VALUES (1)").execute(&mut *conn).await?;
            Ok(())
        });
        if times % 10 == 0 {
            assert!(tokio::time::timeout(Duration::from_millis(20), work).await.is_err());
        } else {
            polled(work, times / 2 % 25, drop).await;
        }
        let mut conn =
            crate::in_time("the next borrower", pool.acquire()).await.expect("it is there");
        super::assert_clean(&mut conn).await;
        let notes: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM notes")
            .fetch_one(&mut *conn)
            .await
            .expect("the table is still there");
        assert_eq!(notes % 2, 0, "after {times}: all or nothing");
    }
}

/// A conflict may end the whole transaction. What comes after it is not stored by itself.
#[tokio::test]
async fn a_conflict_that_ends_the_transaction() {
    let fixture = Fixture::with(1).await;
    let outcome = run_scope(&fixture.databases, async || -> Outcome {
        let lenient = session::<Lenient>()?;
        sqlx::query("INSERT INTO notes (id) VALUES (1)").execute(&lenient).await?;
        let refused = sqlx::query("INSERT OR ROLLBACK INTO notes (id) VALUES (1)");
        refused.execute(&lenient).await.expect_err("the key is taken");
        let _ = sqlx::query("INSERT INTO notes (id) VALUES (2)").execute(&lenient).await;
        Ok(())
    })
    .await;
    assert_eq!(outcome.expect_err("it ended").kind(), ErrorKind::TransactionEnded);
    assert_eq!(fixture.count().await, 0, "nothing was stored by itself");
    fixture.close().await;
}

/// SQLite cannot tell what pragmas a lent connection was set to: they stay.
#[tokio::test]
async fn pragmas_stay() {
    let fixture = Fixture::with(1).await;
    run_scope(&fixture.databases, async || -> Outcome {
        session::<Main>()?.conn().await?.execute("PRAGMA cache_size = 77").await?;
        Ok(())
    })
    .await
    .expect("a pragma");
    let size: i64 =
        sqlx::query_scalar("PRAGMA cache_size").fetch_one(&fixture.pool()).await.expect("a pragma");
    assert_eq!(size, 77);
    fixture.close().await;
}

/// A writer that cannot get the lock is told so, and its session is as good as before.
#[tokio::test]
async fn a_lock_that_is_not_given() {
    let mut settings = super::settings();
    settings.options.busy_timeout = Some(Duration::from_millis(50));
    let fixture = Fixture::set(settings).await;
    fixture.pool().execute("SELECT 1").await.expect("it connects");
    let mut rival = fixture.observer().await;
    rival.execute("BEGIN IMMEDIATE").await.expect("nobody writes");
    let outcome = run_scope(&fixture.databases, async || -> Outcome {
        let insert = sqlx::query("INSERT INTO notes (id) VALUES (1)");
        insert.execute(&session::<Main>()?).await?;
        Ok(())
    })
    .await;
    assert_eq!(outcome.expect_err("it is locked").kind(), ErrorKind::Database);
    rival.execute("ROLLBACK").await.expect("it is open");
    run_scope(&fixture.databases, async || -> Outcome {
        let insert = sqlx::query("INSERT INTO notes (id) VALUES (1)");
        insert.execute(&session::<Main>()?).await?;
        Ok(())
    })
    .await
    .expect("the lock is free");
    assert_eq!(fixture.ids().await, [1]);
    fixture.close().await;
}

/// To bring a file to another journal mode a connection has to be alone with it, and of several
/// that try, SQLite sends some away without letting them wait.
#[tokio::test]
async fn the_first_connections_wait_for_each_other() {
    for _ in 0..60 {
        let home = super::Home::new().await;
        let databases = Databases::connect(&home.url(), &super::settings()).await;
        let work = || {
            run_scope(&databases, async || -> Outcome {
                sqlx::query("SELECT 1").fetch_one(&session::<Main>()?).await?;
                Ok(())
            })
        };
        let outcomes = tokio::join!(work(), work(), work(), work());
        for outcome in <[Outcome; 4]>::from(outcomes) {
            outcome.expect("the others have the file for a moment only");
        }
        bindery_runtime::close(&databases, Duration::from_secs(5)).await;
    }
}
