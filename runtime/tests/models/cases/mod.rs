//! The cases, and the databases they run on.

use bindery_runtime::model::{self, Change, without_policy};
use bindery_runtime::sqlx::Executor;
use bindery_runtime::sqlx::pool::PoolConnection;
use bindery_runtime::{Autocommit, Error, ErrorKind, autocommit, close, run_scope, session};

use super as backend;
use db::note::{NewNote, Note, NotePatch};
use db::policy::{WHO, Who};
use db::{Main, Session};

mod db;
mod deleted;
mod mixins;
mod policy;
mod saves;
mod versions;
mod web;

type Outcome<T = ()> = Result<T, Error>;

/// A database with the tables of the models, all of them empty.
struct Fixture {
    databases: db::Databases,
    _home: backend::Home,
}

impl Fixture {
    async fn new() -> Self {
        let home = backend::Home::new().await;
        let databases = db::Databases::connect(&home.url()).await;
        for statement in backend::CREATE {
            databases.main().pool().execute(*statement).await.expect("a table");
        }
        Self { databases, _home: home }
    }

    async fn conn(&self) -> PoolConnection<backend::Driver> {
        self.databases.main().pool().acquire().await.expect("the database answers")
    }

    /// Work in a scope of its own.
    async fn scope<T>(&self, work: impl AsyncFnOnce(Session) -> Outcome<T>) -> Outcome<T> {
        run_scope(&self.databases, async || work(session::<Main>()?).await).await
    }

    /// Work without a transaction.
    async fn plain<T>(&self, work: impl AsyncFnOnce(Autocommit<Main>) -> Outcome<T>) -> Outcome<T> {
        run_scope(&self.databases, async || work(autocommit::<Main>()?).await).await
    }

    /// A note of a tenant.
    async fn note(&self, tenant: i64, title: &str) -> Note {
        let add = async { model::add(&mut self.conn().await, NewNote::new(title)).await };
        of(tenant, add).await.expect("a note")
    }

    /// Every note there is, by its title.
    async fn notes(&self) -> Vec<Note> {
        let list = model::Select::new().order(Note::TITLE.asc());
        list.all(without_policy(&mut self.conn().await)).await.expect("notes")
    }

    /// Every item there is, by its key.
    async fn items(&self) -> Vec<db::item::Item> {
        use db::item::Item;

        let list = model::Select::new().order(Item::SHELF.asc()).order(Item::CODE.asc());
        list.all(without_policy(&mut self.conn().await)).await.expect("items")
    }

    async fn close(self) {
        let time = std::time::Duration::from_secs(10);
        close(&self.databases, time).await;
    }
}

/// Work that somebody of this tenant asks for.
async fn of<F: Future>(tenant: i64, work: F) -> F::Output {
    let name = if tenant == 1 { "Ada" } else { "Bob" };
    WHO.scope(Who { tenant, name }, work).await
}

fn titled(title: &str) -> NotePatch {
    NotePatch { title: Change::Set(title.to_owned()), ..NotePatch::default() }
}

fn titles(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|note| note.title.as_str()).collect()
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
