//! Declared models: rows of a table as Rust types, and what can be done with them.
//!
//! Generated code says what a table looks like ([`Model`], [`ColumnName`], [`Column`]) and hands
//! on to the functions here. They run [`On`] whatever the caller has of the right bind: its
//! session, a block of it, or a connection of his own. Values are always bound; none is ever part
//! of a statement's text.

mod change;
mod codec;
mod column;
mod fields;
#[cfg(feature = "decimal")]
mod decimal;
#[cfg(any(feature = "chrono", feature = "time"))]
mod now;
#[doc(hidden)]
pub mod record;
mod text;
#[cfg(any(feature = "chrono", feature = "time"))]
mod time;

mod changes;
mod filter;
mod node;
mod order;
mod policy;
mod sql;
mod values;
mod visit;
mod weight;

mod lease;
mod on;
mod restriction;

mod batch;
mod beyond;
mod create;
mod cursor;
mod keyset;
mod list;
mod page;
mod rows;
mod save;
mod saved;
mod select;
mod unit;
mod verify;

mod mixin;
mod resource;

mod dialect;
mod refusal;

use sqlx::Database;

use crate::binding::Binding;

pub(crate) use self::dialect::Dialect;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) use self::dialect::forward_models;
pub(crate) use self::refusal::Refusal;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) use self::refusal::RefusalKind;

pub use self::change::Change;
pub use self::changes::Changes;
#[cfg(feature = "uuid")]
pub use self::codec::uuid;
pub use self::codec::{AsWord, Codec, Finite, Plain, Word};
pub use self::column::{Column, ColumnName};
pub use self::create::{Ddl, create_all, drop_all};
pub use self::cursor::{Cursor, InvalidCursor};
#[cfg(feature = "decimal")]
pub use self::decimal::Fixed;
pub use self::fields::{Fields, from_row};
pub use self::filter::Filter;
pub use self::keyset::{KeysetPage, KeysetRequest};
pub use self::list::{list_add, list_delete, list_edit};
pub use self::mixin::{
    KeyOf, ListAdd, ListDelete, ListEdit, ListView, Mixin, NewOf, PatchOf, SessionOf, Standard,
    UnitAdd, UnitDelete, UnitEdit, UnitView,
};
#[cfg(any(feature = "chrono", feature = "time"))]
pub use self::now::{Now, now};
pub use self::on::{On, WithoutPolicy, without_policy};
pub use self::order::Order;
pub use self::page::{InvalidPage, Page, PageRequest};
pub use self::policy::{Open, Policy, Write};
pub use self::resource::{NoBody, Paging, Resource};
pub use self::save::{Upsert, save, save_all};
pub use self::saved::Saved;
pub use self::select::Select;
pub use self::text::Text;
#[cfg(feature = "time")]
pub use self::time::iso;
#[cfg(any(feature = "chrono", feature = "time"))]
pub use self::time::{Day, Hour, LocalMoment, Moment};
pub use self::unit::{add, delete, delete_if, edit, view};
pub use self::values::Values;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) use self::verify::Described;
pub(crate) use self::verify::Shapes;
pub use self::verify::{Declared, Verification, VerifyError};
pub use self::visit::Visit;
#[doc(inline)]
pub use crate::__record as record;

/// A declared model: the type of a row, and what the runtime has to know of its table.
///
/// Generated code implements it; the statements are complete, with their placeholders in the order
/// in which the `write_…` functions put values.
pub trait Model: Sized + Send + Sync + 'static {
    /// The bind whose database has the table.
    type Bind: Binding;
    /// The primary key.
    type Key: Clone + Send + Sync + 'static;
    /// A row to add: what the database or a default fills may be left out.
    type New: Send + 'static;
    /// Changes to a row.
    type Patch: Send + Sync + 'static;
    /// A row to save by its key; [`Infallible`](std::convert::Infallible) if the database makes the
    /// key.
    type Save: Send + 'static;
    /// Which rows are there, and what may be written to them; [`Open`] unless the TOML names one.
    type Policy: Policy<Self>;
    /// The names of the columns.
    type Column: ColumnName<Model = Self>;

    /// The table, quoted and with its schema.
    const TABLE: &'static str;
    /// All columns, quoted, in the order in which [`Model::read`] takes them.
    const COLUMNS: &'static str;
    /// The columns of the primary key, in the order of [`Model::write_key`].
    const KEY: &'static [Self::Column];
    /// The columns that [`Model::write_new`] writes, in its order.
    const NEW: &'static [Self::Column];
    /// Adds a row. It answers with all columns, except on MySQL, which cannot.
    const ADD: &'static str;
    /// Reads a row by its key.
    const VIEW: &'static str;
    /// Deletes a row by its key.
    const DELETE: &'static str;
    /// The column that counts the changes of a row.
    const COUNTED: Option<Self::Column> = None;

    /// Takes a row apart.
    ///
    /// # Errors
    ///
    /// A value in the database is none of its column's type.
    fn read(row: &Fields<'_, Self>) -> Result<Self, sqlx::Error>;

    /// The primary key of this row.
    fn key(&self) -> Self::Key;

    /// Puts the values of [`Model::KEY`].
    fn write_key(key: &Self::Key, values: &mut Values<Self>);

    /// Fills what is made in Rust and must be known before the row is written: random uuids.
    fn complete(_new: &mut Self::New) {}

    /// Puts the values of [`Model::NEW`].
    fn write_new(new: &Self::New, values: &mut Values<Self>);

    /// Tells what is to change.
    fn write_patch(patch: &Self::Patch, changes: &mut Changes<Self>);

    /// The rows that do not count as deleted, of a model that only marks them.
    #[must_use]
    fn live() -> Option<Filter<Self>> {
        None
    }

    /// Marks rows as deleted. Only asked where there is [`Model::live`].
    fn bury(_changes: &mut Changes<Self>) {}

    /// How often the row was changed, counted from 1, of a model that counts it.
    fn version(&self) -> Option<i64> {
        None
    }

    /// The patch only applies to a row of this version. Only asked where there is
    /// [`Model::COUNTED`].
    fn expect(_patch: &mut Self::Patch, _version: i64) {}

    /// Does something with a column of this name; `None` if its values cannot be text.
    fn visit<V: Visit<Self>>(column: Self::Column, visit: V) -> Option<V::Output>;

    /// The value of a column as text ([`Text`]); `None` if it is NULL or cannot be text.
    fn text(&self, column: Self::Column) -> Option<String>;

    /// The key of a row that was just added, from what was written and the integer that the
    /// database made. Only asked on MySQL, which does not answer with the row.
    fn new_key(_new: &Self::New, _generated: u64) -> Option<Self::Key> {
        None
    }
}

/// The driver of a model's bind.
pub type DatabaseOf<M> = <<M as Model>::Bind as Binding>::Database;

/// The driver's row.
pub type RowOf<M> = <DatabaseOf<M> as Database>::Row;

/// The driver's values of placeholders.
pub(crate) type ArgumentsOf<M> = <DatabaseOf<M> as Database>::Arguments;
