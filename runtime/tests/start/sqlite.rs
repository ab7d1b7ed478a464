//! SQLite: files, and a database in memory.

use std::time::Duration;

use bindery_runtime::sqlite::{JournalMode, Settings};
use bindery_runtime::sqlx::sqlite::SqliteConnectOptions;
use bindery_runtime::sqlx::{self, SqlitePool};
use bindery_runtime::{Target, health};

use crate::cases;
use crate::support::{Folder, databases};

databases! {
    mod eager: sqlite::Sqlite, Eager, required: true, Defaults::NONE;
    mod lazy: sqlite::Sqlite, Lazy, required: true, Defaults::NONE;
    mod optional: sqlite::Sqlite, Eager, required: false, Defaults::NONE;
    mod four: sqlite::Sqlite, Eager, required: true, Defaults {
        max_connections: Value::NONE.default(4),
        foreign_keys: Value::NONE.default(false),
        ..Defaults::NONE
    };
}

fn one_connection(url: String) -> Settings {
    let mut settings = Settings::default();
    settings.url = Some(url.into());
    settings.pool.max_connections = Some(1);
    settings.options.create_if_missing = Some(true);
    settings
}

async fn pragma(pool: &SqlitePool, sql: &'static str) -> String {
    // As text, whatever the pragma answers.
    let row = sqlx::query(sql).fetch_one(pool).await.expect("a pragma");
    let number: Result<i64, _> = sqlx::Row::try_get(&row, 0);
    number.map_or_else(|_| sqlx::Row::get(&row, 0), |number| number.to_string())
}

#[tokio::test]
async fn settings_are_in_force_on_every_connection() {
    let folder = Folder::new();
    let mut settings = one_connection(folder.url("set.db"));
    settings.pool.max_connections = Some(2);
    settings.pool.min_connections = Some(2);
    settings.options.journal_mode = Some(JournalMode::Wal);
    settings.options.busy_timeout = Some(Duration::from_millis(1234));
    settings.options.foreign_keys = Some(false);
    let databases = eager::Databases::start(|bind| bind.settings(settings)).await.expect("a start");
    let pool = databases.bind().pool();

    assert_eq!(pool.size(), 2, "both connections of `min_connections` are open");
    assert_eq!(pragma(&pool, "PRAGMA journal_mode").await, "wal");
    assert_eq!(pragma(&pool, "PRAGMA busy_timeout").await, "1234");
    assert_eq!(pragma(&pool, "PRAGMA foreign_keys").await, "0");
}

#[tokio::test]
async fn a_session_has_the_settings_too() {
    let folder = Folder::new();
    let settings = one_connection(folder.url("session.db"));
    let databases = eager::Databases::start(|bind| bind.settings(settings)).await.expect("a start");
    let on: i64 = bindery_runtime::run_scope(&databases, async || {
        let session = bindery_runtime::session::<eager::Key>()?;
        let on = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&session).await?;
        Ok::<_, bindery_runtime::Error>(on)
    })
    .await
    .expect("a scope");
    assert_eq!(on, 1, "sqlx's own default");
}

#[tokio::test]
async fn targets_keep_the_settings_that_are_not_theirs() {
    let folder = Folder::new();
    let options =
        SqliteConnectOptions::new().filename(folder.0.join("target.db")).create_if_missing(true);
    let url = folder.url("target.db?mode=rwc");
    let made = options.clone();
    let factory = Target::factory(move || {
        let options = made.clone();
        async { Ok(options) }
    });
    for target in [Target::from(options), Target::from(url), factory] {
        let shown = format!("{target:?}");
        let databases = four::Databases::start(|bind| bind.target(target)).await.expect(&shown);
        let pool = databases.bind().pool();
        assert_eq!(pool.options().get_max_connections(), 4, "{shown}");
        assert_eq!(pragma(&pool, "PRAGMA foreign_keys").await, "0", "{shown}");
    }
}

#[tokio::test]
async fn a_pool_that_was_handed_in_is_used_as_it_is() {
    let handed_in = SqlitePool::connect("sqlite::memory:").await.expect("a pool");
    let databases = four::Databases::start(|bind| bind.target(handed_in.clone().into()))
        .await
        .expect("a start");
    let pool = databases.bind().pool();
    assert_eq!(pool.options().get_max_connections(), 10, "that of sqlx, not the bind's 4");

    let error = four::Databases::start(|bind| {
        bind.target(handed_in.into());
        bind.settings(one_connection("sqlite::memory:".to_owned()));
    })
    .await
    .expect_err("settings and a pool");
    assert_eq!(error.problems()[0].setting(), "pool");
    assert!(error.to_string().contains("leave one of them out"), "{error}");
}

#[tokio::test]
async fn memory_is_one_connection_that_stays() {
    let mut settings = Settings::default();
    settings.url = Some("sqlite::memory:".into());
    let databases = eager::Databases::start(|bind| bind.settings(settings)).await.expect("a start");
    let pool = databases.bind().pool();
    sqlx::query("CREATE TABLE kept (id INTEGER)").execute(&pool).await.expect("a table");
    assert_eq!(pragma(&pool, "SELECT count(*) FROM kept").await, "0");
    assert_eq!(pool.options().get_max_connections(), 1);

    let options: SqliteConnectOptions = "sqlite::memory:".parse().expect("options");
    let error = four::Databases::start(|bind| bind.target(options.into()))
        .await
        .expect_err("four connections to one memory");
    assert_eq!(error.problems()[0].setting(), "pool.max_connections");
}

#[tokio::test]
async fn a_missing_file_is_told_with_what_to_do() {
    let folder = Folder::new();
    let mut settings = one_connection(folder.url("missing.db"));
    settings.options.create_if_missing = None;
    let error = eager::Databases::start(|bind| bind.settings(settings)).await.expect_err("no file");
    assert_eq!(error.unanswered().len(), 1);
    assert!(error.to_string().contains("`options.create_if_missing = true`"), "{error}");
}

#[tokio::test]
async fn an_optional_database_is_used_when_it_comes() {
    let folder = Folder::new();
    let mut settings = one_connection(folder.url("late.db"));
    settings.options.create_if_missing = None;
    let databases =
        optional::Databases::start(|bind| bind.settings(settings)).await.expect("a start without");
    assert!(!health(&databases, Duration::from_secs(1)).await.is_up());

    std::fs::File::create(folder.0.join("late.db")).expect("the file");
    let pool = databases.bind().pool();
    sqlx::query(cases::ONE).execute(&pool).await.expect("it is there now");
    assert!(health(&databases, Duration::from_secs(1)).await.is_up());
}

#[tokio::test]
async fn a_lazy_bind_opens_nothing() {
    let folder = Folder::new();
    let settings = one_connection(folder.url("lazy.db"));
    let databases = lazy::Databases::start(|bind| bind.settings(settings)).await.expect("a start");
    assert_eq!(databases.bind().pool().size(), 0);
    assert!(!folder.0.join("lazy.db").exists());
    sqlx::query(cases::ONE).execute(&databases.bind().pool()).await.expect("the first statement");
    assert!(folder.0.join("lazy.db").exists());
}

#[tokio::test]
async fn a_saturated_pool_is_told_in_time() {
    let folder = Folder::new();
    let settings = one_connection(folder.url("saturated.db"));
    let databases = eager::Databases::start(|bind| bind.settings(settings)).await.expect("a start");
    let pool = databases.bind().pool();
    cases::a_saturated_pool_is_told_in_time(&databases, pool).await;
}

#[tokio::test]
async fn close_keeps_to_its_limit() {
    let folder = Folder::new();
    let settings = one_connection(folder.url("close.db"));
    let databases = eager::Databases::start(|bind| bind.settings(settings)).await.expect("a start");
    let pool = databases.bind().pool();
    cases::close_keeps_to_its_limit(&databases, pool).await;
}

#[tokio::test]
async fn a_factory_that_fails_or_hangs_is_told() {
    let fails = Target::factory(|| async { Err("the vault is sealed".into()) });
    let error =
        optional::Databases::start(|bind| bind.target(fails)).await.expect_err("no options");
    assert!(error.to_string().contains("the vault is sealed"), "{error}");

    let mut settings = Settings::default();
    settings.pool.acquire_timeout = Some(Duration::from_millis(100));
    let error = eager::Databases::start(|bind| {
        bind.target(Target::factory(std::future::pending));
        bind.settings(settings);
    })
    .await
    .expect_err("no options in time");
    assert!(error.to_string().contains("gave nothing within 100ms"), "{error}");
}
