//! The one error of the runtime: opaque, with a documented kind, the key of its bind and the cause.
//!
//! Everything that reaches a user through `sqlx::Error` (because `&Session` is an `Executor`) keeps
//! the rich error inside: [`Error::from`] takes it out again.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use crate::driver::{is_lost_on_any, is_transient};

/// What went wrong with a session, a scope or a target.
///
/// The text names the key of the bind and what to do; it may quote the database's own message, so
/// it belongs into logs and not into answers to clients. [`Error::kind`] tells the cases apart.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    key: Option<&'static str>,
    message: Cow<'static, str>,
    report: Option<EndReport>,
    about: Option<About>,
    told: Option<Told>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a statement of a model was about.
struct About {
    table: String,
    constraint: Option<String>,
}

/// What a client may be told of an error.
#[derive(Default)]
struct Told {
    field: Option<&'static str>,
    detail: Option<Cow<'static, str>>,
}

/// The cases an [`Error`] can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A session was asked for where no scope of its databases is open.
    NoScope,
    /// Something was asked of the scope that nobody put into it: a tenant, for example.
    NoData,
    /// A hook refused, for a reason of its own; the transaction was rolled back.
    Hook,
    /// A handle was used after its scope had ended.
    Finished,
    /// A statement was issued while the same code holds the connection: inside a row loop, or
    /// beside a lent connection.
    Busy,
    /// The scope ended while another task or a response body still used the connection; the
    /// session was rolled back.
    Held,
    /// The session's own connection was in use for longer than the acquire timeout.
    QueueTimeout,
    /// The pool had no connection to give within the acquire timeout.
    AcquireTimeout,
    /// The database could not be reached, or the connection was lost.
    Unavailable,
    /// The pool is closed.
    Closed,
    /// BEGIN was refused.
    BeginFailed,
    /// The transaction can only be rolled back: a statement was refused before, or
    /// `rollback_only` was called.
    RollbackOnly,
    /// COMMIT, or a check before it, was refused: nothing was stored.
    CommitFailed,
    /// The transaction ended without the session: a raw COMMIT or ROLLBACK, or a statement that
    /// commits implicitly.
    TransactionEnded,
    /// The connection was lost during COMMIT, or during a statement without a transaction: the work
    /// may or may not be stored.
    OutcomeUnknown,
    /// Several binds had to commit and not all did; [`Error::report`] lists each.
    PartialCommit,
    /// A transaction is open and the block was told to refuse that.
    TransactionOpen,
    /// The database refused a statement, or its answer could not be decoded.
    Database,
    /// A declared model has no such row: [`Error::table`] names its table.
    NotFound,
    /// More than one row was found where one was asked for.
    MoreThanOne,
    /// A row with the same primary key or unique value exists.
    Conflict,
    /// A row refers to one that does not exist, or is referred to by others and was to go.
    ForeignKey,
    /// A value that its column does not take: a check, NULL, too long, out of range.
    InvalidValue,
    /// Somebody else changed the row: it is of another version than the one that was named.
    Stale,
    /// A policy or a hook of the application does not allow it.
    Forbidden,
    /// A migration failed or is half done, or those that were applied are not those of the program.
    Migration,
    /// In a test scope: a session of a bind was opened while another of it was open.
    OverlappingSessions,
    /// A bind has no target for this scope, or one whose URL or settings are wrong.
    Target,
    /// The cursor of a page is one of another model or another order.
    InvalidCursor,
}

/// What became of each bind of a scope whose end failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndReport {
    /// Keys whose work is stored, in the order of the commits.
    pub committed: Vec<&'static str>,
    /// Keys whose commit failed.
    pub failed: Vec<&'static str>,
    /// Keys whose commit was sent and not answered.
    pub unknown: Vec<&'static str>,
    /// Keys that were rolled back.
    pub rolled_back: Vec<&'static str>,
}

impl Error {
    pub(crate) fn new(
        kind: ErrorKind,
        key: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            key: Some(key),
            message: message.into(),
            report: None,
            about: None,
            told: None,
            source: None,
        }))
    }

    /// One that is about a scope and no bind of it.
    pub(crate) fn of_scope(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::new(kind, "", message);
        error.0.key = None;
        error
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_report(mut self, report: EndReport) -> Self {
        self.0.report = Some(report);
        self
    }

    /// Names the table, and the constraint if it is known.
    pub(crate) fn about(mut self, table: String, constraint: Option<String>) -> Self {
        self.0.about = Some(About { table, constraint });
        self
    }

    /// What a client may be told, in words for people.
    pub(crate) fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.told.get_or_insert_default().detail = Some(detail.into());
        self
    }

    /// Which field a client may be told it is about.
    pub(crate) fn with_field(mut self, field: &'static str) -> Self {
        self.0.told.get_or_insert_default().field = Some(field);
        self
    }

    /// A statement's own error, seen from the session of `key`.
    pub(crate) fn database(key: &'static str, source: sqlx::Error) -> Self {
        match Self::from(source) {
            // Only what a statement failed with has no key.
            Self(inner)
                if matches!(inner.kind, ErrorKind::Database | ErrorKind::Unavailable)
                    && inner.key.is_none() =>
            {
                Self(Box::new(Inner { key: Some(key), ..*inner }))
            }
            other => other,
        }
    }

    /// Which case it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The key of the bind it happened on, when it is one.
    #[must_use]
    pub fn key(&self) -> Option<&'static str> {
        self.0.key
    }

    /// What became of each bind, when the end of a scope with several binds failed.
    #[must_use]
    pub fn report(&self) -> Option<&EndReport> {
        self.0.report.as_ref()
    }

    /// The table of the model that a statement was about, without quotes.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.0.about.as_ref().map(|about| about.table.as_str())
    }

    /// What refused a value: the name of a constraint or an index where the database tells it,
    /// otherwise of the column or, on SQLite, of the columns.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        self.0.about.as_ref()?.constraint.as_deref()
    }

    /// What a client may be told, in words for people. Everything else of an error belongs into logs.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.told.as_ref()?.detail.as_deref()
    }

    /// The field of a row that a value was refused for, as clients name it; never a hidden one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.told.as_ref()?.field
    }

    /// The error of sqlx behind it, when there is one.
    #[must_use]
    pub fn as_sqlx(&self) -> Option<&sqlx::Error> {
        self.0.source.as_ref()?.downcast_ref()
    }

    /// Whether the database gave the transaction up for others: a deadlock, a serialization failure,
    /// a lock that was not had in time. Nothing of it is stored, and the same work may succeed when
    /// all of it is done again; [`Retry`](crate::Retry) does that.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.as_sqlx() {
            Some(sqlx::Error::Database(error)) => is_transient(&**error),
            _ => false,
        }
    }

    /// Whether trying later can help: no connection was free, or the database was away.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::AcquireTimeout | ErrorKind::Unavailable | ErrorKind::Closed
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(key) = self.0.key {
            write!(f, "bind `{key}`: ")?;
        }
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.0.kind);
        out.field("key", &self.0.key);
        out.field("message", &self.0.message);
        if let Some(about) = &self.0.about {
            out.field("table", &about.table);
            out.field("constraint", &about.constraint);
        }
        if let Some(told) = &self.0.told {
            out.field("field", &told.field);
            out.field("detail", &told.detail);
        }
        if let Some(report) = &self.0.report {
            out.field("report", report);
        }
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<sqlx::Error> for Error {
    /// Takes a rich error out of its `sqlx::Error`; one that says that the connection was
    /// lost is [`ErrorKind::Unavailable`], any other becomes [`ErrorKind::Database`].
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::AnyDriverError(inner) if inner.is::<Error>() => {
                match inner.downcast::<Error>() {
                    Ok(rich) => *rich,
                    Err(inner) => Self::statement(sqlx::Error::AnyDriverError(inner)),
                }
            }
            other => Self::statement(other),
        }
    }
}

impl Error {
    fn statement(source: sqlx::Error) -> Self {
        // That the database went away is no refusal, and nothing of a transaction is stored.
        let lost = is_lost_on_any(&source);
        Self(Box::new(Inner {
            kind: if lost { ErrorKind::Unavailable } else { ErrorKind::Database },
            key: None,
            message: source.to_string().into(),
            report: None,
            about: None,
            told: None,
            source: Some(Box::new(source)),
        }))
    }
}

impl From<Error> for sqlx::Error {
    /// Gives a statement's own error back as it was, and wraps everything else.
    fn from(mut error: Error) -> Self {
        if error.kind() == ErrorKind::Database
            && let Some(source) = error.0.source.take()
        {
            match source.downcast::<sqlx::Error>() {
                Ok(source) => return *source,
                Err(source) => error.0.source = Some(source),
            }
        }
        sqlx::Error::AnyDriverError(Box::new(error))
    }
}
