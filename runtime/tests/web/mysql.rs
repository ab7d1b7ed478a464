//! The cases on MySQL or MariaDB: a database for each test.

use bindery_runtime::sqlx::{self, AssertSqlSafe, Connection, Executor, MySqlConnection, Pool};
use bindery_runtime::{Binding, Session};

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
        for statement in
            [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")]
        {
            admin.execute(AssertSqlSafe(statement)).await.expect("a database for the test");
        }
        Self(format!("{server}/{name}"))
    }

    pub(crate) fn url(&self, _key: &str) -> String {
        self.0.clone()
    }
}

/// Makes the COMMIT of a session fail. There are no deferred constraints: the server ends the
/// connection under it.
pub(crate) async fn spoil_commit<B>(session: &Session<B>, pool: &Pool<Driver>)
where
    B: Binding<Database = Driver>,
{
    let id: u64 = sqlx::query_scalar("SELECT CAST(CONNECTION_ID() AS UNSIGNED)")
        .fetch_one(session)
        .await
        .expect("the session answers");
    pool.execute(AssertSqlSafe(format!("KILL CONNECTION {id}"))).await.expect("allowed to kill");
}
