//! The structs of a table in serde: rows, new rows, patches and keys are read and written here, once
//! for all of them.
//!
//! serde's derives write the same again for each struct, and compiling that was two thirds of what
//! a table costs. What comes out is the same: a struct of named fields in the formats that have
//! names, a sequence in the others, and the errors that the derives give.

mod blank;
mod read;
#[cfg(test)]
mod tests;
mod write;

use serde::ser::SerializeStruct;

pub use self::blank::Blank;
#[cfg(feature = "time")]
pub use self::read::IsoReader;
pub use self::read::{Access, Reader, deserialize};
#[cfg(feature = "time")]
pub use self::write::IsoWriter;
pub use self::write::{Writer, serialize};

/// A struct of a table that serde reads and writes; implemented by [`record!`](super::record!).
pub trait Record: Sized {
    /// Its name, and those of its fields.
    const SHAPE: Shape;

    /// Begins with a struct of [`Blank`] values, and lets the reader replace them.
    ///
    /// # Errors
    ///
    /// A field is missing, is there twice, or has a value of another type.
    fn read<'de, A: Access<'de>>(from: &mut Reader<'de, A>) -> Result<Self, A::Error>;

    /// Hands over each field, in the order of [`Record::SHAPE`].
    fn write<S: SerializeStruct>(&self, to: &mut Writer<S>);
}

/// The names that serde is told.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    name: &'static str,
    fields: &'static [&'static str],
    strict: bool,
}

impl Shape {
    /// A struct with these fields; others are ignored.
    #[must_use]
    pub const fn new(name: &'static str, fields: &'static [&'static str]) -> Self {
        Self { name, fields, strict: false }
    }

    /// Any other field is an error.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.strict = true;
        self
    }
}

/// Implements `Serialize` and `Deserialize` for a struct of a table. Used by generated code.
///
/// Of each field it says what serde does with it: it is a `field`; or `hidden`, which is read and
/// never written; a `change`, which may be absent and is left out when nothing changes; or `some`,
/// which is left out when it is `None`. `iso` follows where it is a date or a time of the crate
/// `time`, which serde knows no text for. `strict` makes any other field an error.
///
/// ```
/// use bindery_runtime::model;
///
/// struct NewNote {
///     title: String,
///     likes: Option<i32>,
/// }
///
/// model::record! { NewNote strict { title(field), likes(field) } }
///
/// let note: NewNote = serde_json::from_str(r#"{"likes": null, "title": "a"}"#)?;
/// assert_eq!(serde_json::to_string(&note)?, r#"{"title":"a","likes":null}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    ($of:ident $($strict:ident)? { $($field:ident($how:ident $($iso:ident)?)),* $(,)? }) => {
        impl $crate::model::record::Record for $of {
            const SHAPE: $crate::model::record::Shape = $crate::model::record::Shape::new(
                ::core::stringify!($of),
                &[$(::core::stringify!($field)),*],
            )$(.$strict())?;

            fn read<'de, A: $crate::model::record::Access<'de>>(
                from: &mut $crate::model::record::Reader<'de, A>,
            ) -> ::core::result::Result<Self, A::Error> {
                let mut it = Self { $($field: $crate::model::record::Blank::blank(),)* };
                while from.next() {
                    $(from$(.$iso())?.$how(&mut it.$field);)*
                }
                from.end(it)
            }

            fn write<S: $crate::serde::ser::SerializeStruct>(
                &self,
                to: &mut $crate::model::record::Writer<S>,
            ) {
                $(to$(.$iso())?.$how(&self.$field);)*
            }
        }

        impl $crate::serde::Serialize for $of {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::model::record::serialize(self, serializer)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $of {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::model::record::deserialize(deserializer)
            }
        }
    };
}
