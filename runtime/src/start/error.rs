//! Everything that stands in the way of a start, told at once.

use std::error::Error as StdError;
use std::fmt;

use crate::configure::{Problem, Problems};
use crate::error::{Error, ErrorKind};

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

    /// As the error of a single bind that was given a target.
    pub(super) fn of_one(mut self, key: &'static str) -> Error {
        match self.unanswered.pop() {
            Some(error) if self.problems.is_empty() => error,
            _ => {
                let problems: Vec<String> =
                    self.problems.into_iter().map(|p| p.to_string()).collect();
                let message = format!("its target cannot be opened: {}", problems.join("; "));
                Error::new(ErrorKind::Target, key, message)
            }
        }
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
