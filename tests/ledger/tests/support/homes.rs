//! Databases of a test's own.

use std::path::PathBuf;

use bindery_runtime::sqlx::postgres::PgConnectOptions;
use bindery_runtime::sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use bindery_runtime::sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};

/// A name for a database that no other test uses.
fn unique_name() -> String {
    use std::sync::atomic::{AtomicUsize, Ordering};

    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("bindery_ledger_{}_{number}", std::process::id())
}

/// The URL of a server, without the name of a database.
fn server(variable: &str) -> String {
    let url = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run the tests with `cargo xtask test`"));
    let (server, _database) = url.rsplit_once('/').expect("the URL of a server ends in a database");
    server.to_owned()
}

/// A folder of files of SQLite, removed in the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = std::env::temp_dir().join(unique_name());
        std::fs::create_dir_all(&folder).expect("a folder for the databases");
        Self(folder)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.db"))
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("sqlite://{}?mode=rwc", self.file(name).display())
    }

    /// Connections that do not wait for the disk.
    pub(crate) fn options(&self, name: &str) -> SqliteConnectOptions {
        let options: SqliteConnectOptions = self.url(name).parse().expect("a URL");
        options.synchronous(SqliteSynchronous::Off)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A database of PostgreSQL.
pub(crate) struct OfPostgres {
    server: String,
    pub(crate) name: String,
}

impl OfPostgres {
    pub(crate) async fn new() -> Self {
        let home = Self { server: server("BINDERY_TEST_POSTGRES_URL"), name: unique_name() };
        let create = format!("CREATE DATABASE {} TEMPLATE template0", home.name);
        home.admin().await.execute(AssertSqlSafe(create)).await.expect("a database");
        home
    }

    /// A connection to another database of the server.
    pub(crate) async fn admin(&self) -> PgConnection {
        let url = format!("{}/postgres", self.server);
        PgConnection::connect(&url).await.expect("PostgreSQL answers")
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        self.url().parse().expect("a URL")
    }

    /// Drops the database, which nobody may be connected to.
    pub(crate) async fn gone(self) {
        let drop = format!("DROP DATABASE {}", self.name);
        self.admin().await.execute(AssertSqlSafe(drop)).await.expect("nobody is connected");
    }
}

/// A database of MariaDB.
pub(crate) struct OfMysql {
    server: String,
    pub(crate) name: String,
}

impl OfMysql {
    pub(crate) async fn new() -> Self {
        let home = Self { server: server("BINDERY_TEST_MYSQL_URL"), name: unique_name() };
        let create = format!("CREATE DATABASE {}", home.name);
        home.admin().await.execute(AssertSqlSafe(create)).await.expect("a database");
        home
    }

    /// A connection to another database of the server.
    pub(crate) async fn admin(&self) -> MySqlConnection {
        let url = format!("{}/mysql", self.server);
        MySqlConnection::connect(&url).await.expect("MariaDB answers")
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    pub(crate) async fn gone(self) {
        let drop = format!("DROP DATABASE {}", self.name);
        self.admin().await.execute(AssertSqlSafe(drop)).await.expect("the database goes");
    }
}
