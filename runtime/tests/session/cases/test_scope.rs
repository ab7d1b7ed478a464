//! Test scopes: every session a savepoint in one transaction that is never committed.

use bindery_runtime::model::{Ddl, create_all};
use bindery_runtime::{Registry, TestScope, WhenOpen, autocommit, detached, run_in_new_scope};

use super::*;
use crate::polling::{Drop, polled};

/// A scope on the databases of a test scope.
async fn scope<T>(
    test: &TestScope<db::Databases>,
    work: impl AsyncFnOnce(Session<Main>) -> Outcome<T>,
) -> Outcome<T> {
    run_scope(&**test, async || work(session::<Main>()?).await).await
}

async fn seen(test: &TestScope<db::Databases>) -> Vec<i32> {
    let ids = scope(test, async |main| {
        Ok(sqlx::query_scalar("SELECT id FROM notes ORDER BY id").fetch_all(&main).await?)
    });
    ids.await.expect("the table is there")
}

#[tokio::test]
async fn sessions_see_what_was_committed_before_and_nobody_else_does() {
    let fixture = Fixture::with(1).await;
    let test = TestScope::new(&fixture.databases);
    let added = async |id: i32| {
        scope(&test, async |main| {
            add(id).execute(&main).await?;
            Ok(())
        })
        .await
    };
    added(1).await.expect("a commit");
    added(2).await.expect("another");
    let failed = scope(&test, async |main| {
        add(3).execute(&main).await?;
        Outcome::<()>::Err(sqlx::Error::RowNotFound.into())
    });
    failed.await.expect_err("a rollback");
    assert_eq!(kind(added(1).await), ErrorKind::Database);
    assert_eq!(seen(&test).await, [1, 2]);
    if !backend::ONE_WRITER {
        assert_eq!(fixture.count().await, 0, "others see it");
    }
    crate::in_time("the end", test.end()).await;
    assert_eq!(fixture.count().await, 0);
    // The pool has its connection again, and no transaction on it.
    fixture.scope(async |main| Ok(add(1).execute(&main).await.map(drop)?)).await.expect("a note");
    assert_eq!(fixture.ids().await, [1]);
    fixture.close().await;
}

#[tokio::test]
async fn everything_a_session_does_is_as_always() {
    let fixture = Fixture::with(1).await;
    let test = TestScope::new(&fixture.databases);
    scope(&test, async |main| {
        add(1).execute(&main).await?;
        let refused =
            main.atomic(async |tx| add(1).execute(tx).await.map(drop).map_err(Error::from));
        assert_eq!(kind(refused.await), ErrorKind::Database);
        main.atomic_when(WhenOpen::CommitFirst, async |tx| {
            add(2).execute(tx).await.map(drop).map_err(Error::from)
        })
        .await?;
        add(3).execute(&main).await?;
        main.rollback().await?;
        add(4).execute(&main).await?;
        sqlx::query("INSERT INTO notes (id, round) VALUES (5, 0)")
            .execute(&mut *main.conn().await?)
            .await?;
        main.commit().await
    })
    .await
    .expect("a session with everything");
    let swallowed = scope(&test, async |main| {
        add(6).execute(&main).await?;
        assert_eq!(kind(add(1).execute(&main).await), ErrorKind::Database);
        Ok(())
    });
    assert_eq!(kind(swallowed.await), ErrorKind::RollbackOnly);
    run_scope(&*test, async || {
        add(7).execute(&autocommit::<Main>()?).await?;
        Outcome::<()>::Err(sqlx::Error::RowNotFound.into())
    })
    .await
    .expect_err("what ran without a transaction stays");
    scope(&test, async |main| {
        main.rollback_only("told so");
        add(8).execute(&main).await?;
        Ok(())
    })
    .await
    .expect("a rollback as wanted");
    assert_eq!(seen(&test).await, [1, 2, 4, 5, 7]);
    crate::in_time("the end", test.end()).await;
    assert_eq!(fixture.count().await, 0);
    fixture.close().await;
}

#[tokio::test]
async fn a_second_session_beside_one_is_an_error() {
    let fixture = Fixture::with(2).await;
    let test = TestScope::new(&fixture.databases);
    scope(&test, async |main| {
        add(1).execute(&main).await?;
        let beside = run_in_new_scope::<db::Databases, _, _>(async || {
            add(2).execute(&session::<Main>()?).await?;
            Outcome::Ok(())
        });
        let error = beside.await.expect_err("there is one connection");
        assert_eq!(error.kind(), ErrorKind::OverlappingSessions, "{error}");
        let later = detached::<Main>(&test);
        assert_eq!(kind(add(3).execute(&*later).await), ErrorKind::OverlappingSessions);
        // Another bind has a connection of its own.
        sqlx::query("SELECT COUNT(*) FROM notes").execute(&session::<db::Other>()?).await?;
        Ok(())
    })
    .await
    .expect("the first one");
    assert_eq!(seen(&test).await, [1]);
    crate::in_time("the end", test.end()).await;
    fixture.close().await;
}

#[tokio::test]
async fn what_is_dropped_is_undone_before_the_next_session() {
    let fixture = Fixture::with(1).await;
    let test = TestScope::new(&fixture.databases);
    for (id, polls) in (1..).zip(1..) {
        let work = scope(&test, async |main| {
            add(id).execute(&main).await?;
            tokio::task::yield_now().await;
            Outcome::<()>::Err(sqlx::Error::RowNotFound.into())
        });
        let done = polled(work, polls, Drop::AtOnce).await.is_some();
        assert_eq!(seen(&test).await, [0; 0], "after {polls} polls");
        if done {
            break;
        }
    }
    crate::in_time("the end", test.end()).await;
    fixture.close().await;
}

#[tokio::test]
async fn one_that_is_dropped_rolls_back_too() {
    let fixture = Fixture::with(1).await;
    let test = TestScope::new(&fixture.databases);
    scope(&test, async |main| Ok(add(1).execute(&main).await.map(drop)?)).await.expect("a note");
    let copy = (*test).clone();
    drop(test);
    let waits =
        async { fixture.scope(async |main| Ok(add(1).execute(&main).await.map(drop)?)).await };
    crate::in_time("the only connection", waits).await.expect("a note");
    assert_eq!(fixture.ids().await, [1]);
    let late = run_scope(&copy, async || {
        add(2).execute(&session::<Main>()?).await?;
        Outcome::Ok(())
    });
    assert_eq!(kind(late.await), ErrorKind::Closed);
    fixture.close().await;
}

#[tokio::test]
async fn a_transaction_that_is_gone_is_told_and_not_stored_as_if_nothing_were() {
    let fixture = Fixture::with(2).await;
    let test = TestScope::new(&fixture.databases);
    let ended = scope(&test, async |main| {
        add(1).execute(&main).await?;
        main.conn().await?.execute("ROLLBACK").await?;
        Ok(())
    });
    assert_eq!(kind(ended.await), ErrorKind::TransactionEnded);
    let next = scope(&test, async |main| Ok(add(2).execute(&main).await.map(drop)?));
    assert_eq!(kind(next.await), ErrorKind::TransactionEnded);
    crate::in_time("the end", test.end()).await;
    assert_eq!(fixture.count().await, 0);
    fixture.close().await;
}

#[tokio::test]
async fn what_is_not_for_a_test_scope_is_refused() {
    const TABLE: Ddl =
        Ddl { name: "extra", columns: &[], create: &["CREATE TABLE extra (id INTEGER)"], drop: "" };
    let fixture = Fixture::with(1).await;
    let test = TestScope::new(&fixture.databases);
    assert_eq!(kind(create_all(test.main(), &[TABLE]).await), ErrorKind::OverlappingSessions);
    assert_eq!(kind(test.main().change_target(fixture.home.url()).await), ErrorKind::Target);
    assert!(!test.is_same(&fixture.databases));
    crate::in_time("the end", test.end()).await;
    fixture.close().await;
}

/// Where DDL ends transactions it ends that of the test, which is told and not hidden.
#[tokio::test]
async fn ddl_is_undone_or_ends_the_test_scope() {
    let fixture = Fixture::with(2).await;
    let test = TestScope::new(&fixture.databases);
    let note = async |id: i32| {
        scope(&test, async |main| Ok(add(id).execute(&main).await.map(drop)?)).await
    };
    note(1).await.expect("a note");
    let made = scope(&test, async |main| {
        add(2).execute(&main).await?;
        sqlx::query("CREATE TABLE extra (id INTEGER)").execute(&main).await?;
        add(3).execute(&main).await?;
        Ok(())
    });
    let (made, next) = (made.await, note(4).await);
    crate::in_time("the end", test.end()).await;
    let remains = fixture.observer().await.execute("SELECT id FROM extra").await.is_ok();
    if backend::DDL_COMMITS {
        assert_eq!(kind(made), ErrorKind::TransactionEnded);
        assert_eq!(kind(next), ErrorKind::TransactionEnded);
        assert_eq!((fixture.ids().await, remains), (vec![1, 2], true));
    } else {
        made.and(next).expect("part of the transaction");
        assert_eq!((fixture.count().await, remains), (0, false));
    }
    fixture.close().await;
}

/// It is a savepoint as any other session, and so not quite what it is elsewhere.
#[tokio::test]
async fn a_refused_statement_of_a_session_without_a_transaction() {
    let fixture = Fixture::with(1).await;
    let test = TestScope::new(&fixture.databases);
    run_scope(&*test, async || {
        let main = autocommit::<Main>()?;
        add(1).execute(&main).await?;
        assert_eq!(kind(add(1).execute(&main).await), ErrorKind::Database);
        let next = add(2).execute(&main).await;
        assert_eq!(next.is_ok(), backend::HAS_LENIENT, "PostgreSQL goes on with nothing");
        Outcome::Ok(())
    })
    .await
    .expect("nothing to commit");
    let stored: &[i32] = if backend::HAS_LENIENT { &[1, 2] } else { &[] };
    assert_eq!(seen(&test).await, stored);
    crate::in_time("the end", test.end()).await;
    fixture.close().await;
}
