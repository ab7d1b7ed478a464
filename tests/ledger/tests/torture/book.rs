//! The service's own record: per request what was answered, what was reported, and what was stored
//! before the end on purpose. The audit compares it with the databases.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bindery_runtime::{EndReport, Error, ErrorKind};

use crate::support::client::Seen;

/// Something that ends the transaction of one side before its scope does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Early {
    /// It was sent; whether it was done is not known. So many legs came before.
    Sent(usize),
    /// It was done, and stored so many legs.
    Stored(usize),
}

/// What is known of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    /// The handler has said that all went well: the scope is to commit.
    pub(crate) succeeded: bool,
    /// The status with which the answer left the scope; `None` when nobody waited for it.
    pub(crate) status: Option<u16>,
    /// The failure of the end that was handed to `on_failure`.
    pub(crate) report: Option<(ErrorKind, String, EndReport)>,
    pub(crate) early: [Option<Early>; 2],
    pub(crate) seen: Option<Seen>,
    /// Why the handler failed.
    pub(crate) error: Option<String>,
}

pub(crate) struct Book {
    entries: Vec<Mutex<Entry>>,
    /// What is wrong whatever the databases say.
    wrong: Mutex<Vec<String>>,
    /// How often each thing happened.
    counts: Mutex<BTreeMap<String, usize>>,
}

impl Book {
    pub(crate) fn new(requests: usize) -> Self {
        Self {
            entries: (0..requests).map(|_| Mutex::default()).collect(),
            wrong: Mutex::default(),
            counts: Mutex::default(),
        }
    }

    pub(crate) fn entry(&self, number: usize) -> MutexGuard<'_, Entry> {
        // A panic is one of the faults.
        self.entries[number].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn requests(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn count(&self, what: impl Into<String>) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(what.into()).or_default() += 1;
    }

    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn wrong(&self, what: String) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    pub(crate) fn all_wrong(&self) -> Vec<String> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the layer says of an end that failed.
    pub(crate) fn report(&self, number: usize, error: &Error) {
        self.count(format!("end failed: {:?}", error.kind()));
        let mut entry = self.entry(number);
        if entry.report.is_some() {
            self.wrong(format!("request {number}: two reports: {error}"));
        }
        let Some(report) = error.report() else {
            self.wrong(format!("request {number}: a failure without a report: {error:?}"));
            return;
        };
        entry.report = Some((error.kind(), error.to_string(), report.clone()));
    }
}
