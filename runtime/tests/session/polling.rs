//! Cancellation at a chosen place: a future is polled a number of times and then dropped.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// When a future is dropped.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Drop {
    /// Right after its last poll: what it sent is on the way.
    AtOnce,
    /// When it is to be polled again: the answer is there and nobody looked at it.
    WhenWoken,
}

/// Polls `future` at most `times` times. `None`: it had not ended by then and was dropped.
pub(crate) async fn polled<F: Future>(future: F, times: usize, drop: Drop) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 && matches!(drop, Drop::AtOnce) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
