//! Transactions that the database gives up for others, and what is done again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bindery_runtime::{Retry, autocommit, put, retry_in_new_scope, retry_scope};
use tokio::sync::Barrier;

use super::db::Databases;
use super::*;

/// Two rows, and what has to happen before one of two transactions is given up.
struct Collision {
    fixture: Fixture,
    /// Both have done their first step.
    met: Barrier,
    attempts: AtomicU32,
}

impl Collision {
    async fn new() -> Self {
        let fixture = Fixture::with(2).await;
        fixture.run("INSERT INTO notes (id, round) VALUES (1, 0), (2, 0)").await;
        Self { fixture, met: Barrier::new(2), attempts: AtomicU32::new(0) }
    }

    /// Adds one to both rows, in this order. Two with different orders collide in their first attempts.
    async fn add(&self, first: i32, second: i32, times: &AtomicU32) -> Outcome {
        let main = session::<Main>()?;
        let attempt = times.fetch_add(1, Ordering::Relaxed);
        self.attempts.fetch_add(1, Ordering::Relaxed);
        let update =
            |id| AssertSqlSafe(format!("UPDATE notes SET round = round + 1 WHERE id = {id}"));
        // Where there is one writer, two that have read and want to write cannot both.
        if backend::ONE_WRITER {
            sqlx::query("SELECT round FROM notes").fetch_all(&main).await?;
        } else {
            sqlx::query(update(first)).execute(&main).await?;
        }
        if attempt == 0 {
            self.met.wait().await;
        }
        if backend::ONE_WRITER {
            sqlx::query(update(first)).execute(&main).await?;
        }
        sqlx::query(update(second)).execute(&main).await?;
        Ok(())
    }

    async fn rounds(&self) -> Vec<i32> {
        sqlx::query_scalar("SELECT round FROM notes ORDER BY id")
            .fetch_all(&mut self.fixture.observer().await)
            .await
            .expect("the table is there")
    }
}

#[tokio::test]
async fn one_that_was_given_up_is_done_again() {
    let collision = Collision::new().await;
    let databases = &collision.fixture.databases;
    let transfer = async |first, second| {
        let times = AtomicU32::new(0);
        retry_scope(databases, Retry::new(), async || collision.add(first, second, &times).await)
            .await
    };
    let both = async { tokio::join!(transfer(1, 2), transfer(2, 1)) };
    let (one, two) = crate::in_time("two that collide", both).await;
    one.expect("one of them");
    two.expect("the other");
    assert_eq!(collision.rounds().await, [2, 2]);
    assert!(collision.attempts.load(Ordering::Relaxed) > 2, "they did not collide");
    collision.fixture.close().await;
}

#[tokio::test]
async fn what_is_given_up_says_so() {
    let collision = Collision::new().await;
    let times = [AtomicU32::new(0), AtomicU32::new(0)];
    let one = collision.fixture.scope(async |_| collision.add(1, 2, &times[0]).await);
    let two = collision.fixture.scope(async |_| collision.add(2, 1, &times[1]).await);
    let (one, two) = crate::in_time("two that collide", async { tokio::join!(one, two) }).await;
    let error = one.and(two).expect_err("one was given up");
    assert!(error.is_transient(), "{error}");
    assert_eq!(collision.rounds().await, [1, 1]);
    collision.fixture.close().await;
}

/// How often work is attempted that fails in a given way, and what remains of it.
async fn attempts(fixture: &Fixture, work: impl AsyncFn(Session<Main>) -> Outcome) -> u32 {
    let made = AtomicU32::new(0);
    let retry = Retry::new().attempts(3).waits(Duration::ZERO, Duration::ZERO);
    let outcome = retry_scope(&fixture.databases, retry, async || {
        made.fetch_add(1, Ordering::Relaxed);
        work(session::<Main>()?).await
    });
    outcome.await.expect_err("the work always fails");
    made.into_inner()
}

/// A statement that is given up because another transaction has a lock.
async fn locked_out(main: &Session<Main>) -> Outcome {
    sqlx::query(backend::IMPATIENT).execute(main).await?;
    add(1).execute(main).await?;
    Ok(())
}

#[tokio::test]
async fn what_is_done_again_and_what_is_not() {
    let fixture = Fixture::with(2).await;
    // A connection, which SQLite prepares in a way that could itself be locked out.
    fixture.scope(async |main| Ok(main.conn().await.map(drop)?)).await.expect("a connection");
    let mut other = fixture.observer().await;
    other.execute(backend::BEGIN).await.expect("a transaction");
    other.execute("INSERT INTO notes (id, round) VALUES (1, 0)").await.expect("a row");

    assert_eq!(attempts(&fixture, async |main| locked_out(&main).await).await, 3, "a lock");
    let swallowed = attempts(&fixture, async |main| {
        assert!(locked_out(&main).await.expect_err("it is locked").is_transient());
        Ok(())
    });
    assert_eq!(swallowed.await, 3, "a lock whose error was swallowed");
    let refused = attempts(&fixture, async |main| {
        sqlx::query("SELECT id FROM missing").execute(&main).await?;
        Ok(())
    });
    assert_eq!(refused.await, 1, "a statement that is wrong");
    let own = attempts(&fixture, async |_| Err(sqlx::Error::RowNotFound.into()));
    assert_eq!(own.await, 1, "an error that is not of the database");
    other.execute("ROLLBACK").await.expect("the lock is gone");

    let stored = attempts(&fixture, async |main| {
        add(2).execute(&main).await?;
        main.commit().await?;
        let mut other = fixture.observer().await;
        other.execute(backend::BEGIN).await?;
        other.execute("INSERT INTO notes (id, round) VALUES (1, 0)").await?;
        locked_out(&main).await
    });
    assert_eq!(stored.await, 1, "a part of it was committed by hand");
    assert_eq!(fixture.ids().await, [2]);

    let beside = attempts(&fixture, async |main| {
        add(3).execute(&autocommit::<Main>()?).await?;
        let mut other = fixture.observer().await;
        other.execute(backend::BEGIN).await?;
        other.execute("INSERT INTO notes (id, round) VALUES (1, 0)").await?;
        locked_out(&main).await
    });
    assert_eq!(beside.await, 1, "a part of it ran without a transaction");
    assert_eq!(fixture.ids().await, [2, 3]);
    fixture.close().await;
}

#[tokio::test]
async fn inside_a_scope_with_its_data() {
    let fixture = Fixture::with(2).await;
    fixture
        .scope(async |_| {
            put::<Databases>(7_i32)?;
            let work = async || {
                let main = session::<Main>()?;
                let id = bindery_runtime::get::<Databases, i32>()?;
                add(*id).execute(&main).await?;
                Outcome::Ok(())
            };
            retry_in_new_scope::<Databases, _, _, _>(Retry::new(), work).await?;
            Outcome::<()>::Err(sqlx::Error::RowNotFound.into())
        })
        .await
        .expect_err("the outer scope rolls back");
    assert_eq!(fixture.ids().await, [7]);
    let outside = retry_in_new_scope::<Databases, _, _, _>(Retry::new(), async || Outcome::Ok(()));
    assert_eq!(kind(outside.await), ErrorKind::NoScope);
    fixture.close().await;
}

#[tokio::test]
async fn in_a_task() {
    let fixture = Fixture::with(1).await;
    let databases = fixture.databases.clone();
    let task = tokio::spawn(async move {
        let mut id = 0;
        retry_scope(&databases, Retry::new(), || {
            id += 1;
            async move {
                let main = session::<Main>()?;
                add(id).execute(&main).await?;
                Outcome::Ok(())
            }
        })
        .await
    });
    task.await.expect("no panic").expect("a row");
    assert_eq!(fixture.ids().await, [1]);
    fixture.close().await;
}
