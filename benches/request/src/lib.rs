//! The same three handlers on a request-scoped session and on what else one would write.
//!
//! A [`Setup`] names a backend, a [`Variant`] and how many databases are installed; [`App`] is the
//! router of it with databases of its own. The programs of this package drive it: in process for
//! instructions and allocations, over HTTP for throughput.

mod note;
mod postgres;
mod requests;
mod setup;
mod sqlite;

pub use requests::{run, warm};
pub use setup::{App, Backend, Case, Setup, Variant};
