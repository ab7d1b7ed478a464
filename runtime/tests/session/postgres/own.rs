//! What only this backend can show: its settings, and transactions that cannot be serialized.

use std::sync::atomic::{AtomicU32, Ordering};

use bindery_runtime::sqlx::{self, AssertSqlSafe, Connection, Executor, PgConnection};
use bindery_runtime::{
    Atomic, Binding, BoxError, Error, ErrorKind, Hooks, Retry, ScopeData, put, retry_scope,
    run_scope, session,
};
use tokio::sync::Mutex;

use super::cases::db::Main;
use super::cases::{Fixture, events, statements, targets};

type Outcome<T = ()> = Result<T, Error>;

async fn text(conn: &mut PgConnection, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(conn).await.expect("a text")
}

/// What sets a connection, how to see it, and what there was before.
const SETTINGS: &[(&str, &str)] = &[
    ("SET search_path = elsewhere", "SHOW search_path"),
    ("SET ROLE bindery_test_role", "SELECT current_user::text"),
    ("SET SESSION AUTHORIZATION bindery_test_role", "SELECT session_user::text"),
    ("SET statement_timeout = 12345", "SHOW statement_timeout"),
    ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SHOW default_transaction_read_only"),
    ("LISTEN bindery", "SELECT COUNT(*)::text FROM pg_listening_channels()"),
    (
        "CREATE TEMPORARY TABLE scratch (id INTEGER)",
        "SELECT COALESCE(to_regclass('scratch')::text, '')",
    ),
];

async fn leaks(lent: bool) {
    let fixture = Fixture::with(1).await;
    let _ = fixture.observer().await.execute("CREATE ROLE bindery_test_role").await;
    for (set, show) in SETTINGS {
        let before = text(&mut fixture.pool().acquire().await.expect("a connection"), show).await;
        run_scope(&fixture.databases, async || -> Outcome {
            let main = session::<Main>()?;
            if lent {
                main.conn().await?.execute(*set).await?;
            } else {
                sqlx::query(*set).execute(&main).await?;
            }
            Ok(())
        })
        .await
        .expect(set);
        let mut conn = fixture.pool().acquire().await.expect("the next borrower");
        super::assert_clean(&mut conn).await;
        if lent || !set.starts_with("CREATE") {
            assert_eq!(text(&mut conn, show).await, before, "`{set}` leaks");
        }
    }
    assert_eq!(fixture.pool().size(), 1);
    fixture.close().await;
}

#[tokio::test]
async fn settings_by_statement() {
    leaks(false).await;
}

#[tokio::test]
async fn settings_on_a_lent_connection() {
    leaks(true).await;
}

/// After settings were undone, an abandoned statement is still found and stopped.
#[tokio::test]
async fn cancelling_after_settings_were_undone() {
    let fixture = Fixture::with(1).await;
    for _ in 0..2 {
        run_scope(&fixture.databases, async || -> Outcome {
            sqlx::query("RESET ALL").execute(&session::<Main>()?).await?;
            Ok(())
        })
        .await
        .expect("a setting");
        let work = run_scope(&fixture.databases, async || -> Outcome {
            sqlx::query(super::SLEEP).execute(&session::<Main>()?).await?;
            Ok(())
        });
        let limit = std::time::Duration::from_millis(60);
        assert!(tokio::time::timeout(limit, work).await.is_err(), "it runs for ever");
        fixture.idle().await;
    }
    let mut conn = fixture.pool().acquire().await.expect("the next borrower");
    super::assert_clean(&mut conn).await;
    drop(conn);
    fixture.close().await;
}

/// Two transactions that cannot both be: the second learns it, at the latest at its COMMIT.
#[tokio::test]
async fn a_transaction_that_cannot_be_serialized() {
    let fixture = Fixture::with(2).await;
    let mut rival = PgConnection::connect(&fixture.home.url()).await.expect("the server answers");
    let outcome = run_scope(&fixture.databases, async || -> Outcome {
        let main = session::<Main>()?;
        sqlx::query("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").execute(&main).await?;
        sqlx::query("SELECT COUNT(*) FROM notes").execute(&main).await?;
        rival.execute("BEGIN ISOLATION LEVEL SERIALIZABLE").await?;
        rival.execute("SELECT COUNT(*) FROM notes").await?;
        rival.execute("INSERT INTO notes (id) VALUES (1)").await?;
        sqlx::query("INSERT INTO notes (id) VALUES (2)").execute(&main).await?;
        rival.execute("COMMIT").await?;
        Ok(())
    })
    .await;
    let error = outcome.expect_err("one of them has to fail");
    assert_eq!(error.kind(), ErrorKind::CommitFailed);
    let code = error
        .as_sqlx()
        .and_then(|e| e.as_database_error())
        .and_then(sqlx::error::DatabaseError::code);
    assert_eq!(code.as_deref(), Some("40001"));
    assert_eq!(fixture.ids().await, [1]);
    fixture.close().await;
}

/// One that is refused at its COMMIT, or before, is done again as a whole.
#[tokio::test]
async fn what_cannot_be_serialized_is_done_again() {
    let fixture = Fixture::with(2).await;
    let rival = Mutex::new(PgConnection::connect(&fixture.home.url()).await.expect("an answer"));
    let attempts = AtomicU32::new(0);
    let work = async || -> Outcome {
        let main = session::<Main>()?;
        sqlx::query("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").execute(&main).await?;
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(&main).await?;
        if attempts.fetch_add(1, Ordering::Relaxed) == 0 {
            let mut rival = rival.lock().await;
            rival.execute("BEGIN ISOLATION LEVEL SERIALIZABLE").await?;
            rival.execute("SELECT COUNT(*) FROM notes").await?;
            rival.execute("INSERT INTO notes (id, round) VALUES (1, 0)").await?;
            sqlx::query("INSERT INTO notes (id, round) VALUES (2, 0)").execute(&main).await?;
            rival.execute("COMMIT").await?;
            return Ok(());
        }
        sqlx::query("INSERT INTO notes (id, round) VALUES (3, $1)")
            .bind(count)
            .execute(&main)
            .await?;
        Ok(())
    };
    retry_scope(&fixture.databases, Retry::new(), work).await.expect("the second attempt");
    assert_eq!(attempts.load(Ordering::Relaxed), 2);
    assert_eq!(fixture.ids().await, [1, 3]);
    fixture.close().await;
}

#[tokio::test]
async fn an_end_that_is_cut_off_between_two_commits_tells_what_is_stored() {
    events::an_end_that_is_cut_off_between_two_commits_tells_what_is_stored().await;
}

#[test]
fn what_is_read_whole_allocates_less_than_by_hand() {
    statements::what_is_read_whole_allocates_less_than_by_hand();
}

/// A server that refuses connections is asked again.
#[tokio::test]
async fn a_target_that_comes_later_is_waited_for() {
    targets::one_that_comes_later_is_waited_for().await;
}

struct Tenant(i32);

/// Shows to the database who asks, for the length of a transaction.
#[derive(Clone)]
struct Tenants;

impl<B: Binding<Database = sqlx::Postgres>> Hooks<B> for Tenants {
    async fn after_begin(&self, tx: &Atomic<'_, B>, scope: &ScopeData) -> Result<(), BoxError> {
        let tenant = scope.get::<Tenant>()?;
        sqlx::query("SELECT set_config('app.tenant', $1, true)")
            .bind(tenant.0.to_string())
            .execute(tx)
            .await?;
        Ok(())
    }
}

/// Row level security by tenant: what a hook tells the database holds for one transaction and is
/// gone with it, whoever gets the connection next.
#[tokio::test]
async fn row_level_security_by_tenant() {
    let fixture = Fixture::with(1).await;
    let role = format!("{}_app", crate::unique_name());
    for sql in [
        "ALTER TABLE notes ENABLE ROW LEVEL SECURITY".to_owned(),
        "CREATE POLICY own ON notes USING (round = current_setting('app.tenant')::int)".to_owned(),
        format!("CREATE ROLE {role}"),
        format!("GRANT ALL ON notes TO {role}"),
    ] {
        fixture.observer().await.execute(AssertSqlSafe(sql)).await.expect("it is the owner");
    }
    let url = format!("{}?options=-c%20role={role}", fixture.home.url());
    let mut settings = super::settings();
    settings.pool.max_connections = Some(1);
    let databases = super::cases::db::Databases::connect_hooked(Tenants, &url, &settings).await;
    let seen = async |tenant: i32, fails: bool| -> Outcome<Vec<i32>> {
        run_scope(&databases, async || {
            put::<super::cases::db::Databases>(Tenant(tenant))?;
            let main = session::<Main>()?;
            sqlx::query("INSERT INTO notes (id, round) VALUES ($1, $2)")
                .bind(if fails { 1000 + tenant } else { tenant })
                .bind(tenant)
                .execute(&main)
                .await?;
            let all = "SELECT id FROM notes ORDER BY id";
            let ids = sqlx::query_scalar(all).fetch_all(&main).await?;
            main.commit().await?;
            let again: Vec<i32> = sqlx::query_scalar(all).fetch_all(&main).await?;
            assert_eq!(again, ids, "the next transaction is for the same tenant");
            if fails { Err(sqlx::Error::RowNotFound.into()) } else { Ok(ids) }
        })
        .await
    };
    assert_eq!(seen(1, false).await.expect("tenant 1"), [1]);
    assert_eq!(seen(2, false).await.expect("tenant 2"), [2]);
    seen(3, true).await.expect_err("it fails");
    // A row of somebody else cannot be written, and nobody in particular sees nothing.
    let foreign = run_scope(&databases, async || -> Outcome {
        put::<super::cases::db::Databases>(Tenant(1))?;
        let sql = "INSERT INTO notes (id, round) VALUES (7, 2)";
        sqlx::query(sql).execute(&session::<Main>()?).await?;
        Ok(())
    });
    assert_eq!(foreign.await.expect_err("row level security").kind(), ErrorKind::Database);
    let nobody = run_scope(&databases, async || -> Outcome {
        sqlx::query("SELECT id FROM notes").fetch_all(&session::<Main>()?).await?;
        Ok(())
    });
    assert_eq!(nobody.await.expect_err("no tenant").kind(), ErrorKind::NoData);
    let mut conn = databases.main().pool().acquire().await.expect("the next borrower");
    let left: Option<String> = sqlx::query_scalar("SELECT current_setting('app.tenant', true)")
        .fetch_one(&mut *conn)
        .await
        .expect("a setting");
    assert_eq!(left.unwrap_or_default(), "", "the tenant leaks");
    drop(conn);
    bindery_runtime::close(&databases, std::time::Duration::from_secs(5)).await;
    fixture.close().await;
}
