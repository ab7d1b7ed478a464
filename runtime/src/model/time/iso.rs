//! Dates and times of the crate `time` in serde, as the texts of ISO 8601: with
//! `#[serde(with = "model::iso")]` on a field of a row, a new row or a patch. By themselves they
//! would be lists of numbers.

use serde::{Deserialize, Deserializer, Serializer, de::Error as _};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use crate::model::change::Change;
use crate::model::text::Text;

/// A type of field that is written as the text of a date or a time: one of the crate `time`, an
/// `Option` or a [`Change`] of one. Sealed.
pub trait Iso: sealed::Sealed + Sized {
    #[doc(hidden)]
    fn write(&self) -> Written;

    #[doc(hidden)]
    fn read(text: Option<&str>) -> Result<Self, &'static str>;
}

/// What is written.
#[doc(hidden)]
#[derive(Debug)]
pub enum Written {
    /// A text.
    Text(String),
    /// NULL.
    Null,
    /// A column that keeps its value.
    Nothing,
}

/// Writes the text.
///
/// # Errors
///
/// Those of the serializer.
pub fn serialize<T: Iso, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    match value.write() {
        Written::Text(text) => serializer.serialize_str(&text),
        Written::Null => serializer.serialize_none(),
        Written::Nothing => serializer.serialize_unit(),
    }
}

/// Reads the text.
///
/// # Errors
///
/// Those of the deserializer; it is no text of such a date or time.
pub fn deserialize<'de, T: Iso, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    T::read(text.as_deref())
        .map_err(|looks_like| D::Error::custom(format_args!("expected {looks_like}")))
}

macro_rules! iso {
    ($($time:ty),*) => {$(
        impl Iso for $time {
            fn write(&self) -> Written {
                Written::Text(Text::write(self))
            }

            fn read(text: Option<&str>) -> Result<Self, &'static str> {
                text.and_then(<Self as Text>::parse).ok_or(<Self as Text>::LOOKS_LIKE)
            }
        }

        impl sealed::Sealed for $time {}
    )*};
}

iso!(Date, Time, PrimitiveDateTime, OffsetDateTime);

impl<T: Iso> Iso for Option<T> {
    fn write(&self) -> Written {
        self.as_ref().map_or(Written::Null, Iso::write)
    }

    fn read(text: Option<&str>) -> Result<Self, &'static str> {
        text.map(|text| T::read(Some(text))).transpose()
    }
}

impl<T: Iso> Iso for Change<T> {
    fn write(&self) -> Written {
        self.as_set().map_or(Written::Nothing, Iso::write)
    }

    fn read(text: Option<&str>) -> Result<Self, &'static str> {
        T::read(text).map(Self::Set)
    }
}

mod sealed {
    pub trait Sealed {}

    impl<T: Sealed> Sealed for Option<T> {}
    impl<T: Sealed> Sealed for super::Change<T> {}
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use time::macros::{date, datetime};

    use super::*;
    use crate::model;

    #[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
    struct Patch {
        #[serde(with = "model::iso", default, skip_serializing_if = "Change::is_keep")]
        day: Change<Date>,
        #[serde(with = "model::iso", default, skip_serializing_if = "Change::is_keep")]
        moment: Change<Option<OffsetDateTime>>,
        #[serde(with = "model::iso", default)]
        hour: Option<Time>,
    }

    #[test]
    fn absent_null_and_a_text_are_three_things() {
        let moment = datetime!(2027-01-31 23:59 UTC);
        for (text, patch) in [
            (r#"{"hour":null}"#, Patch::default()),
            (
                r#"{"moment":null,"hour":"01:00:00"}"#,
                Patch {
                    moment: Change::Set(None),
                    hour: Some(time::macros::time!(1:00)),
                    ..Patch::default()
                },
            ),
            (
                r#"{"day":"2027-01-31","moment":"2027-01-31T23:59:00Z","hour":null}"#,
                Patch {
                    day: Change::Set(date!(2027 - 01 - 31)),
                    moment: Change::Set(Some(moment)),
                    hour: None,
                },
            ),
        ] {
            assert_eq!(serde_json::to_string(&patch).expect("JSON"), text);
            assert_eq!(serde_json::from_str::<Patch>(text).expect(text), patch);
        }
        assert_eq!(serde_json::from_str::<Patch>("{}").expect("a patch"), Patch::default());
        for text in [r#"{"day":null}"#, r#"{"day":7}"#, r#"{"day":"2027"}"#] {
            let error = serde_json::from_str::<Patch>(text).expect_err(text).to_string();
            assert!(error.contains("expected"), "{error}");
        }
    }
}
