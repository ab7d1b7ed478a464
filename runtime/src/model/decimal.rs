//! Decimal numbers: a fixed count of digits, none of which is ever rounded away.

use rust_decimal::Decimal;
use sqlx::error::BoxDynError;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use sqlx::{Arguments, Database};

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use super::codec::Codec;
use super::text::Text;

/// A decimal number of at most `PRECISION` digits, `SCALE` of them after the point (`decimal`).
///
/// A number that has more digits than fit is refused, on every backend alike. What is read always
/// has `SCALE` digits after the point. SQLite, which has no decimal numbers, keeps it as a whole
/// number, the `SCALE` digits of the fraction being its last: 12.50 is 1250.
#[derive(Clone, Copy, Debug)]
pub enum Fixed<const PRECISION: u32, const SCALE: u32> {}

#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, reason = "without a driver nothing is sent")
)]
impl<const PRECISION: u32, const SCALE: u32> Fixed<PRECISION, SCALE> {
    /// All digits of the number as a whole one.
    fn digits(value: Decimal) -> Result<i128, BoxDynError> {
        let short = value.normalize();
        SCALE
            .checked_sub(short.scale())
            .and_then(|missing| short.mantissa().checked_mul(10_i128.checked_pow(missing)?))
            .filter(|digits| 10_i128.checked_pow(PRECISION).is_some_and(|end| digits.abs() < end))
            .ok_or_else(|| {
                format!(
                    "the number does not fit into {PRECISION} digits with {SCALE} after the point"
                )
                .into()
            })
    }

    /// The number with all digits after the point; never a zero below zero.
    fn number(digits: i128) -> Result<Decimal, BoxDynError> {
        Ok(Decimal::try_from_i128_with_scale(digits, SCALE)?)
    }
}

macro_rules! as_decimal {
    ($feature:literal, $database:ty) => {
        #[cfg(feature = $feature)]
        impl<const PRECISION: u32, const SCALE: u32> Codec<$database, Decimal>
            for Fixed<PRECISION, SCALE>
        {
            type Stored = Decimal;

            fn store(
                value: &Decimal,
                arguments: &mut <$database as Database>::Arguments,
            ) -> Result<(), BoxDynError> {
                arguments.add(Self::number(Self::digits(*value)?)?)
            }

            fn load(stored: Decimal) -> Result<Decimal, BoxDynError> {
                Self::number(Self::digits(stored)?)
            }
        }
    };
}

as_decimal!("postgres", sqlx::Postgres);
as_decimal!("mysql", sqlx::MySql);

#[cfg(feature = "sqlite")]
impl<const PRECISION: u32, const SCALE: u32> Codec<sqlx::Sqlite, Decimal>
    for Fixed<PRECISION, SCALE>
{
    type Stored = i64;

    fn store(
        value: &Decimal,
        arguments: &mut <sqlx::Sqlite as Database>::Arguments,
    ) -> Result<(), BoxDynError> {
        arguments.add(i64::try_from(Self::digits(*value)?)?)
    }

    fn load(stored: i64) -> Result<Decimal, BoxDynError> {
        let value = Self::number(stored.into())?;
        // A number that another program wrote may have too many.
        Self::digits(value).map(|_| value)
    }
}

impl Text for Decimal {
    const LOOKS_LIKE: &'static str = "a decimal number, like 12.50";

    fn write(&self) -> String {
        self.to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        // It would take `1_000` too.
        if text.contains('_') {
            return None;
        }
        Self::from_str_exact(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_kept_or_refused() {
        let fixed = |text: &str| {
            let value = Decimal::from_str_exact(text).expect("a number");
            Fixed::<5, 2>::digits(value).and_then(Fixed::<5, 2>::number)
        };
        for (given, kept) in [
            ("0", "0.00"),
            ("-0", "0.00"),
            ("1.5", "1.50"),
            ("1.500000", "1.50"),
            ("-999.99", "-999.99"),
            ("100", "100.00"),
        ] {
            assert_eq!(fixed(given).expect(given).to_string(), kept);
        }
        for given in ["1000", "-1000", "0.001", "999.995", "79228162514264337593543950335"] {
            assert!(fixed(given).is_err(), "{given}");
        }
        let most = "9".repeat(28);
        let value = Decimal::from_str_exact(&most).expect("a number");
        assert!(Fixed::<28, 0>::digits(value).is_ok());
        assert!(Fixed::<28, 1>::digits(value).is_err());
    }

    #[test]
    fn text_is_read_digit_by_digit() {
        for text in
            ["0.00", "-12.50", "79228162514264337593543950335", "0.0000000000000000000000000001"]
        {
            assert_eq!(Decimal::parse(text).expect(text).write(), text);
        }
        let long = "0.00000000000000000000000000001";
        for text in ["", ".", "-", "1e5", "1_000", "1,5", " 1", "NaN", "1.2.3", long] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
