//! Cancellation of what a server is in the middle of: it does not go on with it, and the connection
//! is kept.

use std::collections::BTreeSet;

use bindery_runtime::autocommit;

use super::cancel::note;
use super::*;

/// The statement is dropped while the server runs it.
async fn abandoned(fixture: &Fixture) {
    let mut connections = BTreeSet::new();
    for round in 1..6 {
        let limit = Duration::from_millis(60);
        let outcome = tokio::time::timeout(
            limit,
            fixture.scope(async |main| {
                sqlx::query(note(round, 0)).execute(&main).await?;
                sqlx::query(backend::SLEEP).execute(&main).await?;
                Ok(())
            }),
        )
        .await;
        assert!(outcome.is_err(), "it runs for ever");
        let id = crate::in_time("the next borrower", async {
            let mut conn = fixture.pool().acquire().await.expect("the next borrower");
            backend::assert_clean(&mut conn).await
        })
        .await;
        connections.insert(id);
        fixture.idle().await;
        assert_eq!(fixture.count().await, 0);
    }
    assert!(connections.len() < 4, "the connection is kept");
}

#[tokio::test]
async fn a_statement_that_runs() {
    for fixture in [Fixture::with(1).await, Fixture::handed_in(1).await] {
        abandoned(&fixture).await;
        fixture.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_runs_on_many_threads() {
    let fixture = Fixture::with(1).await;
    abandoned(&fixture).await;
    fixture.close().await;
}

/// The scope itself goes on after a statement of it was dropped: it can only roll back.
#[tokio::test]
async fn a_statement_of_a_scope_that_goes_on() {
    let fixture = Fixture::with(1).await;
    let outcome = fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            let statement = sqlx::query(backend::SLEEP).execute(&main);
            let limit = Duration::from_millis(60);
            assert!(tokio::time::timeout(limit, statement).await.is_err(), "it runs for ever");
            assert_eq!(kind(add(2).execute(&main).await), ErrorKind::RollbackOnly);
            Ok(())
        })
        .await;
    assert_eq!(kind(outcome), ErrorKind::RollbackOnly);
    assert_eq!(fixture.count().await, 0);
    fixture.idle().await;
    fixture.close().await;
}

/// A statement without a transaction that was dropped is nothing to those after it, and the server
/// does not go on with it.
#[tokio::test]
async fn a_statement_without_a_transaction() {
    for fixture in [Fixture::with(1).await, Fixture::handed_in(1).await] {
        let mut connections = BTreeSet::new();
        for round in 1..6 {
            run_scope(&fixture.databases, async || -> Outcome {
                let main = autocommit::<Main>()?;
                let statement = sqlx::query(backend::SLEEP).execute(&main);
                let limit = Duration::from_millis(60);
                assert!(tokio::time::timeout(limit, statement).await.is_err(), "it runs for ever");
                add(round).execute(&main).await?;
                Ok(())
            })
            .await
            .expect("the next statement has a connection");
            fixture.idle().await;
            let mut conn = fixture.pool().acquire().await.expect("the next borrower");
            connections.insert(backend::assert_clean(&mut conn).await);
        }
        assert!(connections.len() < 4, "the connection is kept");
        assert_eq!(fixture.ids().await, [1, 2, 3, 4, 5]);
        fixture.close().await;
    }
}

/// The same, and nobody comes after it.
#[tokio::test]
async fn a_scope_without_a_transaction() {
    for fixture in [Fixture::with(1).await, Fixture::handed_in(1).await] {
        let work = run_scope(&fixture.databases, async || -> Outcome {
            sqlx::query(backend::SLEEP).execute(&autocommit::<Main>()?).await?;
            Ok(())
        });
        let limit = Duration::from_millis(60);
        assert!(tokio::time::timeout(limit, work).await.is_err(), "it runs for ever");
        fixture.idle().await;
        let mut conn = crate::in_time("the next borrower", fixture.pool().acquire())
            .await
            .expect("the next borrower");
        backend::assert_clean(&mut conn).await;
        drop(conn);
        fixture.close().await;
    }
}

/// Rows are coming for ever, and nobody reads them any more.
#[tokio::test]
async fn rows_without_an_end() {
    use futures_util::TryStreamExt;

    let fixture = Fixture::with(1).await;
    for drops in [true, false] {
        let work = fixture.scope(async |main| -> Outcome {
            add(1).execute(&main).await?;
            let mut rows = sqlx::query(backend::ENDLESS).fetch(&main);
            assert!(rows.try_next().await?.is_some(), "there are many rows");
            if drops {
                std::future::pending::<()>().await;
            }
            Err(sqlx::Error::RowNotFound.into())
        });
        crate::in_time("the end of the scope", async {
            let ended = tokio::time::timeout(Duration::from_secs(2), work).await;
            assert_eq!(ended.is_err(), drops, "an error ends the scope");
        })
        .await;
        crate::in_time("the next borrower", async {
            let mut conn = fixture.pool().acquire().await.expect("the next borrower");
            backend::assert_clean(&mut conn).await;
        })
        .await;
        fixture.idle().await;
        assert_eq!(fixture.count().await, 0);
    }
    fixture.close().await;
}
