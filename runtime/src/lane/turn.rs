//! Waiting for one's turn on a lane, or learning at once that it would never come.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Sleep;

use super::{BlockId, Holder, Lane, Phase, Place, Waiter};
use crate::binding::Binding;
use crate::error::{Error, ErrorKind};
use crate::link::Link;

/// The wait for one's turn.
pub(crate) struct Turn<'a, B: Binding> {
    lane: &'a Lane<B>,
    block: Option<BlockId>,
    ticket: Option<u64>,
    limit: Duration,
    /// Only one that really waits pays for a timer.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl<'a, B: Binding> Turn<'a, B> {
    pub(super) fn new(lane: &'a Lane<B>, block: Option<BlockId>, limit: Duration) -> Self {
        Self { lane, block, ticket: None, limit, sleep: None }
    }
}

impl<B: Binding> Future for Turn<'_, B> {
    /// The connection, or `None` when none is open yet.
    type Output = Result<Option<Link<B>>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let mut state = this.lane.state();
        if state.phase != Phase::Open {
            return Poll::Ready(Err(Error::new(
                ErrorKind::Finished,
                B::KEY,
                "this session ended with its scope; a spawned task or a response body needs a \
                 scope of its own",
            )));
        }
        if state.innermost() == this.block && state.is_first(this.ticket, this.block) {
            match std::mem::replace(&mut state.place, Place::Away) {
                Place::Away => {}
                Place::Here(link) => return Poll::Ready(Ok(Some(link))),
                Place::Closed => return Poll::Ready(Ok(None)),
            }
        }
        if let Some(ticket) = this.ticket {
            if let Some(waiter) = state.waiters.iter_mut().find(|waiter| waiter.ticket == ticket) {
                waiter.waker.clone_from(context.waker());
            }
        } else {
            let holding = match &state.holder {
                Holder::Rows(Some(waker)) => Some((waker, "a row stream of this session is open")),
                Holder::Lent(waker) => Some((waker, "its connection is lent out")),
                Holder::Rows(None) | Holder::Statement | Holder::Settling => None,
            };
            if let Some((waker, what)) = holding
                && waker.will_wake(context.waker())
            {
                return Poll::Ready(Err(Error::new(
                    ErrorKind::Busy,
                    B::KEY,
                    format!(
                        "{what} in the same code, so this statement would wait for ever: use \
                         `fetch_all`, the lent connection itself, or a scope of its own"
                    ),
                )));
            }
            let ticket = state.ticket();
            let waker = context.waker().clone();
            state.waiters.push_back(Waiter { ticket, block: this.block, waker });
            this.ticket = Some(ticket);
        }
        drop(state);
        let limit = this.limit;
        let sleep = this.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        if sleep.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(Error::new(
                ErrorKind::QueueTimeout,
                B::KEY,
                format!("the session's own connection was in use for more than {limit:?}"),
            )));
        }
        Poll::Pending
    }
}

impl<B: Binding> Drop for Turn<'_, B> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            let mut state = self.lane.state();
            state.waiters.retain(|waiter| waiter.ticket != ticket);
            // It may have been woken and not looked: the next one takes its place.
            state.wake();
        }
    }
}
