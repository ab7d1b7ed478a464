//! The cases on MariaDB or MySQL: a database for each test.

use bindery_runtime::sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};

pub(crate) use bindery_runtime::mysql::{Defaults, Transaction};
pub(crate) use bindery_runtime::sqlx::MySql as Driver;

#[path = "cases/mod.rs"]
mod cases;

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

pub(crate) const NOTES: &str = "`notes`";
pub(crate) const ITEMS: &str = "`items`";
/// What adds, reads and deletes a row.
pub(crate) const NOTE: [&str; 3] = [
    "INSERT INTO notes (tenant, title, author, deleted_at, version) VALUES (?, ?, ?, ?, ?)",
    "SELECT id, tenant, title, author, deleted_at, version FROM notes WHERE id = ?",
    "DELETE FROM notes WHERE id = ?",
];
pub(crate) const ITEM: [&str; 3] = [
    "INSERT INTO items (shelf, code, tenant, barcode, amount, author, deleted, version) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "SELECT shelf, code, tenant, barcode, amount, author, deleted, version FROM items \
     WHERE shelf = ? AND code = ?",
    "DELETE FROM items WHERE shelf = ? AND code = ?",
];
pub(crate) const CREATE: &[&str] = &[
    "CREATE TABLE notes (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, tenant BIGINT NOT NULL, \
     title VARCHAR(200) NOT NULL, author LONGTEXT, deleted_at DATETIME(6), \
     version BIGINT NOT NULL, UNIQUE (tenant, title)) ENGINE = InnoDB",
    "CREATE TABLE items (shelf INTEGER NOT NULL, code VARCHAR(20) NOT NULL, \
     tenant BIGINT NOT NULL, barcode VARCHAR(20) UNIQUE, amount INTEGER NOT NULL, \
     author LONGTEXT, deleted BOOLEAN NOT NULL, version BIGINT NOT NULL, \
     PRIMARY KEY (shelf, code)) ENGINE = InnoDB",
];
