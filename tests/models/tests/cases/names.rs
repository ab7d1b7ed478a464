//! Names of tables and columns that mean something in SQL.

use bindery_runtime::ErrorKind;
use bindery_runtime::model::{Change, ColumnName as _, PageRequest};

use super::bind::{
    self,
    odd::{self, NewOdd, Odd, OddColumn, OddPatch, OddWord, SaveOdd},
};
use super::{Fixture, failure, kind};

fn row(id: i64, order: &str) -> Odd {
    Odd { id, order: order.to_owned(), number: None, word: OddWord::ItS, parent: None }
}

#[tokio::test]
async fn every_single_row_statement_quotes_them() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let added = odd::add(&mut conn, NewOdd::new(7, "a")).await.expect("a row");
    assert_eq!(added, row(7, "a"));
    assert_eq!(odd::view(&mut conn, added.id).await.expect("a row"), added);
    let patch = OddPatch {
        number: Some(5).into(),
        word: OddWord::Where.into(),
        parent: Some(added.id).into(),
        ..OddPatch::default()
    };
    let edited = odd::edit(&mut conn, added.id, patch).await.expect("a row");
    let expected =
        Odd { number: Some(5), word: OddWord::Where, parent: Some(added.id), ..added.clone() };
    assert_eq!(edited, expected);
    let saved = odd::save(&mut conn, SaveOdd::new(added.id, "b")).await.expect("a row");
    assert_eq!(saved, Odd { order: "b".to_owned(), ..expected });
    odd::delete(&mut conn, added.id).await.expect("a row");
    assert_eq!(kind(odd::view(&mut conn, added.id).await), ErrorKind::NotFound);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn every_statement_on_many_rows_quotes_them() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let new = (0..1_100).map(|number| NewOdd {
        number: Some(number),
        ..NewOdd::new(number.into(), number.to_string())
    });
    assert_eq!(odd::list_add(&mut conn, new).await.expect("rows"), 1_100);
    for column in OddColumn::ALL {
        let ordered = odd::list().order(column.asc()).order(Odd::ID.desc()).limit(1);
        assert!(ordered.first(&mut conn).await.expect("a row").is_some(), "{column:?}");
    }
    let high = || {
        let word = Odd::WORD.one_of([OddWord::ItS, OddWord::Where]);
        Odd::NUMBER.gte(1_000).and(word).and(Odd::PARENT.is_null()).and(Odd::ORDER.like("1%"))
    };
    let page =
        odd::list().filter(high()).page(&mut conn, PageRequest::default().with_total()).await;
    assert_eq!(page.expect("a page").total, Some(100));
    let patch = OddPatch { number: Change::Set(None), ..OddPatch::default() };
    assert_eq!(odd::list_edit(&mut conn, high(), patch).await.expect("rows"), 100);
    let deleted = odd::list_delete(&mut conn, Odd::NUMBER.is_null()).await;
    assert_eq!(deleted.expect("rows"), 100);
    let rows = (1..=1_100).map(|id| SaveOdd::new(id, format!("s{id}")));
    assert_eq!(odd::save_all(&mut conn, rows).await.expect("rows"), 1_100);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn what_they_hold_is_checked() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    odd::add(&mut conn, NewOdd::new(1, "a")).await.expect("a row");
    for (new, expected) in [
        (NewOdd::new(2, "a"), ErrorKind::Conflict),
        (NewOdd::new(2, "a long"), ErrorKind::InvalidValue),
        (NewOdd { parent: Some(77), ..NewOdd::new(2, "b") }, ErrorKind::ForeignKey),
    ] {
        let error = failure(odd::add(&mut conn, new).await);
        assert_eq!(error.kind(), expected, "{error:?}");
        assert_eq!(error.table(), Some("select \"a\" `b` 'c' ? $1"));
    }
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn their_tables_are_created_once_and_dropped() {
    let fixture = Fixture::new().await;
    odd::add(&mut fixture.conn().await, NewOdd::new(1, "a")).await.expect("a row");
    bind::create_all(&fixture.databases).await.expect("they are there");
    assert!(odd::list().exists(&mut fixture.conn().await).await.expect("an answer"));
    bind::drop_all(&fixture.databases).await.expect("no tables");
    let gone = odd::list().exists(&mut fixture.conn().await).await;
    assert_eq!(kind(gone), ErrorKind::Database);
    fixture.close().await;
}
