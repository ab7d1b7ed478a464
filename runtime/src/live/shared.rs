//! A target that several have: counted, so that those who wait for it to be left are told.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Weak};

use super::Live;
use crate::binding::Binding;

/// A target in use: shared by every session on it, and by the bind while it is current.
pub(crate) struct SharedLive<B: Binding>(
    /// `None` only while it is dropped.
    Option<Arc<Live<B>>>,
);

impl<B: Binding> SharedLive<B> {
    pub(crate) fn new(live: Live<B>) -> Self {
        Self(Some(Arc::new(live)))
    }

    fn shared(&self) -> &Arc<Live<B>> {
        self.0.as_ref().expect("it is there until its end")
    }

    /// Whether nobody else uses it.
    pub(crate) fn is_alone(&self) -> bool {
        Arc::strong_count(self.shared()) == 1
    }

    pub(crate) fn downgrade(&self) -> Weak<Live<B>> {
        Arc::downgrade(self.shared())
    }

    pub(crate) fn upgrade(live: &Weak<Live<B>>) -> Option<Self> {
        live.upgrade().map(|live| Self(Some(live)))
    }
}

impl<B: Binding> Deref for SharedLive<B> {
    type Target = Live<B>;

    fn deref(&self) -> &Live<B> {
        self.shared()
    }
}

impl<B: Binding> Clone for SharedLive<B> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<B: Binding> fmt::Debug for SharedLive<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<B: Binding> Drop for SharedLive<B> {
    fn drop(&mut self) {
        let live = self.0.take();
        let left = live.as_ref().and_then(|live| live.left.clone());
        // Those who wait for it to be left look after it was.
        drop(live);
        if let Some(left) = left {
            left.notify_waiters();
        }
    }
}
