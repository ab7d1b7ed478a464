//! Cursors that are none of a list, and lists that have none.

use bindery_runtime::ErrorKind;
use bindery_runtime::model::{Cursor, Model, Order, Select};

use super::super::bind::{
    note::{self, Note, NotePatch},
    sample::{self, NewSample, Sample},
    seat::{self, NewSeat, Seat},
};
use super::super::{Main, failure, kind};
use super::{Dice, Fixture, notes, request};

async fn outcome<M>(
    fixture: &Fixture,
    order: &[Order<M>],
    cursor: Option<Cursor>,
) -> super::super::Outcome<Option<Cursor>>
where
    M: Model<Bind = Main>,
{
    let list = order.iter().fold(Select::new(), |list, order| list.order(*order));
    let page = list.keyset(&mut fixture.conn().await, request(2).with_cursor(cursor)).await?;
    Ok(page.next)
}

#[tokio::test]
async fn cursors_of_another_order_or_model() {
    let fixture = Fixture::new().await;
    notes(&fixture, 5, &mut Dice(1)).await;
    let seats = (0..5).map(|line| NewSeat::new(line, line));
    seat::list_add(&mut fixture.conn().await, seats).await.expect("seats");
    let orders = [
        vec![],
        vec![Note::ID.desc()],
        vec![Note::SCORE.asc()],
        vec![Note::SCORE.desc()],
        vec![Note::SCORE.desc(), Note::ID.asc()],
        vec![Note::SCORE.asc(), Note::TITLE.asc()],
        vec![Note::TITLE.asc(), Note::SCORE.asc()],
    ];
    let seats = outcome::<Seat>(&fixture, &[], None).await.expect("a page");
    for (at, ours) in orders.iter().enumerate() {
        let cursor = outcome(&fixture, ours, None).await.expect("a page");
        assert!(cursor.is_some());
        for (place, others) in orders.iter().enumerate() {
            let outcome = outcome(&fixture, others, cursor.clone()).await;
            if at == place {
                outcome.expect("a page");
            } else {
                assert_eq!(kind(outcome), ErrorKind::InvalidCursor, "{ours:?} {others:?}");
            }
        }
        assert_eq!(kind(outcome(&fixture, ours, seats.clone()).await), ErrorKind::InvalidCursor);
        let error = failure(outcome::<Seat>(&fixture, &[], cursor).await);
        assert_eq!((error.kind(), error.table()), (ErrorKind::InvalidCursor, Some("seats")));
    }
    // The key comes by itself.
    let by_key = outcome(&fixture, &[Note::SCORE.asc()], None).await.expect("a page");
    outcome(&fixture, &[Note::SCORE.asc(), Note::ID.asc()], by_key).await.expect("a page");
    fixture.close().await;
}

/// Whoever changes a cursor gets another page or is told that it is none: the database is never
/// asked something that it refuses.
#[tokio::test]
async fn cursors_that_somebody_changed() {
    let fixture = Fixture::new().await;
    let day = bindery_runtime::sqlx::types::chrono::NaiveDate::from_ymd_opt(2024, 2, 29);
    let row = |number: u8| NewSample {
        small: Some(number.into()),
        double: Some(f64::from(number) + 0.5),
        words: Some(format!("a{number}")),
        bytes: Some(vec![number]),
        day,
        hour: Some(bindery_runtime::sqlx::types::chrono::NaiveTime::MIN),
        moment: day.map(|day| day.and_hms_opt(1, 2, 3).expect("a time").and_utc()),
        mood: Some(sample::SampleMood::Good),
        flag: Some(number > 1),
        ..NewSample::default()
    };
    let rows = (0..4).map(row).collect::<Vec<_>>();
    sample::list_add(&mut fixture.conn().await, rows).await.expect("rows");
    let mut dice = Dice(7);
    for order in [
        Sample::SMALL.asc(),
        Sample::DOUBLE.desc(),
        Sample::WORDS.asc(),
        Sample::BYTES.asc(),
        Sample::DAY.asc(),
        Sample::HOUR.asc(),
        Sample::MOMENT.desc(),
        Sample::MOOD.asc(),
        Sample::FLAG.asc(),
    ] {
        let cursor = outcome(&fixture, &[order], None).await.expect("a page").expect("a next one");
        let (mut refused, mut taken) = (0, 0);
        for _ in 0..150 {
            let mut text = cursor.to_string();
            // The first letters say which list it is.
            let at = 13 + dice.below(text.len() - 13);
            let letter = dice.one_of(&["A", "B", "_", "g", "w", "x", "z", "7", "4"]);
            text.replace_range(at..=at, letter);
            let Ok(changed) = text.parse::<Cursor>() else {
                refused += 1;
                continue;
            };
            match outcome(&fixture, &[order], Some(changed)).await {
                Ok(_) => taken += 1,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::InvalidCursor, "{text}: {error:?}");
                    refused += 1;
                }
            }
        }
        assert!(refused > 20 && taken > 1, "{order:?}: {refused} refused, {taken} taken");
    }
    fixture.close().await;
}

#[tokio::test]
async fn lists_without_cursors() {
    let fixture = Fixture::new().await;
    let error =
        failure(outcome(&fixture, &[Order::<Sample>::ascending(Sample::DATA.name())], None).await);
    assert_eq!(error.kind(), ErrorKind::InvalidValue);
    assert!(error.to_string().contains("column `data`"), "{error}");

    notes(&fixture, 3, &mut Dice(1)).await;
    let long = NotePatch { body: Some("é".repeat(2_000)).into(), ..NotePatch::default() };
    note::list_edit(&mut fixture.conn().await, Note::TITLE.eq("n1"), long).await.expect("a note");
    let error = failure(outcome(&fixture, &[Note::BODY.desc()], None).await);
    assert_eq!(error.kind(), ErrorKind::InvalidValue);
    assert!(error.to_string().contains("too long for a cursor"), "{error}");
    outcome(&fixture, &[Note::TITLE.desc()], None).await.expect("a page");
    fixture.close().await;
}
