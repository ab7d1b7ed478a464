//! Scopes with several binds, and endings by hand.

use bindery_runtime::{Decision, Scope};

use super::*;

/// Other things than `notes`, so that two binds never wait for each other's rows.
async fn with_others() -> Fixture {
    let fixture = Fixture::with(2).await;
    fixture.run("CREATE TABLE others (id INTEGER PRIMARY KEY)").await;
    fixture
}

#[tokio::test]
async fn a_refused_bind_takes_the_others_with_it() {
    let fixture = with_others().await;
    let error = run_scope(&fixture.databases, async || -> Outcome {
        let (main, other) = (session::<Main>()?, session::<db::Other>()?);
        sqlx::query("SELECT id FROM others").fetch_all(&other).await?;
        sqlx::query("SELECT id FROM missing").fetch_all(&other).await.expect_err("no such table");
        add(1).execute(&main).await?;
        Ok(())
    })
    .await
    .expect_err("one was refused");
    assert_eq!(error.kind(), ErrorKind::RollbackOnly);
    assert_eq!(error.key(), Some("other"));
    let report = error.report().expect("several binds");
    assert_eq!(report.failed, ["other"]);
    assert_eq!(report.rolled_back, ["main"]);
    assert!(report.committed.is_empty() && report.unknown.is_empty(), "{report:?}");
    assert_eq!(fixture.count().await, 0);
    fixture.close().await;
}

/// Told on one bind, done on all.
#[tokio::test]
async fn one_that_is_told_to_roll_back() {
    let fixture = with_others().await;
    run_scope(&fixture.databases, async || -> Outcome {
        let (main, other) = (session::<Main>()?, session::<db::Other>()?);
        sqlx::query("SELECT id FROM others").fetch_all(&other).await?;
        other.rollback_only("no");
        add(1).execute(&main).await?;
        Ok(())
    })
    .await
    .expect("no failure");
    assert_eq!(fixture.count().await, 0);
    fixture.close().await;
}

#[tokio::test]
async fn both_commit() {
    let fixture = with_others().await;
    run_scope(&fixture.databases, async || -> Outcome {
        add(1).execute(&session::<Main>()?).await?;
        sqlx::query("SELECT id FROM others").fetch_all(&session::<db::Other>()?).await?;
        Ok(())
    })
    .await
    .expect("nothing failed");
    assert_eq!(fixture.ids().await, [1]);
    fixture.close().await;
}

/// The second bind cannot commit, and the first one was not yet asked to.
#[tokio::test]
async fn what_can_fail_fails_before_the_first_commit() {
    if !backend::DEFERS {
        return;
    }
    let fixture = Fixture::with(2).await;
    fixture.run("INSERT INTO notes (id, round) VALUES (50, 0)").await;
    fixture
        .run(
            "CREATE TABLE replies (id INTEGER PRIMARY KEY, note INTEGER REFERENCES notes (id) \
             DEFERRABLE INITIALLY DEFERRED)",
        )
        .await;
    let error = run_scope(&fixture.databases, async || -> Outcome {
        let (main, other) = (session::<Main>()?, session::<db::Other>()?);
        if backend::ONE_WRITER {
            sqlx::query("SELECT id FROM notes").fetch_all(&main).await?;
        } else {
            add(1).execute(&main).await?;
        }
        sqlx::query("INSERT INTO replies (id, note) VALUES (1, 99)").execute(&other).await?;
        Ok(())
    })
    .await
    .expect_err("the reply has no note");
    let report = error.report().expect("several binds").clone();
    assert_eq!(report.failed, ["other"], "{error:?}");
    if backend::ONE_WRITER {
        // SQLite has no way to ask beforehand.
        assert_eq!(error.kind(), ErrorKind::PartialCommit);
        assert_eq!(report.committed, ["main"]);
    } else {
        assert_eq!(error.kind(), ErrorKind::CommitFailed);
        assert_eq!(report.rolled_back, ["main"]);
        assert_eq!(fixture.ids().await, [50]);
    }
    fixture.close().await;
}

/// A transaction that ended behind its session's back is found before the other one commits.
#[tokio::test]
async fn a_bind_that_ended_by_itself() {
    let fixture = with_others().await;
    let error = run_scope(&fixture.databases, async || -> Outcome {
        let (main, other) = (session::<Main>()?, session::<db::Other>()?);
        add(1).execute(&main).await?;
        sqlx::query("SELECT id FROM others").fetch_all(&other).await?;
        let mut conn = other.conn().await?;
        let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *conn).await;
        Ok(())
    })
    .await
    .expect_err("it is noticed");
    assert_eq!(error.kind(), ErrorKind::TransactionEnded);
    assert_eq!(error.report().expect("a report").rolled_back, ["main"]);
    assert_eq!(fixture.count().await, 0);
    fixture.close().await;
}

#[tokio::test]
async fn endings_by_hand() {
    let fixture = Fixture::with(1).await;
    let outcome: Outcome = fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            main.commit().await?;
            assert_eq!(fixture.count().await, 1);
            add(2).execute(&main).await?;
            main.rollback().await?;
            add(3).execute(&main).await?;
            main.close().await?;
            add(4).execute(&main).await?;
            assert_eq!(kind(add(4).execute(&main).await), ErrorKind::Database);
            assert_eq!(kind(main.commit().await), ErrorKind::RollbackOnly);
            add(5).execute(&main).await?;
            main.commit().await?;
            let inside = main.atomic(async |_| -> Outcome {
                assert_eq!(kind(main.commit().await), ErrorKind::TransactionOpen);
                assert_eq!(kind(main.rollback().await), ErrorKind::TransactionOpen);
                Ok(())
            });
            inside.await?;
            add(6).execute(&main).await?;
            Err(sqlx::Error::RowNotFound.into())
        })
        .await;
    assert_eq!(kind(outcome), ErrorKind::Database);
    assert_eq!(fixture.ids().await, [1, 5]);
    fixture.close().await;
}

/// The end of a scope that nobody waits for any more is still what was decided.
#[tokio::test]
async fn an_end_that_is_dropped() {
    let fixture = Fixture::with(1).await;
    let mut running = Box::pin(Scope::new(fixture.databases.clone()).run(async {
        add(1).execute(&session::<Main>()?).await?;
        Outcome::Ok(())
    }));
    running.as_mut().await.expect("a note");
    let scope = running.as_mut().take_value().expect("it has ended");
    drop(scope.end(Decision::Commit));
    let mut conn = fixture.pool().acquire().await.expect("the next borrower");
    assert_eq!(count(&mut conn).await, 1);
    drop(conn);
    fixture.close().await;
}
