//! What is written is what is read, at the edges of every type of column.

use bindery_runtime::ErrorKind;
use bindery_runtime::model;
use bindery_runtime::sqlx::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use bindery_runtime::sqlx::types::{JsonValue, Uuid};
use serde_json::json;

use super::bind::sample::{self, NewSample, Sample, SampleMood, SamplePatch};
use super::{Fixture, backend, failure};

/// Writes a row through `add` and through `edit` and answers with both.
async fn there_and_back(fixture: &Fixture, new: NewSample) -> [Sample; 2] {
    let mut conn = fixture.conn().await;
    let patch = SamplePatch {
        flag: new.flag.into(),
        small: new.small.into(),
        medium: new.medium.into(),
        large: new.large.into(),
        single: new.single.into(),
        double: new.double.into(),
        words: new.words.clone().into(),
        bytes: new.bytes.clone().into(),
        other: new.other.into(),
        day: new.day.into(),
        hour: new.hour.into(),
        local: new.local.into(),
        moment: new.moment.into(),
        data: new.data.clone().into(),
        mood: new.mood.into(),
    };
    let added = sample::add(&mut conn, new).await.expect("a row");
    let empty = sample::add(&mut conn, NewSample::default()).await.expect("a row");
    let edited = sample::edit(&mut conn, empty.id, patch).await.expect("a row");
    assert_eq!(sample::view(&mut conn, added.id).await.expect("a row"), added);
    [added, edited]
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

fn time(hour: u32, minute: u32, second: u32, micros: u32) -> NaiveTime {
    NaiveTime::from_hms_micro_opt(hour, minute, second, micros).expect("a time of day")
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

#[tokio::test]
async fn numbers() {
    let fixture = Fixture::new().await;
    round_trips!(fixture, flag, [true, false]);
    round_trips!(fixture, mood, [SampleMood::Good, SampleMood::SoSo, SampleMood::ItSBad]);
    round_trips!(fixture, small, [i16::MIN, 0, i16::MAX]);
    round_trips!(fixture, medium, [i32::MIN, 0, i32::MAX]);
    round_trips!(fixture, large, [i64::MIN, -1, 0, i64::MAX]);
    round_trips!(fixture, single, [f32::MIN, -0.1, 0.0, f32::MIN_POSITIVE, 1.5, f32::MAX]);
    round_trips!(fixture, double, [f64::MIN, -0.1, 0.0, f64::MIN_POSITIVE, 0.1, f64::MAX]);
    fixture.close().await;
}

#[tokio::test]
async fn texts_and_bytes() {
    let fixture = Fixture::new().await;
    let long = "é😀\n".repeat(150_000);
    assert!(long.len() > 1_000_000);
    let texts = ["", " ", "a'b\"c`d\\e%_", "😀𝕫", "? $1 ?1 :a", long.as_str()].map(str::to_owned);
    round_trips!(fixture, words, texts);
    if backend::KEEPS_NUL {
        round_trips!(fixture, words, ["a\0b".to_owned()]);
    }
    let every: Vec<u8> = (0..=255).collect();
    round_trips!(fixture, bytes, [Vec::new(), vec![0], every, vec![255; 1_000_000]]);
    round_trips!(fixture, other, [Uuid::nil(), Uuid::max(), model::uuid()]);
    let deep = json!({ "a": [1, null, { "😀": "\u{1}" }], "b": 1.5, "": i64::MAX });
    round_trips!(fixture, data, [JsonValue::Null, json!("x"), json!([]), deep]);
    fixture.close().await;
}

#[tokio::test]
async fn times() {
    let fixture = Fixture::new().await;
    let (first, last) = (1, 9999);
    let days = [day(first, 1, 1), day(1969, 12, 31), day(2024, 2, 29), day(last, 12, 31)];
    round_trips!(fixture, day, days);
    let hours = [time(0, 0, 0, 0), time(12, 0, 0, 1), time(23, 59, 59, 999_999)];
    round_trips!(fixture, hour, hours);
    let locals: Vec<NaiveDateTime> = [
        day(first, 1, 1).and_time(time(0, 0, 0, 0)),
        day(1969, 12, 31).and_time(time(23, 59, 59, 999_999)),
        day(2038, 1, 19).and_time(time(3, 14, 8, 0)),
        // An hour that New York and Berlin do not have.
        day(2024, 3, 31).and_time(time(2, 30, 0, 0)),
        day(last, 12, 31).and_time(time(23, 59, 59, 999_999)),
    ]
    .into();
    round_trips!(fixture, local, locals.clone());
    let moments: Vec<DateTime<Utc>> = locals.iter().map(NaiveDateTime::and_utc).collect();
    round_trips!(fixture, moment, moments);
    fixture.close().await;
}

#[tokio::test]
async fn times_are_cut_to_microseconds() {
    let fixture = Fixture::new().await;
    let fine = NaiveTime::from_hms_nano_opt(23, 59, 59, 999_999_999).expect("a time of day");
    // A leap second.
    let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).expect("a time of day");
    let kept = time(23, 59, 59, 999_999);
    for hour in [fine, leap] {
        for year in [1969, 2024] {
            let new = NewSample {
                hour: Some(hour),
                local: Some(day(year, 12, 31).and_time(hour)),
                moment: Some(day(year, 12, 31).and_time(hour).and_utc()),
                ..NewSample::default()
            };
            for row in there_and_back(&fixture, new).await {
                assert_eq!(row.hour, Some(kept));
                assert_eq!(row.local, Some(day(year, 12, 31).and_time(kept)));
                assert_eq!(row.moment, Some(day(year, 12, 31).and_time(kept).and_utc()));
            }
        }
    }
    fixture.close().await;
}

#[tokio::test]
async fn null_is_not_empty() {
    let fixture = Fixture::new().await;
    let [added, edited] = there_and_back(&fixture, NewSample::default()).await;
    for row in [added, edited] {
        assert_eq!(row, Sample { id: row.id, ..nothing() });
    }
    fixture.close().await;
}

fn nothing() -> Sample {
    Sample {
        id: Uuid::nil(),
        flag: None,
        small: None,
        medium: None,
        large: None,
        single: None,
        double: None,
        words: None,
        bytes: None,
        other: None,
        day: None,
        hour: None,
        local: None,
        moment: None,
        data: None,
        mood: None,
    }
}

#[tokio::test]
async fn a_key_made_in_rust_can_be_given() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let id = model::uuid();
    let new = NewSample { id: Some(id), ..NewSample::default() };
    assert_eq!(sample::add(&mut conn, new).await.expect("a row").id, id);
    let made = sample::add(&mut conn, NewSample::default()).await.expect("a row").id;
    assert!(made != id && made != Uuid::nil());
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_time_that_the_database_does_not_have() {
    let fixture = Fixture::new().await;
    let moment = Some(DateTime::<Utc>::MIN_UTC);
    let new = NewSample { moment, local: moment.map(|at| at.naive_utc()), ..NewSample::default() };
    let outcome = sample::add(&mut fixture.conn().await, new).await;
    // SQLite keeps it as a text.
    if let Err(error) = outcome {
        assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_text_with_nul_is_an_invalid_value_where_it_is_none() {
    let fixture = Fixture::new().await;
    if !backend::KEEPS_NUL {
        let new = NewSample { words: Some("a\0b".to_owned()), ..NewSample::default() };
        let error = failure(sample::add(&mut fixture.conn().await, new).await);
        assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
    }
    fixture.close().await;
}
