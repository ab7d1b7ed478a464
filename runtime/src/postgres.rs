//! What is particular to PostgreSQL: how its transactions begin and which settings it has.

mod driver;
mod settings;

pub use self::driver::Transaction;
pub use self::settings::*;

/// Tells a connection the id of its own backend; sessions read it back inside BEGIN.
pub(crate) const IDENTIFY: &str =
    "SELECT set_config('bindery.backend', pg_backend_pid()::text, false)";
