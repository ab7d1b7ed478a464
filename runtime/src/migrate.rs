//! Migrations of a bind: sqlx's, run to their end by any number of instances at once, with progress.
//!
//! What is applied, and how, is as with sqlx's own `Migrator::run` and its command: the same table,
//! the same checks, on PostgreSQL and MySQL the same lock. SQLite has no such lock, so there each
//! migration is a transaction that takes the write lock before it looks whether somebody else has
//! applied the migration.

use std::pin::pin;
use std::time::{Duration, Instant};

use sqlx::migrate::{Migrate, MigrateError, Migration, Migrator};
use sqlx::{Connection, Database, SqlSafeStr};
use sqlx_core::transaction::TransactionManager;
use tokio::time::{sleep, timeout};

use crate::bind::Bind;
use crate::binding::Binding;
use crate::driver::{ConnectionOf, Driver};
use crate::error::{Error, ErrorKind};

/// After how long it is said that somebody else is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long nobody looks whether another instance is done.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Applies the migrations that the database of a bind does not have, in their order.
///
/// Instances that start at the same time wait for each other, as long as it takes, and each
/// migration in a transaction is applied once. A `tracing` event tells of each that was applied: which of how many,
/// its version, its description and the time it took.
///
/// On SQLite one that begins with `-- no-transaction` has no lock: several instances may run it at
/// once, so it has to bear that. Whoever fails at it waits five seconds for another to be done.
///
/// A migration is one transaction, unless it begins with `-- no-transaction`; MySQL commits a
/// statement that changes tables by itself, so one that fails later may be half done there.
///
/// # Errors
///
/// [`ErrorKind::Migration`]: a migration failed, of which those before it stay applied; one that was
/// applied has changed or is missing; one is half done. [`ErrorKind::AcquireTimeout`] and what else
/// stands between a program and a connection.
pub async fn migrate<B>(bind: &Bind<B>, migrator: &Migrator) -> Result<(), Error>
where
    B: Binding,
    ConnectionOf<B>: Migrate,
{
    let mut conn = bind.here().await?.connection().await?;
    let is_disposable = B::Database::is_disposable(&mut conn).await;
    if !is_disposable.map_err(|error| Error::database(B::KEY, error))? {
        return run::<B>(&mut conn, migrator).await;
    }
    // What a migration set on the connection, a lock and prepared statements that saw other tables
    // go with it.
    let mut conn = conn.detach();
    let outcome = run::<B>(&mut conn, migrator).await;
    if let Err(error) = conn.close().await {
        tracing::debug!(key = B::KEY, %error, "a connection was lost before its close");
    }
    outcome
}

async fn run<B>(conn: &mut ConnectionOf<B>, migrator: &Migrator) -> Result<(), Error>
where
    B: Binding,
    ConnectionOf<B>: Migrate,
{
    let run = Run::<B> { migrator, bind: std::marker::PhantomData };
    if migrator.locking && B::Database::LOCK_FOR_MIGRATION.is_none() {
        run.lock(conn).await?;
    }
    run.prepare(conn).await?;
    let all: Vec<_> =
        migrator.iter().filter(|one| !one.migration_type.is_down_migration()).collect();
    for (at, migration) in all.iter().enumerate() {
        let started = Instant::now();
        if run.apply(conn, migration).await? {
            tracing::info!(
                key = B::KEY,
                number = at + 1,
                of = all.len(),
                version = migration.version,
                description = &*migration.description,
                elapsed = ?started.elapsed(),
                "a migration was applied"
            );
        }
    }
    if migrator.locking && B::Database::LOCK_FOR_MIGRATION.is_none() {
        conn.unlock().await.map_err(|error| run.failed(error))?;
    }
    Ok(())
}

struct Run<'a, B> {
    migrator: &'a Migrator,
    bind: std::marker::PhantomData<fn() -> B>,
}

impl<B> Run<'_, B>
where
    B: Binding,
    ConnectionOf<B>: Migrate,
{
    async fn lock(&self, conn: &mut ConnectionOf<B>) -> Result<(), Error> {
        let mut locked = pin!(async {
            if let Some(wait) = B::Database::WAIT_FOR_MIGRATION {
                B::Database::text(conn, wait.into_sql_str()).await?;
            }
            conn.lock().await
        });
        let outcome = if let Ok(outcome) = timeout(PATIENCE, &mut locked).await {
            outcome
        } else {
            say_waiting::<B>();
            locked.await
        };
        outcome.map_err(|error| self.failed(error))
    }

    /// Makes the table of migrations, and compares what is in it with those of the program.
    async fn prepare(&self, conn: &mut ConnectionOf<B>) -> Result<(), Error> {
        let migrator = self.migrator;
        for schema in migrator.create_schemas.iter() {
            conn.create_schema_if_not_exists(schema).await.map_err(|error| self.failed(error))?;
        }
        let table = &*migrator.table_name;
        if let Some(lock) = B::Database::LOCK_FOR_MIGRATION {
            let locked = self.begin(conn, lock).await?;
            let made = locked.conn.ensure_migrations_table(table).await;
            made.map_err(|error| self.failed(error))?;
            locked.commit().await.map_err(|error| self.failed(error.into()))?;
        } else {
            conn.ensure_migrations_table(table).await.map_err(|error| self.failed(error))?;
        }
        match conn.dirty_version(table).await {
            Ok(None) => {}
            Ok(Some(version)) => return Err(self.failed(MigrateError::Dirty(version))),
            Err(error) => return Err(self.failed(error)),
        }
        let applied =
            conn.list_applied_migrations(table).await.map_err(|error| self.failed(error))?;
        match applied.iter().find(|applied| !migrator.version_exists(applied.version)) {
            Some(missing) if !migrator.ignore_missing => {
                Err(self.failed(MigrateError::VersionMissing(missing.version)))
            }
            _ => Ok(()),
        }
    }

    /// Applies a migration; `false` if that was done before or by somebody else.
    async fn apply(
        &self,
        conn: &mut ConnectionOf<B>,
        migration: &Migration,
    ) -> Result<bool, Error> {
        let table = &*self.migrator.table_name;
        if self.is_applied(conn, migration).await? {
            return Ok(false);
        }
        match B::Database::LOCK_FOR_MIGRATION {
            Some(lock) if !migration.no_tx => {
                let locked = self.begin(conn, lock).await?;
                if self.is_applied(locked.conn, migration).await? {
                    return Ok(false);
                }
                // A transaction within the one that holds the lock.
                let applied = locked.conn.apply(table, migration).await;
                applied.map_err(|error| migration_failed::<B>(migration, error))?;
                let stored = locked.commit().await;
                stored.map_err(|error| migration_failed::<B>(migration, error.into()))?;
            }
            lock => {
                if let Err(error) = conn.apply(table, migration).await {
                    if lock.is_some() && self.is_noted(conn, migration).await? {
                        return Ok(false);
                    }
                    return Err(migration_failed::<B>(migration, error));
                }
            }
        }
        Ok(true)
    }

    /// Whether another instance that runs the migration without a lock notes it as applied, which it
    /// does after the last statement.
    async fn is_noted(
        &self,
        conn: &mut ConnectionOf<B>,
        migration: &Migration,
    ) -> Result<bool, Error> {
        let started = Instant::now();
        while !self.is_applied(conn, migration).await? {
            if started.elapsed() >= PATIENCE {
                return Ok(false);
            }
            sleep(LOOK_AGAIN).await;
        }
        Ok(true)
    }

    async fn is_applied(
        &self,
        conn: &mut ConnectionOf<B>,
        migration: &Migration,
    ) -> Result<bool, Error> {
        let applied = conn.list_applied_migrations(&self.migrator.table_name).await;
        let applied = applied.map_err(|error| self.failed(error))?;
        match applied.iter().find(|applied| applied.version == migration.version) {
            None => Ok(false),
            Some(applied) if applied.checksum == migration.checksum => Ok(true),
            Some(_) => Err(self.failed(MigrateError::VersionMismatch(migration.version))),
        }
    }

    /// Begins a transaction that nobody else can be in. Whoever holds the lock is waited for.
    async fn begin<'c>(
        &self,
        conn: &'c mut ConnectionOf<B>,
        lock: &'static str,
    ) -> Result<Locked<'c, B>, Error> {
        let started = Instant::now();
        let mut is_told = false;
        loop {
            let begun = Manager::<B>::begin(conn, Some(lock.into_sql_str())).await;
            match begun {
                Ok(()) => return Ok(Locked { conn }),
                Err(error) if B::Database::is_locked(&error) => {
                    if !is_told && started.elapsed() >= PATIENCE {
                        is_told = true;
                        say_waiting::<B>();
                    }
                }
                Err(error) => return Err(self.failed(error.into())),
            }
        }
    }

    /// The error of what is around the migrations.
    fn failed(&self, error: MigrateError) -> Error {
        let error = match error {
            MigrateError::Execute(error) => return Error::database(B::KEY, error),
            other => other,
        };
        let named = |version: i64| {
            let known = self.migrator.iter().find(|migration| migration.version == version);
            match known {
                Some(migration) => format!("migration {version} ({})", migration.description),
                None => format!("migration {version}"),
            }
        };
        let message = match &error {
            MigrateError::Dirty(version) => format!(
                "{} is half done: undo by hand what it did, and delete its row in `{}`",
                named(*version),
                self.migrator.table_name
            ),
            MigrateError::VersionMissing(version) => format!(
                "{} was applied, and this program does not have it: it is older than the database",
                named(*version)
            ),
            MigrateError::VersionMismatch(version) => format!(
                "{} was changed after it had been applied: write a new one instead",
                named(*version)
            ),
            other => other.to_string(),
        };
        Error::new(ErrorKind::Migration, B::KEY, message)
            .with_source(sqlx::Error::Migrate(Box::new(error)))
    }
}

/// The error of a migration that failed.
fn migration_failed<B: Binding>(migration: &Migration, error: MigrateError) -> Error {
    let (version, description) = (migration.version, &*migration.description);
    let error = match error {
        MigrateError::ExecuteMigration(error, _) | MigrateError::Execute(error) => error,
        other => sqlx::Error::Migrate(Box::new(other)),
    };
    let message = format!("migration {version} ({description}) failed: {error}");
    Error::new(ErrorKind::Migration, B::KEY, message).with_source(error)
}

type Manager<B> = <<B as Binding>::Database as Database>::TransactionManager;

/// A transaction that ends with this, rolled back unless it was committed. sqlx's own borrows the
/// connection for as long as it lives, so that beginning it cannot be tried again.
struct Locked<'c, B: Binding> {
    conn: &'c mut ConnectionOf<B>,
}

impl<B: Binding> Locked<'_, B> {
    async fn commit(self) -> Result<(), sqlx::Error> {
        Manager::<B>::commit(self.conn).await
    }
}

impl<B: Binding> Drop for Locked<'_, B> {
    fn drop(&mut self) {
        // Nothing to do after a commit: no level is left.
        if Manager::<B>::get_transaction_depth(self.conn) > 0 {
            Manager::<B>::start_rollback(self.conn);
        }
    }
}

fn say_waiting<B: Binding>() {
    tracing::info!(key = B::KEY, "waiting for another instance that applies migrations");
}
