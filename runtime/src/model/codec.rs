//! How the values of a column's Rust type are sent to the database and read back.

use std::marker::PhantomData;

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Arguments, Database, Decode, Encode, Type};

/// How a database of the driver `D` keeps values of `T`.
///
/// Most columns use [`Plain`]: the type goes over the wire as sqlx sends it.
#[diagnostic::on_unimplemented(
    message = "the codec `{Self}` does not keep values of `{T}` in a database of `{D}`",
    note = "the features `chrono`, `time`, `decimal`, `uuid` and `json` of bindery-runtime turn on columns of these types"
)]
pub trait Codec<D: Database, T> {
    /// What the database answers with.
    type Stored: for<'r> Decode<'r, D> + Type<D>;

    /// Binds a value to the next placeholder.
    ///
    /// # Errors
    ///
    /// The value cannot be sent: it is out of the range of the driver's type.
    fn store(value: &T, arguments: &mut D::Arguments) -> Result<(), BoxDynError>;

    /// The value of what the database answered.
    ///
    /// # Errors
    ///
    /// It is none of `T`.
    fn load(stored: Self::Stored) -> Result<T, BoxDynError>;

    /// Binds NULL to the next placeholder.
    ///
    /// # Errors
    ///
    /// As [`Codec::store`]; no driver refuses NULL.
    fn store_null(arguments: &mut D::Arguments) -> Result<(), BoxDynError> {
        arguments.add(Null::<Self::Stored>(PhantomData))
    }
}

/// NULL of a type. `Option<T>` would need a bound for each driver.
struct Null<T>(PhantomData<fn() -> T>);

impl<D: Database, T: Type<D>> Type<D> for Null<T> {
    fn type_info() -> D::TypeInfo {
        T::type_info()
    }
}

impl<D: Database, T> Encode<'_, D> for Null<T> {
    fn encode_by_ref(&self, _: &mut D::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Ok(IsNull::Yes)
    }
}

/// As sqlx sends and reads the type.
#[derive(Clone, Copy, Debug)]
pub enum Plain {}

impl<D, T> Codec<D, T> for Plain
where
    D: Database,
    T: for<'q> Encode<'q, D> + for<'r> Decode<'r, D> + Type<D>,
{
    type Stored = T;

    fn store(value: &T, arguments: &mut D::Arguments) -> Result<(), BoxDynError> {
        arguments.add(value)
    }

    fn load(stored: T) -> Result<T, BoxDynError> {
        Ok(stored)
    }
}

/// A number that is neither NaN nor infinite, which not every database keeps.
#[derive(Clone, Copy, Debug)]
pub enum Finite {}

impl<D, T> Codec<D, T> for Finite
where
    D: Database,
    T: Copy + Into<f64> + for<'q> Encode<'q, D> + for<'r> Decode<'r, D> + Type<D>,
{
    type Stored = T;

    fn store(value: &T, arguments: &mut D::Arguments) -> Result<(), BoxDynError> {
        let number: f64 = (*value).into();
        if !number.is_finite() {
            return Err("the number is not finite".into());
        }
        arguments.add(*value)
    }

    fn load(stored: T) -> Result<T, BoxDynError> {
        Ok(stored)
    }
}

/// An enum whose variants are words in the database.
pub trait Word: Copy + PartialEq + Send + Sync + 'static {
    /// Every variant, in the order of the TOML.
    const ALL: &'static [Self];

    /// The word in the database.
    fn word(self) -> &'static str;
}

/// A [`Word`] as text.
#[derive(Clone, Copy, Debug)]
pub enum AsWord {}

impl<D, T> Codec<D, T> for AsWord
where
    D: Database,
    T: Word,
    String: for<'r> Decode<'r, D> + Type<D>,
    &'static str: Encode<'static, D> + Type<D>,
{
    type Stored = String;

    fn store(value: &T, arguments: &mut D::Arguments) -> Result<(), BoxDynError> {
        arguments.add(value.word())
    }

    fn load(stored: String) -> Result<T, BoxDynError> {
        T::ALL.iter().copied().find(|known| known.word() == stored).ok_or_else(|| {
            let words: Vec<_> = T::ALL.iter().map(|known| known.word()).collect();
            format!("the text is none of the words {}", words.join(", ")).into()
        })
    }
}

/// A random uuid (version 4), for keys that are made before their row is added.
#[cfg(feature = "uuid")]
#[must_use]
pub fn uuid() -> sqlx::types::Uuid {
    uuid::Uuid::new_v4()
}
