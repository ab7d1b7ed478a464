//! Bindery.

pub mod model;
pub mod render;
pub mod format;
pub mod check;
pub mod output;
pub mod write;
