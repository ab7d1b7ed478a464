//! Dates and times of the crate `time`: kept and sorted as those of chrono are, in the same columns.

use std::fmt::Debug;

use bindery_runtime::model::{Codec, Day, Hour, LocalMoment, Moment, Now, now};
use bindery_runtime::sqlx::types::chrono;
use bindery_runtime::sqlx::{self, AssertSqlSafe, Database, Executor, Row};
use time::macros::{date, datetime, time};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::{Fixture, backend};

type Arguments = <backend::Driver as Database>::Arguments;

async fn fixture() -> Fixture {
    let fixture = Fixture::bare(1).await;
    let [day, hour, local, moment] = backend::TIMES;
    let sql = format!(
        "CREATE TABLE kept (number INTEGER, day {day}, hour {hour}, local {local}, moment {moment})"
    );
    fixture.conn().await.execute(AssertSqlSafe(sql)).await.expect("a table");
    fixture
}

/// Writes a value with one codec and reads it with another, which may be that of the other crate.
async fn kept<C, T, R>(fixture: &Fixture, column: &str, value: &T) -> R
where
    C: Codec<backend::Driver, T> + Codec<backend::Driver, R>,
    for<'r> <C as Codec<backend::Driver, R>>::Stored:
        sqlx::Decode<'r, backend::Driver> + sqlx::Type<backend::Driver>,
{
    let mut conn = fixture.conn().await;
    conn.execute("DELETE FROM kept").await.expect("no rows");
    let mut arguments = Arguments::default();
    <C as Codec<backend::Driver, T>>::store(value, &mut arguments).expect("a value");
    let place = if backend::TIMES[0] == "DATE" && backend::TIMES[1] == "TIME" { "$1" } else { "?" };
    let sql = format!("INSERT INTO kept ({column}) VALUES ({place})");
    sqlx::query_with(AssertSqlSafe(sql), arguments).execute(&mut *conn).await.expect("a row");
    let sql = sqlx::query(AssertSqlSafe(format!("SELECT {column} FROM kept")));
    let row = sql.fetch_one(&mut *conn).await.expect("a row");
    let stored = row.try_get::<<C as Codec<backend::Driver, R>>::Stored, _>(0).expect("a value");
    <C as Codec<backend::Driver, R>>::load(stored).expect("a value")
}

async fn round_trip<C, T>(fixture: &Fixture, column: &str, values: impl IntoIterator<Item = (T, T)>)
where
    C: Codec<backend::Driver, T>,
    T: PartialEq + Debug,
{
    for (given, expected) in values {
        let read: T = kept::<C, T, T>(fixture, column, &given).await;
        assert_eq!(read, expected);
    }
}

fn same<T: Copy>(value: T) -> (T, T) {
    (value, value)
}

#[tokio::test]
async fn years_1_to_9999_to_the_microsecond() {
    let fixture = fixture().await;
    let days = [date!(0001 - 01 - 01), date!(1969 - 12 - 31), date!(2024 - 02 - 29)];
    round_trip::<Day, Date>(&fixture, "day", days.map(same)).await;
    round_trip::<Day, Date>(&fixture, "day", [same(date!(9999 - 12 - 31))]).await;
    let fine = time!(23:59:59.999_999_999);
    let last = time!(23:59:59.999_999);
    let hours = [same(time!(0:00)), same(time!(12:00:00.000_001)), same(last), (fine, last)];
    round_trip::<Hour, Time>(&fixture, "hour", hours).await;
    let locals = [
        same(datetime!(0001-01-01 0:00)),
        same(datetime!(2038-01-19 3:14:08)),
        (
            PrimitiveDateTime::new(date!(1969 - 12 - 31), fine),
            datetime!(1969-12-31 23:59:59.999_999),
        ),
        same(datetime!(9999-12-31 23:59:59.999_999)),
    ];
    round_trip::<LocalMoment, PrimitiveDateTime>(&fixture, "local", locals).await;
    let utc = locals.map(|(given, expected)| (given.assume_utc(), expected.assume_utc()));
    round_trip::<Moment, OffsetDateTime>(&fixture, "moment", utc).await;
    let zoned = datetime!(2027-01-31 1:00:00.5 +2:30);
    let read: OffsetDateTime =
        kept::<Moment, OffsetDateTime, OffsetDateTime>(&fixture, "moment", &zoned).await;
    assert_eq!((read, read.offset()), (zoned, time::UtcOffset::UTC));
    fixture.close().await;
}

#[tokio::test]
async fn other_years_are_refused() {
    fn is_refused<C: Codec<backend::Driver, T>, T: Debug>(value: &T) {
        let stored = C::store(value, &mut Arguments::default());
        assert!(stored.is_err(), "{value:?}");
    }
    for day in [date!(0000 - 12 - 31), Date::MIN, Date::MAX] {
        let is_far = !(1..=9999).contains(&day.year());
        if !is_far {
            continue;
        }
        is_refused::<Day, Date>(&day);
        is_refused::<LocalMoment, PrimitiveDateTime>(&day.midnight());
        is_refused::<Moment, OffsetDateTime>(&day.midnight().assume_utc());
    }
    // In UTC it is another year.
    is_refused::<Moment, OffsetDateTime>(&datetime!(0001-01-01 0:30 +1));
}

#[tokio::test]
async fn both_crates_keep_the_same() {
    let fixture = fixture().await;
    for moment in [
        datetime!(2024-02-29 1:02:03 UTC),
        datetime!(2024-02-29 1:02:03.5 UTC),
        datetime!(2024-02-29 1:02:03.000_001 UTC),
    ] {
        let read: chrono::DateTime<chrono::Utc> =
            kept::<Moment, OffsetDateTime, _>(&fixture, "moment", &moment).await;
        let micros = moment.unix_timestamp_nanos() / 1_000;
        assert_eq!(i128::from(read.timestamp_micros()), micros);
        let back: OffsetDateTime = kept::<Moment, _, _>(&fixture, "moment", &read).await;
        assert_eq!(back, moment);
        let local = PrimitiveDateTime::new(moment.date(), moment.time());
        let read: chrono::NaiveDateTime =
            kept::<LocalMoment, PrimitiveDateTime, _>(&fixture, "local", &local).await;
        assert_eq!(i128::from(read.and_utc().timestamp_micros()), micros);
        let hour: chrono::NaiveTime = kept::<Hour, Time, _>(&fixture, "hour", &moment.time()).await;
        let back: Time = kept::<Hour, _, _>(&fixture, "hour", &hour).await;
        assert_eq!(back, moment.time());
        let day: chrono::NaiveDate = kept::<Day, Date, _>(&fixture, "day", &moment.date()).await;
        assert_eq!(day.to_string(), "2024-02-29");
    }
    fixture.close().await;
}

/// As texts on SQLite, too.
#[tokio::test]
async fn the_database_sorts_them_as_they_are() {
    let fixture = fixture().await;
    let mut conn = fixture.conn().await;
    let moments = [
        datetime!(0999-12-31 23:59:59.999_999 UTC),
        datetime!(2024-01-01 0:00 UTC),
        datetime!(2024-01-01 0:00:00.000_001 UTC),
        datetime!(2024-01-01 0:00:00.5 UTC),
        datetime!(2024-01-01 0:00:00.500_001 UTC),
        datetime!(2024-01-01 0:00:01 UTC),
    ];
    for moment in moments.iter().rev() {
        let mut arguments = Arguments::default();
        let local = PrimitiveDateTime::new(moment.date(), moment.time());
        <LocalMoment as Codec<backend::Driver, PrimitiveDateTime>>::store(&local, &mut arguments)
            .expect("a value");
        <Moment as Codec<backend::Driver, OffsetDateTime>>::store(moment, &mut arguments)
            .expect("a value");
        let places = if backend::TIMES[1] == "TIME" { "$1, $2" } else { "?, ?" };
        let sql = format!("INSERT INTO kept (local, moment) VALUES ({places})");
        sqlx::query_with(AssertSqlSafe(sql), arguments).execute(&mut *conn).await.expect("a row");
    }
    for column in ["moment", "local"] {
        let sql = format!("SELECT moment FROM kept ORDER BY {column}");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *conn).await.expect("rows");
        let sorted: Vec<OffsetDateTime> = rows
            .iter()
            .map(|row| {
                <Moment as Codec<backend::Driver, OffsetDateTime>>::load(
                    row.try_get(0).expect("a value"),
                )
            })
            .collect::<Result<_, _>>()
            .expect("moments");
        assert_eq!(sorted, moments);
    }
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn now_is_in_microseconds() {
    fn is_cut<T: Now>(nanosecond: impl Fn(T) -> u32) {
        assert_eq!(nanosecond(now::<T>()) % 1_000, 0);
    }
    is_cut::<OffsetDateTime>(OffsetDateTime::nanosecond);
    is_cut::<PrimitiveDateTime>(PrimitiveDateTime::nanosecond);
    is_cut::<Time>(Time::nanosecond);
    assert!(now::<Date>().year() >= 2024);
}
