//! Declared tables beside those of the live database: what is missing, and what is different.
//!
//! The database itself says how it would keep what is declared, so no table of type names has to be
//! kept here: PostgreSQL and MySQL are asked for a temporary table, which nobody else sees.

use std::fmt;

use sqlx::Connection;

use crate::bind::Bind;
use crate::binding::Binding;
use crate::driver::{ConnectionOf, Driver};
use crate::error::Error;

use super::create::Ddl;

/// A column as it is declared.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// Its name, quoted.
    pub name: &'static str,
    /// Its type in the database.
    pub kind: &'static str,
    /// Whether it may be NULL.
    pub nullable: bool,
}

impl Declared {
    /// A column of a type of the database that is never NULL.
    #[must_use]
    pub const fn new(name: &'static str, kind: &'static str) -> Self {
        Self { name, kind, nullable: false }
    }

    /// It may be NULL.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }
}

/// A column as the database describes it.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    pub name: String,
    pub kind: String,
    pub nullable: bool,
}

impl fmt::Display for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        f.write_str(if self.nullable { ", may be NULL" } else { ", never NULL" })
    }
}

/// How the columns of a table are, and how they would be if it were made now.
#[doc(hidden)]
#[derive(Debug)]
pub struct Shapes {
    pub declared: Vec<Described>,
    /// Empty if there is no such table.
    pub found: Vec<Described>,
}

/// Collects what is different, bind by bind; generated code calls it for each.
#[derive(Debug, Default)]
pub struct Verification {
    differences: Vec<String>,
    unanswered: Vec<Error>,
}

impl Verification {
    /// Compares the declared tables of a bind with those of its database.
    pub async fn look<B: Binding>(&mut self, bind: &Bind<B>, tables: &[Ddl]) {
        if let Err(error) = self.compare(bind, tables).await {
            self.unanswered.push(error);
        }
    }

    /// # Errors
    ///
    /// Everything that is different, and every database that could not be asked.
    pub fn into_result(self) -> Result<(), VerifyError> {
        if self.differences.is_empty() && self.unanswered.is_empty() {
            return Ok(());
        }
        Err(VerifyError(self))
    }

    async fn compare<B: Binding>(&mut self, bind: &Bind<B>, tables: &[Ddl]) -> Result<(), Error> {
        let mut conn = bind.here().await?.connection().await?;
        if !B::Database::MAY_CLOSE {
            return self.compare_on::<B>(&mut conn, tables).await;
        }
        // A temporary table that a dropped future leaves behind goes with the connection.
        let mut conn = conn.detach();
        let outcome = self.compare_on::<B>(&mut conn, tables).await;
        if let Err(error) = conn.close().await {
            tracing::debug!(key = B::KEY, %error, "a connection was lost before its close");
        }
        outcome
    }

    async fn compare_on<B: Binding>(
        &mut self,
        conn: &mut ConnectionOf<B>,
        tables: &[Ddl],
    ) -> Result<(), Error> {
        for table in tables {
            let shapes = B::Database::shapes(conn, table)
                .await
                .map_err(|error| Error::database(B::KEY, error))?;
            let name = table.name.replace(['"', '`'], "");
            let differences = differences(&shapes);
            self.differences.extend(
                differences
                    .into_iter()
                    .map(|it| format!("bind `{}`: table `{name}`: {it}", B::KEY)),
            );
        }
        Ok(())
    }
}

fn differences(shapes: &Shapes) -> Vec<String> {
    let Shapes { declared, found } = shapes;
    if found.is_empty() {
        return vec!["there is no such table".to_owned()];
    }
    let of = |columns: &[Described], name: &str| {
        columns.iter().find(|column| column.name == name).cloned()
    };
    let mut differences = Vec::new();
    for column in declared {
        match of(found, &column.name) {
            None => differences.push(format!("the column `{}` is missing", column.name)),
            Some(other) if other != *column => differences
                .push(format!("the column `{}` is {other}; declared is {column}", column.name)),
            Some(_) => {}
        }
    }
    for column in found.iter().filter(|column| of(declared, &column.name).is_none()) {
        differences.push(format!("the column `{}` ({column}) is not declared", column.name));
    }
    differences
}

/// Where the tables of the databases are not what is declared.
///
/// `Display` has a line for each difference and for each database that could not be asked; `Debug`
/// is the same text, because that is what `main` prints when it returns this error.
pub struct VerifyError(Verification);

impl VerifyError {
    /// What is different: a line each, with bind, table and column.
    #[must_use]
    pub fn differences(&self) -> &[String] {
        &self.0.differences
    }

    /// The databases that could not be asked, each with its key and the cause.
    #[must_use]
    pub fn unanswered(&self) -> &[Error] {
        &self.0.unanswered
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the tables are not what is declared:")?;
        for difference in self.differences() {
            write!(f, "\n  {difference}")?;
        }
        for error in self.unanswered() {
            write!(f, "\n  {error}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for VerifyError {}
