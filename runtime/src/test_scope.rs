//! Databases for one test: everything it does is undone in the end.

use std::fmt;
use std::ops::Deref;

use crate::binding::Registry;

/// A set of databases whose sessions are all undone when the test is over.
///
/// Generated code makes it: `databases.test_scope()`. It derefs to the databases, so the real router is
/// installed on it and served as always: `app(&test)`. The first session of a bind begins a transaction
/// that is never committed; that session and every one after it is a savepoint in it. So a request sees
/// what those before it stored, answers and commit rules are the real ones, and other tests on the same
/// database see nothing.
///
/// There is one connection per bind, so one session at a time: a second one beside it (requests at
/// the same time, `run_in_new_scope` with a session of the same bind, `detached`) fails with
/// [`ErrorKind::OverlappingSessions`](crate::ErrorKind::OverlappingSessions). What one connection
/// cannot show needs a test database: requests at the same time, isolation, constraints that are
/// checked at COMMIT, statements that end a transaction (DDL on MySQL). A session without a
/// transaction (`Autocommit`) is a savepoint too: on PostgreSQL nothing runs on it after a refused statement.
///
/// Creating tables and migrating are refused: do that before. The plain pool of a bind is the real
/// one, and what is done on it is stored.
///
/// Drop it or call [`TestScope::end`]; both roll back.
#[must_use = "it is over when it is dropped"]
pub struct TestScope<R: Registry>(R);

impl<R: Registry> TestScope<R> {
    /// A test scope on `databases`. Takes nothing from any pool.
    pub fn new(databases: &R) -> Self {
        Self(databases.in_test_scope())
    }

    /// Rolls back everything; returns when that is done.
    ///
    /// A session that is still open is ended by closing its connection.
    pub async fn end(self) {
        for bind in self.0.binds() {
            bind.close().await;
        }
    }
}

impl<R: Registry> Deref for TestScope<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.0
    }
}

impl<R: Registry> Drop for TestScope<R> {
    fn drop(&mut self) {
        for bind in self.0.binds() {
            bind.end_test_scope();
        }
    }
}

impl<R: Registry> fmt::Debug for TestScope<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TestScope").field(&self.0).finish()
    }
}
