//! Everything that stands in the way of a start, told at once.

use std::error::Error as StdError;
use std::fmt;

use crate::configure::{Problem, Problems};
use crate::error::Error;

/// Why the databases of an application could not be started.
///
/// `Display` has a line for each setting that is missing or wrong and for each database that did
/// not answer, all of them beginning with the key; `Debug` is the same text, because that is what
/// `main` prints when it returns this error. Neither shows a URL or a password.
pub struct StartError {
    problems: Problems,
    unanswered: Vec<Error>,
}

impl StartError {
    pub(super) fn new(problems: Problems, unanswered: Vec<Error>) -> Self {
        Self { problems, unanswered }
    }

    /// The settings that are missing or wrong.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The databases that did not answer, each with its key and the cause.
    #[must_use]
    pub fn unanswered(&self) -> &[Error] {
        &self.unanswered
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the databases cannot be started:")?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        for error in &self.unanswered {
            write!(f, "\n  {error}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for StartError {}
