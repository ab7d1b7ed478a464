//! Hooks: when they run, on what, and what their errors mean.

use std::sync::{Arc, Mutex};

use bindery_runtime::{Atomic, Binding, BoxError, Hooks, ScopeData, WhenOpen, put};
use tokio::sync::Notify;

use super::db::{Databases, Other};
use super::*;

/// What the scope says about itself; notes that hooks add are its multiples.
#[derive(Clone, Copy)]
struct Tenant(i32);

/// What a hook does beside writing down that it ran.
#[derive(Clone, Copy, PartialEq)]
enum Plan {
    Nothing,
    Add,
    Refuse,
    RefusedStatement,
    Commit,
    Doom,
    Wait,
}

/// Hooks that write down when they ran, and for whom.
#[derive(Clone)]
pub(in super::super) struct Log(Arc<Inner>);

struct Inner {
    seen: Mutex<Vec<String>>,
    begin: Plan,
    commit: Plan,
    waits: Notify,
}

impl Log {
    fn new(begin: Plan, commit: Plan) -> Self {
        Self(Arc::new(Inner { seen: Mutex::default(), begin, commit, waits: Notify::new() }))
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.seen.lock().expect("no test panicked with it"))
    }

    async fn run<B>(
        &self,
        moment: &str,
        plan: Plan,
        tx: &Atomic<'_, B>,
        scope: &ScopeData,
    ) -> Result<(), BoxError>
    where
        B: Binding<Database = backend::Driver, Registry = Databases>,
    {
        let tenant = scope.get::<Tenant>().map_or(0, |tenant| tenant.0);
        let line = format!("{} {moment} {tenant}", B::KEY);
        self.0.seen.lock().expect("no test panicked with it").push(line);
        match plan {
            Plan::Nothing => {}
            Plan::Add => {
                add(tenant * 100 + i32::from(moment == "commit")).execute(tx).await?;
                // The accessor and the data of the context are those of the session.
                let own = session::<B>()?;
                let own: i64 =
                    sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(&own).await?;
                assert!(own > 0, "another transaction");
                let here = bindery_runtime::get::<Databases, Tenant>()?;
                assert_eq!(here.0, tenant);
            }
            Plan::Refuse => return Err("not on a Sunday".into()),
            Plan::RefusedStatement => {
                let refused = sqlx::query("SELECT id FROM missing").execute(tx).await;
                assert_eq!(kind(refused), ErrorKind::Database);
            }
            Plan::Commit => session::<B>()?.commit().await?,
            Plan::Doom => session::<B>()?.rollback_only("said by a hook"),
            Plan::Wait => {
                sqlx::query("SELECT id FROM notes").fetch_all(tx).await?;
                self.0.waits.notify_one();
                std::future::pending::<()>().await;
            }
        }
        Ok(())
    }
}

impl<B: Binding<Database = backend::Driver, Registry = Databases>> Hooks<B> for Log {
    async fn after_begin(&self, tx: &Atomic<'_, B>, scope: &ScopeData) -> Result<(), BoxError> {
        self.run("begin", self.0.begin, tx, scope).await
    }

    async fn before_commit(&self, tx: &Atomic<'_, B>, scope: &ScopeData) -> Result<(), BoxError> {
        self.run("commit", self.0.commit, tx, scope).await
    }
}

fn refuse<T>() -> Outcome<T> {
    Err(sqlx::Error::RowNotFound.into())
}

#[tokio::test]
async fn they_run_once_for_every_transaction() {
    let log = Log::new(Plan::Nothing, Plan::Nothing);
    let fixture = Fixture::hooked(2, log.clone()).await;
    fixture
        .scope(async |_| {
            session::<Main>()?.commit().await?;
            Ok(())
        })
        .await
        .expect("no transaction");
    assert_eq!(log.taken(), [""; 0]);

    fixture
        .scope(async |main| {
            put::<Databases>(Tenant(1))?;
            add(1).execute(&main).await?;
            main.atomic(async |_| -> Outcome { Ok(()) }).await?;
            add(2).execute(&main).await?;
            assert_eq!(log.taken(), ["main begin 1"]);
            main.commit().await?;
            assert_eq!(log.taken(), ["main commit 1"]);
            add(3).execute(&main).await?;
            main.rollback().await?;
            assert_eq!(log.taken(), ["main begin 1"]);
            main.atomic(async |block| -> Outcome {
                add(4).execute(block).await?;
                block.atomic(async |_| -> Outcome { Ok(()) }).await
            })
            .await?;
            assert_eq!(log.taken(), ["main begin 1", "main commit 1"]);
            let undone = main.atomic(async |block| -> Outcome {
                add(5).execute(block).await?;
                refuse()
            });
            undone.await.expect_err("as it says");
            assert_eq!(log.taken(), ["main begin 1"]);
            add(6).execute(&main).await?;
            put::<Databases>(Tenant(2))?;
            main.atomic_when(WhenOpen::CommitFirst, async |block| -> Outcome {
                add(7).execute(block).await?;
                Ok(())
            })
            .await?;
            let seen = log.taken();
            assert_eq!(seen, ["main begin 1", "main commit 2", "main begin 2", "main commit 2"]);
            sqlx::query("SELECT id FROM notes").fetch_all(&main).await?;
            let other = session::<Other>()?;
            sqlx::query("SELECT id FROM notes").fetch_all(&other).await?;
            Ok(())
        })
        .await
        .expect("hooks that do nothing");
    let seen = log.taken();
    assert_eq!(seen, ["main begin 2", "other begin 2", "main commit 2", "other commit 2"]);
    assert_eq!(fixture.ids().await, [1, 2, 4, 6, 7]);
    fixture.close().await;
}

/// A session without a transaction has none to run them in, save where it begins one.
#[tokio::test]
async fn not_without_a_transaction() {
    let log = Log::new(Plan::Nothing, Plan::Nothing);
    let fixture = Fixture::hooked(1, log.clone()).await;
    run_scope(&fixture.databases, async || -> Outcome {
        add(1).execute(&bindery_runtime::autocommit::<Main>()?).await?;
        Ok(())
    })
    .await
    .expect("a note");
    assert_eq!(log.taken(), [""; 0]);
    fixture.close().await;
}

#[tokio::test]
async fn what_they_write_is_part_of_the_transaction() {
    let log = Log::new(Plan::Add, Plan::Add);
    let fixture = Fixture::hooked(1, log.clone()).await;
    for (tenant, fails) in [(1, false), (2, true), (3, false)] {
        let outcome = fixture
            .scope(async |main| {
                put::<Databases>(Tenant(tenant))?;
                add(tenant).execute(&main).await?;
                if fails { refuse() } else { Ok(()) }
            })
            .await;
        assert_eq!(outcome.is_err(), fails);
    }
    assert_eq!(fixture.ids().await, [1, 3, 100, 101, 300, 301]);
    fixture.close().await;
}

#[tokio::test]
async fn an_error_after_begin_is_the_error_of_the_statement() {
    for (plan, expected) in
        [(Plan::Refuse, ErrorKind::Hook), (Plan::RefusedStatement, ErrorKind::RollbackOnly)]
    {
        let fixture = Fixture::hooked(1, Log::new(plan, Plan::Nothing)).await;
        fixture
            .scope(async |main| {
                let error = Error::from(add(1).execute(&main).await.expect_err("the hook refused"));
                assert_eq!((error.kind(), error.key()), (expected, Some("main")), "{error}");
                let block = main.atomic(async |_| -> Outcome { Ok(()) }).await;
                assert_eq!(kind(block), expected);
                Ok(())
            })
            .await
            .expect("nothing is open, so nothing is lost");
        let mut conn = fixture.pool().acquire().await.expect("the next borrower");
        backend::assert_clean(&mut conn).await;
        assert_eq!(count(&mut conn).await, 0);
        drop(conn);
        fixture.close().await;
    }
}

#[tokio::test]
async fn an_error_before_commit_rolls_back() {
    for (plan, expected) in [
        (Plan::Refuse, ErrorKind::Hook),
        (Plan::RefusedStatement, ErrorKind::RollbackOnly),
        (Plan::Commit, ErrorKind::TransactionOpen),
    ] {
        let fixture = Fixture::hooked(2, Log::new(Plan::Nothing, plan)).await;
        let error = fixture
            .scope(async |main| {
                add(1).execute(&main).await?;
                assert_eq!(kind(main.commit().await), expected);
                let block = main.atomic(async |block| -> Outcome {
                    add(2).execute(block).await?;
                    Ok(())
                });
                assert_eq!(kind(block.await), expected);
                add(3).execute(&main).await?;
                sqlx::query("SELECT id FROM notes").fetch_all(&session::<Other>()?).await?;
                Ok(())
            })
            .await
            .expect_err("the hook refused");
        assert_eq!((error.kind(), error.key()), (expected, Some("main")), "{error}");
        let report = error.report().expect("of the end of a scope");
        assert_eq!((&*report.failed, &*report.rolled_back), (&["main"][..], &["other"][..]));
        let mut conn = fixture.pool().acquire().await.expect("the next borrower");
        backend::assert_clean(&mut conn).await;
        assert_eq!(count(&mut conn).await, 0);
        drop(conn);
        fixture.close().await;
    }
}

/// As when the scope itself is told: nothing has failed.
#[tokio::test]
async fn one_that_says_to_roll_back() {
    for (begin, commit) in [(Plan::Doom, Plan::Nothing), (Plan::Nothing, Plan::Doom)] {
        let fixture = Fixture::hooked(1, Log::new(begin, commit)).await;
        fixture
            .scope(async |main| {
                add(1).execute(&main).await?;
                assert_eq!(kind(main.commit().await), ErrorKind::RollbackOnly);
                add(2).execute(&main).await?;
                Ok(())
            })
            .await
            .expect("it does as it was told");
        assert_eq!(fixture.count().await, 0);
        fixture.close().await;
    }
}

/// Dropped while a hook waits: the connection comes back in a known state.
#[tokio::test]
async fn cancelled_in_a_hook() {
    for (begin, commit) in [(Plan::Wait, Plan::Nothing), (Plan::Nothing, Plan::Wait)] {
        let log = Log::new(begin, commit);
        let fixture = Fixture::hooked(1, log.clone()).await;
        tokio::select! {
            _ = fixture.scope(async |main| {
                add(1).execute(&main).await?;
                Ok(())
            }) => panic!("the hook waits for ever"),
            () = log.0.waits.notified() => {}
        }
        // Before COMMIT it goes on in the background, for a limited time.
        let pool = fixture.pool();
        let mut conn = crate::in_time("the hook", async {
            loop {
                if let Ok(conn) = pool.acquire().await {
                    break conn;
                }
            }
        })
        .await;
        backend::assert_clean(&mut conn).await;
        assert_eq!(count(&mut conn).await, 0);
        drop(conn);
        fixture.close().await;
    }
}

#[tokio::test]
async fn a_statement_beside_the_first_one_waits_for_the_hook() {
    let fixture = Fixture::hooked(1, Log::new(Plan::Add, Plan::Nothing)).await;
    fixture
        .scope(async |main| {
            put::<Databases>(Tenant(5))?;
            let (one, two) = tokio::join!(add(1).execute(&main), add(2).execute(&main));
            one.and(two)?;
            Ok(())
        })
        .await
        .expect("neither is busy");
    assert_eq!(fixture.ids().await, [1, 2, 500]);
    fixture.close().await;
}
