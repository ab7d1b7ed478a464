//! MariaDB or MySQL, on a real server.

use std::time::{Duration, Instant};

use bindery_runtime::mysql::Settings;
use bindery_runtime::sqlx::mysql::MySqlConnectOptions;
use bindery_runtime::sqlx::{self, MySqlPool};
use bindery_runtime::{ErrorKind, Target, health};

use crate::cases;
use crate::support::{databases, dead_port, server};

databases! {
    mod eager: mysql::MySql, Eager, required: true, Defaults::NONE;
    mod optional: mysql::MySql, Eager, required: false, Defaults::NONE;
}

fn one_connection() -> Settings {
    let mut settings = Settings::default();
    settings.url = Some(server("BINDERY_TEST_MYSQL_URL").into());
    settings.pool.max_connections = Some(1);
    settings
}

async fn ask(pool: &MySqlPool, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("an answer")
}

#[tokio::test]
async fn the_server_keeps_the_statement_timeout() {
    let mut settings = one_connection();
    settings.options.statement_timeout = Some(Duration::from_millis(1250));
    let databases = eager::Databases::start(|bind| bind.settings(settings)).await.expect("a start");
    let pool = databases.bind().pool();
    if ask(&pool, "SELECT VERSION()").await.contains("MariaDB") {
        let limit = ask(&pool, "SELECT CAST(@@max_statement_time AS CHAR)").await;
        assert_eq!(limit, "1.250000", "in seconds");
    } else {
        let limit = ask(&pool, "SELECT CAST(@@max_execution_time AS CHAR)").await;
        assert_eq!(limit, "1250", "in milliseconds");
    }
    // Longer than the limit, without SLEEP, which MySQL interrupts without an error.
    let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) \
                   SELECT COUNT(*) FROM n a, n b, n c";
    let started = Instant::now();
    sqlx::query(endless).execute(&pool).await.expect_err("too long");
    assert!(started.elapsed() < Duration::from_secs(10), "ran for {:?}", started.elapsed());
}

#[tokio::test]
async fn targets_keep_the_settings_that_are_not_theirs() {
    let url = server("BINDERY_TEST_MYSQL_URL");
    let options: MySqlConnectOptions = url.parse().expect("a good URL");
    let made = options.clone();
    let factory = Target::factory(move || {
        let options = made.clone();
        async { Ok(options) }
    });
    let mut settings = Settings::default();
    settings.pool.max_connections = Some(3);
    settings.pool.min_connections = Some(2);
    for target in [Target::from(options), Target::from(url), factory] {
        let shown = format!("{target:?}");
        let databases = eager::Databases::start(|bind| {
            bind.settings(settings.clone());
            bind.target(target);
        })
        .await
        .expect(&shown);
        let pool = databases.bind().pool();
        assert_eq!(pool.size(), 2, "{shown}");
        assert_eq!(pool.options().get_max_connections(), 3, "{shown}");
    }
}

#[tokio::test]
async fn a_pool_that_was_handed_in_works() {
    let handed_in = MySqlPool::connect(&server("BINDERY_TEST_MYSQL_URL")).await.expect("a pool");
    let databases =
        eager::Databases::start(|bind| bind.target(handed_in.into())).await.expect("a start");
    let one: i64 = bindery_runtime::run_scope(&databases, async || {
        let session = bindery_runtime::session::<eager::Key>()?;
        let one = sqlx::query_scalar(cases::ONE).fetch_one(&session).await?;
        Ok::<_, bindery_runtime::Error>(one)
    })
    .await
    .expect("a scope");
    assert_eq!(one, 1);
}

#[tokio::test]
async fn a_connection_that_died_is_replaced_before_it_is_used() {
    let databases =
        eager::Databases::start(|bind| bind.settings(one_connection())).await.expect("a start");
    let pool = databases.bind().pool();
    let id = "SELECT CAST(CONNECTION_ID() AS CHAR)";
    let first = ask(&pool, id).await;
    let other = MySqlPool::connect(&server("BINDERY_TEST_MYSQL_URL")).await.expect("a pool");
    sqlx::query(sqlx::AssertSqlSafe(format!("KILL {first}")))
        .execute(&other)
        .await
        .expect("the end of it");
    assert_ne!(ask(&pool, id).await, first);
}

#[tokio::test]
async fn a_dead_port_stops_a_required_bind_and_no_other() {
    let mut settings = Settings::default();
    settings.url = Some(format!("mysql://user@127.0.0.1:{}/x", dead_port()).into());
    settings.password = Some("swordfish".into());
    settings.pool.acquire_timeout = Some(Duration::from_millis(300));
    let error = eager::Databases::start(|bind| bind.settings(settings.clone()))
        .await
        .expect_err("nobody answers");
    let text = error.to_string();
    assert!(text.contains("bind `eager`: MySQL did not answer within 300ms"), "{text}");
    assert!(text.contains("refused") && !text.contains("swordfish"), "{text}");
    assert_eq!(error.unanswered()[0].kind(), ErrorKind::Unavailable);

    settings.pool.acquire_timeout = None;
    let asked = Instant::now();
    let databases =
        optional::Databases::start(|bind| bind.settings(settings)).await.expect("a start without");
    assert!(asked.elapsed() < Duration::from_secs(5), "waited for what is not required");
    let answer = health(&databases, Duration::from_millis(200)).await;
    assert!(answer.to_string().contains("did not answer within"), "{answer}");
}

#[tokio::test]
async fn a_wrong_password_is_told_at_once_and_not_shown() {
    let url = server("BINDERY_TEST_MYSQL_URL");
    let mut settings = one_connection();
    let (_, address) = url.rsplit_once('@').expect("a user in the URL");
    settings.url = Some(format!("mysql://nobody-of-this-name@{address}").into());
    settings.password = Some("swordfish".into());
    let asked = Instant::now();
    let error =
        eager::Databases::start(|bind| bind.settings(settings)).await.expect_err("no such user");
    assert!(asked.elapsed() < Duration::from_secs(10), "a refusal needs no second try");
    assert!(error.to_string().contains("Access denied"), "{error}");
    assert!(!format!("{error} {error:?}").contains("swordfish"));
}

#[tokio::test]
async fn a_saturated_pool_is_told_in_time() {
    let databases =
        eager::Databases::start(|bind| bind.settings(one_connection())).await.expect("a start");
    let pool = databases.bind().pool();
    cases::a_saturated_pool_is_told_in_time(&databases, pool).await;
}

#[tokio::test]
async fn close_keeps_to_its_limit() {
    let databases =
        eager::Databases::start(|bind| bind.settings(one_connection())).await.expect("a start");
    let pool = databases.bind().pool();
    cases::close_keeps_to_its_limit(&databases, pool).await;
}
