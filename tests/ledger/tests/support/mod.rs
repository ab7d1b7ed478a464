//! What the tests of this package share: databases of their own, and a client.

#![allow(dead_code, reason = "each of the tests uses its part")]

pub(crate) mod client;
pub(crate) mod homes;
