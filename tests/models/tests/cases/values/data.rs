//! Bytes, uuids and JSON.

use bindery_runtime::model;
use bindery_runtime::sqlx::types::{JsonValue, Uuid};
use serde_json::json;

use super::{Fixture, NewSample, Sample, backend, is_refused, sample, there_and_back};

#[tokio::test]
async fn every_byte_is_kept_and_a_megabyte_of_them() {
    let fixture = Fixture::new().await;
    let every: Vec<u8> = (0..=255).collect();
    let bytes = [Vec::new(), vec![0], every.clone(), vec![255; 1_000_000]];
    round_trips!(fixture, bytes, bytes);
    finds!(fixture, BYTES, bytes, every);
    round_trips!(fixture, other, [Uuid::nil(), Uuid::max(), model::uuid()]);
    finds!(fixture, OTHER, other, Uuid::max());
    fixture.close().await;
}

#[tokio::test]
async fn json_keeps_what_it_says_and_its_null_is_no_missing_value() {
    let fixture = Fixture::new().await;
    // With the innermost 31 levels: MariaDB takes no more.
    let deep = (0..30).fold(json!({}), |inside, _| json!([inside]));
    let values = [
        JsonValue::Null,
        json!("x"),
        json!([]),
        json!({ "a": [1, null, { "😀": "\u{1}'\"\\" }], "b": 1.5, "": true }),
        json!([i64::MIN, u64::MAX, 0.1, -1e-300]),
        json!("é😀".repeat(200_000)),
        deep,
    ];
    round_trips!(fixture, data, values);
    fixture.close().await;
}

#[tokio::test]
async fn nul_in_json_is_kept_or_refused() {
    let fixture = Fixture::new().await;
    let nul = json!({ "a": "b\0c" });
    if backend::KEEPS_NUL {
        round_trips!(fixture, data, [nul]);
    } else {
        is_refused(&fixture, NewSample { data: Some(nul), ..NewSample::default() }).await;
    }
    fixture.close().await;
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
