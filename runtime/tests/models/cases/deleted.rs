//! Rows that are marked instead of deleted.

use bindery_runtime::ErrorKind;
use bindery_runtime::model::{self, Change, Filter, Select, without_policy};
use bindery_runtime::sqlx::types::chrono::Utc;

use super::db::item::{Item, ItemPatch, SaveItem};
use super::db::note::{NewNote, Note, NotePatch};
use super::{Fixture, kind, of, titled, titles};

#[tokio::test]
async fn a_deleted_row_is_marked_and_not_there_any_more() {
    let fixture = Fixture::new().await;
    let note = fixture.note(1, "a").await;
    fixture.note(1, "b").await;
    let work = fixture.scope(async |main| {
        model::delete::<Note>(&main, note.id).await?;
        assert_eq!(kind(model::view::<Note>(&main, note.id).await), ErrorKind::NotFound);
        assert_eq!(kind(model::delete::<Note>(&main, note.id).await), ErrorKind::NotFound);
        let edited = model::edit::<Note>(&main, note.id, titled("c")).await;
        assert_eq!(kind(edited), ErrorKind::NotFound);
        assert_eq!(titles(&Select::new().all(&main).await?), ["b"]);
        assert_eq!(Select::<Note>::new().count(&main).await?, 1);
        let every = Filter::<Note>::all_rows;
        let bare = NotePatch { author: Change::Set(None), ..NotePatch::default() };
        assert_eq!(model::list_edit(&main, every(), bare).await?, 1);
        assert_eq!(model::list_delete(&main, every()).await?, 1);
        assert_eq!(model::list_delete(&main, every()).await?, 0);
        Ok(())
    });
    of(1, work).await.expect("a commit");
    let notes = fixture.notes().await;
    assert_eq!(titles(&notes), ["a", "b"]);
    for (note, version) in notes.iter().zip([2, 3]) {
        let age = Utc::now() - note.deleted_at.expect("a mark");
        assert!(age.num_seconds().abs() < 60, "{age}");
        assert_eq!(note.version, version, "a mark is a change");
    }
    fixture.close().await;
}

#[tokio::test]
async fn without_the_policy_it_is_seen_restored_and_really_deleted() {
    let fixture = Fixture::new().await;
    let note = fixture.note(1, "a").await;
    let work = fixture.scope(async |main| {
        model::delete::<Note>(&main, note.id).await?;
        let seen = model::view::<Note>(without_policy(&main), note.id).await?;
        assert!(seen.deleted_at.is_some());
        // Its unique values are taken as before.
        let again = main.atomic(async |block| model::add::<Note>(block, NewNote::new("a")).await);
        assert_eq!(kind(again.await), ErrorKind::Conflict);

        let restored = NotePatch { deleted_at: Change::Set(None), ..NotePatch::default() };
        let row = model::edit::<Note>(without_policy(&main), note.id, restored).await?;
        assert_eq!((row.deleted_at, row.version), (None, 3));
        assert_eq!(model::view::<Note>(&main, note.id).await?, row);

        model::delete::<Note>(without_policy(&main), note.id).await?;
        let gone = model::view::<Note>(without_policy(&main), note.id).await;
        assert_eq!(kind(gone), ErrorKind::NotFound);
        Ok(())
    });
    of(1, work).await.expect("a commit");
    assert_eq!(fixture.notes().await, []);

    fixture.note(1, "b").await;
    let every = Filter::<Note>::all_rows();
    let deleted = model::list_delete(without_policy(&mut fixture.conn().await), every).await;
    assert_eq!(deleted.expect("a number"), 1);
    assert_eq!(fixture.notes().await, []);
    fixture.close().await;
}

#[tokio::test]
async fn saving_does_not_bring_it_back() {
    let fixture = Fixture::new().await;
    let changed = || SaveItem { amount: Change::Set(1), ..SaveItem::new(1, "a") };
    let work = async {
        let mut conn = fixture.conn().await;
        model::save::<Item>(&mut conn, SaveItem::new(1, "a")).await.expect("an item");
        model::delete::<Item>(&mut conn, (1, "a")).await.expect("a mark");
        let outcome = model::save::<Item>(&mut conn, changed()).await;
        assert_eq!(kind(outcome), ErrorKind::Conflict);
        let rows = [SaveItem::new(1, "b"), changed()];
        let outcome = model::save_all::<Item>(&mut conn, rows).await;
        assert_eq!(kind(outcome), ErrorKind::Conflict);
        let stored = fixture.items().await;
        assert_eq!((stored.len(), stored[0].deleted, stored[0].amount), (1, true, 7));

        // Nor does saving it without the policy: the mark is a column like any other then.
        let saved = model::save::<Item>(without_policy(&mut conn), changed()).await;
        assert!(saved.expect("an item").deleted);
        let restored = ItemPatch { deleted: Change::Set(false), ..ItemPatch::default() };
        let row = model::edit::<Item>(without_policy(&mut conn), (1, "a"), restored).await;
        assert_eq!(row.expect("an item").amount, 1);
        model::save::<Item>(&mut conn, changed()).await.expect("an item");
    };
    of(1, work).await;
    fixture.close().await;
}
