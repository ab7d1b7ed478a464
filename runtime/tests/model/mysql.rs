//! The cases on MariaDB or MySQL: a database for each test.

use bindery_runtime::sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};

use bindery_runtime::AfterError;
pub(crate) use bindery_runtime::mysql::{Defaults, Settings, Transaction};
pub(crate) use bindery_runtime::sqlx::MySql as Driver;

/// A name, quoted.
macro_rules! q {
    ($name:literal) => {
        concat!("`", $name, "`")
    };
}
/// The placeholder of this number.
macro_rules! p {
    ($number:literal) => {
        "?"
    };
}
/// Nothing makes a statement answer with the rows it wrote.
macro_rules! returning {
    ($($column:literal),*) => {
        ""
    };
}
/// A row of nothing but what the database makes.
macro_rules! no_values {
    () => {
        " () VALUES ()"
    };
}
/// A type of column.
macro_rules! ty {
    (key) => {
        "BIGINT AUTO_INCREMENT PRIMARY KEY"
    };
    (bool) => {
        "BOOLEAN"
    };
    (i16) => {
        "SMALLINT"
    };
    (i32) => {
        "INTEGER"
    };
    (i64) => {
        "BIGINT"
    };
    (f32) => {
        "FLOAT"
    };
    (f64) => {
        "DOUBLE"
    };
    (text) => {
        "LONGTEXT"
    };
    (word) => {
        "VARCHAR(9)"
    };
    (bytes) => {
        "LONGBLOB"
    };
    (uuid) => {
        "BINARY(16)"
    };
    (date) => {
        "DATE"
    };
    (time) => {
        "TIME(6)"
    };
    (datetime) => {
        "DATETIME(6)"
    };
    (timestamp) => {
        "DATETIME(6)"
    };
    (json) => {
        "JSON"
    };
}
/// A text of at most so many characters.
macro_rules! varchar {
    ($name:literal, $length:literal) => {
        concat!("VARCHAR(", $length, ")")
    };
}

/// Transactions that survive a refused statement, where the backend has them.
pub(crate) const LENIENT: Transaction =
    Transaction { after_error: AfterError::Continue, ..Transaction::DEFAULT };
pub(crate) const HAS_LENIENT: bool = true;

#[path = "cases/mod.rs"]
mod cases;

/// What refuses a title that is too long, where the database says it.
pub(crate) const REFUSED_TITLE: &str = "title";
/// What refuses a reference to no author.
pub(crate) const REFUSED_AUTHOR: Option<&str> = Some("notes_ibfk_1");
/// Whether a text may hold NUL.
pub(crate) const KEEPS_NUL: bool = true;
/// The years of times that the database keeps.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 1000..=9999;

/// A database; it stays on the server, which is thrown away.
pub(crate) struct Home(String);

impl Home {
    pub(crate) async fn new() -> Self {
        let (server, name) = (crate::server("BINDERY_TEST_MYSQL_URL"), crate::unique_name());
        let admin = MySqlConnection::connect(&format!("{server}/mysql")).await;
        let mut admin = admin.expect("the MySQL of the tests answers");
        for statement in [
            format!("DROP DATABASE IF EXISTS {name}"),
            format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
        ] {
            admin.execute(AssertSqlSafe(statement)).await.expect("a database for the test");
        }
        Self(format!("{server}/{name}"))
    }

    pub(crate) fn url(&self) -> String {
        self.0.clone()
    }
}
