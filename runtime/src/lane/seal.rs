//! The end of a lane: its scope takes the connection, and nobody else gets it any more.

use std::task::Waker;

use super::{Failure, Holder, Lane, Phase, Place, Waiter};
use crate::binding::Binding;
use crate::link::Link;

/// How a session stands when its scope closes it.
pub(crate) enum Sealed<B: Binding> {
    /// It never opened, or was closed by hand.
    Closed,
    Open(Link<B>, Option<Failure>, Option<String>),
    /// The runtime is settling it; ask again when woken.
    Settling,
    /// Somebody else still uses it; the connection is here when an `atomic` block does.
    Held(Option<Link<B>>),
    /// The connection was lost, or settled by closing it.
    Broken(Failure),
}

impl<B: Binding> Lane<B> {
    /// Takes the connection from whoever has it not in use, and refuses every later statement.
    pub(crate) fn seal(&self, waker: &Waker) -> Sealed<B> {
        let mut state = self.state();
        state.phase = Phase::Sealed;
        state.wake_all();
        match std::mem::replace(&mut state.place, Place::Away) {
            Place::Closed => {
                state.place = Place::Closed;
                state.failure.clone().map_or(Sealed::Closed, Sealed::Broken)
            }
            // A block whose future lives on elsewhere is work in progress.
            Place::Here(link) if !state.blocks.is_empty() => {
                state.place = Place::Closed;
                state.phase = Phase::Abandoned;
                Sealed::Held(Some(link))
            }
            Place::Here(link) => {
                state.place = Place::Closed;
                Sealed::Open(link, state.failure.take(), state.doomed.take())
            }
            Place::Away if matches!(state.holder, Holder::Settling) => {
                let ticket = state.ticket();
                state.waiters.push_back(Waiter { ticket, block: None, waker: waker.clone() });
                Sealed::Settling
            }
            Place::Away => {
                state.phase = Phase::Abandoned;
                Sealed::Held(None)
            }
        }
    }

    /// As [`Lane::seal`], for a scope that was dropped: whoever has the connection settles it.
    pub(crate) fn abandon(&self) -> Option<Link<B>> {
        let mut state = self.state();
        state.phase = Phase::Abandoned;
        state.wake_all();
        match std::mem::replace(&mut state.place, Place::Away) {
            Place::Here(link) => {
                state.holder = Holder::Settling;
                Some(link)
            }
            Place::Closed => {
                state.place = Place::Closed;
                None
            }
            Place::Away => None,
        }
    }
}
