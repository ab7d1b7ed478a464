//! Saving many rows: all of them or none.

use bindery_runtime::ErrorKind;
use bindery_runtime::model::Change;

use super::bind::{
    item::{self, Item, ItemState, SaveItem},
    link::{self, SaveLink},
    seat::{self, SaveSeat, Seat},
};
use super::{Fixture, kind};

const SIZE: usize = 3_000;

fn new(number: usize) -> SaveItem {
    SaveItem::new(format!("{number:04}"), format!("bar {number}"))
}

async fn stored(fixture: &Fixture) -> u64 {
    item::list().count(&mut fixture.conn().await).await.expect("a number")
}

/// A row to save. Twenty in a row say the same columns, of which there are all combinations.
fn mixed(number: usize) -> SaveItem {
    let mut save = new(number);
    if says(number, 1) {
        save.amount = 1.into();
    }
    if says(number, 2) {
        save.place = Change::Set(None);
    }
    if says(number, 4) {
        save.label = Some(format!("label {number}")).into();
    }
    if says(number, 8) {
        save.state = ItemState::Sold.into();
    }
    save
}

fn says(number: usize, column: usize) -> bool {
    number & column != 0
}

/// Every other row was there before.
fn is_old(number: usize) -> bool {
    number.is_multiple_of(2)
}

/// What has become of it.
fn expected(number: usize) -> (i32, Option<String>, Option<String>, ItemState) {
    let was_there = is_old(number);
    let amount = if says(number, 1) {
        1
    } else if was_there {
        100
    } else {
        7
    };
    let place = (was_there && !says(number, 2)).then(|| "shelf".to_owned());
    let label = if says(number, 4) {
        format!("label {number}")
    } else if was_there {
        "old".to_owned()
    } else {
        "new".to_owned()
    };
    let state = if says(number, 8) { ItemState::Sold } else { ItemState::Stored };
    (amount, place, Some(label), state)
}

#[tokio::test]
async fn thousands_of_rows_that_leave_out_different_columns() {
    let fixture = Fixture::new().await;
    let old = (0..SIZE).filter(|number| is_old(*number)).map(|number| SaveItem {
        amount: 100.into(),
        place: Some("shelf".to_owned()).into(),
        label: Some("old".to_owned()).into(),
        ..new(number)
    });
    let mut conn = fixture.conn().await;
    assert_eq!(item::save_all(&mut conn, old).await.expect("items"), 1_500);
    drop(conn);
    let saved = fixture.scope(async |main| item::save_all(&main, (0..SIZE).map(mixed)).await).await;
    assert_eq!(saved.expect("a commit"), 3_000, "rows that are changed count once");

    let list = item::list().order(Item::CODE.asc());
    let rows = list.all(&mut fixture.conn().await).await.expect("items");
    assert_eq!(rows.len(), SIZE);
    for (number, row) in rows.into_iter().enumerate() {
        assert_eq!(row.barcode, format!("bar {number}"));
        let found = (row.amount, row.place, row.label, row.state);
        assert_eq!(found, expected(number), "{number}");
    }
    fixture.close().await;
}

#[tokio::test]
async fn nothing_to_save() {
    let fixture = Fixture::new().await;
    let none = Vec::<SaveItem>::new();
    assert_eq!(item::save_all(&mut fixture.conn().await, none).await.expect("none"), 0);
    fixture.close().await;
}

#[tokio::test]
async fn two_rows_of_one_key_are_refused_and_nothing_is_stored() {
    let fixture = Fixture::new().await;
    // In the same statement, and in different ones.
    for size in [2, SIZE] {
        let doubled = || (0..size).chain([0]).map(new);
        let outcome = item::save_all(&mut fixture.conn().await, doubled()).await;
        assert_eq!(kind(outcome), ErrorKind::InvalidValue);
        assert_eq!(stored(&fixture).await, 0, "{size} on a connection");

        fixture
            .plain(async |main| {
                let outcome = item::save_all(&main, doubled()).await;
                assert_eq!(kind(outcome), ErrorKind::InvalidValue);
                Ok(())
            })
            .await
            .expect("nothing is open");
        assert_eq!(stored(&fixture).await, 0, "{size} without a transaction");

        fixture
            .scope(async |main| {
                let outcome = item::save_all(&main, doubled()).await;
                assert_eq!(kind(outcome), ErrorKind::InvalidValue);
                assert_eq!(item::list().count(&main).await?, 0);
                Ok(())
            })
            .await
            .expect("the database refused nothing");
        assert_eq!(stored(&fixture).await, 0, "{size} in a session");
    }
    fixture.close().await;
}

#[tokio::test]
async fn two_rows_are_of_one_key_when_all_of_it_is_the_same() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let places = [(1, 1), (1, 2), (2, 1), (2, 2)];
    let seats = || places.into_iter().map(|(line, place)| SaveSeat::new(line, place));
    assert_eq!(seat::save_all(&mut conn, seats()).await.expect("seats"), 4);
    let doubled = seats().chain([SaveSeat::new(2, 1)]);
    assert_eq!(kind(seat::save_all(&mut conn, doubled).await), ErrorKind::InvalidValue);
    assert_eq!(seat::list().count(&mut conn).await.expect("a number"), 4);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_conflict_with_another_row_in_the_last_statement_undoes_all() {
    let fixture = Fixture::new().await;
    item::save(&mut fixture.conn().await, SaveItem::new("x", "taken")).await.expect("an item");
    let rows = || (0..SIZE).map(new).chain([SaveItem::new("y", "taken")]);
    let outcome = item::save_all(&mut fixture.conn().await, rows()).await;
    assert_eq!(kind(outcome), ErrorKind::Conflict);
    assert_eq!(stored(&fixture).await, 1, "on a connection");

    fixture
        .scope(async |main| {
            let block = main.atomic(async |block| item::save_all(block, rows()).await).await;
            assert_eq!(kind(block), ErrorKind::Conflict);
            item::save(&main, new(0)).await.map(drop)
        })
        .await
        .expect("the block was undone alone");
    assert_eq!(stored(&fixture).await, 2, "in a block");
    fixture.close().await;
}

#[tokio::test]
async fn unique_values_can_be_exchanged_through_null() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let held = |place, holder: Option<&str>| SaveSeat {
        holder: Change::Set(holder.map(str::to_owned)),
        ..SaveSeat::new(1, place)
    };
    for seats in [
        [held(1, Some("a")), held(2, Some("b"))],
        [held(1, None), held(2, None)],
        [held(1, Some("b")), held(2, Some("a"))],
    ] {
        assert_eq!(seat::save_all(&mut conn, seats).await.expect("seats"), 2);
    }
    let seats = seat::list().order(Seat::PLACE.asc()).all(&mut conn).await.expect("seats");
    let holders: Vec<_> = seats.iter().filter_map(|seat| seat.holder.as_deref()).collect();
    assert_eq!(holders, ["b", "a"]);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn rows_of_nothing_but_their_key() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    for _ in 0..2 {
        let links = (0..2_500).map(|number| SaveLink::new(number / 50, number % 50));
        assert_eq!(link::save_all(&mut conn, links).await.expect("links"), 2_500);
    }
    assert_eq!(link::list().count(&mut conn).await.expect("a number"), 2_500);
    drop(conn);
    fixture.close().await;
}
