//! From the name of a column to its type: what is done with a column that is known at run time.

use super::codec::Codec;
use super::column::Column;
use super::text::Text;
use super::{DatabaseOf, Model};

/// Something to do with a column whose type is known only to the model.
pub trait Visit<M: Model> {
    /// What comes of it.
    type Output;

    /// Does it.
    fn visit<T, C>(self, column: Column<M, T, C>) -> Self::Output
    where
        T: Text + Send + Sync + 'static,
        C: Codec<DatabaseOf<M>, T> + 'static;
}
