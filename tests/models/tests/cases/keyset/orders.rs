//! Every order has its pages.

use std::time::Duration;

use bindery_runtime::model::{ColumnName, Model, Order, Select};
use bindery_runtime::sqlx::types::Uuid;
use bindery_runtime::sqlx::types::chrono::{DateTime, NaiveDate, NaiveTime};

use super::super::backend;
use super::super::bind::{
    link::{self, Link, NewLink},
    member::{self, Member, NewMember},
    note::{self, Note},
    sample::{self, NewSample, Sample, SampleMood},
    seat::{self, NewSeat, Seat},
};
use super::{Dice, Fixture, TEXTS, notes, walk, walks};

fn list<M: Model>(orders: &[Order<M>]) -> Select<M> {
    orders.iter().fold(Select::new(), |list, order| list.order(*order))
}

#[tokio::test]
async fn ties_nulls_and_mixed_directions() {
    let fixture = Fixture::new().await;
    notes(&fixture, 300, &mut Dice(1)).await;
    let (up, down) = (Note::ID.asc(), Note::ID.desc());
    for (orders, key) in [
        (vec![], up),
        (vec![Note::ID.desc()], down),
        (vec![Note::SCORE.asc()], up),
        (vec![Note::SCORE.desc()], down),
        (vec![Note::BODY.asc()], up),
        (vec![Note::BODY.desc()], down),
        (vec![Note::SCORE.asc(), Note::BODY.desc()], down),
        (vec![Note::BODY.desc(), Note::SCORE.asc()], up),
        (vec![Note::BODY.asc(), Note::SCORE.asc()], up),
        (vec![Note::SCORE.desc(), Note::BODY.desc(), Note::ID.asc()], up),
        (vec![Note::SCORE.desc(), Note::ID.asc(), Note::BODY.desc()], up),
        (vec![Note::CREATED_AT.desc(), Note::AUTHOR_ID.desc(), Note::TITLE.desc()], down),
        // What was named before decides.
        (vec![Note::SCORE.asc(), Note::SCORE.desc(), Note::BODY.asc()], up),
    ] {
        for size in [1, 7, 299, 300, 301] {
            if size == 1 && orders.len() < 3 {
                continue;
            }
            walks(&fixture, &list(&orders), list(&orders).order(key), size).await;
        }
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_filter_holds_on_every_page_and_the_limit_gives_way() {
    let fixture = Fixture::new().await;
    notes(&fixture, 100, &mut Dice(2)).await;
    let some = note::list().filter(Note::SCORE.gte(0.0).or(Note::BODY.is_null()));
    let some = some.order(Note::BODY.asc());
    walks(&fixture, &some.clone().limit(1).offset(5), some.order(Note::ID.asc()), 9).await;
    let none = note::list().filter(Note::SCORE.gt(1e301));
    assert_eq!(walk(&fixture, &none, 9).await, [vec![], vec![]]);
    fixture.close().await;
}

#[tokio::test]
async fn keys_of_two_columns() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let mut dice = Dice(3);
    let author = fixture.author("Ada").await.id;
    let places = (0..8).flat_map(|line| (0..8).map(move |place| (line, place)));
    let seats: Vec<_> = places
        .map(|(line, place)| NewSeat {
            holder: (dice.below(2) == 0).then(|| format!("{place}{line}")),
            ..NewSeat::new(line, place)
        })
        .collect();
    seat::list_add(&mut conn, seats).await.expect("seats");
    let links = (0..8).flat_map(|left| (0..8).map(move |right| NewLink::new(left, right)));
    link::list_add(&mut conn, links).await.expect("links");
    let teams = (0..40).map(|number| NewMember {
        part: (number % 3 > 0).then(|| TEXTS[number % 4].to_owned()),
        ..NewMember::new(author, format!("team {number}"))
    });
    member::list_add(&mut conn, teams).await.expect("members");
    drop(conn);

    for (order, keys) in [
        (Seat::HOLDER.asc(), [Seat::LINE.asc(), Seat::PLACE.asc()]),
        (Seat::HOLDER.desc(), [Seat::LINE.desc(), Seat::PLACE.desc()]),
        (Seat::PLACE.desc(), [Seat::PLACE.desc(), Seat::LINE.desc()]),
        (Seat::LINE.asc(), [Seat::LINE.asc(), Seat::PLACE.asc()]),
    ] {
        walks(&fixture, &list(&[order]), list(&[order, keys[0], keys[1]]), 5).await;
    }
    walks(&fixture, &list(&[]), list(&[Link::LEFT.asc(), Link::RIGHT.asc()]), 5).await;
    let mixed = [Link::RIGHT.desc(), Link::LEFT.asc()];
    walks(&fixture, &list(&mixed), list(&mixed), 5).await;
    let part = Member::PART.desc();
    let sorted = list(&[part, Member::AUTHOR_ID.desc(), Member::TEAM.desc()]);
    walks(&fixture, &list(&[part]), sorted, 3).await;
    fixture.close().await;
}

/// A row with a value in each column, or in none.
fn sample(dice: &mut Dice) -> NewSample {
    if dice.below(4) == 0 {
        return NewSample::default();
    }
    let day = NaiveDate::from_num_days_from_ce_opt(dice.one_of(&[1, 2, 738_000, 3_652_059]));
    let day = day.expect("a day");
    let micros = dice.one_of(&[0, 1, 500_000, 999_999]);
    let hour = NaiveTime::from_hms_micro_opt(dice.one_of(&[0, 12, 23]), 59, 59, micros);
    let hour = hour.expect("a time of day");
    let before_1970 = DateTime::UNIX_EPOCH - Duration::from_micros(micros.into());
    let mut singles = vec![-0.0, 0.0, 0.1, f32::MIN, f32::MAX, f32::MIN_POSITIVE, 16_777_217.0];
    let mut doubles = vec![-0.0, 0.0, 0.1, f64::MIN, f64::MAX, 5e-324, 0.1 + 0.2];
    if backend::KEEPS_NAN {
        singles.extend([f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
        doubles.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
    }
    NewSample {
        id: None,
        flag: Some(dice.one_of(&[false, true])),
        small: Some(dice.one_of(&[i16::MIN, 0, i16::MAX])),
        medium: Some(dice.one_of(&[i32::MIN, -1, i32::MAX])),
        large: Some(dice.one_of(&[i64::MIN, 7, i64::MAX])),
        single: Some(dice.one_of(&singles)),
        double: Some(dice.one_of(&doubles)),
        words: Some(dice.one_of(&TEXTS).to_owned()),
        bytes: Some(dice.one_of(&[vec![], vec![0], vec![0, 0], vec![255, 0, 128]])),
        other: Some(dice.one_of(&[Uuid::nil(), Uuid::from_u128(1 << 64), Uuid::max()])),
        day: Some(day),
        hour: Some(hour),
        local: Some(day.and_time(hour)),
        moment: Some(dice.one_of(&[before_1970, day.and_time(hour).and_utc()])),
        data: None,
        mood: Some(dice.one_of(&[SampleMood::Good, SampleMood::SoSo, SampleMood::ItSBad])),
    }
}

#[tokio::test]
async fn every_type_of_column() {
    let fixture = Fixture::new().await;
    let mut dice = Dice(4);
    let rows: Vec<_> = (0..120).map(|_| sample(&mut dice)).collect();
    sample::list_add(&mut fixture.conn().await, rows).await.expect("rows");
    let ids = |rows: &[Sample]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    for column in sample::SampleColumn::ALL {
        if *column == Sample::DATA.name() {
            continue;
        }
        for (order, key) in [(column.asc(), Sample::ID.asc()), (column.desc(), Sample::ID.desc())] {
            let sorted = list(&[order, key]).all(&mut fixture.conn().await).await.expect("rows");
            // NaN equals nothing, so the keys are compared.
            for rows in walk(&fixture, &list(&[order]), 11).await {
                assert_eq!(ids(&rows), ids(&sorted), "{order:?}");
            }
        }
    }
    fixture.close().await;
}
