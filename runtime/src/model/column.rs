//! The columns of a model: their names, and their names together with their types.

use std::any::Any;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use sqlx::error::BoxDynError;
use sqlx::{ColumnIndex, Row};

use super::codec::{Codec, Plain};
use super::fields::Fields;
use super::order::Order;
use super::{DatabaseOf, Model, RowOf};

/// The names of a model's columns: the generated enum, `NoteColumn`.
pub trait ColumnName: Copy + Eq + Hash + fmt::Debug + Send + Sync + 'static {
    /// The model that has the columns.
    type Model: Model<Column = Self>;

    /// Every column, in the order of the TOML.
    const ALL: &'static [Self];

    /// The name of the field.
    fn name(self) -> &'static str;

    /// The name in the database, quoted.
    fn sql(self) -> &'static str;

    /// Whether clients are never shown it: `http = "hidden"`.
    fn is_hidden(self) -> bool {
        false
    }

    /// The name in the database as it is: that of the field unless the TOML gives another.
    fn stored(self) -> &'static str {
        self.name()
    }

    /// Whether it may be NULL.
    fn is_nullable(self) -> bool {
        false
    }

    /// Smallest first.
    fn asc(self) -> Order<Self::Model> {
        Order::ascending(self)
    }

    /// Largest first.
    fn desc(self) -> Order<Self::Model> {
        Order::descending(self)
    }
}

/// A column of `M` that holds values of `T`, for filters and order: `Note::TITLE`.
///
/// `C` says how the values are kept ([`Codec`]). A column that may be NULL has the same type as one
/// that may not.
pub struct Column<M: Model, T, C = Plain> {
    name: M::Column,
    max_length: Option<u32>,
    types: PhantomData<fn() -> (T, C)>,
}

impl<M: Model, T, C> Column<M, T, C> {
    /// The column of this name.
    #[must_use]
    pub const fn new(name: M::Column) -> Self {
        Self { name, max_length: None, types: PhantomData }
    }

    /// Texts of more characters are refused before they are sent. Databases do so too, except that
    /// some silently cut spaces off the end.
    #[must_use]
    pub const fn max_length(mut self, characters: u32) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// Refuses a text that is too long.
    pub(super) fn check(self, value: &T) -> Result<(), BoxDynError>
    where
        T: 'static,
    {
        let value: &dyn Any = value;
        let (Some(max), Some(text)) = (self.max_length, value.downcast_ref::<String>()) else {
            return Ok(());
        };
        // A character has at most four bytes: most texts need no counting.
        let max = max as usize;
        if text.len() <= max || text.chars().count() <= max {
            return Ok(());
        }
        Err(format!("the text has more than {max} characters").into())
    }

    /// Its name without its type.
    #[must_use]
    pub const fn name(self) -> M::Column {
        self.name
    }

    /// Smallest first. Where NULL stands is up to the database: last on PostgreSQL, first on SQLite
    /// and MySQL.
    #[must_use]
    pub fn asc(self) -> Order<M> {
        Order::ascending(self.name)
    }

    /// Largest first, and NULL at the other end than with [`Column::asc`].
    #[must_use]
    pub fn desc(self) -> Order<M> {
        Order::descending(self.name)
    }

    /// Its value in a row; it is the column of number `index`, counted from 0, in
    /// [`ColumnName::ALL`].
    ///
    /// # Errors
    ///
    /// [`sqlx::Error::ColumnDecode`], naming the column: the value is NULL, or none of `T`. Of rows
    /// of hand-written SQL, those of [`from_row`](super::from_row).
    pub fn read(self, row: &Fields<'_, M>, index: usize) -> Result<T, sqlx::Error>
    where
        C: Codec<DatabaseOf<M>, T>,
        usize: ColumnIndex<RowOf<M>>,
    {
        let place = row.place(self.name, index)?;
        let stored = row.row().try_get::<C::Stored, _>(place).map_err(|error| self.names(error))?;
        self.load(stored)
    }

    /// As [`Column::read`], of a column that may be NULL.
    ///
    /// # Errors
    ///
    /// As [`Column::read`].
    pub fn read_optional(self, row: &Fields<'_, M>, index: usize) -> Result<Option<T>, sqlx::Error>
    where
        C: Codec<DatabaseOf<M>, T>,
        usize: ColumnIndex<RowOf<M>>,
    {
        let place = row.place(self.name, index)?;
        let stored =
            row.row().try_get::<Option<C::Stored>, _>(place).map_err(|error| self.names(error))?;
        stored.map(|stored| self.load(stored)).transpose()
    }

    fn load(self, stored: C::Stored) -> Result<T, sqlx::Error>
    where
        C: Codec<DatabaseOf<M>, T>,
    {
        C::load(stored).map_err(|source| sqlx::Error::ColumnDecode {
            index: self.name.name().to_owned(),
            source,
        })
    }

    /// sqlx says which place of the row could not be decoded; its name tells more.
    fn names(self, error: sqlx::Error) -> sqlx::Error {
        match error {
            sqlx::Error::ColumnDecode { source, .. } => {
                sqlx::Error::ColumnDecode { index: self.name.name().to_owned(), source }
            }
            other => other,
        }
    }
}

impl<M: Model, T, C> Clone for Column<M, T, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Model, T, C> Copy for Column<M, T, C> {}

impl<M: Model, T, C> fmt::Debug for Column<M, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Column").field(&self.name).finish()
    }
}
