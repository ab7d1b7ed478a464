//! PostgreSQL, on a real server.

use std::time::{Duration, Instant};

use bindery_runtime::postgres::{Settings, TlsMode};
use bindery_runtime::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use bindery_runtime::sqlx::{self, Connection, Executor, PgPool};
use bindery_runtime::{ErrorKind, Target, health};

use crate::cases;
use crate::support::{databases, dead_port, server};

databases! {
    mod eager: postgres::Postgres, Eager, required: true, Defaults::NONE;
    mod optional: postgres::Postgres, Eager, required: false, Defaults::NONE;
}

fn one_connection() -> Settings {
    let mut settings = Settings::default();
    settings.url = Some(server("BINDERY_TEST_POSTGRES_URL").into());
    settings.pool.max_connections = Some(1);
    settings
}

async fn show<'c>(on: impl Executor<'c, Database = sqlx::Postgres>, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(on).await.expect("a setting")
}

#[tokio::test]
async fn settings_are_in_force_and_survive_a_reset() {
    let mut settings = one_connection();
    settings.options.application_name = Some("the notes' service".to_owned());
    settings.options.search_path = Some("reports, \"My Schema\", public".to_owned());
    settings.options.statement_timeout = Some(Duration::from_millis(1500));
    let databases = eager::Databases::start(|bind| bind.settings(settings)).await.expect("a start");
    let mut conn = databases.bind().pool().acquire().await.expect("a connection");

    for _ in 0..2 {
        assert_eq!(show(&mut *conn, "SHOW application_name").await, "the notes' service");
        assert_eq!(show(&mut *conn, "SHOW search_path").await, "reports, \"My Schema\", public");
        assert_eq!(show(&mut *conn, "SHOW statement_timeout").await, "1500ms");
        conn.execute("SET search_path = elsewhere; SET statement_timeout = 0; RESET ALL")
            .await
            .expect("a reset");
    }
}

#[tokio::test]
async fn the_server_keeps_the_statement_timeout() {
    let mut settings = one_connection();
    settings.options.statement_timeout = Some(Duration::from_millis(100));
    let databases = eager::Databases::start(|bind| bind.settings(settings)).await.expect("a start");
    let pool = databases.bind().pool();
    let error = pool.execute("SELECT pg_sleep(5)").await.expect_err("too long");
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    assert_eq!(code.as_deref(), Some("57014"), "{error}");
}

#[tokio::test]
async fn connections_know_their_backend_unless_a_pooler_stands_between() {
    let databases =
        eager::Databases::start(|bind| bind.settings(one_connection())).await.expect("a start");
    let mut conn = databases.bind().pool().acquire().await.expect("a connection");
    let backend = show(&mut *conn, "SELECT pg_backend_pid()::text").await;
    assert_eq!(show(&mut *conn, "SHOW bindery.backend").await, backend);

    let mut settings = one_connection();
    settings.options.statement_cache = Some(0);
    let databases = eager::Databases::start(|bind| bind.settings(settings)).await.expect("a start");
    let mut conn = databases.bind().pool().acquire().await.expect("a connection");
    assert!(conn.execute("SHOW bindery.backend").await.is_err());
    assert_eq!(conn.cached_statements_size(), 0);
}

#[tokio::test]
async fn targets_keep_the_settings_that_are_not_theirs() {
    let url = server("BINDERY_TEST_POSTGRES_URL");
    let options: PgConnectOptions = url.parse().expect("a good URL");
    let made = options.clone();
    let factory = Target::factory(move || {
        let options = made.clone();
        async { Ok(options) }
    });
    let mut settings = Settings::default();
    settings.pool.max_connections = Some(3);
    settings.pool.min_connections = Some(2);
    settings.options.search_path = Some("reports".to_owned());
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
        assert_eq!(show(&pool, "SHOW search_path").await, "reports", "{shown}");
    }
}

#[tokio::test]
async fn a_pool_that_was_handed_in_works() {
    for pooler in [false, true] {
        let pool = PgPoolOptions::new().max_connections(1);
        let pool = pool.connect(&server("BINDERY_TEST_POSTGRES_URL")).await.expect("a pool");
        let target =
            if pooler { Target::behind_pooler(pool.clone()) } else { Target::from(pool.clone()) };
        let databases = eager::Databases::start(|bind| bind.target(target)).await.expect("a start");
        for _ in 0..2 {
            let one: i32 = bindery_runtime::run_scope(&databases, async || {
                let session = bindery_runtime::session::<eager::Key>()?;
                let one = sqlx::query_scalar(cases::ONE).fetch_one(&session).await?;
                Ok::<_, bindery_runtime::Error>(one)
            })
            .await
            .expect("a scope");
            assert_eq!(one, 1);
        }
        // Behind a pooler the next statement may meet another backend, so nothing is kept there.
        let backend = show(&pool, "SELECT pg_backend_pid()::text").await;
        let known = sqlx::query_scalar::<_, String>("SHOW bindery.backend").fetch_one(&pool).await;
        assert_eq!(known.ok(), (!pooler).then_some(backend));
    }
}

#[tokio::test]
async fn a_connection_that_died_is_replaced_before_it_is_used() {
    let databases =
        eager::Databases::start(|bind| bind.settings(one_connection())).await.expect("a start");
    let pool = databases.bind().pool();
    let backend = show(&pool, "SELECT pg_backend_pid()::text").await;
    let other = PgPool::connect(&server("BINDERY_TEST_POSTGRES_URL")).await.expect("a pool");
    sqlx::query("SELECT pg_terminate_backend($1::int)")
        .bind(backend.parse::<i32>().expect("a number"))
        .execute(&other)
        .await
        .expect("the end of it");
    assert_ne!(show(&pool, "SELECT pg_backend_pid()::text").await, backend);
}

#[tokio::test]
async fn a_dead_port_stops_a_required_bind_and_no_other() {
    let mut settings = Settings::default();
    settings.url = Some(format!("postgres://user:swordfish@127.0.0.1:{}/x", dead_port()).into());
    settings.pool.acquire_timeout = Some(Duration::from_millis(300));
    let error = eager::Databases::start(|bind| bind.settings(settings.clone()))
        .await
        .expect_err("nobody answers");
    let text = error.to_string();
    assert!(text.contains("bind `eager`: PostgreSQL did not answer within 300ms"), "{text}");
    assert!(text.contains("refused") && !text.contains("swordfish"), "{text}");
    assert_eq!(error.unanswered()[0].kind(), ErrorKind::Unavailable);
    assert!(!format!("{error:?} {:?}", error.unanswered()).contains("swordfish"));

    settings.pool.acquire_timeout = None;
    let asked = Instant::now();
    let databases =
        optional::Databases::start(|bind| bind.settings(settings)).await.expect("a start without");
    assert!(asked.elapsed() < Duration::from_secs(5), "waited for what is not required");
    assert!(!format!("{databases:?}").contains("swordfish"));
    let answer = health(&databases, Duration::from_millis(200)).await;
    assert!(answer.to_string().contains("did not answer within"), "{answer}");
}

#[tokio::test]
async fn tls_that_was_not_built_in_says_how() {
    let mut settings = one_connection();
    settings.tls.mode = Some(TlsMode::Require);
    let error = eager::Databases::start(|bind| bind.settings(settings)).await.expect_err("no TLS");
    let text = error.to_string();
    assert!(
        text.contains("TLS feature of sqlx") || text.contains("does not support TLS"),
        "{text}"
    );
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
