//! Many pieces of work beside each other, each in a scope of its own, a bounded number at a time.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use crate::binding::Registry;
use crate::error::Error;
use crate::scope::{another, run_in};

/// Runs `work` once for every item, at most `limit` at a time, each in a scope of its own as
/// `run_in_new_scope` makes it: `Ok` commits its sessions, `Err` rolls them back.
///
/// The outcomes are in the order of the items; one that fails does not stop the others. All of it
/// runs in the task of the caller, so it may borrow; dropped, what has not ended rolls back.
///
/// Each piece that uses a bind has a connection of its own beside that of the caller's session: a
/// `limit` above what the pool has left makes pieces wait for connections, at most the acquire
/// timeout.
///
/// Outside any scope of `R` every outcome is an error of the kind
/// [`NoScope`](crate::ErrorKind::NoScope).
pub async fn run_concurrently<R, I, T, E>(
    limit: usize,
    items: impl IntoIterator<Item = I>,
    work: impl AsyncFn(I) -> Result<T, E>,
) -> Vec<Result<T, E>>
where
    R: Registry,
    E: From<Error>,
{
    let begin = async |item| run_in(another::<R>()?, work(item)).await;
    let mut waiting = items.into_iter().enumerate();
    let mut running = Vec::new();
    let mut outcomes: Vec<Option<Result<T, E>>> = Vec::new();
    loop {
        while running.len() < limit.max(1)
            && let Some((number, item)) = waiting.next()
        {
            outcomes.push(None);
            running.push((number, Box::pin(begin(item))));
        }
        if running.is_empty() {
            return outcomes.into_iter().flatten().collect();
        }
        poll_fn(|context| {
            let before = running.len();
            running.retain_mut(|(number, piece): &mut (usize, Pin<Box<_>>)| {
                match piece.as_mut().poll(context) {
                    Poll::Ready(outcome) => {
                        outcomes[*number] = Some(outcome);
                        false
                    }
                    Poll::Pending => true,
                }
            });
            if running.len() < before { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}
