//! Rows by their keys.

use bindery_runtime::model::{self, Change, Model as _};
use bindery_runtime::{Binding as _, ErrorKind};

use super::bind::{
    author::{self, AuthorPatch, AuthorStanding},
    member::{self, Member, MemberKey, MemberPatch, NewMember},
    note::{self, NewNote, Note, NotePatch},
    tick::{self, NewTick, TickPatch},
};
use super::{Fixture, Main, failure, kind, new_note};

#[tokio::test]
async fn a_row_from_beginning_to_end() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    fixture
        .scope(async |main| {
            let before = model::now();
            let new = NewNote { body: Some("b".to_owned()), ..new_note(&author, "one") };
            let added = note::add(&main, new).await?;
            assert_eq!((added.title.as_str(), added.body.as_deref()), ("one", Some("b")));
            assert_eq!((added.author_id, added.score), (author.id, 0.5));
            assert!(added.created_at >= before && added.created_at <= model::now());
            assert_eq!(note::view(&main, added.id).await?, added);

            let patch = NotePatch {
                title: "two".to_owned().into(),
                body: Change::Set(None),
                ..NotePatch::default()
            };
            let edited = note::edit(&main, added.id, patch).await?;
            let expected = Note { title: "two".to_owned(), body: None, ..added.clone() };
            assert_eq!(edited, expected);
            let same = note::edit(&main, added.id, NotePatch::default()).await?;
            assert_eq!(same, expected);

            note::delete(&main, added.id).await?;
            assert_eq!(kind(note::view(&main, added.id).await), ErrorKind::NotFound);
            Ok(())
        })
        .await
        .expect("a row lives");
    fixture.close().await;
}

#[tokio::test]
async fn a_missing_row_leaves_the_session_as_it_was() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    fixture
        .scope(async |main| {
            let patch = NotePatch { score: 1.0.into(), ..NotePatch::default() };
            let error = failure(note::edit(&main, 7, patch).await);
            assert_eq!((error.kind(), error.table()), (ErrorKind::NotFound, Some("notes")));
            let expected = format!("bind `{}`: table `notes`: no row has this key", Main::KEY);
            assert_eq!(error.to_string(), expected);
            let nothing = NotePatch::default();
            assert_eq!(kind(note::edit(&main, 7, nothing).await), ErrorKind::NotFound);
            assert_eq!(kind(note::delete(&main, 7).await), ErrorKind::NotFound);
            assert_eq!(kind(note::view(&main, 7).await), ErrorKind::NotFound);
            note::add(&main, new_note(&author, "still possible")).await.map(drop)
        })
        .await
        .expect("the session commits");
    assert_eq!(fixture.notes().await, 1);
    fixture.close().await;
}

#[tokio::test]
async fn a_change_to_the_same_values_finds_its_row() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    let patch = AuthorPatch { standing: AuthorStanding::Active.into(), ..AuthorPatch::default() };
    let same = author::edit(&mut fixture.conn().await, author.id, patch).await;
    assert_eq!(same.expect("a row"), author);
    fixture.close().await;
}

#[tokio::test]
async fn a_key_of_two_columns() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let key = |id, team: &str| MemberKey { author_id: id, team: team.to_owned() };
    for (author_id, team) in [(1, "red"), (1, "blue"), (2, "red")] {
        let new = NewMember::new(author_id, team);
        let added = member::add(&mut conn, new).await.expect("a member");
        assert_eq!(added.key(), key(author_id, team));
    }
    let patch = MemberPatch { part: Some("lead".to_owned()).into() };
    let edited = member::edit(&mut conn, key(1, "blue"), patch).await.expect("a member");
    assert_eq!(edited.part.as_deref(), Some("lead"));
    member::delete(&mut conn, key(1, "red")).await.expect("a member");
    let left = member::list().order(Member::AUTHOR_ID.asc()).all(&mut conn).await.expect("members");
    let keys: Vec<_> = left.iter().map(Member::key).collect();
    assert_eq!(keys, [key(1, "blue"), key(2, "red")]);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_row_of_nothing_but_its_key() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let first = tick::add(&mut conn, NewTick {}).await.expect("a tick");
    let second = tick::add(&mut conn, NewTick {}).await.expect("a tick");
    assert!(second.id > first.id);
    let same = tick::edit(&mut conn, first.id, TickPatch {}).await.expect("a tick");
    assert_eq!(same, first);
    let many = std::iter::repeat_with(|| NewTick {}).take(2_500);
    assert_eq!(tick::list_add(&mut conn, many).await.expect("ticks"), 2_500);
    let count = tick::list().count(&mut conn).await.expect("a number");
    assert_eq!(count, 2_502);
    drop(conn);
    fixture.close().await;
}

#[test]
fn absent_and_null_are_different_changes() {
    let read = |text| serde_json::from_str::<NotePatch>(text).expect("a patch");
    assert_eq!(read("{}"), NotePatch::default());
    assert_eq!(read(r#"{"body":null}"#).body, Change::Set(None));
    assert_eq!(read(r#"{"body":"b"}"#).body, Change::Set(Some("b".to_owned())));
    assert!(serde_json::from_str::<NotePatch>(r#"{"title":null}"#).is_err());
    for text in ["{}", r#"{"body":null}"#, r#"{"title":"t","body":"b"}"#] {
        assert_eq!(serde_json::to_string(&read(text)).expect("JSON"), text);
    }
}
