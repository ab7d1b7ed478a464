//! Databases of a test's own, empty or a copy, removed in the end.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::future::Future;
use std::hash::BuildHasher;
use std::ops::Deref;
use std::thread;
use std::time::Duration;

use futures_core::future::BoxFuture;
use sqlx::{Database, Pool};

use crate::bind::Bind;
use crate::binding::{Binding, Registry};
use crate::configure::OptionsOf;
use crate::error::{Error, ErrorKind};
use crate::health::close;

/// How long connections in use have to come back before their database is removed.
const CLOSING: Duration = Duration::from_secs(10);

/// A set of databases that were made for one test.
///
/// Generated code makes it: `databases.test_database()`. Each bind is connected to a new, empty
/// database: a file in the folder for temporary files, or a database on the server that the bind is
/// connected to, where the user must be allowed to create one. Settings and hooks are those of the
/// bind. It derefs to the databases, so it is used as they are.
///
/// Tests that all need the same tables and rows make them once and take copies:
///
/// ```
/// # use bindery_runtime::{Error, Registry, TestDatabase};
/// # async fn tests<Databases: Registry>(databases: &Databases) -> Result<(), Error> {
/// let template = TestDatabase::new(databases).await?; // databases.test_database().await?
/// // template.create_all().await?;
/// let test = template.copy().await?;
/// // … app(&test) …
/// test.remove().await
/// # }
/// ```
///
/// Drop it or call [`TestDatabase::remove`]; both remove the databases. A process that is killed
/// leaves them behind: their names begin with `bindery_test_`.
#[must_use = "it is removed when it is dropped"]
pub struct TestDatabase<R: Registry> {
    databases: R,
    made: Made,
}

impl<R: Registry> TestDatabase<R> {
    /// An empty database for every bind of `databases`, beside the one that it is connected to.
    ///
    /// # Errors
    ///
    /// A database could not be created or connected to; a bind chooses its target per scope
    /// ([`ErrorKind::Target`]).
    pub async fn new(databases: &R) -> Result<Self, Error> {
        Self::make(databases, DatabaseMaker { copies: false, made: Made(Vec::new()) }).await
    }

    /// Other databases with the same tables and rows: on PostgreSQL it is the template of them, on
    /// SQLite a copy of the file. On MySQL and MariaDB tables are copied one by one, views, triggers and
    /// procedures are not.
    ///
    /// Nothing may be under way on the original: PostgreSQL closes its connections.
    ///
    /// # Errors
    ///
    /// As [`TestDatabase::new`].
    pub async fn copy(&self) -> Result<Self, Error> {
        Self::make(&self.databases, DatabaseMaker { copies: true, made: Made(Vec::new()) }).await
    }

    async fn make(databases: &R, mut maker: DatabaseMaker) -> Result<Self, Error> {
        let databases = databases.with_test_databases(&mut maker).await?;
        Ok(Self { databases, made: maker.made })
    }

    /// Closes the pools and removes the databases.
    ///
    /// # Errors
    ///
    /// A database could not be removed; the others are.
    pub async fn remove(mut self) -> Result<(), Error> {
        close(&self.databases, CLOSING).await;
        let mut outcome = Ok(());
        for (key, removal) in self.made.0.drain(..) {
            let removed = removal().await.map_err(|error| Error::database(key, error));
            outcome = outcome.and(removed);
        }
        outcome
    }
}

impl<R: Registry> Deref for TestDatabase<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.databases
    }
}

impl<R: Registry> fmt::Debug for TestDatabase<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TestDatabase").field(&self.databases).finish()
    }
}

/// What makes databases for the binds of a set, one after the other.
#[doc(hidden)]
pub struct DatabaseMaker {
    copies: bool,
    made: Made,
}

impl DatabaseMaker {
    /// The bind with a database of its own.
    ///
    /// # Errors
    ///
    /// As [`TestDatabase::new`].
    pub async fn bind<B: Binding>(&mut self, bind: &Bind<B>) -> Result<Bind<B>, Error> {
        let Some(live) = bind.only() else {
            let message = "a bind whose target is chosen per scope has no database that another could be \
                           made beside";
            return Err(Error::new(ErrorKind::Target, B::KEY, message));
        };
        let name = format!("bindery_test_{}_{:016x}", std::process::id(), random());
        let made = B::Database::make(live.pool(), &name, self.copies).await;
        let options = made.map_err(|error| {
            let message = format!("a database for the test could not be made: {error}");
            Error::new(ErrorKind::Unavailable, B::KEY, message).with_source(error)
        })?;
        let made = options.clone();
        let removal = move || -> Removal { Box::pin(B::Database::remove(made)) };
        self.made.0.push((B::KEY, Box::new(removal)));
        let pool = live.pool().options().clone().connect_lazy_with(options);
        Ok(bind.moved(live.with(pool)))
    }
}

impl fmt::Debug for DatabaseMaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseMaker").field("copies", &self.copies).finish_non_exhaustive()
    }
}

type Removal = BoxFuture<'static, Result<(), sqlx::Error>>;

/// The databases that are to be removed, with the keys of their binds.
struct Made(Vec<(&'static str, Remove)>);

type Remove = Box<dyn FnOnce() -> Removal + Send + Sync>;

impl Drop for Made {
    /// Waits until they are removed: what runs in the background of a test may not come to its end.
    fn drop(&mut self) {
        let removals = std::mem::take(&mut self.0);
        if removals.is_empty() {
            return;
        }
        // Nobody may wait inside of a runtime, hence one of its own on a thread of its own.
        let removed = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            for (key, removal) in removals {
                match &runtime {
                    Ok(runtime) => {
                        if let Err(error) = runtime.block_on(removal()) {
                            tracing::warn!(key, %error, "a test database could not be removed");
                        }
                    }
                    Err(error) => tracing::warn!(key, %error, "a test database is left behind"),
                }
            }
        });
        if removed.join().is_err() {
            tracing::warn!("test databases are left behind");
        }
    }
}

/// Databases that are made and removed by a driver; part of [`Driver`](crate::Driver).
pub trait Disposable: Database {
    /// Makes a database of this name beside that of `pool`, empty or as a copy. Returns how to connect to
    /// it.
    #[doc(hidden)]
    fn make<'a>(
        pool: &'a Pool<Self>,
        name: &'a str,
        copy: bool,
    ) -> impl Future<Output = Result<OptionsOf<Self>, sqlx::Error>> + Send + 'a;

    /// Removes what was made.
    #[doc(hidden)]
    fn remove(
        options: OptionsOf<Self>,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send + 'static;
}

fn random() -> u64 {
    // Keys of hash maps are the random numbers that the standard library has.
    RandomState::new().hash_one(0)
}
