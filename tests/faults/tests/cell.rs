//! What was observed of one fault on one backend.

use std::fmt::{self, Display, Formatter};

/// A cell of the table.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    /// What happened.
    Seen {
        /// What the client got.
        client: String,
        /// What the database holds afterwards.
        stored: String,
        /// What the next borrower of the pool got.
        next: String,
    },
    /// Why it cannot happen here.
    Impossible(&'static str),
}

impl Cell {
    /// The same with another third part.
    pub(crate) fn with_next(self, change: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Seen { client, stored, next } => {
                Self::Seen { client, stored, next: change(next) }
            }
            Self::Impossible(why) => Self::Impossible(why),
        }
    }
}

impl Display for Cell {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seen { client, stored, next } => write!(f, "{client} · {stored} · {next}"),
            Self::Impossible(why) => write!(f, "– {why}"),
        }
    }
}
