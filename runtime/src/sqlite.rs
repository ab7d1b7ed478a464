//! What is particular to SQLite: how its transactions begin and which settings it has.

mod driver;
mod model;
mod settings;
mod switches;
mod test_database;
#[cfg(test)]
mod tests;

pub use self::driver::{Begin, Transaction};
pub use self::settings::*;
pub use self::switches::Switches;
