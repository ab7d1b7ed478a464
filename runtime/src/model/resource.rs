//! What HTTP may set of a model's rows, and how its lists are asked for.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};

use super::Model;
use super::order::Order;

/// A model with routes: generated code implements it.
pub trait Resource: Model + Serialize {
    /// The body of a request that adds a row: the columns that `http` lets it set.
    type Add: DeserializeOwned + Send + 'static;
    /// The body of a request that changes a row.
    type Edit: DeserializeOwned + Into<Self::Patch> + Send + 'static;

    /// Columns that a query may filter by.
    const FILTER: &'static [Self::Column];
    /// Columns that a query may order by.
    const ORDER: &'static [Self::Column];
    /// How its lists are cut into pages.
    const PAGING: Paging;
    /// Rows of a page when a query does not say.
    const PAGE_SIZE: u32;
    /// The most rows that a query may ask for.
    const MAX_PAGE_SIZE: u32;
    /// The most bytes of a request body.
    const MAX_BODY: usize;

    /// The order when a query names none.
    #[must_use]
    fn default_order() -> Vec<Order<Self>> {
        Vec::new()
    }

    /// The key whose columns are these texts, in the order of [`Model::KEY`].
    fn parse_key(parts: &[&str]) -> Option<Self::Key>;
}

/// The body of a request that the TOML has no route for: there is none.
#[derive(Clone, Copy, Debug)]
pub enum NoBody {}

impl<'de> Deserialize<'de> for NoBody {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("there is no such route"))
    }
}

/// How lists are cut into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// By number: `?page=2`.
    Offset,
    /// By the row before: `?cursor=…`.
    Keyset,
}
