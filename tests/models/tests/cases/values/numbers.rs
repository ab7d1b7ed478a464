//! Numbers and truth.

use super::{Fixture, NewSample, Sample, backend, is_refused, sample, there_and_back};

#[tokio::test]
async fn whole_numbers_and_truth_to_the_last_bit() {
    let fixture = Fixture::new().await;
    round_trips!(fixture, flag, [true, false]);
    round_trips!(fixture, small, [i16::MIN, 0, i16::MAX]);
    round_trips!(fixture, medium, [i32::MIN, 0, i32::MAX]);
    round_trips!(fixture, large, [i64::MIN, -1, 0, i64::MAX]);
    finds!(fixture, FLAG, flag, false);
    finds!(fixture, SMALL, small, i16::MIN);
    finds!(fixture, MEDIUM, medium, i32::MAX);
    finds!(fixture, LARGE, large, i64::MIN);
    fixture.close().await;
}

#[tokio::test]
async fn fractions_to_the_last_bit() {
    let fixture = Fixture::new().await;
    let singles = [f32::MIN, -0.1, 0.0, f32::MIN_POSITIVE, 16_777_217.0, 1.5, 0.1, f32::MAX];
    round_trips!(fixture, single, singles);
    let doubles = [f64::MIN, -0.1, 0.0, f64::MIN_POSITIVE, f64::EPSILON, 0.1, f64::MAX];
    round_trips!(fixture, double, doubles);
    finds!(fixture, SINGLE, single, 0.1);
    finds!(fixture, DOUBLE, double, 0.1);
    fixture.close().await;
}

#[tokio::test]
async fn what_is_not_finite_is_kept_or_refused_and_never_null() {
    let fixture = Fixture::new().await;
    for (single, double) in [
        (f32::NAN, f64::NAN),
        (f32::INFINITY, f64::INFINITY),
        (f32::NEG_INFINITY, f64::NEG_INFINITY),
    ] {
        let only_single = NewSample { single: Some(single), ..NewSample::default() };
        let only_double = NewSample { double: Some(double), ..NewSample::default() };
        if !backend::KEEPS_NAN {
            is_refused(&fixture, only_single).await;
            is_refused(&fixture, only_double).await;
            continue;
        }
        for row in there_and_back(&fixture, only_single).await {
            assert!(row.single.is_some_and(|kept| kept.total_cmp(&single).is_eq()), "{row:?}");
        }
        for row in there_and_back(&fixture, only_double).await {
            assert!(row.double.is_some_and(|kept| kept.total_cmp(&double).is_eq()), "{row:?}");
        }
    }
    fixture.close().await;
}
