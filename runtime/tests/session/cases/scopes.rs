//! Scopes: what is in force inside, what is left behind, and handles that outlive them.

use bindery_runtime::autocommit;

use super::*;

#[tokio::test]
async fn what_the_bind_says_is_in_force() {
    let fixture = Fixture::with(1).await;
    let refused = run_scope(&fixture.databases, async || -> Outcome {
        let strict = session::<db::Strict>()?;
        backend::assert_strict(&strict).await;
        add(1).execute(&strict).await?;
        Ok(())
    })
    .await;
    assert_eq!(kind(refused), ErrorKind::Database);
    assert_eq!(fixture.count().await, 0);
    run_scope(&fixture.databases, async || -> Outcome {
        backend::assert_strict(&session::<db::Strict>()?).await;
        Ok(())
    })
    .await
    .expect("reading is allowed");
    let mut conn = fixture.databases.strict().pool().acquire().await.expect("the next borrower");
    backend::assert_clean(&mut conn).await;
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_scope_inside_a_scope() {
    let fixture = Fixture::with(2).await;
    let outer: Outcome = fixture
        .scope(async |main| {
            sqlx::query("SELECT id FROM notes").fetch_all(&main).await?;
            fixture
                .scope(async |own| {
                    add(1).execute(&own).await?;
                    Ok(())
                })
                .await?;
            Err(sqlx::Error::RowNotFound.into())
        })
        .await;
    assert_eq!(kind(outer), ErrorKind::Database);
    assert_eq!(fixture.ids().await, [1]);
    fixture.close().await;
}

#[tokio::test]
async fn a_session_without_a_transaction() {
    let fixture = Fixture::with(2).await;
    let outcome: Outcome = run_scope(&fixture.databases, async || {
        let main = autocommit::<Main>()?;
        add(1).execute(&main).await?;
        assert_eq!(kind(add(1).execute(&main).await), ErrorKind::Database);
        add(2).execute(&main).await?;
        assert_eq!(kind(sqlx::query("BEGIN").execute(&main).await), ErrorKind::TransactionOpen);
        Err(sqlx::Error::RowNotFound.into())
    })
    .await;
    assert_eq!(kind(outcome), ErrorKind::Database);
    assert_eq!(fixture.ids().await, [1, 2]);
    fixture.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_in_a_spawned_task() {
    let fixture = Fixture::with(1).await;
    // Used after the end.
    let (go, wait) = tokio::sync::oneshot::channel::<()>();
    let task = fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            Ok(tokio::spawn(async move {
                wait.await.expect("told to go on");
                kind(add(2).execute(&main).await)
            }))
        })
        .await
        .expect("the task does nothing yet");
    go.send(()).expect("it waits");
    assert_eq!(task.await.expect("no panic"), ErrorKind::Finished);
    assert_eq!(fixture.ids().await, [1]);

    // In use at the end.
    let (held, is_held) = tokio::sync::oneshot::channel::<()>();
    let (go, wait) = tokio::sync::oneshot::channel::<()>();
    let mut task = None;
    let outcome = fixture
        .scope(async |main| {
            add(3).execute(&main).await?;
            let theirs = main.clone();
            task = Some(tokio::spawn(async move {
                let conn = theirs.conn().await.expect("the session is open");
                held.send(()).expect("somebody waits");
                wait.await.expect("told to go on");
                drop(conn);
                kind(add(4).execute(&theirs).await)
            }));
            is_held.await.expect("it is lent");
            Ok(())
        })
        .await;
    assert_eq!(kind(outcome), ErrorKind::Held);
    go.send(()).expect("it waits");
    let last = task.expect("it was spawned").await.expect("no panic");
    assert_eq!(last, ErrorKind::Finished);
    let mut conn = fixture.pool().acquire().await.expect("the next borrower");
    backend::assert_clean(&mut conn).await;
    assert_eq!(count(&mut conn).await, 1);
    drop(conn);
    fixture.close().await;
}
