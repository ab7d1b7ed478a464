//! Many rows at once.

use bindery_runtime::ErrorKind;
use bindery_runtime::model::Filter;
use futures_util::TryStreamExt;

use super::bind::{
    self,
    author::Author,
    note::{self, NewNote, Note, NotePatch},
};
use super::{Fixture, kind, new_note};

#[tokio::test]
async fn a_hundred_thousand_rows() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    fixture
        .scope(async |main| {
            let new = (0..100_000).map(|number| new_note(&author, format!("n{number}")));
            assert_eq!(note::list_add(&main, new).await?, 100_000);
            let mut rows = note::list().order(Note::ID.asc()).stream(&main);
            let (mut count, mut last) = (0, 0);
            while let Some(row) = rows.try_next().await? {
                assert!(row.id > last);
                last = row.id;
                count += 1;
            }
            assert_eq!(count, 100_000);
            Ok(())
        })
        .await
        .expect("a commit");
    assert_eq!(fixture.notes().await, 100_000);
    fixture.close().await;
}

#[test]
fn a_hundred_thousand_rows_are_streamed_in_little_memory() {
    const MEGABYTE: u64 = 1024 * 1024;
    // One thread, whose allocations are counted.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let fixture = runtime.block_on(async {
        let fixture = Fixture::new().await;
        let author = fixture.author("Ada").await;
        let new = (0..100_000).map(|number| NewNote {
            body: Some("x".repeat(200)),
            ..new_note(&author, format!("n{number}"))
        });
        note::list_add(&mut fixture.conn().await, new).await.expect("rows");
        fixture
    });
    let measured = |read: &dyn Fn()| allocation_counter::measure(read).bytes_max;
    let streamed = measured(&|| {
        runtime.block_on(async {
            let mut conn = fixture.conn().await;
            let rows = note::list().stream(&mut conn);
            let count = rows.try_fold(0, async |count, _| Ok(count + 1)).await;
            assert_eq!(count.expect("rows"), 100_000);
        });
    });
    let at_once = measured(&|| {
        runtime.block_on(async {
            let rows = note::list().all(&mut fixture.conn().await).await;
            assert_eq!(rows.expect("rows").len(), 100_000);
        });
    });
    assert!(streamed < 2 * MEGABYTE, "{streamed} bytes");
    assert!(at_once > 20 * MEGABYTE, "{at_once} bytes: nothing was measured");
    runtime.block_on(fixture.close());
}

#[tokio::test]
async fn nothing_to_add() {
    let fixture = Fixture::new().await;
    let none = Vec::<NewNote>::new();
    assert_eq!(note::list_add(&mut fixture.conn().await, none).await.expect("none"), 0);
    fixture.close().await;
}

#[tokio::test]
async fn batches_of_every_size() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let author = fixture.author("Ada").await;
    let mut expected = 0;
    for size in [1, 2, 999, 1_000, 1_001, 2_000] {
        let new = (0..size).map(|number| new_note(&author, format!("{size}-{number}")));
        assert_eq!(note::list_add(&mut conn, new).await.expect("notes"), size);
        expected += size;
    }
    drop(conn);
    assert_eq!(fixture.notes().await, expected);
    fixture.close().await;
}

#[tokio::test]
async fn large_rows_go_in_packets_that_a_server_takes() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    fixture
        .scope(async |main| {
            let new = (0..40).map(|number| NewNote {
                body: Some("x".repeat(1_000_000)),
                ..new_note(&author, format!("n{number}"))
            });
            assert_eq!(note::list_add(&main, new).await?, 40);
            Ok(())
        })
        .await
        .expect("a commit");
    assert_eq!(fixture.notes().await, 40);
    fixture.close().await;
}

/// Notes of which the last one has the title of the first.
fn doubled(author: &Author, size: usize) -> impl Iterator<Item = NewNote> + '_ {
    (0..size).map(move |number| new_note(author, format!("n{}", number % (size - 1))))
}

#[tokio::test]
async fn all_of_them_or_none() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    for size in [3, 2_500] {
        let outcome = note::list_add(&mut fixture.conn().await, doubled(&author, size)).await;
        assert_eq!(kind(outcome), ErrorKind::Conflict);
        assert_eq!(fixture.notes().await, 0, "{size} on a connection");

        let mut transaction = fixture.main().pool().begin().await.expect("a transaction");
        let outcome = note::list_add(&mut transaction, doubled(&author, size)).await;
        assert_eq!(kind(outcome), ErrorKind::Conflict);
        transaction.rollback().await.expect("a rollback");

        fixture
            .plain(async |main| {
                let outcome = note::list_add(&main, doubled(&author, size)).await;
                assert_eq!(kind(outcome), ErrorKind::Conflict);
                assert_eq!(note::list().count(&main).await?, 0);
                Ok(())
            })
            .await
            .expect("nothing is open");
        assert_eq!(fixture.notes().await, 0, "{size} without a transaction");

        let outcome = fixture
            .scope(async |main| {
                let outcome = note::list_add(&main, doubled(&author, size)).await;
                assert_eq!(kind(outcome), ErrorKind::Conflict);
                Ok(())
            })
            .await;
        assert_eq!(kind(outcome), ErrorKind::RollbackOnly);
        assert_eq!(fixture.notes().await, 0, "{size} in a session");

        fixture
            .scope(async |main| {
                let outcome = main
                    .atomic(async |block| note::list_add(block, doubled(&author, size)).await)
                    .await;
                assert_eq!(kind(outcome), ErrorKind::Conflict);
                Ok(())
            })
            .await
            .expect("the block was undone alone");
        assert_eq!(fixture.notes().await, 0, "{size} in a block");
    }
    fixture.close().await;
}

#[tokio::test]
async fn one_connection_is_enough_without_a_transaction() {
    let fixture = Fixture::bare(1).await;
    bind::create_all(&fixture.databases).await.expect("tables");
    let author = fixture.author("Ada").await;
    fixture
        .plain(async |main| {
            assert_eq!(note::list().count(&main).await?, 0);
            let new = (0..2_500).map(|number| new_note(&author, format!("n{number}")));
            assert_eq!(note::list_add(&main, new).await?, 2_500);
            assert_eq!(note::list().count(&main).await?, 2_500);
            Ok(())
        })
        .await
        .expect("it does not wait for itself");
    fixture.close().await;
}

#[tokio::test]
async fn editing_and_deleting_many() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    let mut conn = fixture.conn().await;
    let new = (0..10).map(|number| NewNote {
        score: Some(f64::from(number)),
        ..new_note(&author, format!("n{number}"))
    });
    note::list_add(&mut conn, new).await.expect("notes");
    let patch = || NotePatch { body: Some("b".to_owned()).into(), ..NotePatch::default() };
    let low = || Note::SCORE.lt(4);
    let edited = note::list_edit(&mut conn, low(), patch()).await.expect("notes");
    assert_eq!(edited, 4);
    let again = note::list_edit(&mut conn, low(), patch()).await.expect("notes");
    assert_eq!(again, 4, "rows that have the value already");
    let nothing = note::list_edit(&mut conn, low(), NotePatch::default()).await;
    assert_eq!(nothing.expect("notes"), 4);
    let with_body = note::list().filter(Note::BODY.eq("b")).count(&mut conn).await;
    assert_eq!(with_body.expect("a number"), 4);

    let deleted = note::list_delete(&mut conn, low()).await.expect("notes");
    assert_eq!(deleted, 4);
    let none = note::list_delete(&mut conn, !Filter::all_rows()).await.expect("none");
    assert_eq!(none, 0);
    let rest = note::list_delete(&mut conn, Filter::all_rows()).await.expect("notes");
    assert_eq!(rest, 6);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_stream_holds_the_session() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    fixture
        .scope(async |main| {
            let new = (0..3).map(|number| new_note(&author, format!("n{number}")));
            note::list_add(&main, new).await?;
            let mut rows = note::list().stream(&main);
            let row = rows.try_next().await?.expect("a row");
            assert_eq!(kind(note::view(&main, row.id).await), ErrorKind::Busy);
            drop(rows);
            note::view(&main, row.id).await.map(drop)
        })
        .await
        .expect("a commit");
    fixture.close().await;
}
