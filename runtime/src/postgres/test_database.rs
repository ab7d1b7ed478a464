//! Databases of a server for tests.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgPool, Postgres};

use crate::test_database::Disposable;

/// Where statements about databases run: one that every server has.
const ADMIN: &str = "postgres";

impl Disposable for Postgres {
    async fn make(pool: &PgPool, name: &str, copy: bool) -> Result<PgConnectOptions, sqlx::Error> {
        let options = pool.connect_options().as_ref().clone();
        let mut admin = options.clone().database(ADMIN).connect().await?;
        let template = match options.get_database() {
            Some(database) if copy => {
                // CREATE DATABASE (PostgreSQL manual): no other session may be on the template.
                let alone = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
                             WHERE datname = $1 AND pid <> pg_backend_pid()";
                sqlx::query(alone).bind(database).execute(&mut admin).await?;
                format!(" TEMPLATE \"{}\"", database.replace('"', "\"\""))
            }
            _ => String::new(),
        };
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}{template}"))).await?;
        admin.close().await?;
        Ok(options.database(name))
    }

    async fn remove(options: PgConnectOptions) -> Result<(), sqlx::Error> {
        let Some(name) = options.get_database().map(str::to_owned) else { return Ok(()) };
        let mut admin = options.database(ADMIN).connect().await?;
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        admin.execute(AssertSqlSafe(drop)).await?;
        admin.close().await
    }
}
