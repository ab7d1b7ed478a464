//! What the database refuses, in the words of the model.

use bindery_runtime::model::Filter;
use bindery_runtime::{Binding as _, Error, ErrorKind};

use super::backend::other;
use super::bind::{
    author::{self, AuthorPatch, NewAuthor},
    member::{self, NewMember},
    note::{self, NewNote, NotePatch},
};
use super::{Fixture, Main, Outcome, backend, failure, kind, new_note};

const SECRET: &str = "it's a 'secret'";

/// Of the right kind, about the table, and without the values of the statement.
#[track_caller]
fn assert_safe(error: &Error, kind: ErrorKind, table: &str) {
    assert_eq!((error.kind(), error.table()), (kind, Some(table)), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(table) && text.contains(Main::KEY), "{text}");
    assert!(!text.contains("secret"), "{text}");
    assert!(error.as_sqlx().is_some(), "the server's own words are kept: {error:?}");
}

#[tokio::test]
async fn the_same_unique_value_is_a_conflict() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    fixture.author(SECRET).await;
    let other = fixture.author("Bob").await;

    let new = NewAuthor::new(SECRET);
    let error = failure(author::add(&mut conn, new).await);
    assert_safe(&error, ErrorKind::Conflict, "authors");
    assert!(error.constraint().is_some_and(|named| named.contains("name")), "{error:?}");

    let patch = AuthorPatch { name: SECRET.to_owned().into(), ..AuthorPatch::default() };
    let error = failure(author::edit(&mut conn, other.id, patch).await);
    assert_safe(&error, ErrorKind::Conflict, "authors");

    let member = || NewMember::new(1, SECRET);
    member::add(&mut conn, member()).await.expect("a member");
    let error = failure(member::add(&mut conn, member()).await);
    assert_safe(&error, ErrorKind::Conflict, "members");
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn references_hold_on_both_sides() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let author = fixture.author("Ada").await;
    let nobody = NewNote { author_id: 77, ..new_note(&author, SECRET) };
    let error = failure(note::add(&mut conn, nobody).await);
    assert_safe(&error, ErrorKind::ForeignKey, "notes");
    assert_eq!(error.constraint(), backend::NO_AUTHOR);
    let count = note::list().count(&mut conn).await;
    assert_eq!(count.expect("a number"), 0, "a row that was answered and not stored");

    let added = note::add(&mut conn, new_note(&author, "one")).await.expect("a note");
    let error = failure(author::delete(&mut conn, author.id).await);
    assert_safe(&error, ErrorKind::ForeignKey, "authors");
    let patch = NotePatch { author_id: 77.into(), ..NotePatch::default() };
    let error = failure(note::edit(&mut conn, added.id, patch).await);
    assert_safe(&error, ErrorKind::ForeignKey, "notes");
    let error = failure(author::list_delete(&mut conn, Filter::all_rows()).await);
    assert_safe(&error, ErrorKind::ForeignKey, "authors");
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn the_constraint_that_refused_is_named() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let author = fixture.author("Ada").await;
    note::add(&mut conn, new_note(&author, "one")).await.expect("a note");
    let single = author::add(&mut conn, NewAuthor::new("Ada")).await;
    let pair = note::add(&mut conn, new_note(&author, "one")).await;
    let key = member::add(&mut conn, NewMember::new(1, "red")).await.map(drop);
    key.expect("a member");
    let key = member::add(&mut conn, NewMember::new(1, "red")).await;
    for (error, expected) in
        [failure(single), failure(pair), failure(key)].iter().zip(backend::CONFLICTS)
    {
        assert_eq!((error.kind(), error.constraint()), (ErrorKind::Conflict, Some(expected)));
    }
    drop(conn);
    fixture.close().await;
}

/// Adds an author with a word that only the other program knows.
async fn add_away(fixture: &Fixture) -> Outcome<other::author::Author> {
    use other::author::{self, AuthorStanding, NewAuthor};

    let new = NewAuthor { standing: Some(AuthorStanding::Away), ..NewAuthor::new("Ada") };
    fixture.databases.scope(async |_| author::add(&other::autocommit()?, new).await).await
}

#[tokio::test]
async fn a_word_that_the_table_does_not_know_is_refused_by_its_check() {
    let fixture = Fixture::new().await;
    let error = failure(add_away(&fixture).await);
    assert_eq!((error.kind(), error.table()), (ErrorKind::InvalidValue, Some("authors")));
    assert_eq!(error.constraint(), Some("authors_standing_check"));
    fixture.close().await;
}

#[tokio::test]
async fn a_word_that_the_program_does_not_know_names_its_column() {
    let fixture = Fixture::bare(4).await;
    other::create_all(&fixture.databases).await.expect("tables");
    add_away(&fixture).await.expect("the table of the other program");
    let error = failure(author::list().all(&mut fixture.conn().await).await);
    assert_eq!(error.kind(), ErrorKind::Database);
    let text = error.as_sqlx().map(ToString::to_string).unwrap_or_default();
    assert!(text.contains("standing") && text.contains("active, gone"), "{text}");
    assert!(!text.contains("away"), "{text}");
    fixture.close().await;
}

#[tokio::test]
async fn a_value_that_is_not_allowed() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let author = fixture.author("Ada").await;
    let long = new_note(&author, "a secret that is too long");
    let error = failure(note::add(&mut conn, long).await);
    assert_safe(&error, ErrorKind::InvalidValue, "notes");
    assert_eq!(error.constraint(), Some("title"));
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_refusal_keeps_its_meaning_for_the_session() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    let outcome = fixture
        .scope(async |main| {
            note::add(&main, new_note(&author, "one")).await?;
            let again = note::add(&main, new_note(&author, "one")).await;
            assert_eq!(kind(again), ErrorKind::Conflict);
            let next = note::add(&main, new_note(&author, "two")).await;
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
            note::add(&main, new_note(&author, "one")).await?;
            let again = main
                .atomic(async |block| {
                    note::add(block, new_note(&author, "lost")).await?;
                    note::add(block, new_note(&author, "one")).await
                })
                .await;
            assert_eq!(kind(again), ErrorKind::Conflict);
            note::add(&main, new_note(&author, "two")).await.map(drop)
        })
        .await
        .expect("the session goes on");
    assert_eq!(fixture.notes().await, 2);
    fixture.close().await;
}
