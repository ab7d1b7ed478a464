//! What a patch says about one column.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A new value for a column, or none: the column keeps what it has.
///
/// For a column that may be NULL it is a `Change<Option<T>>`: `Change::Set(None)` makes it NULL. In
/// JSON an absent field keeps, `null` sets to NULL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Change<T> {
    /// The column keeps its value.
    #[default]
    Keep,
    /// The column gets this value.
    Set(T),
}

impl<T> Change<T> {
    /// Whether the column keeps its value.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The new value, if there is one.
    pub fn as_set(&self) -> Option<&T> {
        match self {
            Self::Keep => None,
            Self::Set(value) => Some(value),
        }
    }
}

impl<T> From<T> for Change<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl From<&str> for Change<String> {
    fn from(value: &str) -> Self {
        Self::Set(value.to_owned())
    }
}

impl<T: Serialize> Serialize for Change<T> {
    /// The new value. A field that keeps its value is left out with
    /// `#[serde(skip_serializing_if = "Change::is_keep")]`; where it is not, it is a unit.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep => serializer.serialize_unit(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    /// Whatever is there is a new value. An absent field is [`Change::Keep`] with
    /// `#[serde(default)]`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Set)
    }
}
