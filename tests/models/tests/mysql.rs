//! The cases on MariaDB or MySQL: a database for each test.

use std::time::Duration;

use bindery_runtime::Bind;
use bindery_runtime::sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};
use model_tests::db::{Databases, Settings};

pub(crate) use bindery_runtime::sqlx::MySql as Driver;
pub(crate) use model_tests::db::mysql as bind;
pub(crate) use model_tests::db::mysql::Mysql as Main;
pub(crate) use model_tests::db::mysql_other as other;

#[path = "cases/mod.rs"]
mod cases;
#[path = "lenient.rs"]
mod lenient;
#[path = "together.rs"]
mod together;

/// What errors name when there is such a name, such a title of an author, and such a key.
pub(crate) const CONFLICTS: [&str; 3] =
    ["authors_name_key", "notes_author_id_title_key", "PRIMARY"];
/// What an error names when there is no such author.
pub(crate) const NO_AUTHOR: Option<&str> = Some("notes_author_id_fkey");
/// Whether a text may hold NUL.
pub(crate) const KEEPS_NUL: bool = true;
/// Whether a text of a limited length may.
pub(crate) const KEEPS_NUL_WITH_LENGTH: bool = true;
/// The types of columns for days, times of day, both, and moments.
pub(crate) const TIMES: [&str; 4] = ["DATE", "TIME(6)", "DATETIME(6)", "DATETIME(6)"];
/// Whether a number may be none, or infinite.
pub(crate) const KEEPS_NAN: bool = false;

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

/// The databases, of which only those of `home` are used.
pub(crate) async fn connect(home: &Home, max_connections: u32) -> Databases {
    let mut settings = Settings::default();
    settings.mysql.pool.max_connections = Some(max_connections);
    settings.mysql.pool.acquire_timeout = Some(Duration::from_secs(20));
    let builder = Databases::builder().settings(settings).mysql(home.url()).mysql_other(home.url());
    builder.connect().await.expect("databases")
}

pub(crate) fn main(databases: &Databases) -> &Bind<Main> {
    databases.mysql()
}
