//! Cancellation at every poll: whatever is dropped where, the next borrower of a pool with one
//! connection gets it clean, and what was to be done is done wholly or not at all.

use bindery_runtime::autocommit;

use super::every_poll::{connections_of, everywhere, everywhere_until};
use super::*;
use crate::polling::{Drop, polled};

pub(super) fn note(round: i32, part: i32) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("INSERT INTO notes (id, round) VALUES ({}, {round})", round * 10 + part))
}

/// BEGIN, statements, COMMIT.
async fn commit(fixture: &Fixture, round: i32) -> Outcome {
    fixture
        .scope(async |main| {
            for part in 0..2 {
                sqlx::query(note(round, part)).execute(&main).await?;
            }
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_scope_that_commits() {
    let fixture = Fixture::with(1).await;
    everywhere(&fixture, &[0, 2], commit).await;
    fixture.close().await;
}

#[tokio::test]
async fn a_scope_on_a_pool_that_was_handed_in() {
    let fixture = Fixture::handed_in(1).await;
    everywhere(&fixture, &[0, 2], commit).await;
    fixture.close().await;
}

#[tokio::test]
async fn begin_statements_and_commit_dropped_a_thousand_times() {
    let fixture = Fixture::with(1).await;
    everywhere_until(1_000, &fixture, &[0, 2], commit).await;
    fixture.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_commits_on_many_threads() {
    let fixture = Fixture::with(1).await;
    everywhere(&fixture, &[0, 2], commit).await;
    fixture.close().await;
}

#[tokio::test]
async fn a_scope_that_rolls_back() {
    let fixture = Fixture::with(1).await;
    everywhere(&fixture, &[0], async |fixture, round| {
        let outcome: Outcome = fixture
            .scope(async |main| {
                sqlx::query(note(round, 0)).execute(&main).await?;
                Err(sqlx::Error::RowNotFound.into())
            })
            .await;
        assert_eq!(kind(outcome), ErrorKind::Database);
        Ok(())
    })
    .await;
    fixture.close().await;
}

/// Three levels: the transaction of the block, a savepoint, and one inside that.
async fn nested(fixture: &Fixture, round: i32) -> Outcome {
    fixture
        .scope(async |main| {
            main.atomic(async |outer| -> Outcome {
                sqlx::query(note(round, 0)).execute(outer).await?;
                let refused: Outcome = outer
                    .atomic(async |inner| {
                        sqlx::query(note(round, 1)).execute(inner).await?;
                        Err(sqlx::Error::RowNotFound.into())
                    })
                    .await;
                assert!(refused.is_err(), "the block said so");
                outer
                    .atomic(async |inner| -> Outcome {
                        sqlx::query(note(round, 2)).execute(inner).await?;
                        inner
                            .atomic(async |innermost| -> Outcome {
                                sqlx::query(note(round, 3)).execute(innermost).await?;
                                Ok(())
                            })
                            .await
                    })
                    .await
            })
            .await
        })
        .await
}

#[tokio::test]
async fn blocks_inside_blocks() {
    for fixture in [Fixture::with(1).await, Fixture::handed_in(1).await] {
        everywhere(&fixture, &[0, 3], nested).await;
        fixture.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_inside_blocks_on_many_threads() {
    let fixture = Fixture::with(1).await;
    everywhere(&fixture, &[0, 3], nested).await;
    fixture.close().await;
}

/// The block is dropped and its scope goes on: what came before it is still stored.
#[tokio::test(flavor = "multi_thread")]
async fn a_block_of_a_scope_that_goes_on() {
    let fixture = Fixture::with(1).await;
    let mut finished = 0;
    for times in 0..60 {
        let drop = if times % 2 == 0 { Drop::AtOnce } else { Drop::WhenWoken };
        let round = times + 1;
        let outcome = fixture
            .scope(async |main| {
                sqlx::query(note(round, 0)).execute(&main).await?;
                let times = usize::try_from(times / 2).expect("a small number");
                let block = main.atomic(async |block| -> Outcome {
                    sqlx::query(note(round, 1)).execute(block).await?;
                    sqlx::query(note(round, 2)).execute(block).await?;
                    Ok(())
                });
                let ended = polled(block, times, drop).await;
                sqlx::query(note(round, 3)).execute(&main).await?;
                Ok(ended.is_some())
            })
            .await;
        let stored: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT COUNT(*) FROM notes WHERE round = {round}"
        )))
        .fetch_one(&mut fixture.observer().await)
        .await
        .expect("the table is there");
        match outcome {
            Ok(true) => {
                assert_eq!(stored, 4, "after {times}");
                finished += 1;
            }
            Ok(false) => assert_eq!(stored, 2, "after {times}: the block alone is undone"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::RollbackOnly, "after {times}: {error}");
                assert_eq!(stored, 0, "after {times}");
            }
        }
        let mut conn = fixture.pool().acquire().await.expect("the next borrower");
        backend::assert_clean(&mut conn).await;
    }
    assert!(finished > 0, "it never came to its end");
    fixture.close().await;
}

#[tokio::test]
async fn endings_by_hand() {
    let fixture = Fixture::with(1).await;
    everywhere(&fixture, &[0, 1, 2], async |fixture, round| {
        fixture
            .scope(async |main| {
                sqlx::query(note(round, 0)).execute(&main).await?;
                main.commit().await?;
                sqlx::query(note(round, 1)).execute(&main).await?;
                main.rollback().await?;
                sqlx::query(note(round, 2)).execute(&main).await?;
                main.close().await?;
                sqlx::query(note(round, 3)).execute(&main).await?;
                Ok(())
            })
            .await
    })
    .await;
    fixture.close().await;
}

#[tokio::test]
async fn rows_that_are_read_one_by_one() {
    use futures_util::TryStreamExt;

    let fixture = Fixture::with(1).await;
    fixture.run("CREATE TABLE numbers (n INTEGER)").await;
    fixture.run("INSERT INTO numbers (n) VALUES (1), (2), (3), (4), (5)").await;
    // Prepared beforehand: the next test is about that.
    sqlx::query("SELECT n FROM numbers").fetch_all(&fixture.pool()).await.expect("five rows");
    everywhere(&fixture, &[0, 1], async |fixture, round| {
        fixture
            .scope(async |main| {
                sqlx::query(note(round, 0)).execute(&main).await?;
                let mut rows = sqlx::query("SELECT n FROM numbers").fetch(&main);
                while rows.try_next().await?.is_some() {
                    tokio::task::yield_now().await;
                }
                Ok(())
            })
            .await
    })
    .await;
    fixture.close().await;
}

/// Where sqlx loses its place in what the server answers to PREPARE, the connection is closed: the next
/// borrower gets another.
#[tokio::test]
async fn a_statement_that_is_being_prepared() {
    let fixture = Fixture::with(1).await;
    let (connections, round) = connections_of(0, &fixture, &[0, 1], async |fixture, round| {
        fixture
            .scope(async |main| {
                // A text of its own each time, so that no connection knows it.
                let look = format!("SELECT id, round FROM notes WHERE round = {round}");
                sqlx::query(AssertSqlSafe(look)).fetch_all(&main).await?;
                sqlx::query(note(round, 0)).execute(&main).await?;
                Ok(())
            })
            .await
    })
    .await;
    assert!(
        connections <= 3 || backend::MAY_CLOSE_IN_PREPARE,
        "{connections} connections in {round} rounds"
    );
    fixture.close().await;
}

#[tokio::test]
async fn a_connection_that_is_lent() {
    let mut settings = backend::trusting();
    settings.pool.max_connections = Some(1);
    let fixture = Fixture::set(settings).await;
    everywhere(&fixture, &[0, 3], async |fixture, round| {
        fixture
            .scope(async |main| {
                sqlx::query(note(round, 0)).execute(&main).await?;
                let mut conn = main.conn().await?;
                sqlx::query(note(round, 1)).execute(&mut *conn).await?;
                let mut inner = conn.begin().await?;
                sqlx::query(note(round, 2)).execute(&mut *inner).await?;
                inner.commit().await?;
                Ok(())
            })
            .await
    })
    .await;
    fixture.close().await;
}

#[tokio::test]
async fn two_binds() {
    let fixture = Fixture::with(1).await;
    fixture.run("CREATE TABLE others (id INTEGER PRIMARY KEY)").await;
    everywhere(&fixture, &[0, 1], async |fixture, round| {
        run_scope(&fixture.databases, async || {
            let other = session::<db::Other>()?;
            sqlx::query(note(round, 0)).execute(&session::<Main>()?).await?;
            sqlx::query("SELECT id FROM others").fetch_all(&other).await?;
            Ok(())
        })
        .await
    })
    .await;
    let mut conn = fixture.databases.other().pool().acquire().await.expect("the next borrower");
    backend::assert_clean(&mut conn).await;
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_session_without_a_transaction() {
    for fixture in [Fixture::with(1).await, Fixture::handed_in(1).await] {
        everywhere(&fixture, &[0, 1, 2], async |fixture, round| {
            run_scope(&fixture.databases, async || {
                let main = autocommit::<Main>()?;
                sqlx::query(note(round, 0)).execute(&main).await?;
                sqlx::query(note(round, 1)).execute(&main).await?;
                Ok(())
            })
            .await
        })
        .await;
        fixture.close().await;
    }
}

/// Dropped while it waits for a connection that somebody else has.
#[tokio::test]
async fn the_wait_for_a_connection() {
    let fixture = Fixture::with(1).await;
    for times in 1..20 {
        let taken = fixture.pool().acquire().await.expect("the only connection");
        let ended = polled(commit(&fixture, times), 1, Drop::AtOnce).await;
        assert!(ended.is_none(), "there is no connection for it");
        drop(taken);
        let mut conn = crate::in_time("the next borrower", fixture.pool().acquire())
            .await
            .expect("the next borrower");
        backend::assert_clean(&mut conn).await;
        assert_eq!(count(&mut conn).await, 0);
    }
    fixture.close().await;
}

/// The runtime ends in the middle of a transaction, and nothing panics.
#[test]
fn the_end_of_the_runtime() {
    for statement in [false, true] {
        for many in [false, true] {
            let mut builder = if many {
                tokio::runtime::Builder::new_multi_thread()
            } else {
                tokio::runtime::Builder::new_current_thread()
            };
            let runtime = builder.enable_all().build().expect("a runtime");
            let fixture = runtime.block_on(Fixture::with(1));
            let databases = fixture.databases.clone();
            let task = runtime.spawn(async move {
                let _: Outcome = run_scope(&databases, async || {
                    let main = session::<Main>()?;
                    add(1).execute(&main).await?;
                    if statement {
                        sqlx::query(backend::SLEEP).execute(&main).await?;
                    }
                    std::future::pending().await
                })
                .await;
            });
            runtime.block_on(async {
                tokio::time::sleep(Duration::from_millis(150)).await;
            });
            assert!(!task.is_finished(), "it waits");
            runtime.shutdown_background();
            let runtime = builder.build().expect("a runtime");
            runtime.block_on(async { assert_eq!(fixture.count().await, 0) });
        }
    }
}
