//! A session without a transaction.

use std::fmt;
use std::sync::Arc;

use crate::binding::Binding;
use crate::error::Error;
use crate::hooks::Hooked;
use crate::session::Inner;
use crate::supply::Supply;

/// A bind's connection within one scope, without BEGIN and COMMIT: each statement stands for
/// itself. For hot reads of a single statement, where the two round trips of a transaction count.
///
/// It uses a connection of its own, beside the one of the [`Session`](crate::Session) of the same
/// scope, and sees what that committed.
pub struct Autocommit<B: Binding>(pub(crate) Arc<Inner<B>>);

impl<B: Binding> Autocommit<B> {
    pub(crate) fn new(supply: Supply<B>, hooked: Option<Arc<Hooked<B>>>) -> Self {
        Self(Arc::new(Inner::autocommit(supply, hooked)))
    }

    /// Gives its connection back; the next statement takes one again.
    pub(crate) async fn rest(&self) -> Result<(), Error> {
        self.0.end_by_hand("close", false).await
    }

    /// The key of the bind.
    #[must_use]
    pub fn key(&self) -> &'static str {
        B::KEY
    }
}

impl<B: Binding> Clone for Autocommit<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<B: Binding> fmt::Debug for Autocommit<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Autocommit").field("key", &B::KEY).finish_non_exhaustive()
    }
}
