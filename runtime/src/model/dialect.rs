//! What the SQL of models has to know of a backend, and what sqlx offers for each driver but not
//! for all of them together.

/// How the statements of models differ between backends.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts that have nothing to do with each other")]
pub struct Dialect {
    /// Whether a statement that writes can answer with the rows it wrote.
    pub returning: bool,
    /// Whether an INSERT names the key whose row it changes instead (`ON CONFLICT`); otherwise any
    /// unique value counts (`ON DUPLICATE KEY`).
    pub on_conflict: bool,
    /// Whether every statement is better kept prepared: the driver closes one without waiting for
    /// an answer, and the next one then waits for the delayed acknowledgement of the network, 40 ms.
    pub keeps_all: bool,
    /// Whether placeholders are `$1`, `$2`, … instead of `?`.
    pub numbered: bool,
    /// How many values one statement may have.
    pub max_values: usize,
    /// Whether NULL stands after every value, smallest first; otherwise before.
    pub nulls_are_largest: bool,
    /// Whether `(a, b) > (1, 2)` is looked up in an index of both columns.
    pub compares_rows: bool,
    /// Whether a text may have a character NUL.
    pub keeps_nul: bool,
    /// What makes `\` the escape character of LIKE.
    pub like_escape: &'static str,
    /// The word that lets the database make a value for a generated key.
    pub generated: &'static str,
}

/// The functions of `Driver` for models that are the same text for each driver.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! forward_models {
    () => {
        fn rows_affected(result: &Self::QueryResult) -> u64 {
            result.rows_affected()
        }

        fn read_number(row: &Self::Row) -> Result<i64, ::sqlx::Error> {
            ::sqlx::Row::try_get(row, 0)
        }

        fn store_number(number: i64, arguments: &mut Self::Arguments) {
            let stored = ::sqlx::Arguments::add(arguments, number);
            debug_assert!(stored.is_ok(), "every driver sends 64 bits");
        }
    };
}
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) use forward_models;
