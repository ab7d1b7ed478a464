//! Changes to a row: absent keeps, NULL empties.

use bindery_runtime::model::{self, ColumnName as _};
use bindery_runtime::sqlx::types::chrono::DateTime;
use serde_json::{Value, json};

use super::Fixture;
use super::bind::sample::{self, NewSample, Sample, SampleColumn, SampleMood, SamplePatch};

/// A row without NULL.
fn full() -> NewSample {
    let moment = DateTime::UNIX_EPOCH;
    NewSample {
        id: None,
        flag: Some(true),
        small: Some(1),
        medium: Some(2),
        large: Some(3),
        single: Some(0.5),
        double: Some(1.5),
        words: Some("words".to_owned()),
        bytes: Some(vec![0, 1]),
        other: Some(model::uuid()),
        day: Some(moment.date_naive()),
        hour: Some(moment.time()),
        local: Some(moment.naive_utc()),
        moment: Some(moment),
        data: Some(json!({ "a": 1 })),
        mood: Some(SampleMood::SoSo),
        price: Some("12.5".parse().expect("a price")),
    }
}

fn fields(row: &Sample) -> Value {
    serde_json::to_value(row).expect("JSON")
}

#[tokio::test]
async fn null_empties_its_column_and_every_other_one_keeps_its_value() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let row = sample::add(&mut conn, full()).await.expect("a row");
    let mut expected = fields(&row);
    for column in SampleColumn::ALL.iter().filter(|column| **column != SampleColumn::Id) {
        assert!(!expected[column.name()].is_null(), "{column:?}");
        let patch: SamplePatch =
            serde_json::from_value(json!({ column.name(): null })).expect("a patch");
        let edited = sample::edit(&mut conn, row.id, patch).await.expect("a row");
        expected[column.name()] = Value::Null;
        assert_eq!(fields(&edited), expected);
    }
    let same = sample::edit(&mut conn, row.id, SamplePatch::default()).await.expect("a row");
    assert_eq!(fields(&same), expected, "nothing comes back");
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_row_of_null_can_be_filled_by_the_json_of_another() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let row = sample::add(&mut conn, full()).await.expect("a row");
    let empty = sample::add(&mut conn, NewSample::default()).await.expect("a row");
    let mut fields = fields(&row);
    fields.as_object_mut().expect("an object").remove("id");
    let patch: SamplePatch = serde_json::from_value(fields).expect("a patch");
    let edited = sample::edit(&mut conn, empty.id, patch).await.expect("a row");
    assert_eq!(edited, Sample { id: empty.id, ..row });
    drop(conn);
    fixture.close().await;
}
