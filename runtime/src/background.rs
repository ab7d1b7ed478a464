//! Work that must come to its end although the one who waited for it has gone.
//!
//! BEGIN, COMMIT and ROLLBACK are owned futures. A cancelled request drops them half-way; here they
//! go on in a task of their own, for a bounded time, so that the connection ends in a known state.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::Notify;

/// How long abandoned work may go on before its connection is closed.
pub(crate) const LIMIT: Duration = Duration::from_secs(5);

/// The background work of one target; `close` waits for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks(Arc<Counter>);

#[derive(Debug, Default)]
struct Counter {
    running: AtomicUsize,
    idle: Notify,
}

/// One running task, counted until it is dropped.
struct Ticket(Arc<Counter>);

impl Tasks {
    /// Runs `work` to its end, or until [`LIMIT`] when it is bounded.
    ///
    /// Outside a runtime `work` is dropped, which closes the connection it owns.
    pub(crate) fn spawn(&self, bounded: bool, work: impl Future<Output = ()> + Send + 'static) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let ticket = Ticket::new(&self.0);
        runtime.spawn(async move {
            let _ticket = ticket;
            if bounded {
                if tokio::time::timeout(LIMIT, work).await.is_err() {
                    tracing::warn!(
                        "a connection could not be brought to a known state in {LIMIT:?} and is closed"
                    );
                }
            } else {
                work.await;
            }
        });
    }

    /// Whether something runs.
    pub(crate) fn is_busy(&self) -> bool {
        self.0.running.load(Ordering::Acquire) > 0
    }

    /// Returns when nothing runs.
    pub(crate) async fn finished(&self) {
        loop {
            let idle = self.0.idle.notified();
            if self.0.running.load(Ordering::Acquire) == 0 {
                return;
            }
            idle.await;
        }
    }
}

impl Ticket {
    fn new(counter: &Arc<Counter>) -> Self {
        counter.running.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(counter))
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.0.running.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}

/// A future that is finished in the background when it is dropped before its end.
pub(crate) struct Finish<T: Send + 'static> {
    work: Option<BoxFuture<'static, T>>,
    /// What becomes of a result nobody waits for.
    leftover: fn(T) -> BoxFuture<'static, ()>,
    bounded: bool,
    tasks: Tasks,
}

impl<T: Send + 'static> Finish<T> {
    pub(crate) fn new(
        tasks: Tasks,
        bounded: bool,
        work: impl Future<Output = T> + Send + 'static,
        leftover: fn(T) -> BoxFuture<'static, ()>,
    ) -> Self {
        Self { work: Some(Box::pin(work)), leftover, bounded, tasks }
    }
}

impl<T: Send + 'static> Future for Finish<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        // Taken out while it is polled: a panic inside must not poll it again in the background.
        let mut work = self.work.take().expect("polled after its end");
        match work.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(value),
            Poll::Pending => {
                self.work = Some(work);
                Poll::Pending
            }
        }
    }
}

impl<T: Send + 'static> Drop for Finish<T> {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            let leftover = self.leftover;
            self.tasks.spawn(self.bounded, async move { leftover(work.await).await });
        }
    }
}

impl<T: Send + 'static> fmt::Debug for Finish<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finish").field("bounded", &self.bounded).finish_non_exhaustive()
    }
}
