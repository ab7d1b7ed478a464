//! A refused statement in the words of the model: what kind of refusal it is, the table and the
//! constraint. Never a value; the server's own text stays in the source.

use std::borrow::Cow;

use crate::binding::Binding;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};

use super::column::{Column, ColumnName};
use super::{DatabaseOf, Model};

impl Error {
    /// A value of a column is not allowed: what a policy or a hook says of what is about to be
    /// written. `detail` is for the client ([`Error::detail`]) and should quote no value.
    ///
    /// Its kind is [`ErrorKind::InvalidValue`], over HTTP 422.
    pub fn invalid<M: Model, T, C>(
        column: Column<M, T, C>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (detail, name) = (detail.into(), column.name().name());
        let what = format!("column `{name}`: {detail}");
        let error = about::<M>(ErrorKind::InvalidValue, &what);
        of_column::<M>(error, column.name()).with_detail(detail)
    }

    /// An operation is not allowed: what a policy or a hook says. `detail` is for the client
    /// ([`Error::detail`]).
    ///
    /// Its kind is [`ErrorKind::Forbidden`], over HTTP 403.
    pub fn forbidden<M: Model>(detail: impl Into<Cow<'static, str>>) -> Self {
        let detail = detail.into();
        about::<M>(ErrorKind::Forbidden, &detail).with_detail(detail)
    }
}

/// Names the column, to clients as well unless it is hidden from them.
pub(super) fn of_column<M: Model>(error: Error, column: M::Column) -> Error {
    if column.is_hidden() { error } else { error.with_field(column.name()) }
}

/// What a driver found in a refusal.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What was violated.
    pub kind: RefusalKind,
    /// The name of the constraint, index or column, as far as the server told it.
    pub constraint: Option<String>,
}

/// What a statement violated.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// A primary key, a unique or an exclusion constraint.
    Conflict,
    /// A foreign key, from either side.
    ForeignKey,
    /// NOT NULL, a CHECK, a length or a range.
    InvalidValue,
}

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
impl Refusal {
    pub(crate) fn new(kind: RefusalKind, constraint: Option<impl Into<String>>) -> Self {
        Self { kind, constraint: constraint.map(Into::into) }
    }
}

/// The error of a statement on the table of `M`.
pub(super) fn explain<M: Model>(error: sqlx::Error) -> Error {
    let found = match &error {
        sqlx::Error::Database(refused) => DatabaseOf::<M>::refusal(&**refused),
        _ => None,
    };
    let Some(Refusal { kind, constraint }) = found else {
        return Error::database(M::Bind::KEY, error);
    };
    let table = plain_name(M::TABLE);
    let (kind, what) = match kind {
        RefusalKind::Conflict => (ErrorKind::Conflict, "a row with the same unique value exists"),
        RefusalKind::ForeignKey => {
            (ErrorKind::ForeignKey, "a row it refers to is missing, or others refer to the row")
        }
        RefusalKind::InvalidValue => (ErrorKind::InvalidValue, "a value is not allowed"),
    };
    let message = match &constraint {
        Some(constraint) => format!("table `{table}`: {what} (`{constraint}`)"),
        None => format!("table `{table}`: {what}"),
    };
    Error::new(kind, M::Bind::KEY, message).with_source(error).about(table, constraint)
}

/// There is no such row.
pub(super) fn not_found<M: Model>(what: &str) -> Error {
    about::<M>(ErrorKind::NotFound, what)
}

/// Something about the rows of `M` that is no refusal of the database.
pub(super) fn about<M: Model>(kind: ErrorKind, what: &str) -> Error {
    let table = plain_name(M::TABLE);
    Error::new(kind, M::Bind::KEY, format!("table `{table}`: {what}")).about(table, None)
}

/// The name of a table without its quotes; those that are part of it stay.
pub(super) fn plain_name(quoted: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    let mut letters = quoted.chars().peekable();
    let quote = letters.peek().copied();
    while let Some(letter) = letters.next() {
        // Inside of a name, two quotes stand for one.
        if Some(letter) != quote || (inside && letters.next_if_eq(&letter).is_some()) {
            plain.push(letter);
        } else {
            inside = !inside;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn only_the_quotes_around_a_name_go() {
        for (quoted, expected) in [
            (r#""notes""#, "notes"),
            (r#""app"."notes""#, "app.notes"),
            (r#""a ""b"" `c`""#, r#"a "b" `c`"#),
            (r#"`a "b" ``c```"#, r#"a "b" `c`"#),
            (r#""""""#, r#"""#),
        ] {
            assert_eq!(plain_name(quoted), expected, "{quoted}");
        }
    }
}
