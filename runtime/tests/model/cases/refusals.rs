//! What the database refuses, in the words of the model.

use bindery_runtime::{Error, ErrorKind, model};

use super::models::author::{Author, AuthorPatch, NewAuthor};
use super::models::member::{Member, NewMember};
use super::models::note::{NewNote, Note, NotePatch};
use super::{Fixture, backend, failure, kind, note};

const SECRET: &str = "it's a 'secret'";

/// Of the right kind, about the table, and without the values of the statement.
#[track_caller]
fn assert_safe(error: &Error, kind: ErrorKind, table: &str) {
    assert_eq!((error.kind(), error.table()), (kind, Some(table)), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(table) && text.contains("main"), "{text}");
    assert!(!text.contains("secret"), "{text}");
    assert!(error.as_sqlx().is_some(), "the server's own words are kept: {error:?}");
}

#[tokio::test]
async fn the_same_unique_value_is_a_conflict() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    fixture.author(SECRET).await;
    let other = fixture.author("Bob").await;

    let new = NewAuthor { name: SECRET.to_owned(), standing: None };
    let error = failure(model::add::<Author>(&mut conn, new).await);
    assert_safe(&error, ErrorKind::Conflict, "authors");
    assert!(error.constraint().is_some_and(|named| named.contains("name")), "{error:?}");

    let patch = AuthorPatch { name: SECRET.to_owned().into(), ..AuthorPatch::default() };
    let error = failure(model::edit::<Author>(&mut conn, other.id, patch).await);
    assert_safe(&error, ErrorKind::Conflict, "authors");

    let member = || NewMember { author_id: 1, team: SECRET.to_owned(), part: None };
    model::add::<Member>(&mut conn, member()).await.expect("a member");
    let error = failure(model::add::<Member>(&mut conn, member()).await);
    assert_safe(&error, ErrorKind::Conflict, "members");
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn references_hold_on_both_sides() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let author = fixture.author("Ada").await;
    let nobody = NewNote { author_id: 77, ..note(&author, SECRET) };
    let error = failure(model::add::<Note>(&mut conn, nobody).await);
    assert_safe(&error, ErrorKind::ForeignKey, "notes");
    assert_eq!(error.constraint(), backend::REFUSED_AUTHOR);
    let count = model::Select::<Note>::new().count(&mut conn).await;
    assert_eq!(count.expect("a number"), 0, "a row that was answered and not stored");

    let added = model::add::<Note>(&mut conn, note(&author, "one")).await.expect("a note");
    let error = failure(model::delete::<Author>(&mut conn, author.id).await);
    assert_safe(&error, ErrorKind::ForeignKey, "authors");
    let patch = NotePatch { author_id: 77.into(), ..NotePatch::default() };
    let error = failure(model::edit::<Note>(&mut conn, added.id, patch).await);
    assert_safe(&error, ErrorKind::ForeignKey, "notes");
    let error = failure(model::list_delete::<Author>(&mut conn, model::Filter::all_rows()).await);
    assert_safe(&error, ErrorKind::ForeignKey, "authors");
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_value_that_is_not_allowed() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let author = fixture.author("Ada").await;
    let long = note(&author, "a secret that is too long");
    let error = failure(model::add::<Note>(&mut conn, long).await);
    assert_safe(&error, ErrorKind::InvalidValue, "notes");
    if !backend::REFUSED_TITLE.is_empty() {
        assert_eq!(error.constraint(), Some(backend::REFUSED_TITLE));
    }
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_refusal_keeps_its_meaning_for_the_session() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    let outcome = fixture
        .scope(async |main| {
            model::add::<Note>(&main, note(&author, "one")).await?;
            let again = model::add::<Note>(&main, note(&author, "one")).await;
            assert_eq!(kind(again), ErrorKind::Conflict);
            let next = model::add::<Note>(&main, note(&author, "two")).await;
            assert_eq!(kind(next), ErrorKind::RollbackOnly);
            Ok(())
        })
        .await;
    assert_eq!(kind(outcome), ErrorKind::RollbackOnly);
    assert_eq!(fixture.notes().await, 0);
    fixture.close().await;
}

#[tokio::test]
async fn a_block_is_the_way_to_expect_a_refusal() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    fixture
        .scope(async |main| {
            model::add::<Note>(&main, note(&author, "one")).await?;
            let again = main
                .atomic(async |block| {
                    model::add::<Note>(block, note(&author, "lost")).await?;
                    model::add::<Note>(block, note(&author, "one")).await
                })
                .await;
            assert_eq!(kind(again), ErrorKind::Conflict);
            model::add::<Note>(&main, note(&author, "two")).await.map(drop)
        })
        .await
        .expect("the session goes on");
    assert_eq!(fixture.notes().await, 2);
    fixture.close().await;
}
