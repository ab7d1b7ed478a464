//! Writes a struct: once to count its fields, which some formats want to know before the first, and
//! once in earnest.

use serde::de::value::Error as NeverFails;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{Record, Shape};
use crate::model::change::Change;

/// Writes the struct.
///
/// # Errors
///
/// Those of the serializer.
pub fn serialize<R: Record, S: Serializer>(record: &R, serializer: S) -> Result<S::Ok, S::Error> {
    let mut counted = Writer::new(R::SHAPE, Count(0));
    record.write(&mut counted);
    let to = serializer.serialize_struct(R::SHAPE.name, counted.to.0)?;
    let mut writer = Writer::new(R::SHAPE, to);
    record.write(&mut writer);
    writer.outcome?;
    writer.to.end()
}

/// The fields on their way out.
#[derive(Debug)]
pub struct Writer<S: SerializeStruct> {
    to: S,
    shape: Shape,
    next: usize,
    outcome: Result<(), S::Error>,
}

impl<S: SerializeStruct> Writer<S> {
    fn new(shape: Shape, to: S) -> Self {
        Self { to, shape, next: 0, outcome: Ok(()) }
    }

    /// A field that is always written.
    pub fn field<T: Serialize>(&mut self, value: &T) {
        self.unless(false, value);
    }

    /// A field that never is.
    pub fn hidden<T>(&mut self, _: &T) {
        self.next += 1;
    }

    /// A field that is left out when it keeps its value.
    pub fn change<T: Serialize>(&mut self, change: &Change<T>) {
        self.unless(change.is_keep(), change);
    }

    /// A field that is left out when it is `None`.
    pub fn some<T: Serialize>(&mut self, value: &Option<T>) {
        self.unless(value.is_none(), value);
    }

    /// The same for a date or a time of the crate `time`.
    #[cfg(feature = "time")]
    pub fn iso(&mut self) -> IsoWriter<'_, S> {
        IsoWriter(self)
    }

    fn unless<T: Serialize>(&mut self, is_left_out: bool, value: &T) {
        let name = self.shape.fields[self.next];
        self.next += 1;
        if self.outcome.is_ok() {
            self.outcome = if is_left_out {
                self.to.skip_field(name)
            } else {
                self.to.serialize_field(name, value)
            };
        }
    }
}

/// As [`Writer`], for dates and times of the crate `time`.
#[cfg(feature = "time")]
#[derive(Debug)]
pub struct IsoWriter<'w, S: SerializeStruct>(&'w mut Writer<S>);

#[cfg(feature = "time")]
mod iso {
    use serde::ser::SerializeStruct;
    use serde::{Serialize, Serializer};

    use super::IsoWriter;
    use crate::model::change::Change;
    use crate::model::iso::{Iso, serialize};

    struct Text<'v, T>(&'v T);

    impl<T: Iso> Serialize for Text<'_, T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serialize(self.0, serializer)
        }
    }

    impl<S: SerializeStruct> IsoWriter<'_, S> {
        /// As [`Writer::field`](super::Writer::field).
        pub fn field<T: Iso>(self, value: &T) {
            self.0.field(&Text(value));
        }

        /// As [`Writer::hidden`](super::Writer::hidden).
        pub fn hidden<T>(self, value: &T) {
            self.0.hidden(value);
        }

        /// As [`Writer::change`](super::Writer::change).
        pub fn change<T: Iso>(self, change: &Change<T>) {
            self.0.unless(change.is_keep(), &Text(change));
        }
    }
}

/// Counts what would be written.
struct Count(usize);

impl SerializeStruct for Count {
    type Ok = ();
    type Error = NeverFails;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        _: &'static str,
        _: &T,
    ) -> Result<(), NeverFails> {
        self.0 += 1;
        Ok(())
    }

    fn end(self) -> Result<(), NeverFails> {
        Ok(())
    }
}
