//! Operations that a type of the application takes over piece by piece: a trait for each, with parts
//! to replace and the rest as it is.
//!
//! ```text
//! struct OwnNotes;
//! impl Mixin for OwnNotes { type Model = Note; }
//! impl UnitView for OwnNotes {}
//! impl UnitEdit for OwnNotes {
//!     async fn before_edit(&self, main: &Session, key: &NoteKey, patch: NotePatch) -> … { … }
//! }
//! ```

mod list;
mod unit;

use std::fmt;
use std::marker::PhantomData;

use crate::session::Session;

use super::Model;

pub use self::list::{ListAdd, ListDelete, ListEdit, ListView};
pub use self::unit::{UnitAdd, UnitDelete, UnitEdit, UnitView};

/// A type that has operations of a model.
pub trait Mixin: Send + Sync + 'static {
    /// The model.
    type Model: Model;
}

/// The session that the operations of a mixin run on.
pub type SessionOf<X> = Session<<<X as Mixin>::Model as Model>::Bind>;
/// The key of a mixin's model.
pub type KeyOf<X> = <<X as Mixin>::Model as Model>::Key;
/// A row to add to a mixin's model.
pub type NewOf<X> = <<X as Mixin>::Model as Model>::New;
/// Changes to a row of a mixin's model.
pub type PatchOf<X> = <<X as Mixin>::Model as Model>::Patch;

/// Every operation of `M` as it is.
pub struct Standard<M>(PhantomData<fn() -> M>);

impl<M> Standard<M> {
    /// The operations.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M: Model> Mixin for Standard<M> {
    type Model = M;
}

impl<M: Model> UnitAdd for Standard<M> {}
impl<M: Model> UnitView for Standard<M> {}
impl<M: Model> UnitEdit for Standard<M> {}
impl<M: Model> UnitDelete for Standard<M> {}
impl<M: Model> ListView for Standard<M> {}
impl<M: Model> ListAdd for Standard<M> {}
impl<M: Model> ListEdit for Standard<M> {}
impl<M: Model> ListDelete for Standard<M> {}

impl<M> Default for Standard<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> Clone for Standard<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Standard<M> {}

impl<M> fmt::Debug for Standard<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Standard")
    }
}
