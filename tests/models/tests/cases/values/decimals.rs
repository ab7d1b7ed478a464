//! Decimal numbers.

use bindery_runtime::ErrorKind;
use bindery_runtime::sqlx::types::Decimal;

use super::super::kind;
use super::{Fixture, NewSample, Sample, is_refused, sample, there_and_back};

fn price(text: &str) -> Decimal {
    Decimal::from_str_exact(text).expect("a number")
}

#[tokio::test]
async fn every_digit_is_kept_and_as_many_are_shown() {
    let fixture = Fixture::new().await;
    for (given, kept) in [
        ("0", "0.0000"),
        ("-0", "0.0000"),
        ("1", "1.0000"),
        ("12.5", "12.5000"),
        ("12.5000000", "12.5000"),
        ("0.0001", "0.0001"),
        ("-0.0001", "-0.0001"),
        ("10000.0001", "10000.0001"),
        ("99999999999999.9999", "99999999999999.9999"),
        ("-99999999999999.9999", "-99999999999999.9999"),
    ] {
        let new = NewSample { price: Some(price(given)), ..NewSample::default() };
        for row in there_and_back(&fixture, new).await {
            assert_eq!(row.price.expect("a price").to_string(), kept);
        }
    }
    finds!(fixture, PRICE, price, price("12.5"));
    let mut conn = fixture.conn().await;
    let some = sample::list().filter(Sample::PRICE.gt(price("9.9"))).count(&mut conn).await;
    let more = sample::list().filter(Sample::PRICE.lt(price("-0.00005")));
    assert_eq!(kind(more.count(&mut conn).await), ErrorKind::InvalidValue);
    assert_eq!(some.expect("a number"), 12);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_digit_too_many_is_refused_and_never_rounded() {
    let fixture = Fixture::new().await;
    for text in ["0.00001", "1.99999", "100000000000000", "-100000000000000", "7e27"] {
        let price = Some(Decimal::from_scientific(text).unwrap_or_else(|_| price(text)));
        is_refused(&fixture, NewSample { price, ..NewSample::default() }).await;
    }
    fixture.close().await;
}
