//! The models of the cases, in the shape in which the generator writes them. What differs between
//! backends in their SQL, the macros of the backend say.

macro_rules! columns {
    ($first:literal $(, $more:literal)*) => { concat!(q!($first) $(, ", ", q!($more))*) };
}

pub(super) mod author;
pub(super) mod loose;
pub(super) mod member;
pub(super) mod note;
pub(super) mod sample;
pub(super) mod tick;

/// The tables, each after those it refers to.
pub(super) const TABLES: &[bindery_runtime::model::Ddl] =
    &[author::DDL, note::DDL, sample::DDL, member::DDL, tick::DDL];
