//! What is particular to MySQL and MariaDB: how their transactions begin and which settings they
//! have.

mod driver;
mod model;
mod settings;
mod test_database;

pub use self::driver::Transaction;
pub use self::settings::*;
