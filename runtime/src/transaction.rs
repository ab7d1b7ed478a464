//! The standard's words for how a transaction runs; each backend's `Transaction` says which it has.

/// How much a transaction sees of others that run at the same time (SQL:2016, 4.41.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Sees uncommitted work; PostgreSQL treats it as read committed.
    ReadUncommitted,
    /// Each statement sees what was committed before it began.
    ReadCommitted,
    /// The transaction sees what was committed before its first statement.
    RepeatableRead,
    /// As if transactions ran one after the other; some must be retried.
    Serializable,
}

#[cfg(any(feature = "postgres", feature = "mysql"))]
impl Isolation {
    pub(crate) const fn sql(self) -> &'static str {
        match self {
            Self::ReadUncommitted => "READ UNCOMMITTED",
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        }
    }
}

/// Whether a transaction may write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Reads and writes.
    #[default]
    ReadWrite,
    /// The database refuses every write.
    ReadOnly,
}

/// What a statement that the database refused means for the transaction around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterError {
    /// The transaction can only be rolled back; `atomic` is the way to expect a failure.
    #[default]
    RollBack,
    /// The transaction goes on without the refused statement.
    Continue,
}
