//! The variants on PostgreSQL: the server of `BENCH_POSTGRES_URL`, a database a bind.

use anyhow::{Context, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};

use crate::setup::Setup;

pub(crate) use bindings::{one_postgres as one, three_postgres as three};
pub(crate) use variants::router;

pub(crate) type Db = sqlx::Postgres;
pub(crate) type Pool = sqlx::PgPool;

#[path = "variants/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "the same handlers, on another driver")]
mod variants;

/// The generated modules.
mod bindings {
    pub(crate) mod one_postgres {
        include!(concat!(env!("OUT_DIR"), "/one_postgres/mod.rs"));
    }
    pub(crate) mod three_postgres {
        include!(concat!(env!("OUT_DIR"), "/three_postgres/mod.rs"));
    }
}

/// Where the databases are.
#[derive(Debug)]
pub(crate) struct Place {
    server: PgConnectOptions,
    names: Vec<String>,
}

impl Place {
    pub(crate) async fn new(setup: Setup) -> Result<Self> {
        let server: PgConnectOptions = std::env::var("BENCH_POSTGRES_URL")
            .context("`BENCH_POSTGRES_URL` names the server; `cargo xtask bench` starts one")?
            .parse()?;
        let Setup { variant, binds, .. } = setup;
        let name = format!("bench_{variant}_{binds}").replace('-', "_");
        let names: Vec<_> = (0..binds).map(|at| format!("{name}_{at}")).collect();
        let mut admin = server.connect().await?;
        for name in &names {
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            admin.execute(AssertSqlSafe(drop)).await?;
            admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        }
        let place = Self { server, names };
        for options in place.options() {
            let mut conn = options.connect().await?;
            conn.execute(
                "CREATE TABLE notes (id bigserial PRIMARY KEY, title text NOT NULL, body text NOT NULL);
                 INSERT INTO notes (title, body) VALUES ('first', 'one')",
            )
            .await?;
        }
        Ok(place)
    }

    pub(crate) fn options(&self) -> impl Iterator<Item = PgConnectOptions> {
        self.names.iter().map(|name| self.server.clone().database(name))
    }
}

pub(crate) fn pool_options() -> PgPoolOptions {
    PgPoolOptions::new()
}

pub(crate) fn sea_orm(pool: Pool) -> sea_orm::DatabaseConnection {
    sea_orm::SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
}
