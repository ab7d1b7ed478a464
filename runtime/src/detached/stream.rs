//! A stream made from code that sends items and then ends well or with an error.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

/// Where the code of a [`Detached::stream`](super::Detached::stream) puts its items.
pub struct Sink<T>(Shared<T>);

type Shared<T> = Arc<Mutex<Hatch<T>>>;

/// One item on its way, and who waits until it is taken.
struct Hatch<T> {
    item: Option<T>,
    waiting: Option<Waker>,
}

fn with<T, R>(shared: &Shared<T>, work: impl FnOnce(&mut Hatch<T>) -> R) -> R {
    work(&mut shared.lock().unwrap_or_else(PoisonError::into_inner))
}

impl<T> Sink<T> {
    /// Hands an item out. Ready when the next one is asked for.
    pub async fn send(&mut self, item: T) {
        let mut item = Some(item);
        poll_fn(|context| {
            with(&self.0, |hatch| {
                if let Some(item) = item.take() {
                    hatch.item = Some(item);
                } else if hatch.waiting.is_none() {
                    return Poll::Ready(());
                }
                hatch.waiting = Some(context.waker().clone());
                Poll::Pending
            })
        })
        .await;
    }
}

impl<T> fmt::Debug for Sink<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").finish_non_exhaustive()
    }
}

/// The stream of what `source` sends, closed by its error if it has one.
pub(super) fn of<T, E, F>(source: impl FnOnce(Sink<T>) -> F) -> impl Stream<Item = Result<T, E>>
where
    F: Future<Output = Result<(), E>>,
{
    let shared = Arc::new(Mutex::new(Hatch { item: None, waiting: None }));
    let source = source(Sink(Arc::clone(&shared)));
    Items { source: Some(Box::pin(source)), shared }
}

struct Items<T, F> {
    /// `None` when it has ended.
    source: Option<Pin<Box<F>>>,
    shared: Shared<T>,
}

impl<T, E, F: Future<Output = Result<(), E>>> Stream for Items<T, F> {
    type Item = Result<T, E>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { source: slot, shared } = &mut *self;
        let Some(source) = slot else {
            return Poll::Ready(None);
        };
        // An item was taken, so the sender goes on; it may be polled by others than this stream.
        if let Some(sender) = with(shared, |hatch| hatch.waiting.take())
            && !sender.will_wake(context.waker())
        {
            sender.wake();
        }
        let polled = source.as_mut().poll(context);
        if let Some(item) = with(shared, |hatch| hatch.item.take()) {
            return Poll::Ready(Some(Ok(item)));
        }
        match polled {
            Poll::Pending => Poll::Pending,
            Poll::Ready(ended) => {
                *slot = None;
                Poll::Ready(ended.err().map(Err))
            }
        }
    }
}
