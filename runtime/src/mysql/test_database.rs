//! Databases of a server for tests.

use sqlx::mysql::MySqlConnectOptions;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, MySql, MySqlConnection, MySqlPool,
};

use crate::test_database::Disposable;

/// Where statements about databases run: one that every server has.
const ADMIN: &str = "information_schema";

impl Disposable for MySql {
    async fn make(
        pool: &MySqlPool,
        name: &str,
        copy: bool,
    ) -> Result<MySqlConnectOptions, sqlx::Error> {
        let options = pool.connect_options().as_ref().clone();
        let mut admin = options.clone().database(ADMIN).connect().await?;
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        if let Some(from) = options.get_database()
            && copy
            && let Err(error) = copy_tables(&mut admin, from, name).await
        {
            admin.execute(AssertSqlSafe(format!("DROP DATABASE {name}"))).await?;
            return Err(error);
        }
        admin.close().await?;
        Ok(options.database(name))
    }

    async fn remove(options: MySqlConnectOptions) -> Result<(), sqlx::Error> {
        let Some(name) = options.get_database().map(str::to_owned) else { return Ok(()) };
        let mut admin = options.database(ADMIN).connect().await?;
        admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).await?;
        admin.close().await
    }
}

/// There is no template: each table is made as the server says it was, and filled.
async fn copy_tables(admin: &mut MySqlConnection, from: &str, to: &str) -> Result<(), sqlx::Error> {
    let tables = "SELECT CAST(table_name AS CHAR) FROM information_schema.tables \
                  WHERE table_schema = ? AND table_type = 'BASE TABLE'";
    let tables: Vec<String> = sqlx::query_scalar(tables).bind(from).fetch_all(&mut *admin).await?;
    // In the order of their names tables may refer to later ones.
    admin.execute(AssertSqlSafe(format!("SET foreign_key_checks = 0; USE {to}"))).await?;
    let from = quoted(from);
    for table in tables {
        let table = quoted(&table);
        let shown = AssertSqlSafe(format!("SHOW CREATE TABLE {from}.{table}"));
        let (_, create): (String, String) = sqlx::query_as(shown).fetch_one(&mut *admin).await?;
        admin.execute(AssertSqlSafe(create)).await?;
        let fill = format!("INSERT INTO {table} SELECT * FROM {from}.{table}");
        admin.execute(AssertSqlSafe(fill)).await?;
    }
    Ok(())
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
