//! Upserts keep to the rows that are there for whoever asks, all of them or none.

use bindery_runtime::ErrorKind;
use bindery_runtime::model::{self, Change, without_policy};

use super::db::item::{Item, SaveItem};
use super::{Fixture, kind, of};

fn save(code: &str) -> SaveItem {
    SaveItem::new(1, code)
}

fn amount(code: &str, amount: i32) -> SaveItem {
    SaveItem { amount: Change::Set(amount), ..save(code) }
}

/// What is stored: code, tenant, amount, version.
async fn stored(fixture: &Fixture) -> Vec<(String, i64, i32, i64)> {
    let items = fixture.items().await;
    items.into_iter().map(|item| (item.code, item.tenant, item.amount, item.version)).collect()
}

/// `a` of tenant 1, `b` of tenant 2.
async fn two() -> Fixture {
    let fixture = Fixture::new().await;
    for (tenant, code) in [(1, "a"), (2, "b")] {
        let barcode = Change::Set(Some(format!("bar {code}")));
        let add = async {
            let row = SaveItem { barcode, ..save(code) };
            model::save::<Item>(&mut fixture.conn().await, row).await
        };
        of(tenant, add).await.expect("an item");
    }
    fixture
}

fn as_it_was() -> Vec<(String, i64, i32, i64)> {
    vec![("a".to_owned(), 1, 7, 1), ("b".to_owned(), 2, 7, 1)]
}

#[tokio::test]
async fn own_rows_are_changed() {
    let fixture = two().await;
    let work = async {
        let mut conn = fixture.conn().await;
        let saved = model::save::<Item>(&mut conn, amount("a", 8)).await.expect("an item");
        assert_eq!((saved.amount, saved.tenant, saved.version), (8, 1, 2));
        assert_eq!(saved.barcode.as_deref(), Some("bar a"), "what is left out stays");
        assert_eq!(saved.author.as_deref(), Some("Ada"));
        let both = [amount("a", 9), amount("c", 1)];
        assert_eq!(model::save_all::<Item>(&mut conn, both).await.expect("items"), 2);
    };
    Box::pin(of(1, work)).await;
    let expected = [("a", 1, 9, 3), ("b", 2, 7, 1), ("c", 1, 1, 1)];
    let stored = stored(&fixture).await;
    let stored: Vec<_> = stored.iter().map(|(code, a, b, c)| (code.as_str(), *a, *b, *c)).collect();
    assert_eq!(stored, expected);
    fixture.close().await;
}

#[tokio::test]
async fn rows_of_others_are_a_conflict_and_never_changed() {
    let fixture = two().await;
    let taken = || SaveItem { barcode: Change::Set(Some("bar b".to_owned())), ..amount("a", 8) };
    let work = async {
        for theirs in [save("b"), amount("b", 8), taken()] {
            let outcome = model::save::<Item>(&mut fixture.conn().await, theirs.clone()).await;
            assert_eq!(kind(outcome), ErrorKind::Conflict);
            let outcome = model::save_all::<Item>(&mut fixture.conn().await, [theirs]).await;
            assert_eq!(kind(outcome), ErrorKind::Conflict);
        }
        fixture
            .scope(async |main| {
                let block = main
                    .atomic(async |block| {
                        model::save::<Item>(block, save("c")).await?;
                        model::save::<Item>(block, amount("b", 8)).await
                    })
                    .await;
                assert_eq!(kind(block), ErrorKind::Conflict);
                assert!(model::Select::<Item>::new().count(&main).await? == 1);
                Ok(())
            })
            .await
            .expect("the block was undone alone");
    };
    Box::pin(of(1, work)).await;
    assert_eq!(stored(&fixture).await, as_it_was());
    fixture.close().await;
}

#[tokio::test]
async fn one_row_of_others_among_many_undoes_all() {
    let fixture = two().await;
    // One statement, one of full size and another, and rows that change different columns.
    for size in [2, 1_000, 2_500] {
        let rows = || {
            let own = (0..size).map(|at| amount(&format!("n{at}"), 1));
            [amount("a", 8)].into_iter().chain(own).chain([amount("b", 8)])
        };
        let early =
            || [amount("b", 8)].into_iter().chain((0..size).map(|at| save(&at.to_string())));
        let work = async {
            let outcome = model::save_all::<Item>(&mut fixture.conn().await, rows()).await;
            assert_eq!(kind(outcome), ErrorKind::Conflict);
            let outcome = model::save_all::<Item>(&mut fixture.conn().await, early()).await;
            assert_eq!(kind(outcome), ErrorKind::Conflict);
            assert_eq!(stored(&fixture).await, as_it_was(), "{size} on a connection");

            let plain = fixture.plain(async |main| model::save_all::<Item>(&main, rows()).await);
            assert_eq!(kind(plain.await), ErrorKind::Conflict);
            assert_eq!(stored(&fixture).await, as_it_was(), "{size} without a transaction");

            let mut transaction = fixture.databases.main().pool().begin().await.expect("BEGIN");
            let outcome = model::save_all::<Item>(&mut transaction, rows()).await;
            assert_eq!(kind(outcome), ErrorKind::Conflict);
            transaction.commit().await.expect("a commit");
            assert_eq!(stored(&fixture).await, as_it_was(), "{size} in a transaction");

            fixture
                .scope(async |main| {
                    let block = main
                        .atomic(async |block| model::save_all::<Item>(block, rows()).await)
                        .await;
                    assert_eq!(kind(block), ErrorKind::Conflict);
                    Ok(())
                })
                .await
                .expect("a commit");
            assert_eq!(stored(&fixture).await, as_it_was(), "{size} in a block");
        };
        Box::pin(of(1, work)).await;
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_row_that_may_not_be_written_undoes_those_before_it() {
    let fixture = two().await;
    for size in [0, 2, 2_500] {
        let rows = || {
            let own = (0..size).map(|at| amount(&format!("n{at}"), 1));
            own.chain([amount("z", -1)])
        };
        let work = async {
            let outcome = model::save_all::<Item>(&mut fixture.conn().await, rows()).await;
            assert_eq!(kind(outcome), ErrorKind::InvalidValue);
            let outcome = model::save::<Item>(&mut fixture.conn().await, amount("a", -1)).await;
            assert_eq!(kind(outcome), ErrorKind::InvalidValue);
        };
        Box::pin(of(1, work)).await;
        assert_eq!(stored(&fixture).await, as_it_was());
    }
    fixture.close().await;
}

#[tokio::test]
async fn without_the_policy_every_row_is_changed() {
    let fixture = two().await;
    let mut conn = fixture.conn().await;
    let saved = model::save::<Item>(without_policy(&mut conn), amount("b", 8)).await;
    let saved = saved.expect("an item");
    assert_eq!((saved.amount, saved.tenant, saved.author.as_deref()), (8, 2, Some("Bob")));
    let both = [amount("a", 9), amount("b", 9), amount("c", -1)];
    assert_eq!(model::save_all::<Item>(without_policy(&mut conn), both).await.expect("items"), 3);
    drop(conn);
    let expected = [(1, 9, 2), (2, 9, 3), (0, -1, 1)];
    let stored = stored(&fixture).await;
    let stored: Vec<_> = stored.iter().map(|(_, a, b, c)| (*a, *b, *c)).collect();
    assert_eq!(stored, expected);
    fixture.close().await;
}
