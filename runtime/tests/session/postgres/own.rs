//! What only this backend can show: its settings, and transactions that cannot be serialized.

use bindery_runtime::sqlx::{self, Connection, Executor, PgConnection};
use bindery_runtime::{Error, ErrorKind, run_scope, session};

use super::cases::Fixture;
use super::cases::db::Main;

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
