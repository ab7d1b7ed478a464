//! Work beside a scope: sessions outside of it, and scopes of their own inside it.

use std::sync::atomic::{AtomicUsize, Ordering};

use bindery_runtime::{detached, get, put, run_concurrently, run_in_new_scope};
use futures_util::StreamExt;

use super::db::Databases;
use super::*;

#[derive(Clone, Copy)]
struct Tenant(i32);

fn refuse<T>() -> Outcome<T> {
    Err(sqlx::Error::RowNotFound.into())
}

fn tenant() -> Outcome<i32> {
    Ok(get::<Databases, Tenant>()?.0)
}

#[tokio::test]
async fn it_stores_what_is_committed_and_ends_with_its_owner() {
    let fixture = Fixture::with(1).await;
    let main = detached::<Main>(&fixture.databases);
    add(1).execute(&*main).await.expect("no scope is needed");
    main.commit().await.expect("a commit");
    main.atomic(async |block| -> Outcome {
        add(2).execute(block).await?;
        Ok(())
    })
    .await
    .expect("a transaction of its own");
    add(3).execute(&*main).await.expect("the next transaction");
    let kept = (*main).clone();
    drop(main);
    assert_eq!(kind(add(4).execute(&kept).await), ErrorKind::Finished);
    let mut conn = fixture.pool().acquire().await.expect("the next borrower");
    backend::assert_clean(&mut conn).await;
    drop(conn);
    assert_eq!(fixture.ids().await, [1, 2]);
    fixture.close().await;
}

/// The scope that it was made in ends before it, and otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn in_a_spawned_task() {
    let fixture = Fixture::with(2).await;
    let (go, wait) = tokio::sync::oneshot::channel::<()>();
    let databases = fixture.databases.clone();
    let mut tasks = Vec::new();
    let scope = fixture.scope(async |_| {
        put::<Databases>(Tenant(7))?;
        let main = detached::<Main>(&databases);
        tasks.push(tokio::spawn(main.run(async |main| -> Outcome {
            wait.await.expect("told to go on");
            // The context reaches the session and the data, as in the scope.
            add(tenant()?).execute(main).await?;
            add(tenant()? + 1).execute(&session::<Main>()?).await?;
            Ok(())
        })));
        let main = detached::<Main>(&databases);
        tasks.push(tokio::spawn(main.run(async |main| -> Outcome {
            add(100).execute(main).await?;
            refuse()
        })));
        put::<Databases>(Tenant(8))?;
        refuse::<()>()
    });
    scope.await.expect_err("as it says");
    // One after the other: SQLite has one writer at a time.
    let [first, second] = <[_; 2]>::try_from(tasks).expect("two tasks");
    second.await.expect("no panic").expect_err("as it says");
    go.send(()).expect("it waits");
    first.await.expect("no panic").expect("stored");
    assert_eq!(fixture.ids().await, [7, 8]);
    fixture.close().await;
}

#[tokio::test]
async fn a_stream_commits_at_its_end() {
    let fixture = Fixture::with(1).await;
    for (base, fails) in [(10, false), (20, true)] {
        let main = detached::<Main>(&fixture.databases);
        let items = main.stream(async move |main, mut sink| -> Outcome {
            for id in base..base + 3 {
                add(id).execute(main).await?;
                sink.send(id).await;
            }
            if fails { refuse() } else { Ok(()) }
        });
        let items: Vec<Outcome<i32>> = crate::in_time("the stream", items.collect()).await;
        let good: Vec<i32> = items.iter().flatten().copied().collect();
        assert_eq!(good, [base, base + 1, base + 2]);
        assert_eq!(items.last().is_some_and(Result::is_err), fails);
        assert_eq!(items.len(), if fails { 4 } else { 3 });
    }
    assert_eq!(fixture.ids().await, [10, 11, 12]);

    // Dropped after two of its items.
    let main = detached::<Main>(&fixture.databases);
    let mut items = Box::pin(main.stream(async |main, mut sink| -> Outcome {
        for id in 30..40 {
            add(id).execute(main).await?;
            sink.send(id).await;
        }
        Ok(())
    }));
    assert_eq!(items.next().await.expect("an item").expect("a number"), 30);
    assert_eq!(items.next().await.expect("an item").expect("a number"), 31);
    drop(items);
    let mut conn = fixture.pool().acquire().await.expect("the next borrower");
    backend::assert_clean(&mut conn).await;
    drop(conn);
    assert_eq!(fixture.ids().await, [10, 11, 12]);
    fixture.close().await;
}

/// Sent from a child that is polled only when it was woken.
#[tokio::test]
async fn a_stream_whose_sender_is_polled_by_others() {
    let fixture = Fixture::with(1).await;
    let main = detached::<Main>(&fixture.databases);
    let items = main.stream(async |_, mut sink| -> Outcome {
        let mut children = futures_util::stream::FuturesUnordered::new();
        children.push(async move {
            for number in 0..5 {
                sink.send(number).await;
            }
        });
        while children.next().await.is_some() {}
        Ok(())
    });
    let items: Vec<Outcome<i32>> = crate::in_time("the stream", items.collect()).await;
    assert_eq!(items.into_iter().flatten().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    fixture.close().await;
}

#[tokio::test]
async fn a_new_scope_has_its_own_outcome() {
    let fixture = Fixture::with(2).await;
    let outside = run_in_new_scope::<Databases, (), Error>(async || Ok(())).await;
    assert_eq!(kind(outside), ErrorKind::NoScope);
    let outcome: Outcome = fixture
        .scope(async |main| {
            put::<Databases>(Tenant(1))?;
            sqlx::query("SELECT id FROM notes").fetch_all(&main).await?;
            run_in_new_scope::<Databases, _, _>(async || -> Outcome {
                add(tenant()?).execute(&session::<Main>()?).await?;
                put::<Databases>(Tenant(2))
            })
            .await?;
            assert_eq!(tenant()?, 1, "what is put inside stays inside");
            let undone = run_in_new_scope::<Databases, _, _>(async || -> Outcome {
                add(3).execute(&session::<Main>()?).await?;
                refuse()
            });
            undone.await.expect_err("as it says");
            refuse()
        })
        .await;
    assert_eq!(kind(outcome), ErrorKind::Database);
    assert_eq!(fixture.ids().await, [1]);
    fixture.close().await;
}

#[tokio::test]
async fn a_bounded_number_at_a_time() {
    let fixture = Fixture::with(4).await;
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = async |id: i32| -> Outcome<i32> {
        let number = now.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(number, Ordering::SeqCst);
        let main = session::<Main>()?;
        sqlx::query("SELECT id FROM notes").fetch_all(&main).await?;
        tokio::time::sleep(Duration::from_millis(5)).await;
        now.fetch_sub(1, Ordering::SeqCst);
        if id % 3 == 0 {
            return refuse();
        }
        // One writer at a time is enough for every backend.
        main.close().await?;
        Ok(id + tenant()?)
    };
    let outcomes = fixture
        .scope(async |_| {
            put::<Databases>(Tenant(100))?;
            Ok(run_concurrently::<Databases, _, _, _, _>(3, 0..10, &work).await)
        })
        .await
        .expect("the outcomes are those of the items");
    let outcomes: Vec<_> = outcomes.into_iter().map(Result::ok).collect();
    let expected = (0..10).map(|id| (id % 3 != 0).then_some(id + 100)).collect::<Vec<_>>();
    assert_eq!(outcomes, expected);
    assert_eq!(most.load(Ordering::SeqCst), 3);

    let outcomes = fixture
        .scope(async |_| {
            let work = async |id: i32| -> Outcome {
                add(id).execute(&session::<Main>()?).await?;
                if id == 2 { refuse() } else { Ok(()) }
            };
            Ok(run_concurrently::<Databases, _, _, _, _>(0, 1..4, work).await)
        })
        .await
        .expect("the outcomes are those of the items");
    assert_eq!(outcomes.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(fixture.ids().await, [1, 3]);
    let outside = run_concurrently::<Databases, _, _, _, _>(2, [1, 2], work).await;
    assert!(outside.into_iter().all(|one| kind(one) == ErrorKind::NoScope));
    fixture.close().await;
}
