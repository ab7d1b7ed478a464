//! What is particular to SQLite: how its transactions begin and which settings it has.

mod driver;
mod model;
mod settings;
mod test_database;

pub use self::driver::{Begin, Switches, Transaction};
pub use self::settings::*;
