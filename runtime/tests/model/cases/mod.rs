//! The cases, and the databases they run on.

use std::time::Duration;

use bindery_runtime::sqlx::pool::PoolConnection;
use bindery_runtime::{Autocommit, Error, ErrorKind, Session, autocommit, close, model, run_scope};

use super as backend;
use db::Main;
use models::author::{Author, NewAuthor};
use models::note::{NewNote, Note};

mod db;
mod models;

mod cancelled;
mod create;
mod filters;
mod joining;
mod lists;
mod refusals;
mod units;
mod values;

type Outcome<T = ()> = Result<T, Error>;

/// A database with the tables of the models, all of them empty.
struct Fixture {
    databases: db::Databases,
    _home: backend::Home,
}

impl Fixture {
    async fn new() -> Self {
        let fixture = Self::bare(4).await;
        model::create_all(fixture.databases.main(), models::TABLES).await.expect("tables");
        fixture
    }

    /// Without tables.
    async fn bare(max: u32) -> Self {
        let home = backend::Home::new().await;
        let mut settings = backend::Settings::default();
        settings.pool.max_connections = Some(max);
        settings.pool.acquire_timeout = Some(Duration::from_secs(20));
        let databases = db::Databases::connect(&home.url(), &settings).await;
        Self { databases, _home: home }
    }

    async fn conn(&self) -> PoolConnection<backend::Driver> {
        self.databases.main().pool().acquire().await.expect("the database answers")
    }

    /// Work in a scope of its own.
    async fn scope<T>(&self, work: impl AsyncFnOnce(Session<Main>) -> Outcome<T>) -> Outcome<T> {
        run_scope(&self.databases, async || work(bindery_runtime::session::<Main>()?).await).await
    }

    /// Work without a transaction.
    async fn plain<T>(&self, work: impl AsyncFnOnce(Autocommit<Main>) -> Outcome<T>) -> Outcome<T> {
        run_scope(&self.databases, async || work(autocommit::<Main>()?).await).await
    }

    /// How many notes everybody sees.
    async fn notes(&self) -> u64 {
        let all = model::Select::<Note>::new();
        all.count(&mut self.conn().await).await.expect("a number")
    }

    async fn author(&self, name: &str) -> Author {
        let new = NewAuthor { name: name.to_owned(), standing: None };
        model::add::<Author>(&mut self.conn().await, new).await.expect("an author")
    }

    async fn close(self) {
        close(&self.databases, Duration::from_secs(10)).await;
    }
}

fn note(author: &Author, title: impl Into<String>) -> NewNote {
    NewNote { title: title.into(), author_id: author.id, ..NewNote::default() }
}

fn failure<T>(outcome: Outcome<T>) -> Error {
    match outcome {
        Ok(_) => panic!("it did not fail"),
        Err(error) => error,
    }
}

fn kind<T>(outcome: Outcome<T>) -> ErrorKind {
    failure(outcome).kind()
}
