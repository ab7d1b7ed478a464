//! Dates and times.

use bindery_runtime::sqlx::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{Fixture, NewSample, Sample, is_refused, sample, there_and_back};

fn time(hour: u32, minute: u32, second: u32, micros: u32) -> NaiveTime {
    NaiveTime::from_hms_micro_opt(hour, minute, second, micros).expect("a time of day")
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

#[tokio::test]
async fn years_1_to_9999_to_the_microsecond() {
    let fixture = Fixture::new().await;
    let days = [day(1, 1, 1), day(1969, 12, 31), day(2024, 2, 29), day(9999, 12, 31)];
    round_trips!(fixture, day, days);
    let hours = [time(0, 0, 0, 0), time(12, 0, 0, 1), time(23, 59, 59, 999_999)];
    round_trips!(fixture, hour, hours);
    let locals: Vec<NaiveDateTime> = [
        day(1, 1, 1).and_time(time(0, 0, 0, 0)),
        day(1969, 12, 31).and_time(time(23, 59, 59, 999_999)),
        day(2038, 1, 19).and_time(time(3, 14, 8, 0)),
        // An hour that New York and Berlin do not have.
        day(2024, 3, 31).and_time(time(2, 30, 0, 0)),
        day(9999, 12, 31).and_time(time(23, 59, 59, 999_999)),
    ]
    .into();
    round_trips!(fixture, local, locals.clone());
    let moments: Vec<DateTime<Utc>> = locals.iter().map(NaiveDateTime::and_utc).collect();
    round_trips!(fixture, moment, moments);
    finds!(fixture, DAY, day, day(1, 1, 1));
    finds!(fixture, HOUR, hour, time(23, 59, 59, 999_999));
    finds!(fixture, LOCAL, local, locals[4]);
    finds!(fixture, MOMENT, moment, locals[0].and_utc());
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
async fn other_years_are_refused() {
    let fixture = Fixture::new().await;
    let (before, after) = (day(1, 1, 1).pred_opt(), day(9999, 12, 31).succ_opt());
    for day in [before, after, Some(day(-4712, 1, 1)), Some(NaiveDate::MIN), Some(NaiveDate::MAX)] {
        let local = day.map(|day| day.and_time(NaiveTime::MIN));
        let moment = local.as_ref().map(NaiveDateTime::and_utc);
        is_refused(&fixture, NewSample { day, ..NewSample::default() }).await;
        is_refused(&fixture, NewSample { local, ..NewSample::default() }).await;
        is_refused(&fixture, NewSample { moment, ..NewSample::default() }).await;
    }
    fixture.close().await;
}
