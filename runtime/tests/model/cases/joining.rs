//! What a model runs on.

use bindery_runtime::sqlx::Connection;
use bindery_runtime::{Error, ErrorKind, model, session};

use super::db::Main;
use super::models::note::Note;
use super::{Fixture, failure, kind, note};

fn given_up() -> Error {
    // Any error of our own makes a scope roll back.
    failure(session::<Main>())
}

#[tokio::test]
async fn the_transaction_of_the_scope() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    let outcome = fixture
        .scope(async |main| {
            let added = model::add::<Note>(&main, note(&author, "one")).await?;
            // Below, without the session as an argument.
            let below = session::<Main>()?;
            assert_eq!(model::view::<Note>(&below, added.id).await?, added);
            model::list_add::<Note>(&main, [note(&author, "two"), note(&author, "three")]).await?;
            assert_eq!(model::Select::<Note>::new().count(&main).await?, 3);
            Err::<(), _>(super::failure(model::view::<Note>(&main, 0).await))
        })
        .await;
    assert_eq!(kind(outcome), ErrorKind::NotFound);
    assert_eq!(fixture.notes().await, 0);

    fixture
        .scope(async |main| model::add::<Note>(&main, note(&author, "one")).await.map(drop))
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
                model::add::<Note>(&main, note(&author, "one")),
                model::list_add::<Note>(
                    &main,
                    (0..2_500).map(|number| note(&author, format!("n{number}"))),
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
            model::add::<Note>(&main, note(&author, "one")).await?;
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
    let pool = fixture.databases.main().pool();

    let mut transaction = pool.begin().await.expect("a transaction");
    model::add::<Note>(&mut transaction, note(&author, "lost")).await.expect("a note");
    let many = (0..2_500).map(|number| note(&author, format!("n{number}")));
    model::list_add::<Note>(&mut transaction, many).await.expect("notes");
    transaction.rollback().await.expect("a rollback");
    assert_eq!(fixture.notes().await, 0);

    let mut conn = pool.acquire().await.expect("a connection");
    model::add::<Note>(&mut conn, note(&author, "one")).await.expect("a note");
    model::add::<Note>(&mut *conn, note(&author, "two")).await.expect("a note");
    let mut transaction = conn.begin().await.expect("a transaction");
    model::add::<Note>(&mut transaction, note(&author, "three")).await.expect("a note");
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
            model::add::<Note>(&mut conn, note(&author, "one")).await?;
            let many = (0..2_500).map(|number| note(&author, format!("n{number}")));
            model::list_add::<Note>(&mut conn, many).await?;
            drop(conn);
            assert_eq!(model::Select::<Note>::new().count(&main).await?, 2_501);
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
            let added = sent(model::add::<Note>(&main, note(&author, "one"))).await?;
            sent(model::view::<Note>(&main, added.id)).await?;
            sent(model::list_add::<Note>(&main, vec![note(&author, "two")])).await?;
            sent(model::list_edit::<Note>(&main, all(), super::models::note::NotePatch::default()))
                .await?;
            sent(model::Select::<Note>::new().all(&main)).await?;
            sent(model::list_delete::<Note>(&main, all())).await?;
            sent(model::list_add::<Note>(
                &bindery_runtime::autocommit::<Main>()?,
                Vec::<super::NewNote>::new(),
            ))
            .await?;
            Ok(())
        })
        .await
        .expect("a commit");
    fixture.close().await;
}
