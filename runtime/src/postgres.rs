//! What is particular to PostgreSQL: how its transactions begin and which settings it has.

mod driver;
mod model;
mod settings;
mod test_database;

pub use self::driver::Transaction;
pub use self::settings::*;

/// What DISCARD ALL does (PostgreSQL manual, DISCARD), but for the prepared statements, which sqlx
/// still counts on. RESET ALL alone leaves SET ROLE and SET SESSION AUTHORIZATION in force.
macro_rules! restore {
    () => {
        "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; \
         SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES"
    };
}

pub(crate) const RESTORE: &str = restore!();

/// Tells a connection the id of its own backend; sessions read it back inside BEGIN.
macro_rules! identify {
    () => {
        "SELECT set_config('bindery.backend', pg_backend_pid()::text, false)"
    };
}

pub(crate) const IDENTIFY: &str = identify!();

/// As [`RESTORE`], which also forgets the id of the backend.
pub(crate) const RESTORE_IDENTIFIED: &str = concat!(restore!(), "; ", identify!());
