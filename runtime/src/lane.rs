//! The lane: who may use a session's connection next.
//!
//! Statements queue in the order in which they came. While an `atomic` block is open only its own
//! statements run. A statement that could never get its turn, because the code that issued it holds
//! the connection itself, fails at once as *busy*; every other waits at most the acquire timeout.
//! The lane moves the connection from holder to holder by value; it never runs SQL.

mod seal;
mod turn;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use crate::binding::Binding;
use crate::link::Link;

pub(crate) use self::seal::Sealed;
pub(crate) use self::turn::Turn;

/// An `atomic` block of one session.
pub(crate) type BlockId = u64;

pub(crate) struct Lane<B: Binding>(Mutex<State<B>>);

struct State<B: Binding> {
    place: Place<B>,
    holder: Holder,
    /// Open `atomic` blocks, the innermost last.
    blocks: Vec<Block>,
    next_id: u64,
    waiters: VecDeque<Waiter>,
    phase: Phase,
    /// The first refusal outside every savepoint.
    failure: Option<Failure>,
    /// What `rollback_only` was told.
    doomed: Option<String>,
    retriable: Retriable,
    /// A block was dropped while its connection was in use: what to undo before the next use.
    unwind: Option<Unwind>,
}

/// How far the session's scope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    /// The scope takes the connection to end it; nobody else gets it any more.
    Sealed,
    /// Nobody comes for the connection: whoever has it rolls back.
    Abandoned,
}

enum Place<B: Binding> {
    /// Nothing was taken from the pool.
    Closed,
    /// At the lane's disposal.
    Here(Link<B>),
    /// With a holder.
    Away,
}

/// What the one who has the connection does with it.
#[derive(Debug)]
pub(crate) enum Holder {
    /// A statement, or nobody.
    Statement,
    /// A row stream; the waker is there while user code looks at a row.
    Rows(Option<Waker>),
    /// User code has the connection in its hands.
    Lent(Waker),
    /// The runtime itself brings it back to a known state.
    Settling,
}

#[derive(Debug)]
struct Block {
    id: BlockId,
    kind: BlockKind,
    failure: Option<Failure>,
}

/// What an `atomic` block is to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// The whole transaction.
    Whole,
    /// A savepoint, by its depth.
    Savepoint(usize),
    /// Part of the transaction around it.
    Joined,
}

/// What a dropped block leaves to be undone; a lower one includes the higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unwind {
    Whole,
    To(usize),
}

/// Whether the work of a transaction may be done again. Of several sessions the greatest holds.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Retriable {
    /// Nothing was refused so far.
    IfCommitSaysSo,
    /// What was refused last was given up for other transactions.
    Yes,
    /// Part of it is stored.
    No,
}

/// Why a transaction can only be rolled back.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// Something went wrong in it.
    Because(String),
    /// It is not there any more: it ended behind the session's back.
    Ended,
}

impl Failure {
    pub(crate) fn because(why: impl Into<String>) -> Self {
        Self::Because(why.into())
    }
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    block: Option<BlockId>,
    waker: Waker,
}

impl<B: Binding> Lane<B> {
    pub(crate) fn new() -> Self {
        Self::at(Place::Closed)
    }

    /// A lane whose connection is there already.
    pub(crate) fn with(link: Link<B>) -> Self {
        Self::at(Place::Here(link))
    }

    fn at(place: Place<B>) -> Self {
        Self(Mutex::new(State {
            place,
            holder: Holder::Statement,
            blocks: Vec::new(),
            next_id: 0,
            waiters: VecDeque::new(),
            phase: Phase::Open,
            failure: None,
            doomed: None,
            retriable: Retriable::IfCommitSaysSo,
            unwind: None,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State<B>> {
        // Nothing panics while the lock is held; if it did, the state would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the connection, or for the right to open one (`None`).
    ///
    /// `block` is the innermost block of this session that the caller runs in.
    pub(crate) fn turn(
        &self,
        block: impl FnOnce() -> Option<BlockId>,
        limit: Duration,
    ) -> Turn<'_, B> {
        // Only with a block open does it matter which the caller is in.
        let block = if self.state().blocks.is_empty() { None } else { block() };
        Turn::new(self, block, limit)
    }

    /// Gives the connection back. Returns what must be undone first, with the connection.
    pub(crate) fn put(&self, link: Option<Link<B>>) -> Option<(Link<B>, Option<Unwind>)> {
        let mut state = self.state();
        state.holder = Holder::Statement;
        match link {
            Some(link) if link.is_closed() => state.place = Place::Closed,
            Some(link) if state.phase == Phase::Abandoned => {
                state.holder = Holder::Settling;
                return Some((link, None));
            }
            Some(link) => {
                if let Some(unwind) = state.unwind.take() {
                    state.holder = Holder::Settling;
                    return Some((link, Some(unwind)));
                }
                state.place = Place::Here(link);
            }
            None => state.place = Place::Closed,
        }
        state.unwind = None;
        state.wake();
        None
    }

    /// Whether what is done on the connection now may still be kept.
    pub(crate) fn is_wanted(&self) -> bool {
        let state = self.state();
        state.phase != Phase::Abandoned && state.unwind.is_none()
    }

    /// Says what the holder does from now on.
    pub(crate) fn hold_as(&self, holder: Holder) {
        self.state().holder = holder;
    }

    /// The reason why no further statement may run, if there is one.
    pub(crate) fn failure(&self) -> Option<Failure> {
        let state = self.state();
        let failure = state
            .failure
            .as_ref()
            .or_else(|| state.blocks.iter().find_map(|block| block.failure.as_ref()));
        failure.cloned()
    }

    /// Records a refusal: in the innermost block, or in the transaction when `everything` is lost.
    pub(crate) fn fail(&self, everything: bool, failure: impl FnOnce() -> Failure) {
        let mut state = self.state();
        let place = if everything {
            &mut state.failure
        } else {
            // A joined block has no savepoint of its own: the level around it is what failed.
            let level = state.blocks.iter().rposition(|block| block.kind != BlockKind::Joined);
            match level {
                Some(level) => &mut state.blocks[level].failure,
                None => &mut state.failure,
            }
        };
        place.get_or_insert_with(failure);
    }

    /// The database refused something, for the sake of other transactions or not.
    pub(crate) fn refused(&self, is_transient: bool) {
        let mut state = self.state();
        if state.retriable != Retriable::No {
            state.retriable = if is_transient { Retriable::Yes } else { Retriable::IfCommitSaysSo };
        }
    }

    /// A part of the work was committed before its scope ended.
    pub(crate) fn stored(&self) {
        self.state().retriable = Retriable::No;
    }

    pub(crate) fn retriable(&self) -> Retriable {
        self.state().retriable
    }

    /// Marks the session to be rolled back at its end. The first reason stays.
    pub(crate) fn doom(&self, why: String) {
        self.state().doomed.get_or_insert(why);
    }

    pub(crate) fn doomed(&self) -> Option<String> {
        self.state().doomed.clone()
    }

    /// The transaction is over: what was held against it is forgotten.
    pub(crate) fn begin_anew(&self) {
        let mut state = self.state();
        state.failure = None;
        state.doomed = None;
    }

    /// Opens a block; the caller holds the connection.
    pub(crate) fn open_block(&self, kind: BlockKind) -> BlockId {
        let mut state = self.state();
        state.next_id += 1;
        let id = state.next_id;
        state.blocks.push(Block { id, kind, failure: None });
        id
    }

    /// How many savepoints of blocks are open, and whether any block is.
    pub(crate) fn depth(&self) -> (usize, bool) {
        let state = self.state();
        let savepoints = state
            .blocks
            .iter()
            .filter(|block| matches!(block.kind, BlockKind::Savepoint(_)))
            .count();
        (savepoints, !state.blocks.is_empty())
    }

    /// What was refused inside the block.
    pub(crate) fn block_failure(&self, id: BlockId) -> Option<Failure> {
        let state = self.state();
        state.blocks.iter().find(|block| block.id == id)?.failure.clone()
    }

    /// Takes the block off; the caller holds the connection and settled it.
    pub(crate) fn close_block(&self, id: BlockId) {
        let mut state = self.state();
        state.blocks.retain(|block| block.id < id);
    }

    /// A block's future was dropped. Returns the connection to unwind, when it is here; otherwise
    /// the one who has it is told when he gives it back.
    pub(crate) fn abandon_block(&self, id: BlockId) -> Option<(Link<B>, Unwind)> {
        let mut state = self.state();
        let level = state.blocks.iter().position(|block| block.id == id)?;
        let kind = state.blocks[level].kind;
        state.blocks.truncate(level);
        let unwind = match kind {
            BlockKind::Whole => Unwind::Whole,
            BlockKind::Savepoint(depth) => Unwind::To(depth),
            BlockKind::Joined => {
                // Part of its work cannot be taken back alone.
                state
                    .failure
                    .get_or_insert_with(|| Failure::because("an atomic block was dropped"));
                state.wake();
                return None;
            }
        };
        match std::mem::replace(&mut state.place, Place::Away) {
            Place::Here(link) => {
                state.holder = Holder::Settling;
                Some((link, unwind))
            }
            Place::Closed => {
                state.place = Place::Closed;
                state.wake();
                None
            }
            Place::Away => {
                state.unwind = Some(state.unwind.map_or(unwind, |other| other.min(unwind)));
                None
            }
        }
    }
}

impl<B: Binding> State<B> {
    fn innermost(&self) -> Option<BlockId> {
        self.blocks.last().map(|block| block.id)
    }

    fn ticket(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Wakes those who may go next. They sort out among themselves who came first.
    fn wake(&self) {
        let innermost = self.innermost();
        for waiter in &self.waiters {
            if waiter.block == innermost || self.phase != Phase::Open {
                waiter.waker.wake_by_ref();
            }
        }
    }

    fn wake_all(&self) {
        for waiter in &self.waiters {
            waiter.waker.wake_by_ref();
        }
    }

    fn is_first(&self, ticket: Option<u64>, block: Option<BlockId>) -> bool {
        let first = self.waiters.iter().find(|waiter| waiter.block == block);
        first.is_none_or(|first| Some(first.ticket) == ticket)
    }
}
