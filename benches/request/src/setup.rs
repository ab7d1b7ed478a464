//! What is measured: a backend, a variant, the number of databases, and the case.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use axum::Router;

use crate::{postgres, sqlite};

macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($(#[$item:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type { $($(#[$item])* $variant,)+ }

        impl $type {
            /// Every one, in the order of the tables.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $name,)+ })
            }
        }

        impl FromStr for $type {
            type Err = anyhow::Error;

            fn from_str(text: &str) -> Result<Self> {
                Ok(match text { $($name => Self::$variant,)+ other => bail!("`{other}` is not known") })
            }
        }
    };
}

named!(Backend { Sqlite = "sqlite", Postgres = "postgres", });

named! {
    /// What holds the transaction.
    Variant {
        /// No transaction: every statement on the pool.
        Pool = "pool",
        /// `pool.begin()` and `commit()` in the handler.
        ByHand = "by-hand",
        /// The same on a pool that does not ping a connection before it gives it out.
        ByHandUntested = "by-hand-untested",
        /// As by hand, with a layer that does nothing.
        Identity = "identity",
        /// The crate axum-sqlx-tx.
        SqlxTx = "axum-sqlx-tx",
        /// SeaORM 2 with `begin()` and `commit()` in the handler.
        SeaOrm = "sea-orm",
        /// A session as an argument of the handler.
        Extractor = "extractor",
        /// A session from the context.
        Context = "context",
    }
}

named! {
    /// What the request does.
    Case {
        /// Nothing with a database.
        None = "none",
        /// One row read.
        Select = "select",
        /// A row stored and read again.
        Insert = "insert",
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub backend: Backend,
    pub variant: Variant,
    /// One or three; a request uses one.
    pub binds: usize,
}

impl Setup {
    /// From `backend variant binds`, the first arguments of each program.
    pub fn from_arguments(arguments: &mut impl Iterator<Item = String>) -> Result<Self> {
        let mut next = || arguments.next().context("usage: BACKEND VARIANT BINDS …");
        Ok(Self { backend: next()?.parse()?, variant: next()?.parse()?, binds: next()?.parse()? })
    }
}

/// The most connections of each pool; the settings of sessions name the same variable.
pub(crate) fn connections() -> Result<u32> {
    std::env::var("BENCH_POOL").map_or(Ok(16), |text| Ok(text.parse()?))
}

/// A router with databases of its own.
#[derive(Debug)]
pub struct App {
    pub router: Router,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Sqlite(sqlite::Place),
    Postgres,
}

impl App {
    pub async fn new(setup: Setup) -> Result<Self> {
        let (router, place) = match setup.backend {
            Backend::Sqlite => {
                let place = sqlite::Place::new(setup.binds).await?;
                (sqlite::router(&place, setup).await?, Place::Sqlite(place))
            }
            Backend::Postgres => {
                let place = postgres::Place::new(setup).await?;
                (postgres::router(&place, setup).await?, Place::Postgres)
            }
        };
        Ok(Self { router, place })
    }

    /// Removes the files of the databases. Those of PostgreSQL stay until their names are used
    /// again; the server is a private one.
    pub fn remove(self) -> Result<()> {
        match self.place {
            Place::Sqlite(place) => Ok(place.remove()?),
            Place::Postgres => Ok(()),
        }
    }
}
