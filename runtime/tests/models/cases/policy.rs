//! A policy is behind every operation, and going around it is said in words.

use bindery_runtime::ErrorKind;
use bindery_runtime::model::{
    self, Change, Filter, KeysetRequest, PageRequest, Select, without_policy,
};
use futures_util::TryStreamExt;

use super::db::closed::{self, SaveItem};
use super::db::item::{self, Item, NewItem};
use super::db::note::{NewNote, Note, NotePatch};
use super::{Fixture, failure, kind, of, titled, titles};

fn list() -> Select<Note> {
    Select::new().order(Note::TITLE.asc())
}

#[tokio::test]
async fn rows_of_others_are_not_there_for_any_operation() {
    let fixture = Fixture::new().await;
    fixture.note(1, "a").await;
    fixture.note(1, "b").await;
    let other = fixture.note(2, "c").await;
    let work = fixture.scope(async |main| {
        assert_eq!(titles(&list().all(&main).await?), ["a", "b"]);
        assert_eq!(list().count(&main).await?, 2);
        assert_eq!(list().first(&main).await?.map(|note| note.title).as_deref(), Some("a"));
        let streamed: Vec<_> = list().stream(&main).try_collect().await?;
        assert_eq!(titles(&streamed), ["a", "b"]);
        let page = list().page(&main, PageRequest::default().with_total()).await?;
        assert_eq!((page.total, page.items.len()), (Some(2), 2));
        let one = KeysetRequest::new(1).expect("a size");
        let first = list().keyset(&main, one.clone()).await?;
        let next = one.with_cursor(first.next.expect("another page"));
        let second = list().keyset(&main, next).await?;
        assert_eq!((titles(&first.items), titles(&second.items)), (vec!["a"], vec!["b"]));
        assert_eq!(second.next, None);

        let theirs = || list().filter(Note::TITLE.eq("c"));
        assert!(!theirs().exists(&main).await?);
        assert_eq!(theirs().one_or_none(&main).await?, None);
        assert_eq!(kind(theirs().one(&main).await), ErrorKind::NotFound);
        assert_eq!(kind(model::view::<Note>(&main, other.id).await), ErrorKind::NotFound);
        let edited = model::edit::<Note>(&main, other.id, titled("x")).await;
        assert_eq!(kind(edited), ErrorKind::NotFound);
        let nothing = model::edit::<Note>(&main, other.id, NotePatch::default()).await;
        assert_eq!(kind(nothing), ErrorKind::NotFound);
        assert_eq!(kind(model::delete::<Note>(&main, other.id).await), ErrorKind::NotFound);

        // Whatever stands around it, the policy holds as well.
        let either = || Note::TITLE.eq("c").or(Note::TITLE.eq("a"));
        assert_eq!(list().filter(either()).count(&main).await?, 1);
        assert_eq!(list().filter(!Note::TITLE.eq("a")).count(&main).await?, 1);
        let bare = || NotePatch { author: Change::Set(None), ..NotePatch::default() };
        assert_eq!(model::list_edit(&main, either(), bare()).await?, 1);
        assert_eq!(model::list_edit::<Note>(&main, Filter::all_rows(), bare()).await?, 2);
        assert_eq!(
            model::list_edit::<Note>(&main, Filter::all_rows(), NotePatch::default()).await?,
            2
        );
        assert_eq!(model::list_delete(&main, either()).await?, 1);
        assert_eq!(model::list_delete::<Note>(&main, Filter::all_rows()).await?, 1);
        Ok(())
    });
    of(1, work).await.expect("a commit");
    let kept = fixture.notes().await;
    assert_eq!(kept.iter().filter(|note| note.deleted_at.is_none()).count(), 1);
    assert_eq!(kept[2], other, "nothing of it changed");
    fixture.close().await;
}

#[tokio::test]
async fn whatever_it_runs_on() {
    let fixture = Fixture::new().await;
    let other = fixture.note(2, "c").await;
    let work = async {
        let mut conn = fixture.conn().await;
        assert_eq!(kind(model::view::<Note>(&mut conn, other.id).await), ErrorKind::NotFound);
        assert_eq!(kind(model::view::<Note>(&mut *conn, other.id).await), ErrorKind::NotFound);
        drop(conn);
        let block = fixture.scope(async |main| {
            main.atomic(async |block| model::view::<Note>(block, other.id).await).await
        });
        assert_eq!(kind(block.await), ErrorKind::NotFound);
        let lent = fixture.scope(async |main| {
            let mut conn = main.conn().await?;
            assert_eq!(model::view::<Note>(without_policy(&mut conn), other.id).await?, other);
            model::view::<Note>(&mut conn, other.id).await
        });
        assert_eq!(kind(lent.await), ErrorKind::NotFound);
        let plain = fixture.plain(async |main| model::view::<Note>(&main, other.id).await);
        assert_eq!(kind(plain.await), ErrorKind::NotFound);
    };
    of(1, work).await;
    fixture.close().await;
}

#[tokio::test]
async fn what_is_written_is_completed() {
    let fixture = Fixture::new().await;
    let work = fixture.scope(async |main| {
        let added = model::add::<Note>(&main, NewNote { tenant: 2, ..NewNote::new("a") }).await?;
        assert_eq!((added.tenant, added.author.as_deref()), (1, Some("Ada")));
        model::list_add::<Note>(&main, (0..1_500).map(|at| NewNote::new(format!("n{at}")))).await?;
        let own = Note::TENANT.eq(1).and(Note::AUTHOR.eq("Ada"));
        assert_eq!(list().filter(own).count(without_policy(&main)).await?, 1_501);
        let bare = NotePatch { author: Change::Set(None), ..NotePatch::default() };
        assert_eq!(model::edit::<Note>(&main, added.id, bare).await?.author, None);
        let edited = model::edit::<Note>(&main, added.id, titled("b")).await?;
        assert_eq!(edited.author.as_deref(), Some("Ada"));
        model::list_edit(&main, Note::TITLE.eq("b"), titled("c")).await?;
        let new = NewItem { key: (1, "x").into(), tenant: Some(2), author: None };
        let item = model::add::<Item>(&main, new).await?;
        assert_eq!((item.tenant, item.author.as_deref()), (1, Some("Ada")));
        Ok(())
    });
    of(1, work).await.expect("a commit");
    fixture.close().await;
}

#[tokio::test]
async fn what_is_refused_is_not_written_at_all() {
    let fixture = Fixture::new().await;
    let note = fixture.note(1, "a").await;
    let refused = |size: usize| {
        let rows = (0..size).map(|at| NewNote::new(format!("n{at}")));
        rows.chain([NewNote::new("")])
    };
    let work = async {
        for size in [2, 2_500] {
            let outcome = model::list_add::<Note>(&mut fixture.conn().await, refused(size)).await;
            assert_eq!(kind(outcome), ErrorKind::InvalidValue);
            let outcome =
                fixture.plain(async |main| model::list_add::<Note>(&main, refused(size)).await);
            assert_eq!(kind(outcome.await), ErrorKind::InvalidValue);
        }
        fixture
            .scope(async |main| {
                let outcome = model::list_add::<Note>(&main, refused(2_500)).await;
                assert_eq!(kind(outcome), ErrorKind::InvalidValue);
                let error = failure(model::add::<Note>(&main, NewNote::new("")).await);
                assert_eq!(error.kind(), ErrorKind::InvalidValue);
                assert_eq!(error.field(), Some("title"));
                assert_eq!(error.detail(), Some("a title says \"something\""));
                assert_eq!((error.key(), error.table()), (Some("main"), Some("notes")));
                let edited = model::edit::<Note>(&main, note.id, titled("")).await;
                assert_eq!(kind(edited), ErrorKind::InvalidValue);
                let away = || NotePatch { tenant: Change::Set(2), ..NotePatch::default() };
                let given = model::edit::<Note>(&main, note.id, away()).await;
                assert_eq!(kind(given), ErrorKind::Forbidden);
                let given = model::list_edit::<Note>(&main, Filter::all_rows(), away()).await;
                assert_eq!(kind(given), ErrorKind::Forbidden);
                Ok(())
            })
            .await
            .expect("the database refused nothing");
    };
    of(1, work).await;
    assert_eq!(fixture.notes().await, [note]);
    fixture.close().await;
}

#[tokio::test]
async fn where_nobody_asks_the_database_is_not_asked() {
    let fixture = Fixture::new().await;
    let note = fixture.note(1, "a").await;
    let mut conn = fixture.conn().await;
    let mut kinds = Vec::new();
    kinds.push(kind(model::view::<Note>(&mut conn, note.id).await));
    kinds.push(kind(model::add::<Note>(&mut conn, NewNote::new("b")).await));
    kinds.push(kind(model::edit::<Note>(&mut conn, note.id, titled("b")).await));
    kinds.push(kind(model::delete::<Note>(&mut conn, note.id).await));
    kinds.push(kind(model::list_add::<Note>(&mut conn, [NewNote::new("b")]).await));
    kinds.push(kind(model::list_edit(&mut conn, Note::ID.eq(1), titled("b")).await));
    kinds.push(kind(model::list_delete(&mut conn, Note::ID.eq(1)).await));
    kinds.push(kind(list().all(&mut conn).await));
    kinds.push(kind(list().count(&mut conn).await));
    kinds.push(kind(list().exists(&mut conn).await));
    kinds.push(kind(list().page(&mut conn, PageRequest::default()).await));
    kinds.push(kind(list().stream(&mut conn).try_collect::<Vec<_>>().await));
    let save = || item::SaveItem::new(1, "a");
    kinds.push(kind(model::save::<Item>(&mut conn, save()).await));
    kinds.push(kind(model::save_all::<Item>(&mut conn, [save()]).await));
    assert_eq!(kinds, vec![ErrorKind::Forbidden; kinds.len()]);
    drop(conn);
    assert_eq!(fixture.notes().await, [note]);
    fixture.close().await;
}

#[tokio::test]
async fn going_around_it_is_said_in_words() {
    let fixture = Fixture::new().await;
    let note = fixture.note(2, "c").await;
    let work = fixture.scope(async |main| {
        let around = || without_policy(&main);
        assert_eq!(model::view::<Note>(around(), note.id).await?, note);
        assert_eq!(titles(&list().all(around()).await?), ["c"]);
        let new = NewNote { tenant: 9, ..NewNote::new("") };
        let added = model::add::<Note>(around(), new).await?;
        assert_eq!((added.tenant, added.author), (9, None), "nothing is completed or refused");
        let given = NotePatch { tenant: Change::Set(1), ..titled("d") };
        let edited = model::edit::<Note>(around(), note.id, given).await?;
        assert_eq!((edited.tenant, edited.author.as_deref()), (1, Some("Bob")));
        model::delete::<Note>(around(), added.id).await?;
        assert_eq!(kind(model::view::<Note>(around(), added.id).await), ErrorKind::NotFound);
        assert_eq!(titles(&list().all(&main).await?), ["d"], "and otherwise it is in force");
        Ok(())
    });
    of(1, work).await.expect("a commit");
    fixture.close().await;
}

#[tokio::test]
async fn a_row_that_is_given_away_is_answered_with_and_gone() {
    let fixture = Fixture::new().await;
    let save = item::SaveItem::new(1, "a");
    let work = async {
        let mut conn = fixture.conn().await;
        model::save::<Item>(&mut conn, save).await.expect("an item");
        let gone = item::ItemPatch { deleted: Change::Set(true), ..Default::default() };
        let edited = model::edit::<Item>(&mut conn, (1, "a"), gone).await.expect("an item");
        assert!(edited.deleted, "as it is then");
        assert_eq!(kind(model::view::<Item>(&mut conn, (1, "a")).await), ErrorKind::NotFound);
    };
    of(1, work).await;
    fixture.close().await;
}

#[tokio::test]
async fn every_row_by_accident_is_refused_whatever_the_policy_says() {
    let fixture = Fixture::new().await;
    let note = fixture.note(1, "a").await;
    let work = async {
        let mut conn = fixture.conn().await;
        let accident = || !Note::TITLE.one_of(Vec::<String>::new());
        let deleted = model::list_delete(&mut conn, accident()).await;
        assert_eq!(kind(deleted), ErrorKind::InvalidValue);
        let edited = model::list_edit(&mut conn, accident(), titled("b")).await;
        assert_eq!(kind(edited), ErrorKind::InvalidValue);
    };
    of(1, work).await;
    assert_eq!(fixture.notes().await, [note]);
    fixture.close().await;
}

#[tokio::test]
async fn rows_that_are_there_for_nobody() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let key = || closed::ItemKey { shelf: 1, code: "a".to_owned() };
    let all = Select::<closed::Item>::new;
    let save = |code: &str| SaveItem::new(1, code);
    // A row that nobody has yet can be written, and is not seen any more.
    let saved = model::save::<closed::Item>(&mut conn, save("a")).await.expect("an item");
    assert_eq!((saved.amount, saved.version), (7, 1));
    for again in [save("a"), SaveItem { amount: Change::Set(1), ..save("a") }] {
        let outcome = model::save::<closed::Item>(&mut conn, again.clone()).await;
        assert_eq!(kind(outcome), ErrorKind::Conflict);
        let outcome = model::save_all::<closed::Item>(&mut conn, [again]).await;
        assert_eq!(kind(outcome), ErrorKind::Conflict);
    }
    let mixed = model::save_all::<closed::Item>(&mut conn, [save("b"), save("a"), save("c")]).await;
    assert_eq!(kind(mixed), ErrorKind::Conflict);
    let new = model::save_all::<closed::Item>(&mut conn, [save("d"), save("e")]).await;
    assert_eq!(new.expect("new ones"), 2);

    assert_eq!(all().count(&mut conn).await.expect("a number"), 0);
    assert!(!all().exists(&mut conn).await.expect("an answer"));
    let page = all().page(&mut conn, PageRequest::default().with_total()).await.expect("a page");
    assert_eq!((page.items.len(), page.total), (0, Some(0)));
    assert_eq!(kind(model::view::<closed::Item>(&mut conn, key()).await), ErrorKind::NotFound);
    assert_eq!(kind(model::delete::<closed::Item>(&mut conn, key()).await), ErrorKind::NotFound);
    let patch = || closed::ItemPatch { amount: Change::Set(1), ..Default::default() };
    let edited = model::edit::<closed::Item>(&mut conn, key(), patch()).await;
    assert_eq!(kind(edited), ErrorKind::NotFound);
    let every = Filter::<closed::Item>::all_rows;
    assert_eq!(model::list_edit(&mut conn, every(), patch()).await.expect("a number"), 0);
    assert_eq!(model::list_delete(&mut conn, every()).await.expect("a number"), 0);
    drop(conn);
    let items = fixture.items().await;
    assert_eq!(items.iter().map(|item| item.code.as_str()).collect::<Vec<_>>(), ["a", "d", "e"]);
    assert!(items.iter().all(|item| item.amount == 7 && item.version == 1 && !item.deleted));
    fixture.close().await;
}
