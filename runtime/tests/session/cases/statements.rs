//! Opening, the executor, and waits: each statement gets its turn, or learns at once that it never
//! would.

use std::hint::black_box;

use futures_util::TryStreamExt;
use futures_util::future::join_all;

use bindery_runtime::detached;

use super::*;

#[tokio::test]
async fn nothing_is_taken_before_the_first_statement() {
    let fixture = Fixture::with(2).await;
    let main = fixture
        .scope(async |main| {
            assert_eq!(fixture.pool().size(), 0);
            main.rollback().await?;
            main.commit().await?;
            assert_eq!(fixture.pool().size(), 0);
            add(1).execute(&main).await?;
            assert_eq!(fixture.pool().size(), 1);
            assert_eq!(fixture.pool().num_idle(), 0);
            Ok(main)
        })
        .await
        .expect("a scope");
    assert_eq!(kind(add(2).execute(&main).await), ErrorKind::Finished);
    assert_eq!(kind(main.atomic(async |_| -> Outcome { Ok(()) }).await), ErrorKind::Finished);
    assert_eq!(kind(session::<Main>().map(drop)), ErrorKind::NoScope);
    fixture.close().await;
}

#[tokio::test]
async fn racing_first_uses_open_one_session() {
    let fixture = Fixture::with(8).await;
    fixture
        .scope(async |_| {
            let outcomes = join_all((0..50).map(async |id| {
                let main = session::<Main>()?;
                add(id).execute(&main).await?;
                let seen: i64 =
                    sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(&main).await?;
                Outcome::Ok(seen)
            }))
            .await;
            assert_eq!(fixture.pool().size(), 1);
            for outcome in outcomes {
                assert!(outcome? >= 1, "it sees its own work");
            }
            Ok(())
        })
        .await
        .expect("one session");
    assert_eq!(fixture.count().await, 50);
    fixture.close().await;
}

#[derive(Debug, PartialEq, sqlx::FromRow)]
struct Note {
    id: i32,
    round: Option<i32>,
}

#[tokio::test]
async fn every_way_to_run_a_statement() {
    let fixture = Fixture::with(1).await;
    fixture
        .scope(async |main| {
            let main = &main;
            assert_eq!(backend::affected(&add(1).execute(main).await?), 1);
            add(2).execute(main).await?;
            let all = "SELECT id, round FROM notes ORDER BY id";
            assert_eq!(sqlx::query(all).fetch_all(main).await?.len(), 2);
            sqlx::query(all).fetch_one(main).await?;
            assert!(sqlx::query(all).fetch_optional(main).await?.is_some(), "there is one");
            let streamed: Vec<_> = sqlx::query(all).fetch(main).try_collect().await?;
            assert_eq!(streamed.len(), 2);
            let typed: Vec<Note> = sqlx::query_as(all).fetch_all(main).await?;
            assert_eq!(typed[1], Note { id: 2, round: Some(0) });
            let number: i64 =
                sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(main).await?;
            assert_eq!(number, 2);
            let prepared = main.prepare(sqlx::SqlStr::from_static(all)).await?;
            assert_eq!(sqlx::Statement::query(&prepared).fetch_all(main).await?.len(), 2);
            sqlx::raw_sql("SELECT 1; SELECT 2").execute(main).await?;
            let mut conn = main.conn().await?;
            sqlx::query(all).fetch_all(&mut *conn).await?;
            Ok(())
        })
        .await
        .expect("every way");
    fixture.close().await;
}

#[tokio::test]
async fn many_at_once() {
    let fixture = Fixture::with(1).await;
    for round in 0..100 {
        fixture
            .scope(async |main| {
                let outcomes = join_all((0..6).map(async |part| {
                    if part % 2 == 0 {
                        add(round * 10 + part).execute(&main).await.map(drop)
                    } else {
                        sqlx::query("SELECT id FROM notes").fetch_all(&main).await.map(drop)
                    }
                }))
                .await;
                outcomes.into_iter().collect::<Result<(), _>>()?;
                Ok(())
            })
            .await
            .expect("they queue");
    }
    assert_eq!(fixture.count().await, 300);
    fixture.close().await;
}

#[tokio::test]
async fn busy_inside_a_row_loop_and_beside_a_lent_connection() {
    let fixture = Fixture::with(1).await;
    let busy = async |main: &Session<Main>| {
        let refused = crate::in_time("busy", sqlx::query("SELECT 1").execute(main)).await;
        let error = Error::from(refused.expect_err("it would wait for itself"));
        assert_eq!(error.kind(), ErrorKind::Busy);
        assert_eq!(error.key(), Some("main"));
        assert!(error.to_string().contains("main"), "{error}");
        assert_eq!(kind(main.conn().await.map(drop)), ErrorKind::Busy);
        assert_eq!(kind(main.atomic(async |_| -> Outcome { Ok(()) }).await), ErrorKind::Busy);
        assert_eq!(kind(main.commit().await), ErrorKind::Busy);
    };
    fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            add(2).execute(&main).await?;
            let mut rows = sqlx::query("SELECT id FROM notes").fetch(&main);
            let mut seen = 0;
            while rows.try_next().await?.is_some() {
                seen += 1;
                busy(&main).await;
            }
            assert_eq!(seen, 2);
            drop(rows);
            let conn = main.conn().await?;
            busy(&main).await;
            drop(conn);
            add(3).execute(&main).await?;
            Ok(())
        })
        .await
        .expect("busy is no refusal of the database");
    assert_eq!(fixture.count().await, 3);
    fixture.close().await;
}

/// Rows that were left unread on a lent connection do not cost the transaction.
#[tokio::test]
async fn rows_left_unread() {
    let fixture = Fixture::with(1).await;
    fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            {
                let mut rows = sqlx::query(backend::MANY).fetch(&main);
                assert!(rows.try_next().await?.is_some(), "there are many");
            }
            add(2).execute(&main).await?;
            {
                let mut conn = main.conn().await?;
                let mut rows = sqlx::query(backend::MANY).fetch(&mut *conn);
                assert!(rows.try_next().await?.is_some(), "there are many");
            }
            add(3).execute(&main).await?;
            Ok(())
        })
        .await
        .expect("nothing was refused");
    assert_eq!(fixture.count().await, 3);
    fixture.close().await;
}

#[tokio::test]
async fn a_wait_ends_at_the_acquire_timeout() {
    let mut settings = backend::settings();
    settings.pool.max_connections = Some(1);
    settings.pool.acquire_timeout = Some(Duration::from_millis(400));
    let fixture = Fixture::set(settings).await;
    fixture
        .scope(async |main| {
            let conn = main.conn().await?;
            let task = {
                let main = main.clone();
                tokio::spawn(async move { kind(add(1).execute(&main).await) })
            };
            let waited = crate::in_time("the wait", task).await.expect("no panic");
            assert_eq!(waited, ErrorKind::QueueTimeout);
            drop(conn);
            Ok(())
        })
        .await
        .expect("a time-out is no refusal of the database");
    let taken = fixture.pool().acquire().await.expect("the only connection");
    let error = crate::in_time(
        "acquire",
        fixture.scope(async |main| {
            add(1).execute(&main).await?;
            Ok(())
        }),
    )
    .await
    .expect_err("there is none");
    assert_eq!(error.kind(), ErrorKind::AcquireTimeout);
    let text = error.to_string();
    for part in ["`main`", "1 of at most 1", "1 in use", "ms"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(Error::from(sqlx::Error::from(error)).kind(), ErrorKind::AcquireTimeout);
    drop(taken);
    fixture.close().await;
}

/// For backends with a server: on SQLite it depends on which of two threads waits.
#[allow(dead_code, reason = "SQLite has no server")]
pub(in super::super) fn what_is_read_whole_allocates_less_than_by_hand() {
    // One thread, whose allocations are counted.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let _entered = runtime.enter();
    let fixture = runtime.block_on(Fixture::with(2));
    let session = detached::<Main>(&fixture.databases);
    let mut transaction = runtime.block_on(fixture.pool().begin()).expect("a transaction");
    let least = |run: &mut dyn FnMut()| {
        (0..5).map(|_| allocation_counter::measure(&mut *run).count_total).min()
    };
    macro_rules! compare {
        ($run:ident) => {
            let sql = "SELECT id FROM notes";
            let by_hand = least(&mut || {
                black_box(runtime.block_on(transaction.$run(sql)).expect("an answer"));
            });
            let ours = least(&mut || {
                black_box(runtime.block_on((&*session).$run(sql)).expect("an answer"));
            });
            assert!(ours < by_hand, "{}: {ours:?}, by hand {by_hand:?}", stringify!($run));
        };
    }
    compare!(execute);
    compare!(fetch_all);
    runtime.block_on(transaction.rollback()).expect("a rollback");
    runtime.block_on(session.rollback()).expect("a rollback");
    runtime.block_on(fixture.close());
}
