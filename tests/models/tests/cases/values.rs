//! What is written is what is read, at the edges of every type of column; and what no column keeps
//! is refused.

use bindery_runtime::{ErrorKind, model};

use super::bind::sample::{self, NewSample, Sample, SamplePatch, SaveSample};
use super::{Fixture, backend, kind};

/// Writes a row through `add`, `edit` and `save`, and answers with each, and as it is read later.
async fn there_and_back(fixture: &Fixture, new: NewSample) -> [Sample; 4] {
    let mut conn = fixture.conn().await;
    let (patch, save) = (patch(&new), save(&new));
    let added = sample::add(&mut conn, new).await.expect("a row");
    let viewed = sample::view(&mut conn, added.id).await.expect("a row");
    let empty = sample::add(&mut conn, NewSample::default()).await.expect("a row");
    let edited = sample::edit(&mut conn, empty.id, patch).await.expect("a row");
    let saved = sample::save(&mut conn, save).await.expect("a row");
    [added, viewed, edited, saved]
}

/// No function that writes takes this row.
async fn is_refused(fixture: &Fixture, new: NewSample) {
    let mut conn = fixture.conn().await;
    let empty = sample::add(&mut conn, NewSample::default()).await.expect("a row");
    let (patch, save) = (patch(&new), save(&new));
    for outcome in [
        sample::edit(&mut conn, empty.id, patch).await.map(drop),
        sample::save(&mut conn, save.clone()).await.map(drop),
        sample::save_all(&mut conn, [save]).await.map(drop),
        sample::list_add(&mut conn, [new.clone()]).await.map(drop),
        sample::add(&mut conn, new).await.map(drop),
    ] {
        assert_eq!(kind(outcome), ErrorKind::InvalidValue);
    }
    let rows = sample::list().all(&mut conn).await.expect("rows");
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [empty.id]);
    sample::delete(&mut conn, empty.id).await.expect("a row");
}

fn patch(new: &NewSample) -> SamplePatch {
    let new = new.clone();
    SamplePatch {
        flag: new.flag.into(),
        small: new.small.into(),
        medium: new.medium.into(),
        large: new.large.into(),
        single: new.single.into(),
        double: new.double.into(),
        words: new.words.into(),
        bytes: new.bytes.into(),
        other: new.other.into(),
        day: new.day.into(),
        hour: new.hour.into(),
        local: new.local.into(),
        moment: new.moment.into(),
        data: new.data.into(),
        mood: new.mood.into(),
        price: new.price.into(),
    }
}

fn save(new: &NewSample) -> SaveSample {
    let changes = patch(new);
    SaveSample {
        id: model::uuid(),
        flag: changes.flag,
        small: changes.small,
        medium: changes.medium,
        large: changes.large,
        single: changes.single,
        double: changes.double,
        words: changes.words,
        bytes: changes.bytes,
        other: changes.other,
        day: changes.day,
        hour: changes.hour,
        local: changes.local,
        moment: changes.moment,
        data: changes.data,
        mood: changes.mood,
        price: changes.price,
    }
}

macro_rules! round_trips {
    ($fixture:expr, $field:ident, $values:expr) => {
        for value in $values {
            let new = NewSample { $field: Some(value.clone()), ..NewSample::default() };
            for row in there_and_back(&$fixture, new).await {
                assert_eq!(row.$field.as_ref(), Some(&value), stringify!($field));
            }
        }
    };
}

/// Among the rows that were written, a filter finds those that have the value.
macro_rules! finds {
    ($fixture:expr, $column:ident, $field:ident, $value:expr) => {
        let value = $value;
        let found = sample::list().filter(Sample::$column.eq(value.clone()));
        let rows = found.all(&mut $fixture.conn().await).await.expect("rows");
        assert!(!rows.is_empty(), stringify!($field));
        assert!(rows.iter().all(|row| row.$field.as_ref() == Some(&value)), stringify!($field));
    };
}

mod data;
mod decimals;
mod numbers;
mod texts;
mod times;
