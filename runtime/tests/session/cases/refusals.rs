//! Statements that the database refuses, and transactions that end behind the session's back.

use super::*;

#[tokio::test]
async fn a_refused_statement_dooms_the_transaction() {
    let fixture = Fixture::with(1).await;
    let outcome = fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            let first = add(1).execute(&main).await.expect_err("the key is taken");
            let next = Error::from(add(2).execute(&main).await.expect_err("it is rollback-only"));
            assert_eq!(next.kind(), ErrorKind::RollbackOnly);
            assert_eq!(next.key(), Some("main"));
            let database = first.as_database_error().expect("a refusal");
            assert!(next.to_string().contains(database.message()), "{next} names the first");
            assert_eq!(kind(main.conn().await.map(drop)), ErrorKind::RollbackOnly);
            Ok(())
        })
        .await;
    assert_eq!(kind(outcome), ErrorKind::RollbackOnly);
    assert_eq!(fixture.count().await, 0);
    fixture.close().await;
}

#[tokio::test]
async fn no_row_and_a_value_of_another_type_are_no_refusal() {
    let fixture = Fixture::with(1).await;
    fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            let none = sqlx::query("SELECT id FROM notes WHERE id = 7").fetch_one(&main).await;
            assert!(matches!(none, Err(sqlx::Error::RowNotFound)));
            let wrong = sqlx::query_scalar::<_, Vec<u8>>("SELECT id FROM notes").fetch_one(&main);
            assert!(matches!(wrong.await, Err(sqlx::Error::ColumnDecode { .. })));
            add(2).execute(&main).await?;
            Ok(())
        })
        .await
        .expect("nothing was refused");
    assert_eq!(fixture.ids().await, [1, 2]);
    fixture.close().await;
}

/// An error that comes after the first row is one of the statement too.
#[tokio::test]
async fn a_refusal_after_the_first_row() {
    let fixture = Fixture::with(1).await;
    let outcome: Outcome = fixture
        .scope(async |main| {
            let sql = "INSERT INTO notes (id, round) VALUES (1, 0), (2, 0), (1, 0) RETURNING id";
            let _ = sqlx::query(sql).fetch_one(&main).await;
            Ok(())
        })
        .await;
    assert!(outcome.is_err(), "what was refused is not stored, and that is said");
    assert_eq!(fixture.count().await, 0);
    fixture.close().await;
}

#[tokio::test]
async fn refusals_that_do_not_end_it() {
    if !backend::HAS_LENIENT {
        return;
    }
    let fixture = Fixture::with(1).await;
    run_scope(&fixture.databases, async || -> Outcome {
        let lenient = session::<db::Lenient>()?;
        add(1).execute(&lenient).await?;
        assert_eq!(kind(add(1).execute(&lenient).await), ErrorKind::Database);
        add(2).execute(&lenient).await?;
        Ok(())
    })
    .await
    .expect("the bind says that it goes on");
    assert_eq!(fixture.ids().await, [1, 2]);
    fixture.close().await;
}

#[tokio::test]
async fn told_to_roll_back() {
    let fixture = Fixture::with(1).await;
    fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            main.rollback_only("changed its mind");
            add(2).execute(&main).await?;
            Ok(())
        })
        .await
        .expect("that is no failure");
    assert_eq!(fixture.count().await, 0);
    fixture.close().await;
}

#[tokio::test]
async fn raw_words_that_end_transactions() {
    let fixture = Fixture::with(1).await;
    fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            for sql in ["COMMIT", "rollback;", " /* now */ begin", "-- so\nCOMMIT"] {
                assert_eq!(kind(sqlx::query(sql).execute(&main).await), ErrorKind::TransactionOpen);
                assert_eq!(
                    kind(sqlx::raw_sql(sql).execute(&main).await),
                    ErrorKind::TransactionOpen
                );
            }
            add(2).execute(&main).await?;
            Ok(())
        })
        .await
        .expect("they were refused before the database saw them");
    assert_eq!(fixture.ids().await, [1, 2]);
    fixture.close().await;
}

#[tokio::test]
async fn raw_words_on_a_lent_connection() {
    let fixture = Fixture::with(1).await;
    for (sql, stored) in [("ROLLBACK", 0), ("COMMIT", 1)] {
        let outcome = fixture
            .scope(async |main| {
                add(1).execute(&main).await?;
                let mut conn = main.conn().await?;
                // SQLite vetoes the COMMIT itself.
                let _ = sqlx::raw_sql(sql).execute(&mut *conn).await;
                drop(conn);
                Ok(())
            })
            .await;
        assert_eq!(kind(outcome), ErrorKind::TransactionEnded, "{sql}");
        let stored = if backend::VETOES { 0 } else { stored };
        assert_eq!(fixture.count().await, stored, "{sql}");
        let mut conn = fixture.pool().acquire().await.expect("the next borrower");
        backend::assert_clean(&mut conn).await;
    }
    fixture.close().await;
}

/// Without a transaction around it, a statement would be stored whatever becomes of the scope.
#[tokio::test]
async fn what_comes_after_raw_words_on_a_lent_connection_is_not_stored() {
    let fixture = Fixture::with(1).await;
    for (sql, before) in [("ROLLBACK", &[][..]), ("COMMIT", &[1])] {
        let outcome = fixture
            .scope(async |main| {
                add(1).execute(&main).await?;
                let mut conn = main.conn().await?;
                let _ = sqlx::raw_sql(sql).execute(&mut *conn).await;
                drop(conn);
                let _ = add(2).execute(&main).await;
                let _ =
                    main.atomic(async |main| add(3).execute(main).await.map_err(Error::from)).await;
                Ok(())
            })
            .await;
        // SQLite refuses what comes after, and that is said then.
        let told = kind(outcome);
        let vetoed = backend::VETOES && told == ErrorKind::RollbackOnly;
        assert!(told == ErrorKind::TransactionEnded || vetoed, "{sql}: {told:?}");
        let before = if backend::VETOES { &[] } else { before };
        assert_eq!(fixture.ids().await, before, "{sql}");
    }
    fixture.close().await;
}

/// What a block of statements ends cannot be seen before it runs; it is noticed afterwards.
#[tokio::test]
async fn raw_words_among_others() {
    let fixture = Fixture::with(1).await;
    for way in 0..4 {
        let id = 10 * way;
        let outcome = fixture
            .scope(async |main| {
                add(id).execute(&main).await?;
                let text = sqlx::raw_sql("SELECT 1; COMMIT");
                match way {
                    0 => text.execute(&main).await.map(drop)?,
                    1 => text.fetch_all(&main).await.map(drop)?,
                    2 => text.fetch_optional(&main).await.map(drop)?,
                    _ => text.fetch_one(&main).await.map(drop)?,
                }
                let _ = add(id + 1).execute(&main).await;
                Ok(())
            })
            .await;
        // SQLite may stop at the first row, where one is asked for, and the COMMIT has not run then.
        let stopped = backend::VETOES && way >= 2 && outcome.is_ok();
        if !stopped {
            assert_eq!(kind(outcome), ErrorKind::TransactionEnded, "way {way}");
        }
        let stored = fixture.ids().await.contains(&(id + 1));
        assert_eq!(stored, stopped, "way {way}: what comes after is stored by itself");
        let mut conn = fixture.pool().acquire().await.expect("the next borrower");
        backend::assert_clean(&mut conn).await;
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_commit_that_fails() {
    if !backend::DEFERS {
        return;
    }
    let fixture = Fixture::with(1).await;
    fixture
        .run(
            "CREATE TABLE replies (id INTEGER PRIMARY KEY, note INTEGER REFERENCES notes (id) \
             DEFERRABLE INITIALLY DEFERRED)",
        )
        .await;
    let reply = || sqlx::query("INSERT INTO replies (id, note) VALUES (1, 99)");
    let outcome = fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            reply().execute(&main).await?;
            Ok(())
        })
        .await;
    assert_eq!(kind(outcome), ErrorKind::CommitFailed);
    let outcome = fixture
        .scope(async |main| {
            let block = main.atomic(async |block| -> Outcome {
                add(1).execute(block).await?;
                reply().execute(block).await?;
                Ok(())
            });
            assert_eq!(kind(block.await), ErrorKind::CommitFailed);
            reply().execute(&main).await?;
            assert_eq!(kind(main.commit().await), ErrorKind::CommitFailed);
            add(2).execute(&main).await?;
            Ok(())
        })
        .await;
    outcome.expect("each was a transaction of its own");
    assert_eq!(fixture.ids().await, [2]);
    let mut conn = fixture.pool().acquire().await.expect("the next borrower");
    backend::assert_clean(&mut conn).await;
    drop(conn);
    fixture.close().await;
}
