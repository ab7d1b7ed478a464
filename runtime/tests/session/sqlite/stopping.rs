//! Statements are stopped by a handler that stays on their connection from one session to the next.

use std::time::Duration;

use bindery_runtime::sqlx::{self, AssertSqlSafe, Executor, SqliteExecutor};
use bindery_runtime::{Error, autocommit, run_scope, session};

use super::cases::Fixture;
use super::cases::db::Main;

type Outcome<T = ()> = Result<T, Error>;

/// Counts for long enough for the handler to be asked often.
async fn count(to: i64, executor: impl SqliteExecutor<'_>) -> Result<i64, sqlx::Error> {
    let sql = format!(
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < {to}) \
         SELECT COUNT(*) FROM c"
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(executor).await
}

/// A session whose statement is dropped while it runs.
async fn dropped(fixture: &Fixture, transaction: bool) {
    let work = run_scope(&fixture.databases, async || -> Outcome {
        if transaction {
            sqlx::query(super::SLEEP).execute(&session::<Main>()?).await?;
        } else {
            sqlx::query(super::SLEEP).execute(&autocommit::<Main>()?).await?;
        }
        Ok(())
    });
    let outcome = tokio::time::timeout(Duration::from_millis(30), work).await;
    assert!(outcome.is_err(), "it runs for ever");
}

/// A session that counts to the end.
async fn counted(fixture: &Fixture, to: i64, transaction: bool) {
    let work = run_scope(&fixture.databases, async || -> Outcome<i64> {
        if transaction {
            Ok(count(to, &session::<Main>()?).await?)
        } else {
            Ok(count(to, &autocommit::<Main>()?).await?)
        }
    });
    let counted = crate::in_time("a session that counts", work).await;
    assert_eq!(counted.expect("nobody stopped it"), to);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_statement_that_was_dropped_and_no_other() {
    for _ in 0..2 {
        let fixture = Fixture::with(2).await;
        for round in 0..6 {
            let transaction = round % 3 != 2;
            let (dropped, counted) =
                (dropped(&fixture, transaction), counted(&fixture, 1_000_000, transaction));
            // Each connection is stopped at one time or other.
            if round % 2 == 0 {
                tokio::join!(dropped, counted);
            } else {
                tokio::join!(counted, dropped);
            }
            for _ in 0..3 {
                let count = || counted_shortly(&fixture, transaction);
                tokio::join!(count(), count(), count(), count());
            }
        }
        fixture.close().await;
    }
}

async fn counted_shortly(fixture: &Fixture, transaction: bool) {
    counted(fixture, 5_000, transaction).await;
}

/// Another handler takes the place of that of the sessions, or none does.
#[tokio::test]
async fn a_handler_of_others() {
    for transaction in [true, false] {
        let fixture = Fixture::with(1).await;
        for round in 0..4 {
            run_scope(&fixture.databases, async || -> Outcome {
                let main = session::<Main>()?;
                let mut conn = main.conn().await?;
                let mut handle = conn.lock_handle().await?;
                if round % 2 == 0 {
                    handle.set_progress_handler(1_000, || true);
                } else {
                    handle.remove_progress_handler();
                }
                Ok(())
            })
            .await
            .expect("the connection is lent");
            dropped(&fixture, transaction).await;
            counted(&fixture, 100_000, transaction).await;
        }
        fixture.close().await;
    }
}

/// What stopped a statement stops none of those after it.
#[tokio::test]
async fn what_comes_after_a_stop() {
    let fixture = Fixture::with(1).await;
    for round in 0..6 {
        let transaction = round % 2 == 0;
        dropped(&fixture, transaction).await;
        if round % 3 != 0 {
            counted(&fixture, 100_000, transaction).await;
        }
        let mut conn = crate::in_time("the next borrower", fixture.pool().acquire())
            .await
            .expect("it is given back");
        let counted = count(100_000, &mut *conn).await;
        assert_eq!(counted.expect("nobody stopped it"), 100_000);
        conn.execute("BEGIN; ROLLBACK").await.expect("nothing is open");
    }
    fixture.close().await;
}
