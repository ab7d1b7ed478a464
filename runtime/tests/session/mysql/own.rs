//! What only this backend can show: deadlocks, statements that commit by themselves, settings.

use bindery_runtime::sqlx::{self, Connection, Executor, MySqlConnection};
use bindery_runtime::{Binding, Error, ErrorKind, run_scope, session};

use super::Driver;
use super::cases::db::{Databases, Lenient, Main};
use super::cases::{Fixture, events, statements, targets};

type Outcome<T = ()> = Result<T, Error>;

/// Two sessions wait for each other; the server ends the transaction of one. Whatever that one
/// does afterwards is not stored.
async fn deadlock<B: Binding<Database = Driver, Registry = Databases>>() {
    let fixture = Fixture::with(4).await;
    fixture.run("INSERT INTO notes (id, round) VALUES (1, 0), (2, 0)").await;
    let mut rival = MySqlConnection::connect(&fixture.home.url()).await.expect("it answers");
    let outcome = run_scope(&fixture.databases, async || -> Outcome {
        let victim = session::<B>()?;
        rival.execute("BEGIN").await?;
        // The server ends the one that changed less.
        rival
            .execute("INSERT INTO notes (id, round) VALUES (91, 0), (92, 0), (93, 0), (94, 0)")
            .await?;
        rival.execute("UPDATE notes SET round = 1 WHERE id = 1").await?;
        sqlx::query("UPDATE notes SET round = 2 WHERE id = 2").execute(&victim).await?;
        let (theirs, ours) = tokio::join!(
            rival.execute("UPDATE notes SET round = 1 WHERE id = 2"),
            sqlx::query("UPDATE notes SET round = 2 WHERE id = 1").execute(&victim),
        );
        theirs.expect("the other one is the victim");
        let error = ours.expect_err("it is the victim");
        assert_eq!(
            error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
            Some("40001")
        );
        rival.execute("COMMIT").await?;
        let late = sqlx::query("INSERT INTO notes (id, round) VALUES (3, 0)").execute(&victim);
        assert_eq!(
            Error::from(late.await.expect_err("it is over")).kind(),
            ErrorKind::RollbackOnly
        );
        Ok(())
    })
    .await;
    assert_eq!(outcome.expect_err("nothing was stored").kind(), ErrorKind::RollbackOnly);
    assert_eq!(fixture.ids().await, [1, 2, 91, 92, 93, 94]);
    let mut conn = B::bind(&fixture.databases).pool().acquire().await.expect("the next borrower");
    super::assert_clean(&mut conn).await;
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn the_victim_of_a_deadlock() {
    deadlock::<Main>().await;
}

#[tokio::test]
async fn the_victim_of_a_deadlock_where_refusals_do_not_end_it() {
    deadlock::<Lenient>().await;
}

/// DDL commits what is open. That is noticed, and nothing after it is stored.
#[tokio::test]
async fn a_statement_that_commits_by_itself() {
    let fixture = Fixture::with(1).await;
    let outcome = run_scope(&fixture.databases, async || -> Outcome {
        let main = session::<Main>()?;
        sqlx::query("INSERT INTO notes (id) VALUES (1)").execute(&main).await?;
        sqlx::query("CREATE TABLE more (id INTEGER)").execute(&main).await?;
        sqlx::query("INSERT INTO notes (id) VALUES (2)").execute(&main).await?;
        Ok(())
    })
    .await;
    assert_eq!(outcome.expect_err("it ended").kind(), ErrorKind::TransactionEnded);
    assert_eq!(fixture.ids().await, [1], "the server stored what came before");
    let mut conn = fixture.pool().acquire().await.expect("the next borrower");
    super::assert_clean(&mut conn).await;
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn settings() {
    let fixture = Fixture::with(1).await;
    for lent in [false, true] {
        for set in ["SET SESSION sql_mode = 'ANSI'", "SET SESSION tx_isolation = 'SERIALIZABLE'"] {
            let outcome = run_scope(&fixture.databases, async || -> Outcome {
                let main = session::<Main>()?;
                if lent {
                    main.conn().await?.execute(set).await?;
                } else {
                    sqlx::raw_sql(set).execute(&main).await?;
                }
                Ok(())
            })
            .await;
            outcome.expect(set);
            let mut conn = fixture.pool().acquire().await.expect("the next borrower");
            super::assert_clean(&mut conn).await;
            let mode: String = sqlx::query_scalar("SELECT @@sql_mode")
                .fetch_one(&mut *conn)
                .await
                .expect("a mode");
            assert!(!mode.contains("ANSI,") && mode != "ANSI", "`{set}` leaks: {mode}");
        }
    }
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
