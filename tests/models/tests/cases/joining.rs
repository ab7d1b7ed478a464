//! What a model runs on.

use bindery_runtime::sqlx::Connection;
use bindery_runtime::{Error, ErrorKind, model};

use super::bind::{
    self,
    note::{self, NewNote, NotePatch},
};
use super::{Fixture, failure, kind, new_note};

fn given_up() -> Error {
    // Any error of our own makes a scope roll back.
    failure(bind::session())
}

#[tokio::test]
async fn the_transaction_of_the_scope() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    let outcome = fixture
        .scope(async |main| {
            let added = note::add(&main, new_note(&author, "one")).await?;
            // Below, without the session as an argument.
            let below = bind::session()?;
            assert_eq!(note::view(&below, added.id).await?, added);
            note::list_add(&main, [new_note(&author, "two"), new_note(&author, "three")]).await?;
            assert_eq!(note::list().count(&main).await?, 3);
            Err::<(), _>(failure(note::view(&main, 0).await))
        })
        .await;
    assert_eq!(kind(outcome), ErrorKind::NotFound);
    assert_eq!(fixture.notes().await, 0);

    fixture
        .scope(async |main| note::add(&main, new_note(&author, "one")).await.map(drop))
        .await
        .expect("a commit");
    assert_eq!(fixture.notes().await, 1);
    fixture.close().await;
}

#[tokio::test]
async fn statements_at_the_same_time_queue() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    fixture
        .scope(async |main| {
            let (one, two) = tokio::join!(
                note::add(&main, new_note(&author, "one")),
                note::list_add(
                    &main,
                    (0..2_500).map(|number| new_note(&author, format!("n{number}"))),
                ),
            );
            assert_eq!(two?, 2_500);
            one.map(drop)
        })
        .await
        .expect("a commit");
    assert_eq!(fixture.notes().await, 2_501);
    fixture.close().await;
}

#[tokio::test]
async fn no_transaction() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    let outcome = fixture
        .plain(async |main| {
            note::add(&main, new_note(&author, "one")).await?;
            Err::<(), _>(given_up_inside())
        })
        .await;
    assert!(outcome.is_err());
    assert_eq!(fixture.notes().await, 1, "it stands for itself");
    fixture.close().await;
}

fn given_up_inside() -> Error {
    Error::from(bindery_runtime::sqlx::Error::RowNotFound)
}

#[tokio::test]
async fn connections_and_transactions_of_sqlx() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    assert_eq!(given_up().kind(), ErrorKind::NoScope);
    let pool = fixture.main().pool();

    let mut transaction = pool.begin().await.expect("a transaction");
    note::add(&mut transaction, new_note(&author, "lost")).await.expect("a note");
    let many = (0..2_500).map(|number| new_note(&author, format!("n{number}")));
    note::list_add(&mut transaction, many).await.expect("notes");
    transaction.rollback().await.expect("a rollback");
    assert_eq!(fixture.notes().await, 0);

    let mut conn = pool.acquire().await.expect("a connection");
    note::add(&mut conn, new_note(&author, "one")).await.expect("a note");
    note::add(&mut *conn, new_note(&author, "two")).await.expect("a note");
    let mut transaction = conn.begin().await.expect("a transaction");
    note::add(&mut transaction, new_note(&author, "three")).await.expect("a note");
    transaction.commit().await.expect("a commit");
    drop(conn);
    assert_eq!(fixture.notes().await, 3);
    fixture.close().await;
}

#[tokio::test]
async fn a_lent_connection() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    fixture
        .scope(async |main| {
            let mut conn = main.conn().await?;
            note::add(&mut conn, new_note(&author, "one")).await?;
            let many = (0..2_500).map(|number| new_note(&author, format!("n{number}")));
            note::list_add(&mut conn, many).await?;
            drop(conn);
            assert_eq!(note::list().count(&main).await?, 2_501);
            Ok(())
        })
        .await
        .expect("a commit");
    assert_eq!(fixture.notes().await, 2_501);
    fixture.close().await;
}

#[tokio::test]
async fn handlers_can_hold_the_futures() {
    fn sent<F: Future + Send>(future: F) -> F {
        future
    }
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    fixture
        .scope(async |main| {
            let all = model::Filter::all_rows;
            let added = sent(note::add(&main, new_note(&author, "one"))).await?;
            sent(note::view(&main, added.id)).await?;
            sent(note::list_add(&main, vec![new_note(&author, "two")])).await?;
            sent(note::list_edit(&main, all(), NotePatch::default())).await?;
            sent(note::list().all(&main)).await?;
            sent(note::list_delete(&main, all())).await?;
            sent(note::list_add(&bind::autocommit()?, Vec::<NewNote>::new())).await?;
            Ok(())
        })
        .await
        .expect("a commit");
    fixture.close().await;
}
