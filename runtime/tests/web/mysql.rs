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

/// What the generator writes for the tables of the crud cases.
pub(crate) mod tables {
    pub(crate) const CREATE_NOTES: &str = "\
        CREATE TABLE api_notes ( \
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, \
        title VARCHAR(20) NOT NULL, \
        body VARCHAR(50), \
        status VARCHAR(50) NOT NULL, \
        score DOUBLE NOT NULL, \
        stars INTEGER NOT NULL, \
        open BOOLEAN NOT NULL, \
        secret VARCHAR(50) NOT NULL, \
        version BIGINT NOT NULL, \
        CONSTRAINT api_notes_title_key UNIQUE (title)) COLLATE utf8mb4_bin";
    pub(crate) const ADD_NOTE: &str = "\
        INSERT INTO api_notes (title, body, status, score, stars, open, secret, version) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    pub(crate) const VIEW_NOTE: &str = "\
        SELECT id, title, body, status, score, stars, open, secret, version \
        FROM api_notes WHERE id = ?";
    pub(crate) const DELETE_NOTE: &str = "\
        DELETE FROM api_notes WHERE id = ?";
    pub(crate) const CREATE_ENTRIES: &str = "\
        CREATE TABLE api_entries ( \
        team VARCHAR(50) NOT NULL, \
        number BIGINT NOT NULL, \
        title VARCHAR(50), \
        author VARCHAR(50) NOT NULL, \
        PRIMARY KEY (team, number)) COLLATE utf8mb4_bin";
    pub(crate) const ADD_ENTRY: &str = "\
        INSERT INTO api_entries (team, number, title, author) \
        VALUES (?, ?, ?, ?)";
    pub(crate) const VIEW_ENTRY: &str = "\
        SELECT team, number, title, author \
        FROM api_entries WHERE team = ? AND number = ?";
    pub(crate) const DELETE_ENTRY: &str = "\
        DELETE FROM api_entries WHERE team = ? AND number = ?";
}
