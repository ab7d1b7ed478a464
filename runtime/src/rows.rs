//! A stream made from a future that sends items: the connection and the driver's stream that
//! borrows it live together in one async block, which no hand-written struct could hold.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;

use crate::binding::Binding;
use crate::held::Reading;

/// Where the future leaves the item that the stream hands out next.
struct Hatch<T>(Arc<Mutex<Option<T>>>);

impl<T> Hatch<T> {
    fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn leave(&self, item: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(item);
    }
}

pub(crate) struct Sender<T>(Hatch<T>);

impl<T> Sender<T> {
    /// Hands an item out and goes on when the next one is asked for.
    pub(crate) async fn send<B: Binding>(&self, item: T, reading: &mut Reading<'_, B>) {
        let mut item = Some(item);
        poll_fn(|context| {
            if let Some(item) = item.take() {
                self.0.leave(item);
                reading.at_row(context.waker());
                // Not woken: the stream itself is polled again for the next item.
                Poll::Pending
            } else {
                reading.past_row();
                Poll::Ready(())
            }
        })
        .await;
    }
}

struct Rows<'a, T> {
    /// `None` when it has ended.
    source: Option<BoxFuture<'a, Result<(), sqlx::Error>>>,
    hatch: Hatch<T>,
}

/// The stream of what `source` sends, closed by its error if it has one.
pub(crate) fn stream<'a, T, F, S>(source: S) -> BoxStream<'a, Result<T, sqlx::Error>>
where
    T: Send + 'a,
    F: Future<Output = Result<(), sqlx::Error>> + Send + 'a,
    S: FnOnce(Sender<T>) -> F,
{
    let shared = Arc::new(Mutex::new(None));
    let source = source(Sender(Hatch(Arc::clone(&shared))));
    Box::pin(Rows { source: Some(Box::pin(source)), hatch: Hatch(shared) })
}

impl<T> Stream for Rows<'_, T> {
    type Item = Result<T, sqlx::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(source) = &mut self.source else {
            return Poll::Ready(None);
        };
        let polled = source.as_mut().poll(context);
        if let Some(item) = self.hatch.take() {
            return Poll::Ready(Some(Ok(item)));
        }
        match polled {
            Poll::Pending => Poll::Pending,
            Poll::Ready(ended) => {
                self.source = None;
                Poll::Ready(ended.err().map(Err))
            }
        }
    }
}
