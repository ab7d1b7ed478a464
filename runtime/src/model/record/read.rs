//! Reads a struct: its fields come in any order, and each knows where it belongs.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::blank::Blank;
use super::{Record, Shape};

/// Reads the struct.
///
/// # Errors
///
/// As [`Record::read`]; there is a field that it does not know, and it is strict.
pub fn deserialize<'de, R: Record, D: Deserializer<'de>>(deserializer: D) -> Result<R, D::Error> {
    deserializer.deserialize_struct(R::SHAPE.name, R::SHAPE.fields, Whole(PhantomData))
}

struct Whole<R>(PhantomData<fn() -> R>);

impl<'de, R: Record> Visitor<'de> for Whole<R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", R::SHAPE.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<R, A::Error> {
        R::read(&mut Reader::new(R::SHAPE, Named(access)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<R, A::Error> {
        R::read(&mut Reader::new(R::SHAPE, InOrder { access, next: 0, ended: false }))
    }
}

/// Where the fields come from.
pub trait Access<'de> {
    /// What can go wrong.
    type Error: serde::de::Error;

    /// Whether the values have no names.
    const IN_ORDER: bool;

    /// The field that comes next, by its place.
    ///
    /// # Errors
    ///
    /// Those of the format; it is not known, of a strict struct.
    fn next(&mut self, shape: Shape) -> Result<Option<usize>, Self::Error>;

    /// Its value; `None` if there is no more.
    ///
    /// # Errors
    ///
    /// Those of the format; the value is of another type.
    fn value<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Self::Error>;
}

/// A format that writes names.
struct Named<A>(A);

impl<'de, A: MapAccess<'de>> Access<'de> for Named<A> {
    type Error = A::Error;

    const IN_ORDER: bool = false;

    fn next(&mut self, shape: Shape) -> Result<Option<usize>, A::Error> {
        loop {
            match self.0.next_key_seed(Key(shape))? {
                Some(Some(place)) => return Ok(Some(place)),
                Some(None) => drop(self.0.next_value::<IgnoredAny>()?),
                None => return Ok(None),
            }
        }
    }

    fn value<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_value_seed(seed).map(Some)
    }
}

/// A format that writes one value after the other.
struct InOrder<A> {
    access: A,
    next: usize,
    ended: bool,
}

impl<'de, A: SeqAccess<'de>> Access<'de> for InOrder<A> {
    type Error = A::Error;

    const IN_ORDER: bool = true;

    fn next(&mut self, shape: Shape) -> Result<Option<usize>, A::Error> {
        let place = self.next;
        self.next += 1;
        Ok((place < shape.fields.len() && !self.ended).then_some(place))
    }

    fn value<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let value = self.access.next_element_seed(seed)?;
        self.ended = value.is_none();
        Ok(value)
    }
}

/// From the name of a field to its place, `None` where there is no such field.
struct Key(Shape);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field identifier")
    }

    fn visit_u64<E: serde::de::Error>(self, place: u64) -> Result<Self::Value, E> {
        let place = usize::try_from(place).ok().filter(|place| *place < self.0.fields.len());
        Ok(place)
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        match self.0.fields.iter().position(|field| *field == name) {
            None if self.0.strict => Err(E::unknown_field(name, self.0.fields)),
            place => Ok(place),
        }
    }

    fn visit_bytes<E: serde::de::Error>(self, name: &[u8]) -> Result<Self::Value, E> {
        self.visit_str(&String::from_utf8_lossy(name))
    }
}

/// The fields on their way into a struct. Every field is asked for in each round, in order; only
/// the one whose value is there takes it, and in the last round those that are missing say so.
#[derive(Debug)]
pub struct Reader<'de, A: Access<'de>> {
    access: A,
    shape: Shape,
    round: Round,
    /// The field that is asked for.
    asked: usize,
    seen: Vec<bool>,
    failed: Option<A::Error>,
}

#[derive(Clone, Copy, Debug)]
enum Round {
    /// The value of this field is there.
    Value(usize),
    /// All values were there.
    Last,
    Over,
}

impl<'de, A: Access<'de>> Reader<'de, A> {
    fn new(shape: Shape, access: A) -> Self {
        let seen = vec![false; shape.fields.len()];
        Self { access, shape, round: Round::Value(0), asked: 0, seen, failed: None }
    }

    /// Whether every field is to be asked for again.
    #[expect(clippy::should_implement_trait, reason = "there is nothing to iterate over")]
    pub fn next(&mut self) -> bool {
        self.asked = 0;
        self.round = match self.round {
            _ if self.failed.is_some() => Round::Over,
            Round::Value(_) => match self.access.next(self.shape) {
                Ok(next) => next.map_or(Round::Last, Round::Value),
                Err(error) => {
                    self.failed = Some(error);
                    Round::Over
                }
            },
            Round::Last | Round::Over => Round::Over,
        };
        !matches!(self.round, Round::Over)
    }

    /// The struct, after the last round.
    ///
    /// # Errors
    ///
    /// The first that was met.
    pub fn end<R>(&mut self, it: R) -> Result<R, A::Error> {
        self.failed.take().map_or(Ok(it), Err)
    }

    /// A field that has to be there, unless it has a name and its type says that it may be absent.
    pub fn field<T: Blank + Deserialize<'de>>(&mut self, field: &mut T) {
        self.ask(PhantomData, field, T::MAY_BE_ABSENT && !A::IN_ORDER);
    }

    /// As [`Reader::field`].
    pub fn hidden<T: Blank + Deserialize<'de>>(&mut self, field: &mut T) {
        self.field(field);
    }

    /// A field that may be absent.
    pub fn change<T: Deserialize<'de>>(&mut self, field: &mut T) {
        self.ask(PhantomData, field, true);
    }

    /// As [`Reader::change`].
    pub fn some<T: Deserialize<'de>>(&mut self, field: &mut T) {
        self.change(field);
    }

    /// The same for a date or a time of the crate `time`.
    #[cfg(feature = "time")]
    pub fn iso(&mut self) -> IsoReader<'_, 'de, A> {
        IsoReader(self)
    }

    fn ask<S>(&mut self, seed: S, field: &mut S::Value, may_be_absent: bool)
    where
        S: DeserializeSeed<'de>,
    {
        let place = self.asked;
        self.asked += 1;
        let outcome = match self.round {
            Round::Value(here) if here == place => self.take(place, seed, field),
            Round::Last if !self.seen[place] && !may_be_absent => Err(self.missing(place)),
            _ => Ok(()),
        };
        if let Err(error) = outcome {
            self.failed.get_or_insert(error);
        }
    }

    fn missing(&self, place: usize) -> A::Error {
        let Shape { name, fields, .. } = self.shape;
        if !A::IN_ORDER {
            return A::Error::missing_field(fields[place]);
        }
        let elements = if fields.len() == 1 { "element" } else { "elements" };
        let expected = format!("struct {name} with {} {elements}", fields.len());
        A::Error::invalid_length(place, &expected.as_str())
    }

    fn take<S: DeserializeSeed<'de>>(
        &mut self,
        place: usize,
        seed: S,
        field: &mut S::Value,
    ) -> Result<(), A::Error> {
        if self.seen[place] {
            return Err(A::Error::duplicate_field(self.shape.fields[place]));
        }
        if let Some(value) = self.access.value(seed)? {
            *field = value;
            self.seen[place] = true;
        }
        Ok(())
    }
}

/// As [`Reader`], for dates and times of the crate `time`.
#[cfg(feature = "time")]
#[derive(Debug)]
pub struct IsoReader<'r, 'de, A: Access<'de>>(&'r mut Reader<'de, A>);

#[cfg(feature = "time")]
mod iso {
    use std::marker::PhantomData;

    use serde::de::{DeserializeSeed, Deserializer};

    use super::{Access, Blank, IsoReader};
    use crate::model::iso::{Iso, deserialize};

    struct Text<T>(PhantomData<T>);

    impl<'de, T: Iso> DeserializeSeed<'de> for Text<T> {
        type Value = T;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
            deserialize(deserializer)
        }
    }

    impl<'de, A: Access<'de>> IsoReader<'_, 'de, A> {
        /// As [`Reader::field`](super::Reader::field).
        pub fn field<T: Blank + Iso>(self, field: &mut T) {
            self.0.ask(Text(PhantomData), field, T::MAY_BE_ABSENT && !A::IN_ORDER);
        }

        /// As [`Reader::hidden`](super::Reader::hidden).
        pub fn hidden<T: Blank + Iso>(self, field: &mut T) {
            self.field(field);
        }

        /// As [`Reader::change`](super::Reader::change).
        pub fn change<T: Iso>(self, field: &mut T) {
            self.0.ask(Text(PhantomData), field, true);
        }
    }
}
