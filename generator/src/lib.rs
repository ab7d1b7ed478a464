//! Bindery.

pub mod model;
