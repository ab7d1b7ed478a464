//! The cases on PostgreSQL: a database for each test.

use bindery_runtime::sqlx::{self, AssertSqlSafe, Connection, Executor, PgConnection, Pool};
use bindery_runtime::{Binding, Session};

pub(crate) use bindery_runtime::postgres::{Defaults, Transaction};
pub(crate) use bindery_runtime::sqlx::Postgres as Driver;

#[path = "cases/mod.rs"]
mod cases;

/// A database; it stays on the server, which is thrown away.
pub(crate) struct Home(String);

impl Home {
    pub(crate) async fn new() -> Self {
        let (server, name) = (crate::server("BINDERY_TEST_POSTGRES_URL"), crate::unique_name());
        let admin = PgConnection::connect(&format!("{server}/postgres")).await;
        let mut admin = admin.expect("the PostgreSQL of the tests answers");
        for statement in [
            format!("DROP DATABASE IF EXISTS {name}"),
            format!("CREATE DATABASE {name} TEMPLATE template0"),
        ] {
            admin.execute(AssertSqlSafe(statement)).await.expect("a database for the test");
        }
        Self(format!("{server}/{name}"))
    }

    pub(crate) fn url(&self, _key: &str) -> String {
        self.0.clone()
    }
}

/// Makes the COMMIT of a session fail: a deferred constraint.
pub(crate) async fn spoil_commit<B>(session: &Session<B>, _: &Pool<Driver>)
where
    B: Binding<Database = Driver>,
{
    let parents = "CREATE TABLE parents (id INTEGER PRIMARY KEY)";
    let children = "CREATE TABLE children (parent INTEGER REFERENCES parents(id) DEFERRABLE INITIALLY DEFERRED)";
    for statement in [parents, children, "INSERT INTO children (parent) VALUES (1)"] {
        sqlx::query(statement).execute(session).await.expect("only COMMIT fails");
    }
}
