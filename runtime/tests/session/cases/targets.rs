//! Targets that are exchanged while the application runs, and targets that each scope chooses.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bindery_runtime::model::{Ddl, create_all};
use bindery_runtime::{BoxError, ScopeData, Target, Targets, detached, health, put};

use tokio::net::TcpListener;

use super::db::Databases;
use super::*;
use crate::polling::{Drop, polled};
use crate::proxy::{Proxy, server_of};

/// Which of the databases a scope is about.
#[derive(Clone, Copy)]
struct Tenant(usize);

/// A database for each tenant.
struct Tenants {
    urls: Vec<String>,
    asked: Arc<AtomicU32>,
}

impl Targets<Main> for Tenants {
    type Key = usize;

    fn key(&self, scope: &ScopeData) -> Result<usize, BoxError> {
        Ok(scope.get::<Tenant>()?.0)
    }

    async fn target(&self, tenant: &usize) -> Result<Target<Main>, BoxError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let url = self.urls.get(*tenant).ok_or("there is no such tenant")?;
        Ok(url.as_str().into())
    }
}

/// Databases for tenants, each with an empty table `notes`.
struct House {
    databases: Databases,
    tenants: Vec<Fixture>,
    asked: Arc<AtomicU32>,
}

impl House {
    /// With pools for at most `max_pools` tenants at a time.
    async fn new(tenants: usize, max_pools: usize) -> Self {
        let mut homes = Vec::new();
        for _ in 0..tenants {
            homes.push(Fixture::with(2).await);
        }
        let asked = Arc::default();
        let mut urls: Vec<_> = homes.iter().map(|tenant| tenant.home.url()).collect();
        urls.push("no URL".to_owned());
        let targets = Tenants { urls, asked: Arc::clone(&asked) };
        let mut settings = backend::settings();
        settings.pool.max_connections = Some(4);
        settings.pool.acquire_timeout = Some(Duration::from_secs(2));
        let target = Target::per_scope(max_pools, targets);
        let databases = Databases::connect_to(target, &homes[0].home.url(), &settings).await;
        Self { databases, tenants: homes, asked }
    }

    async fn scope<T>(
        &self,
        tenant: usize,
        work: impl AsyncFnOnce(Session<Main>) -> Outcome<T>,
    ) -> Outcome<T> {
        run_scope(&self.databases, async || {
            put::<Databases>(Tenant(tenant))?;
            work(session::<Main>()?).await
        })
        .await
    }

    async fn add(&self, tenant: usize, id: i32) -> Outcome {
        let added = self.scope(tenant, async |main| {
            add(id).execute(&main).await?;
            Ok(())
        });
        added.await
    }

    async fn close(self) {
        crate::in_time("close", close(&self.databases, Duration::from_secs(10))).await;
        for tenant in &self.tenants {
            tenant.nobody_is_connected().await;
        }
    }
}

impl Fixture {
    /// Waits until no pool has a connection to this database.
    async fn nobody_is_connected(&self) {
        crate::in_time("connections of a former target", async {
            while self.home.connected().await > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }
}

#[tokio::test]
async fn tenants_at_the_same_time_never_cross() {
    let house = House::new(2, 2).await;
    let scope = async |number: i32| {
        let tenant = usize::from(number % 2 == 1);
        house
            .scope(tenant, async |main| {
                add(number).execute(&main).await?;
                tokio::task::yield_now().await;
                let mine = session::<Main>()?;
                let others = format!("SELECT COUNT(*) FROM notes WHERE id % 2 <> {tenant}");
                let others: i64 =
                    sqlx::query_scalar(AssertSqlSafe(others)).fetch_one(&mine).await?;
                assert_eq!(others, 0, "rows of the other tenant");
                Ok(())
            })
            .await
    };
    let many = futures_util::future::join_all((0..40).map(scope));
    for outcome in crate::in_time("forty scopes", many).await {
        outcome.expect("a scope of a tenant");
    }
    for (tenant, fixture) in house.tenants.iter().enumerate() {
        let ids = fixture.ids().await;
        assert_eq!(ids.len(), 20);
        assert!(ids.iter().all(|id| usize::from(id % 2 == 1) == tenant), "{ids:?}");
    }
    assert_eq!(house.asked.load(Ordering::Relaxed), 2, "one pool each");
    house.close().await;
}

#[tokio::test]
async fn no_tenant_and_wrong_ones_are_errors_and_nothing_else() {
    let house = House::new(1, 1).await;
    let none = run_scope(&house.databases, async || {
        add(1).execute(&session::<Main>()?).await?;
        Outcome::Ok(())
    });
    assert_eq!(kind(none.await), ErrorKind::NoData);
    for wrong in [1, 7] {
        let error = house.add(wrong, 1).await.expect_err("no such target");
        assert_eq!((error.kind(), error.key()), (ErrorKind::Target, Some("main")), "{error}");
    }
    // Neither took the one place there is.
    house.add(0, 2).await.expect("the only tenant");
    assert_eq!(house.tenants[0].ids().await, [2]);

    let pool = house.databases.main().pool();
    assert!(matches!(pool.acquire().await, Err(sqlx::Error::PoolClosed)), "a pool for nobody");
    let change = house.databases.main().change_target(house.tenants[0].home.url());
    assert_eq!(kind(change.await), ErrorKind::Target);
    house.close().await;
}

#[tokio::test]
async fn a_session_stays_where_its_first_statement_was() {
    let house = House::new(2, 2).await;
    house
        .scope(0, async |main| {
            add(1).execute(&main).await?;
            put::<Databases>(Tenant(1))?;
            main.commit().await?;
            add(2).execute(&main).await?;
            // One that begins here is of the other tenant.
            bindery_runtime::run_in_new_scope::<Databases, _, _>(async || {
                add(3).execute(&session::<Main>()?).await?;
                Outcome::Ok(())
            })
            .await?;
            let later = detached::<Main>(&house.databases);
            later.run(async |main| add(4).execute(main).await.map(drop)).await?;
            Ok(())
        })
        .await
        .expect("a scope that changes its mind");
    assert_eq!(house.tenants[0].ids().await, [1, 2]);
    assert_eq!(house.tenants[1].ids().await, [3, 4]);
    house.close().await;
}

#[tokio::test]
async fn pools_make_room_when_nobody_is_on_them() {
    let house = House::new(3, 1).await;
    for (tenant, id) in [(0, 1), (1, 2), (2, 3), (2, 4), (0, 5)] {
        house.add(tenant, id).await.expect("a pool makes room");
    }
    assert_eq!(house.asked.load(Ordering::Relaxed), 4, "each of them once, the first twice");
    house.tenants[1].nobody_is_connected().await;
    house.tenants[2].nobody_is_connected().await;

    // In use by one tenant: the other waits for its end.
    let ended = AtomicU32::new(0);
    let first = house.scope(0, async |main| {
        add(6).execute(&main).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        ended.store(1, Ordering::Relaxed);
        Ok(())
    });
    let second = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let outcome = house.add(1, 7).await;
        assert_eq!(ended.load(Ordering::Relaxed), 1, "two pools at the same time");
        outcome
    };
    let (first, second) = tokio::join!(first, second);
    first.and(second).expect("one after the other");

    // In use for longer than anybody waits.
    let error = house
        .scope(0, async |main| {
            add(8).execute(&main).await?;
            Ok(house.add(1, 9).await.expect_err("the only place is taken"))
        })
        .await
        .expect("the one that has it");
    assert_eq!(error.kind(), ErrorKind::AcquireTimeout, "{error}");
    assert!(error.to_string().contains("allow more of them"), "{error}");
    assert_eq!(house.tenants[0].ids().await, [1, 5, 6, 8]);
    assert_eq!(house.tenants[1].ids().await, [2, 7]);
    house.close().await;
}

#[tokio::test]
async fn what_is_dropped_half_way_leaves_no_place_taken() {
    let house = House::new(2, 1).await;
    // Opening a connection has hundreds of them, most of them alike.
    for polls in (1..).step_by(11) {
        let work = house.add(0, i32::try_from(polls).expect("few"));
        let done = polled(work, polls, Drop::AtOnce).await.is_some();
        crate::in_time("the other tenant", house.add(1, 100 + i32::try_from(polls).expect("few")))
            .await
            .expect("its turn");
        if done {
            break;
        }
    }
    house.close().await;
}

#[tokio::test]
async fn work_on_a_database_as_a_whole_is_on_that_of_the_scope() {
    const TABLE: Ddl = Ddl {
        name: "extra",
        columns: &[],
        create: &["CREATE TABLE extra (id INTEGER)"],
        drop: "DROP TABLE extra",
    };
    let house = House::new(2, 2).await;
    assert_eq!(kind(create_all(house.databases.main(), &[TABLE]).await), ErrorKind::NoData);
    house
        .scope(1, async |_| create_all(house.databases.main(), &[TABLE]).await)
        .await
        .expect("a table");
    house.tenants[1].run("SELECT id FROM extra").await;
    let elsewhere = house.tenants[0].observer().await.execute("SELECT id FROM extra").await;
    assert!(elsewhere.is_err(), "a table of the other tenant");

    assert!(health(&house.databases, Duration::from_secs(5)).await.is_up());
    let shown = format!("{:?}", house.databases);
    assert!(!shown.contains("//"), "{shown}");
    let databases = house.databases.clone();
    house.close().await;
    assert!(!health(&databases, Duration::from_secs(5)).await.is_up());
}

#[tokio::test]
async fn a_target_is_exchanged_while_sessions_go_on() {
    let fixture = Fixture::with(2).await;
    let new = Fixture::with(2).await;
    let main = fixture.databases.main();
    run_scope(&fixture.databases, async || {
        add(1).execute(&session::<Main>()?).await?;
        main.change_target(new.home.url()).await?;
        add(2).execute(&session::<Main>()?).await?;
        Outcome::Ok(())
    })
    .await
    .expect("a session that was open");
    fixture
        .scope(async |session| {
            add(3).execute(&session).await?;
            Ok(())
        })
        .await
        .expect("a session of the new target");
    assert_eq!((fixture.ids().await, new.ids().await), (vec![1, 2], vec![3]));
    // The other binds of the fixture have pools of their own that nobody used.
    fixture.nobody_is_connected().await;
    fixture.close().await;
    new.nobody_is_connected().await;
}

#[tokio::test]
async fn a_session_that_was_handed_out_before_stays_too() {
    let fixture = Fixture::with(1).await;
    let new = Fixture::with(1).await;
    run_scope(&fixture.databases, async || {
        let session = session::<Main>()?;
        fixture.databases.main().change_target(new.home.url()).await?;
        add(1).execute(&session).await?;
        Outcome::Ok(())
    })
    .await
    .expect("a session without a statement so far");
    assert_eq!(fixture.ids().await, [1]);
    fixture.close().await;
}

/// For backends with a server: one that refuses connections at first.
#[allow(dead_code, reason = "SQLite has no server")]
pub(in super::super) async fn one_that_comes_later_is_waited_for() {
    let (fixture, new) = (Fixture::with(1).await, Fixture::with(1).await);
    // An address that nobody listens at, until somebody does.
    let address = TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr();
    let address = address.expect("it was bound");
    let later = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        Proxy::at(TcpListener::bind(address).await.expect("it is free again"), &new.home.url())
    };
    let url = new.home.url();
    let url = url.replace(server_of(&url), &address.to_string());
    let (proxy, changed) = tokio::join!(later, fixture.databases.main().change_target(url));
    changed.expect("it came in time");
    fixture.scope(async |main| Ok(add(1).execute(&main).await.map(drop)?)).await.expect("a note");
    assert_eq!((fixture.count().await, new.ids().await), (0, vec![1]));
    fixture.close().await;
    drop(proxy);
}

#[tokio::test]
async fn a_target_that_cannot_be_is_not_taken() {
    let mut settings = backend::settings();
    settings.pool.acquire_timeout = Some(Duration::from_secs(1));
    let fixture = Fixture::set(settings).await;
    let main = fixture.databases.main();
    let error = main.change_target("no URL").await.expect_err("it is none");
    assert_eq!(error.kind(), ErrorKind::Target, "{error}");
    let factory = Target::factory(|| async { Err("the vault is closed".into()) });
    let error = main.change_target(factory).await.expect_err("there is nothing");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    let error = main.change_target(backend::UNREACHABLE).await.expect_err("nobody is there");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    let chosen = Target::per_scope(1, Tenants { urls: Vec::new(), asked: Arc::default() });
    assert_eq!(kind(main.change_target(chosen).await), ErrorKind::Target);
    let kept = fixture.scope(async |session| Ok(add(1).execute(&session).await.map(drop)?));
    kept.await.expect("the target from before");
    assert_eq!(fixture.ids().await, [1]);

    let databases = fixture.databases.clone();
    let new = Fixture::with(1).await;
    fixture.close().await;
    assert_eq!(kind(databases.main().change_target(new.home.url()).await), ErrorKind::Closed);
    new.nobody_is_connected().await;
}

#[tokio::test]
async fn a_pool_of_the_application_is_asked_in_its_own_way() {
    let fixture = Fixture::with(1).await;
    let asked = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&asked);
    let pool = PoolOptions::new().max_connections(1).before_acquire(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(true) })
    });
    let url = fixture.home.url();
    let pool = pool.connect(&url).await.expect("the database answers");
    let settings = backend::Settings::default();
    let databases = Databases::connect_to(pool.into(), &url, &settings).await;
    let before = asked.load(Ordering::Relaxed);
    for id in 1..=3 {
        let added = run_scope(&databases, async || {
            add(id).execute(&session::<Main>()?).await?;
            Outcome::Ok(())
        });
        added.await.expect("a note");
    }
    assert_eq!(asked.load(Ordering::Relaxed) - before, 3);
    close(&databases, Duration::from_secs(10)).await;
    fixture.close().await;
}
