//! Saving one row: added, or changed where there is one with its key.

use std::collections::HashSet;

use bindery_runtime::model::Change;
use bindery_runtime::sqlx::types::chrono::Utc;
use bindery_runtime::{Error, ErrorKind};

use super::bind::{
    self,
    item::{self, Item, ItemState, SaveItem},
    link::{self, Link, SaveLink},
    seat::{self, SaveSeat, Seat},
};
use super::{Fixture, failure, kind};

/// An item of which everything is said.
fn full(code: &str) -> SaveItem {
    SaveItem {
        amount: 100.into(),
        place: Some("shelf".to_owned()).into(),
        label: Some("old".to_owned()).into(),
        state: ItemState::Sold.into(),
        changed_at: Utc::now().into(),
        ..SaveItem::new(code, format!("bar {code}"))
    }
}

async fn items(fixture: &Fixture) -> Vec<Item> {
    let list = item::list().order(Item::CODE.asc());
    list.all(&mut fixture.conn().await).await.expect("items")
}

#[tokio::test]
async fn a_new_row_gets_defaults_for_what_is_left_out() {
    let fixture = Fixture::new().await;
    let before = Utc::now();
    let new = SaveItem::new("a", "1");
    let saved = item::save(&mut fixture.conn().await, new).await.expect("an item");
    assert!((saved.changed_at - before).num_seconds().abs() < 60, "{}", saved.changed_at);
    let expected = Item {
        code: "a".to_owned(),
        barcode: "1".to_owned(),
        amount: 7,
        place: None,
        label: Some("new".to_owned()),
        state: ItemState::Stored,
        changed_at: saved.changed_at,
    };
    assert_eq!(saved, expected);
    assert_eq!(items(&fixture).await, [expected]);
    fixture.close().await;
}

#[tokio::test]
async fn a_row_that_is_there_keeps_what_is_left_out() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let first = item::save(&mut conn, full("a")).await.expect("an item");
    let second = item::save(&mut conn, SaveItem::new("a", "2")).await.expect("an item");
    let expected = Item { barcode: "2".to_owned(), ..first };
    assert_eq!(second, expected);
    let less = SaveItem { amount: 1.into(), ..SaveItem::new("a", "2") };
    let third = item::save(&mut conn, less).await.expect("an item");
    assert_eq!(third, Item { amount: 1, ..expected });
    drop(conn);
    assert_eq!(items(&fixture).await, [third]);
    fixture.close().await;
}

#[tokio::test]
async fn null_that_is_said_is_written() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let empty = || SaveItem {
        place: Change::Set(None),
        label: Change::Set(None),
        ..SaveItem::new("a", "1")
    };
    let new = item::save(&mut conn, empty()).await.expect("an item");
    assert_eq!((new.place, new.label), (None, None), "no default in its place");
    item::save(&mut conn, full("a")).await.expect("an item");
    let changed = item::save(&mut conn, empty()).await.expect("an item");
    assert_eq!((changed.place, changed.label, changed.amount), (None, None, 100));
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_row_with_the_same_unique_value_is_a_conflict_and_never_changed() {
    let fixture = Fixture::new().await;
    for code in ["a", "b"] {
        item::save(&mut fixture.conn().await, full(code)).await.expect("an item");
    }
    let before = items(&fixture).await;
    // Of a row that is there, and of a new one.
    for code in ["b", "c"] {
        let taken = || SaveItem { amount: 1.into(), ..SaveItem::new(code, "bar a") };
        let error = failure(item::save(&mut fixture.conn().await, taken()).await);
        assert_eq!((error.kind(), error.table()), (ErrorKind::Conflict, Some("items")));
        let outcome = item::save_all(&mut fixture.conn().await, [full("d"), taken()]).await;
        assert_eq!(kind(outcome), ErrorKind::Conflict);
        assert_eq!(items(&fixture).await, before, "{code}");
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_conflict_in_a_block_is_undone_alone() {
    let fixture = Fixture::new().await;
    fixture
        .scope(async |main| {
            item::save(&main, full("a")).await?;
            let taken = main
                .atomic(async |block| {
                    item::save(block, full("b")).await?;
                    item::save(block, SaveItem::new("c", "bar a")).await
                })
                .await;
            assert_eq!(kind(taken), ErrorKind::Conflict);
            item::save(&main, full("d")).await.map(drop)
        })
        .await
        .expect("a commit");
    let codes: Vec<_> = items(&fixture).await.into_iter().map(|item| item.code).collect();
    assert_eq!(codes, ["a", "d"]);
    fixture.close().await;
}

#[tokio::test]
async fn a_value_that_is_not_allowed_is_no_conflict() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    item::save(&mut conn, full("a")).await.expect("an item");
    for code in ["a", "b"] {
        let long = SaveItem::new(code, "x".repeat(21));
        assert_eq!(kind(item::save(&mut conn, long).await), ErrorKind::InvalidValue);
    }
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_key_of_two_columns_is_the_same_when_both_are() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let held = |line, place, holder: &str| SaveSeat {
        holder: Some(holder.to_owned()).into(),
        ..SaveSeat::new(line, place)
    };
    for (line, place, holder) in [(1, 1, "a"), (1, 2, "b"), (2, 1, "c"), (1, 2, "d")] {
        let saved = seat::save(&mut conn, held(line, place, holder)).await.expect("a seat");
        assert_eq!(saved, Seat { line, place, holder: Some(holder.to_owned()) });
    }
    let kept = seat::save(&mut conn, SaveSeat::new(2, 1)).await.expect("a seat");
    assert_eq!(kept.holder.as_deref(), Some("c"));
    // A new seat, one of the same line, and one of the same place.
    for (line, place) in [(3, 3), (1, 2), (2, 1)] {
        let taken = seat::save(&mut conn, held(line, place, "a")).await;
        assert_eq!(kind(taken), ErrorKind::Conflict, "{line}, {place}");
    }
    let list = seat::list().order(Seat::LINE.asc()).order(Seat::PLACE.asc());
    let seats = list.all(&mut conn).await.expect("seats");
    let holders: Vec<_> = seats.iter().filter_map(|seat| seat.holder.as_deref()).collect();
    assert_eq!(holders, ["a", "d", "c"]);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_row_of_nothing_but_its_key_can_be_saved_again() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    for (left, right) in [(1, 1), (1, 2), (1, 1)] {
        let saved = link::save(&mut conn, SaveLink::new(left, right)).await.expect("a link");
        assert_eq!(saved, Link { left, right });
    }
    assert_eq!(link::list().count(&mut conn).await.expect("a number"), 2);
    drop(conn);
    fixture.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_two_tasks_save_the_same_key_and_all_succeed() {
    const TASKS: i32 = 32;

    let fixture = Fixture::with(8).await;
    let tasks: Vec<_> = (0..TASKS)
        .map(|number| {
            let databases = fixture.databases.clone();
            tokio::spawn(async move {
                let work = async |_: &_| {
                    let new = SaveItem { amount: number.into(), ..SaveItem::new("a", "1") };
                    item::save(&bind::autocommit()?, new).await
                };
                databases.scope::<_, Error>(work).await
            })
        })
        .collect();
    let mut codes = HashSet::new();
    for task in tasks {
        codes.insert(task.await.expect("no panic").expect("nobody is refused").code);
    }
    assert_eq!(codes.len(), 1);
    let stored = items(&fixture).await;
    assert!(matches!(&*stored, [only] if (0..TASKS).contains(&only.amount)), "{stored:?}");
    fixture.close().await;
}

#[test]
fn absent_and_null_are_different_when_a_row_is_saved() {
    let read = |text| serde_json::from_str::<SaveItem>(text).expect("an item");
    let bare = r#"{"code":"a","barcode":"1"}"#;
    assert_eq!(read(bare), SaveItem::new("a", "1"));
    let null = r#"{"code":"a","barcode":"1","label":null}"#;
    assert_eq!(read(null).label, Change::Set(None));
    for text in [bare, null] {
        assert_eq!(serde_json::to_string(&read(text)).expect("JSON"), text);
    }
    assert!(serde_json::from_str::<SaveItem>(r#"{"code":"a"}"#).is_err());
    assert!(
        serde_json::from_str::<SaveItem>(r#"{"code":"a","barcode":"1","amount":null}"#).is_err()
    );
}
