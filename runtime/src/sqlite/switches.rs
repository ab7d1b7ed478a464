//! The flags that the handlers of a connection look at, put onto it once.
//!
//! To put a handler onto a connection it has to be locked, which costs two switches of threads: too
//! much for every session. sqlx keeps nothing for others beside a connection, and nothing tells the
//! connections of a pool apart but this: each has a thread of its own, and it is that thread which
//! wakes whoever waits for its answer. So the flags lie in a thread-local of it, and a waker that
//! stands before the task's own looks there: a session that waits for BEGIN, as it has to anyway,
//! finds what an earlier one left. Whoever finds nothing locks the connection.
//!
//! An answer that is there before anybody waits for it wakes nobody, and nothing is found. That
//! costs a lock, no more.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Wake, Waker};

use sqlx::sqlite::SqliteConnection;
use tokio::runtime::Handle;

/// How many virtual machine instructions run between two looks at the flag: some microseconds.
const LOOK_EVERY: i32 = 1_000;

thread_local! {
    /// On the thread of a connection, its switches.
    static HERE: Cell<Option<Arc<Switches>>> = const { Cell::new(None) };

    /// On the thread of a session, a messenger without an errand: every BEGIN sends one.
    static SPARE: Cell<Option<Arc<Messenger>>> = const { Cell::new(None) };
}

/// What the handlers installed on a connection share with its sessions.
///
/// They follow each other, and each touches the switches only while its link has the connection: so
/// no call of an earlier one comes late. For the same reason `stop` is off before others get the
/// connection, or it is closed.
#[derive(Debug, Default)]
pub struct Switches {
    /// Stops the running statement.
    stop: AtomicBool,
    /// The session itself is ending the transaction.
    ending: AtomicBool,
    /// The transaction has ended by itself.
    ended: AtomicBool,
    /// The handler that looks at `stop` is on the connection.
    installed: AtomicBool,
}

impl Switches {
    /// Stops the running statement, and any other while `stop` holds.
    pub(super) fn set_stop(&self, stop: bool) {
        self.stop.store(stop, Ordering::Relaxed);
    }

    /// From now on the end of the transaction is the session's own.
    pub(super) fn set_ending(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    /// The transaction ended, if it was not the session that ended it.
    pub(super) fn note_end(&self) {
        if !self.is_ending() {
            self.ended.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    fn is_installed(&self) -> bool {
        self.installed.load(Ordering::Relaxed)
    }

    /// As they are on a connection that nobody used.
    fn reset(&self) {
        for switch in [&self.stop, &self.ending, &self.ended] {
            switch.store(false, Ordering::Relaxed);
        }
    }
}

/// Part of the handler, which sqlx drops when another takes its place.
struct Installed(Arc<Switches>);

impl Installed {
    fn new(switches: &Arc<Switches>) -> Self {
        switches.installed.store(true, Ordering::Relaxed);
        Self(Arc::clone(switches))
    }

    fn may_go_on(&self) -> bool {
        !self.0.stop.load(Ordering::Relaxed)
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        self.0.installed.store(false, Ordering::Relaxed);
    }
}

/// Waits for an answer of the connection, and finds the switches that are on it.
pub(super) async fn found_at<F: Future>(work: Pin<&mut F>) -> (F::Output, Option<Arc<Switches>>) {
    let (output, found) = woken(work, false).await;
    let found = found.filter(|switches| switches.is_installed());
    if let Some(switches) = &found {
        switches.reset();
    }
    (output, found)
}

/// Puts switches onto the connection, for this session and those after it.
pub(super) async fn install(conn: &mut SqliteConnection) -> Result<Arc<Switches>, sqlx::Error> {
    let (handle, found) = woken(pin!(conn.lock_handle()), true).await;
    let mut handle = handle?;
    let switches = found.unwrap_or_default();
    switches.reset();
    if !switches.is_installed() {
        let installed = Installed::new(&switches);
        handle.set_progress_handler(LOOK_EVERY, move || installed.may_go_on());
    }
    Ok(switches)
}

/// Polls `work` with a [`Messenger`] as its waker. Returns what that found.
async fn woken<F: Future>(
    mut work: Pin<&mut F>,
    leaves: bool,
) -> (F::Output, Option<Arc<Switches>>) {
    let mut sent: Option<(Arc<Messenger>, Waker)> = None;
    let output = poll_fn(|context| {
        if let Some((messenger, waker)) = &sent {
            let outcome = work.as_mut().poll(&mut Context::from_waker(waker));
            if outcome.is_ready() || messenger.task.will_wake(context.waker()) {
                return outcome;
            }
            // Another task goes on with the work: a BEGIN may end in the background.
        }
        let (_, waker) = sent.insert(Messenger::new(context.waker(), leaves));
        work.as_mut().poll(&mut Context::from_waker(waker))
    })
    .await;
    let found = sent.and_then(|(messenger, waker)| {
        drop(waker);
        messenger.back()
    });
    (output, found)
}

/// The waker of a task, which on its way sees the thread of the connection.
struct Messenger {
    task: Waker,
    /// Whether it leaves new switches where there are none.
    leaves: bool,
    found: OnceLock<Arc<Switches>>,
}

impl Messenger {
    fn new(task: &Waker, leaves: bool) -> (Arc<Self>, Waker) {
        let mut messenger = SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default();
        *Arc::get_mut(&mut messenger).expect("nobody else has one without an errand") =
            Self { task: task.clone(), leaves, found: OnceLock::new() };
        (Arc::clone(&messenger), Waker::from(messenger))
    }

    /// What it found. It waits for the next errand, unless a waker is still somewhere: a late call of
    /// that would wake a task that does not wait for it.
    fn back(mut self: Arc<Self>) -> Option<Arc<Switches>> {
        let Some(messenger) = Arc::get_mut(&mut self) else {
            return self.found.get().cloned();
        };
        let Self { found, .. } = std::mem::take(messenger);
        let _ = SPARE.try_with(|spare| spare.set(Some(self)));
        found.into_inner()
    }

    fn look(&self) {
        // A thread that is ending has nothing any more, and needs nothing.
        let _ = HERE.try_with(|here| {
            // No thread of a runtime is that of a connection.
            let may_leave = || self.leaves && Handle::try_current().is_err();
            let switches = here.take().or_else(|| may_leave().then(Arc::default));
            if let Some(switches) = &switches {
                let _ = self.found.set(Arc::clone(switches));
            }
            here.set(switches);
        });
    }
}

impl Default for Messenger {
    fn default() -> Self {
        Self { task: Waker::noop().clone(), leaves: false, found: OnceLock::new() }
    }
}

impl Wake for Messenger {
    fn wake(self: Arc<Self>) {
        self.look();
        let task = self.task.clone();
        // Before the task looks whether it is alone with the messenger.
        drop(self);
        task.wake();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.look();
        self.task.wake_by_ref();
    }
}
