//! Migrations, run by many at once and failing in the middle.

use std::any::TypeId;

use bindery_runtime::sqlx::migrate::{Migration, MigrationType, Migrator};
use bindery_runtime::sqlx::{self, AssertSqlSafe, Executor, Row, SqlSafeStr};
use bindery_runtime::{ErrorKind, migrate};
use futures_util::future::join_all;

use super::{Fixture, Outcome, backend, failure};
use crate::log;

/// Migrations of these texts, numbered from 1.
fn migrator(texts: &[&'static str]) -> Migrator {
    let migrations = texts.iter().zip(1..).map(|(text, version)| {
        let no_tx = text.starts_with("-- no-transaction");
        let description = format!("step {version}").into();
        Migration::new(version, description, MigrationType::Simple, text.into_sql_str(), no_tx)
    });
    Migrator::with_migrations(migrations.collect())
}

const GOOD: [&str; 4] = [
    "CREATE TABLE steps (number INTEGER NOT NULL)",
    "INSERT INTO steps VALUES (1); INSERT INTO steps VALUES (2)",
    "-- no-transaction\nCREATE TABLE others (number INTEGER NOT NULL)",
    "INSERT INTO steps VALUES (3)",
];
/// As [`GOOD`], with a mistake in the third one.
const BAD: [&str; 4] = [GOOD[0], GOOD[1], "INSERT INTO nowhere VALUES (1)", GOOD[3]];

async fn run(fixture: &Fixture, texts: &[&'static str]) -> Outcome {
    migrate(fixture.main(), &migrator(texts)).await
}

async fn number(fixture: &Fixture, sql: &str) -> i64 {
    let row = fixture.conn().await.fetch_one(AssertSqlSafe(sql.to_owned())).await;
    row.expect("a row").try_get(0).expect("a number")
}

async fn steps(fixture: &Fixture) -> (i64, i64) {
    let rows = number(fixture, "SELECT COUNT(*) FROM steps").await;
    (rows, number(fixture, "SELECT COUNT(*) FROM _sqlx_migrations").await)
}

#[tokio::test]
async fn twelve_instances_apply_each_once() {
    let home = backend::Home::new().await;
    // Each with a pool of its own.
    let instances = join_all((0..12).map(|_| backend::connect(&home, 1))).await;
    let all = migrator(&GOOD);
    let outcomes =
        join_all(instances.iter().map(|databases| migrate(backend::main(databases), &all)));
    for outcome in outcomes.await {
        outcome.expect("migrations");
    }
    let databases = backend::connect(&home, 1).await;
    let fixture = Fixture { databases, _home: home };
    assert_eq!(steps(&fixture).await, (3, 4));
    run(&fixture, &GOOD).await.expect("nothing to do");
    assert_eq!(steps(&fixture).await, (3, 4));
    for databases in instances {
        databases.close().await;
    }
    fixture.close().await;
}

#[tokio::test]
async fn what_was_applied_before_a_failure_stays() {
    let fixture = Fixture::bare(1).await;
    for _ in 0..2 {
        let error = failure(run(&fixture, &BAD).await);
        assert_eq!(error.kind(), ErrorKind::Migration);
        let text = error.to_string();
        assert!(
            text.contains("migration 3 (step 3) failed: ") && text.contains("nowhere"),
            "{text}"
        );
        assert!(matches!(error.as_sqlx(), Some(sqlx::Error::Database(_))));
        // The only connection of the pool is as it was.
        assert_eq!(steps(&fixture).await, (2, 2));
        fixture
            .plain(async |main| (&main).execute("SELECT 1").await.map(drop).map_err(Into::into))
            .await
            .expect("a row");
    }
    run(&fixture, &GOOD).await.expect("it was put right");
    assert_eq!(steps(&fixture).await, (3, 4));
    fixture.close().await;
}

#[tokio::test]
async fn a_migration_is_applied_as_a_whole_or_is_said_to_be_half_done() {
    let fixture = Fixture::bare(1).await;
    let half = ["CREATE TABLE one (id INTEGER); INSERT INTO nowhere VALUES (1)"];
    let whole = ["CREATE TABLE one (id INTEGER)"];
    assert_eq!(failure(run(&fixture, &half).await).kind(), ErrorKind::Migration);
    let again = run(&fixture, &whole).await;
    if TypeId::of::<backend::Driver>() == TypeId::of::<sqlx::MySql>() {
        let error = failure(again);
        assert_eq!(error.kind(), ErrorKind::Migration);
        assert!(error.to_string().contains("migration 1 (step 1) is half done"), "{error}");
        let by_hand = "DROP TABLE one; DELETE FROM _sqlx_migrations WHERE version = 1";
        fixture.conn().await.execute(by_hand).await.expect("undone");
        run(&fixture, &whole).await.expect("migrations");
    } else {
        again.expect("nothing of it was left");
    }
    assert_eq!(number(&fixture, "SELECT COUNT(*) FROM one").await, 0);
    fixture.close().await;
}

#[tokio::test]
async fn what_was_applied_has_to_be_what_the_program_has() {
    let fixture = Fixture::bare(1).await;
    run(&fixture, &GOOD).await.expect("migrations");
    for (texts, told) in [
        (&GOOD[..2], "migration 3 was applied, and this program does not have it"),
        (&BAD[..], "migration 3 (step 3) was changed after it had been applied"),
    ] {
        let error = failure(run(&fixture, texts).await);
        assert_eq!(error.kind(), ErrorKind::Migration);
        assert!(error.to_string().contains(told), "{error}");
    }
    run(&fixture, &GOOD).await.expect("as it was");
    fixture.close().await;
}

#[tokio::test]
async fn progress_is_told() {
    let fixture = Fixture::bare(1).await;
    run(&fixture, &GOOD[..2]).await.expect("migrations");
    let (log, listening) = log::of_this_thread();
    run(&fixture, &GOOD).await.expect("migrations");
    drop(listening);
    let mut lines = log.lines();
    lines.retain(|line| line.starts_with("INFO bindery_runtime::migrate:"));
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (line, number) in lines.iter().zip([3, 4]) {
        for part in [
            "a migration was applied".to_owned(),
            format!("number={number} of=4 version={number} "),
            format!("description=\"step {number}\""),
            format!("key={:?}", fixture.main().key()),
        ] {
            assert!(line.contains(&part), "{part}: {line}");
        }
    }
    fixture.close().await;
}
