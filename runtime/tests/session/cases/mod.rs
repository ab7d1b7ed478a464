//! The cases, and the databases they run on.

use std::time::Duration;

use bindery_runtime::sqlx::pool::PoolOptions;
use bindery_runtime::sqlx::{self, AssertSqlSafe, Connection, Executor, Pool};
use bindery_runtime::{Error, ErrorKind, Session, close, run_scope, session};

use super as backend;
use db::Main;

mod atomic;
mod cancel;
mod data;
pub(super) mod db;
mod detached;
mod endings;
mod every_poll;
pub(super) mod events;
mod hooks;
mod refusals;
mod retry;
mod running;
mod scopes;
mod stalls;
pub(super) mod statements;
pub(super) mod targets;
mod test_database;
mod test_scope;

type Connected = <backend::Driver as sqlx::Database>::Connection;
type Outcome<T = ()> = Result<T, Error>;

/// Databases with an empty table `notes`.
pub(super) struct Fixture {
    pub(super) databases: db::Databases,
    pub(super) home: backend::Home,
}

impl Fixture {
    /// With pools of at most `max` connections.
    pub(super) async fn with(max: u32) -> Self {
        let mut settings = backend::settings();
        settings.pool.max_connections = Some(max);
        settings.pool.acquire_timeout = Some(Duration::from_secs(8));
        Self::set(settings).await
    }

    pub(super) async fn set(settings: backend::Settings) -> Self {
        let home = backend::Home::new().await;
        let databases = db::Databases::connect(&home.url(), &settings).await;
        let fixture = Self { databases, home };
        fixture.run("CREATE TABLE notes (id INTEGER PRIMARY KEY, round INTEGER)").await;
        fixture
    }

    /// With a pool of at most `max` connections that the application made.
    pub(super) async fn handed_in(max: u32) -> Self {
        let fixture = Self::with(max).await;
        let url = fixture.home.url();
        let pool = PoolOptions::new()
            .max_connections(max)
            .acquire_timeout(Duration::from_secs(8))
            .connect(&url)
            .await
            .expect("the database answers");
        let databases =
            db::Databases::connect_to(pool.into(), &url, &backend::Settings::default()).await;
        Self { databases, ..fixture }
    }

    /// With hooks on `main` and `other`, and pools of at most `max` connections.
    pub(super) async fn hooked(max: u32, hooks: hooks::Log) -> Self {
        let mut settings = backend::settings();
        settings.pool.max_connections = Some(max);
        settings.pool.acquire_timeout = Some(Duration::from_secs(3));
        let fixture = Self::set(settings.clone()).await;
        let databases = db::Databases::connect_hooked(hooks, &fixture.home.url(), &settings).await;
        Self { databases, ..fixture }
    }

    pub(super) fn pool(&self) -> Pool<backend::Driver> {
        self.databases.main().pool()
    }

    /// A connection outside of every pool.
    pub(super) async fn observer(&self) -> Connected {
        Connected::connect(&self.home.url()).await.expect("the database answers")
    }

    pub(super) async fn run(&self, sql: &'static str) {
        self.observer().await.execute(sql).await.expect("the statement is right");
    }

    /// What is stored, as everybody sees it.
    pub(super) async fn count(&self) -> i64 {
        count(&mut self.observer().await).await
    }

    pub(super) async fn ids(&self) -> Vec<i32> {
        sqlx::query_scalar("SELECT id FROM notes ORDER BY id")
            .fetch_all(&mut self.observer().await)
            .await
            .expect("the table is there")
    }

    /// Waits until the server runs nothing any more.
    pub(super) async fn idle(&self) {
        crate::in_time("an abandoned statement", async {
            while self.home.running().await > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }

    async fn scope<T>(&self, work: impl AsyncFnOnce(Session<Main>) -> Outcome<T>) -> Outcome<T> {
        run_scope(&self.databases, async || work(session::<Main>()?).await).await
    }

    pub(super) async fn close(self) {
        crate::in_time("close", close(&self.databases, Duration::from_secs(10))).await;
    }
}

async fn count(conn: &mut Connected) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(conn).await.expect("a number")
}

/// The statement that adds a note.
fn add(
    id: i32,
) -> sqlx::query::Query<'static, backend::Driver, <backend::Driver as sqlx::Database>::Arguments> {
    sqlx::query(AssertSqlSafe(format!("INSERT INTO notes (id, round) VALUES ({id}, 0)")))
}

fn kind<T>(outcome: Result<T, impl Into<Error>>) -> ErrorKind {
    match outcome {
        Ok(_) => panic!("it did not fail"),
        Err(error) => error.into().kind(),
    }
}
