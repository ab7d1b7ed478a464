//! The cases, and the databases they run on.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use bindery_runtime::Hooks;
use bindery_runtime::sqlx::{self, Executor, Pool};
use tokio::time::{sleep, timeout};

use super as backend;
use crate::client::{self, Client};

mod adoption;
mod crud;
mod data;
mod db;
mod endings;
mod handlers;
mod layers;
mod logs;
mod rules;
mod scopes;
mod shutdown;
mod test_scope;
mod streams;
mod unused;
mod upgrades;

/// A second module of the same shape, as if generated from another TOML.
#[path = "db.rs"]
#[allow(dead_code, reason = "one case needs a little of it")]
mod other;

/// Databases with one empty table per bind.
struct Fixture {
    databases: db::Databases,
    home: backend::Home,
}

impl Fixture {
    async fn new() -> Self {
        let home = backend::Home::new().await;
        let databases = db::Databases::connect(|key| home.url(key)).await;
        Self::on(databases, home).await
    }

    /// With hooks on `main`.
    async fn hooked(hooks: impl Hooks<db::main::Main>) -> Self {
        let home = backend::Home::new().await;
        let databases = db::Databases::connect_hooked(hooks, |key| home.url(key)).await;
        // The tables are made on the pools, where no hook runs.
        Self::on(databases, home).await
    }

    async fn on(databases: db::Databases, home: backend::Home) -> Self {
        let fixture = Self { databases, home };
        create(&fixture.databases.main().pool(), "CREATE TABLE notes (title VARCHAR(50))").await;
        create(&fixture.databases.reports().pool(), "CREATE TABLE reports (title VARCHAR(50))")
            .await;
        create(&fixture.databases.audit().pool(), "CREATE TABLE audit (title VARCHAR(50))").await;
        fixture
    }

    /// Installs the databases on a router without a state of its own, and serves it.
    async fn serve(&self, router: Router<db::Installed>) -> Client {
        client::serve(self.databases.install(router)).await
    }

    async fn notes(&self) -> i64 {
        count(&self.databases.main().pool(), "SELECT COUNT(*) FROM notes").await
    }

    /// Waits until no connection of `main` is in use: what was dropped has come to its end.
    async fn all_back(&self) {
        let pool = self.databases.main().pool();
        let all_back = async {
            while pool.num_idle() < usize::try_from(pool.size()).expect("a small pool") {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(5), all_back).await.expect("the connection comes back");
    }

    async fn reports(&self) -> i64 {
        count(&self.databases.reports().pool(), "SELECT COUNT(*) FROM reports").await
    }

    async fn audit(&self) -> i64 {
        count(&self.databases.audit().pool(), "SELECT COUNT(*) FROM audit").await
    }
}

async fn create(pool: &Pool<backend::Driver>, table: &'static str) {
    pool.execute(table).await.expect("the table is new");
}

async fn count(pool: &Pool<backend::Driver>, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(pool).await.expect("the table is there")
}

async fn add_note(main: &db::main::Session) -> Result<(), db::Error> {
    sqlx::query("INSERT INTO notes (title) VALUES ('a note')").execute(main).await?;
    Ok(())
}

async fn add_report(reports: &db::reports::Session) -> Result<(), db::Error> {
    sqlx::query("INSERT INTO reports (title) VALUES ('a report')").execute(reports).await?;
    Ok(())
}

async fn add_audit(audit: &db::audit::Session) -> Result<(), db::Error> {
    sqlx::query("INSERT INTO audit (title) VALUES ('an entry')").execute(audit).await?;
    Ok(())
}

/// Deep in the call tree: nobody handed a session down.
async fn add_note_far_below() -> Result<(), db::Error> {
    async fn lower() -> Result<(), db::Error> {
        add_note(&db::main::session()?).await
    }
    lower().await
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).expect("a status")
}
