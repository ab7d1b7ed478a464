//! The cases, and the databases they run on.

use bindery_runtime::sqlx::pool::PoolConnection;
use bindery_runtime::{Autocommit, Bind, Error, ErrorKind, Session};
use model_tests::db::Databases;

use super::{self as backend, Main, bind};
use bind::author::{self, Author, NewAuthor};
use bind::note::{self, NewNote};

mod by_hand;
mod cancelled;
mod create;
mod filters;
mod joining;
mod keyset;
mod lists;
mod names;
mod pages;
mod patches;
mod references;
mod refusals;
mod save;
mod save_all;
mod units;
mod values;

pub(super) type Outcome<T = ()> = Result<T, Error>;

/// A database with the tables of the models, all of them empty.
pub(super) struct Fixture {
    pub(super) databases: Databases,
    _home: backend::Home,
}

impl Fixture {
    pub(super) async fn new() -> Self {
        Self::with(4).await
    }

    /// With so many connections.
    async fn with(max_connections: u32) -> Self {
        let fixture = Self::bare(max_connections).await;
        bind::create_all(&fixture.databases).await.expect("tables");
        fixture
    }

    /// Without tables.
    async fn bare(max_connections: u32) -> Self {
        let home = backend::Home::new().await;
        let databases = backend::connect(&home, max_connections).await;
        Self { databases, _home: home }
    }

    fn main(&self) -> &Bind<Main> {
        backend::main(&self.databases)
    }

    async fn conn(&self) -> PoolConnection<backend::Driver> {
        self.main().pool().acquire().await.expect("the database answers")
    }

    /// Work in a scope of its own.
    async fn scope<T>(&self, work: impl AsyncFnOnce(Session<Main>) -> Outcome<T>) -> Outcome<T> {
        self.databases.scope(async |_| work(bind::session()?).await).await
    }

    /// Work without a transaction.
    async fn plain<T>(&self, work: impl AsyncFnOnce(Autocommit<Main>) -> Outcome<T>) -> Outcome<T> {
        self.databases.scope(async |_| work(bind::autocommit()?).await).await
    }

    /// How many notes everybody sees.
    async fn notes(&self) -> u64 {
        note::list().count(&mut self.conn().await).await.expect("a number")
    }

    async fn author(&self, name: &str) -> Author {
        author::add(&mut self.conn().await, NewAuthor::new(name)).await.expect("an author")
    }

    pub(super) async fn close(self) {
        self.databases.close().await;
    }
}

fn new_note(author: &Author, title: impl Into<String>) -> NewNote {
    NewNote::new(title, author.id)
}

fn failure<T>(outcome: Outcome<T>) -> Error {
    match outcome {
        Ok(_) => panic!("it did not fail"),
        Err(error) => error,
    }
}

pub(super) fn kind<T>(outcome: Outcome<T>) -> ErrorKind {
    failure(outcome).kind()
}
