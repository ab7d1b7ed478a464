//! Files for tests.

use std::path::PathBuf;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Executor, Sqlite, SqlitePool};

use crate::test_database::Disposable;

impl Disposable for Sqlite {
    async fn make(
        pool: &SqlitePool,
        name: &str,
        copy: bool,
    ) -> Result<SqliteConnectOptions, sqlx::Error> {
        let file = std::env::temp_dir().join(name).with_extension("db");
        if copy {
            let path = file.display().to_string().replace('\'', "''");
            pool.execute(AssertSqlSafe(format!("VACUUM INTO '{path}'"))).await?;
        }
        let options = pool.connect_options().as_ref().clone();
        Ok(options
            .filename(file)
            .in_memory(false)
            .shared_cache(false)
            .immutable(false)
            .create_if_missing(true))
    }

    async fn remove(options: SqliteConnectOptions) -> Result<(), sqlx::Error> {
        for beside in ["", "-wal", "-shm", "-journal"] {
            let mut file = options.get_filename().as_os_str().to_owned();
            file.push(beside);
            match std::fs::remove_file(PathBuf::from(file)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(sqlx::Error::Io(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
