//! Rows that count their changes, and editors that say which version they saw.

use bindery_runtime::ErrorKind;
use bindery_runtime::model::{self, Change, Filter, Model, without_policy};

use super::db::item::{Item, ItemPatch, SaveItem};
use super::db::note::{Note, NotePatch};
use super::{Fixture, kind, of, titled};

fn of_version(version: i64, mut patch: NotePatch) -> NotePatch {
    Note::expect(&mut patch, version);
    patch
}

#[tokio::test]
async fn every_change_counts_and_nothing_else_does() {
    let fixture = Fixture::new().await;
    let note = fixture.note(1, "a").await;
    assert_eq!(note.version, 1);
    let work = fixture.scope(async |main| {
        let edit = async |patch| model::edit::<Note>(&main, note.id, patch).await;
        assert_eq!(edit(titled("b")).await?.version, 2);
        assert_eq!(edit(NotePatch::default()).await?.version, 2, "nothing changed");
        model::list_edit::<Note>(&main, Filter::all_rows(), titled("c")).await?;
        model::list_edit::<Note>(&main, Filter::all_rows(), NotePatch::default()).await?;
        assert_eq!(model::view::<Note>(&main, note.id).await?.version, 3);

        let save = |amount| SaveItem { amount, ..SaveItem::new(1, "a") };
        let saved = model::save::<Item>(&main, save(Change::Keep)).await?;
        assert_eq!(saved.version, 1);
        assert_eq!(model::save::<Item>(&main, save(Change::Set(2))).await?.version, 2);
        model::save_all::<Item>(&main, [save(Change::Set(3)), SaveItem::new(1, "b")]).await?;
        let row = model::view::<Item>(&main, (1, "a")).await?;
        assert_eq!((row.amount, row.version), (3, 3));
        // Without the policy nothing is added to what is saved.
        let saved = model::save::<Item>(without_policy(&main), save(Change::Keep)).await?;
        assert_eq!(saved.version, 3, "nothing changed");
        model::save_all::<Item>(without_policy(&main), [save(Change::Keep)]).await?;
        assert_eq!(model::view::<Item>(&main, (1, "a")).await?.version, 3);
        Ok(())
    });
    Box::pin(of(1, work)).await.expect("a commit");
    fixture.close().await;
}

#[tokio::test]
async fn an_edit_of_another_version_is_stale() {
    let fixture = Fixture::new().await;
    let note = fixture.note(1, "a").await;
    let other = fixture.note(2, "a").await;
    let work = fixture.scope(async |main| {
        let edit = async |id: i64, version, patch| {
            model::edit::<Note>(&main, id, of_version(version, patch)).await
        };
        assert_eq!(edit(note.id, 1, titled("b")).await?.version, 2);
        assert_eq!(kind(edit(note.id, 1, titled("c")).await), ErrorKind::Stale);
        assert_eq!(kind(edit(note.id, 3, titled("c")).await), ErrorKind::Stale);
        assert_eq!(kind(edit(note.id, 1, NotePatch::default()).await), ErrorKind::Stale);
        assert_eq!(edit(note.id, 2, NotePatch::default()).await?.title, "b");
        // Whose rows are not there are not stale either.
        for id in [0, other.id] {
            assert_eq!(kind(edit(id, 7, titled("c")).await), ErrorKind::NotFound);
            assert_eq!(kind(edit(id, 7, NotePatch::default()).await), ErrorKind::NotFound);
        }
        model::delete::<Note>(&main, note.id).await?;
        assert_eq!(kind(edit(note.id, 3, titled("c")).await), ErrorKind::NotFound);
        let around = without_policy(&main);
        let marked = model::edit::<Note>(around, note.id, of_version(3, titled("c"))).await?;
        assert_eq!(marked.version, 4);
        Ok(())
    });
    Box::pin(of(1, work)).await.expect("the session goes on");
    fixture.close().await;
}

#[tokio::test]
async fn a_list_is_changed_where_the_version_fits() {
    let fixture = Fixture::new().await;
    let work = fixture.scope(async |main| {
        let rows = ["a", "b", "c"].map(|code| SaveItem::new(1, code));
        model::save_all::<Item>(&main, rows).await?;
        let patch = |amount, version| ItemPatch {
            amount: Change::Set(amount),
            version,
            ..ItemPatch::default()
        };
        model::edit::<Item>(&main, (1, "a"), patch(1, None)).await?;
        let every = Filter::<Item>::all_rows;
        assert_eq!(model::list_edit(&main, every(), patch(2, Some(1))).await?, 2);
        let either = Item::CODE.eq("a").or(Item::CODE.eq("b"));
        assert_eq!(model::list_edit(&main, either, patch(3, Some(2))).await?, 2);
        let nothing = ItemPatch { version: Some(3), ..ItemPatch::default() };
        assert_eq!(model::list_edit(&main, every(), nothing).await?, 2);
        Ok(())
    });
    Box::pin(of(1, work)).await.expect("a commit");
    let amounts: Vec<_> = fixture.items().await.iter().map(|item| item.amount).collect();
    assert_eq!(amounts, [3, 3, 2]);
    fixture.close().await;
}

#[tokio::test]
async fn a_row_is_deleted_if_it_is_of_the_version() {
    let fixture = Fixture::new().await;
    let note = fixture.note(1, "a").await;
    let other = fixture.note(2, "a").await;
    let work = fixture.scope(async |main| {
        assert_eq!(kind(model::delete_if::<Note>(&main, note.id, 2).await), ErrorKind::Stale);
        assert_eq!(kind(model::delete_if::<Note>(&main, other.id, 1).await), ErrorKind::NotFound);
        model::delete_if::<Note>(&main, note.id, 1).await?;
        assert_eq!(kind(model::delete_if::<Note>(&main, note.id, 2).await), ErrorKind::NotFound);
        let around = || without_policy(&main);
        assert_eq!(kind(model::delete_if::<Note>(around(), note.id, 1).await), ErrorKind::Stale);
        model::delete_if::<Note>(around(), note.id, 2).await?;
        let again = model::delete_if::<Note>(around(), note.id, 2).await;
        assert_eq!(kind(again), ErrorKind::NotFound);
        Ok(())
    });
    Box::pin(of(1, work)).await.expect("the session goes on");
    assert_eq!(fixture.notes().await, [other]);
    fixture.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_editors_with_the_same_version_one_wins() {
    const EDITORS: i64 = 8;

    let fixture = Fixture::new().await;
    let note = fixture.note(1, "a").await;
    for round in 0..5 {
        let version = round + 1;
        let mut editors = tokio::task::JoinSet::new();
        for editor in 0..EDITORS {
            let pool = fixture.databases.main().pool();
            editors.spawn(of(1, async move {
                let mut conn = pool.acquire().await.expect("a connection");
                let patch = of_version(version, titled(&format!("{round} by {editor}")));
                model::edit::<Note>(&mut conn, note.id, patch).await
            }));
        }
        let outcomes = editors.join_all().await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1, "{lost:?}");
        assert!(lost.into_iter().all(|outcome| kind(outcome) == ErrorKind::Stale));
    }
    assert_eq!(fixture.notes().await[0].version, 6);
    fixture.close().await;
}
