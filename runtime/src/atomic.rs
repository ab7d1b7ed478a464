//! Blocks that commit or roll back as one: `session.atomic(async |tx| …)`.
//!
//! A block runs under a task-local list of the blocks around it. Only statements that are inside
//! the innermost block run while it is open; others of the same session queue until it ends. That
//! holds for the handle of the block and for the accessor of the context alike.

use std::fmt;
use std::sync::Arc;

use crate::binding::Binding;
use crate::error::{Error, ErrorKind};
use crate::held::Held;
use crate::lane::{BlockId, BlockKind, Failure};
use crate::lent::Conn;
use crate::session::{Inner, Session, rollback_only, told_to_roll_back};

tokio::task_local! {
    static BLOCKS: Arc<Around>;
}

/// A block the running code is inside of, and those around that.
struct Around {
    session: usize,
    block: BlockId,
    outer: Option<Arc<Around>>,
}

/// The innermost block of `session` that the running code is inside of.
pub(crate) fn current_block(session: usize) -> Option<BlockId> {
    BLOCKS
        .try_with(|innermost| {
            let mut around = Some(innermost);
            while let Some(this) = around {
                if this.session == session {
                    return Some(this.block);
                }
                around = this.outer.as_ref();
            }
            None
        })
        .ok()?
}

/// What a block does when a transaction is already open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenOpen {
    /// Sets a savepoint, and releases it or rolls back to it.
    #[default]
    Savepoint,
    /// Commits what is open, then begins a transaction of its own.
    CommitFirst,
    /// Rolls back what is open, then begins a transaction of its own.
    RollBackFirst,
    /// Becomes part of what is open; an error makes all of it roll back.
    Append,
    /// Fails with [`ErrorKind::TransactionOpen`].
    Refuse,
}

/// The session inside an `atomic` block.
///
/// `&Atomic` is a [`sqlx::Executor`] as `&Session` is. It is lent to the block and cannot be kept.
pub struct Atomic<'b, B: Binding> {
    session: &'b Session<B>,
}

impl<B: Binding> Session<B> {
    /// Runs `work` as one: `Ok` keeps all it did, `Err`, a panic or cancellation nothing.
    ///
    /// With no transaction open the block is a transaction of its own, committed when it ends,
    /// whatever becomes of the scope. Inside a transaction, and inside another block, it is a
    /// savepoint. A statement that the database refuses inside is undone with the block: this is
    /// the way to expect a failure.
    ///
    /// While the block is open only its own statements run, also those that reach the session
    /// through the context; statements of siblings wait until it ends.
    ///
    /// # Errors
    ///
    /// What `work` returns; [`ErrorKind::RollbackOnly`] when a statement inside was refused and
    /// `work` still returned `Ok`; [`ErrorKind::CommitFailed`]; what a first statement can fail of.
    pub async fn atomic<T, E>(
        &self,
        work: impl AsyncFnOnce(&Atomic<'_, B>) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<Error>,
    {
        self.atomic_when(WhenOpen::Savepoint, work).await
    }

    /// As [`Session::atomic`], choosing what happens when a transaction is already open.
    ///
    /// # Errors
    ///
    /// As [`Session::atomic`], and [`ErrorKind::TransactionOpen`] for [`WhenOpen::Refuse`], and for
    /// [`WhenOpen::CommitFirst`] and [`WhenOpen::RollBackFirst`] inside another block.
    pub async fn atomic_when<T, E>(
        &self,
        when_open: WhenOpen,
        work: impl AsyncFnOnce(&Atomic<'_, B>) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<Error>,
    {
        let block = Block::open(&self.0, when_open).await?;
        let around = Arc::new(Around {
            session: self.0.id(),
            block: block.id,
            outer: BLOCKS.try_with(Arc::clone).ok(),
        });
        let handle = Atomic { session: self };
        // Boxed: the future of `work` would otherwise be part of every caller's, once per level.
        let outcome = BLOCKS.scope(around.clone(), work(&handle)).await;
        BLOCKS
            .scope(around, async {
                match outcome {
                    Ok(value) => {
                        block.keep().await?;
                        Ok(value)
                    }
                    Err(error) => {
                        block.undo().await;
                        Err(error)
                    }
                }
            })
            .await
    }
}

impl<B: Binding> Atomic<'_, B> {
    pub(crate) fn handle(&self) -> &Session<B> {
        self.session
    }

    pub(crate) fn session(&self) -> &Arc<Inner<B>> {
        &self.session.0
    }

    /// Runs `work` as a block inside this one: a savepoint. See [`Session::atomic`].
    ///
    /// # Errors
    ///
    /// As [`Session::atomic`].
    pub async fn atomic<T, E>(
        &self,
        work: impl AsyncFnOnce(&Atomic<'_, B>) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<Error>,
    {
        self.session.atomic(work).await
    }

    /// As [`Session::atomic_when`], inside this block.
    ///
    /// # Errors
    ///
    /// As [`Session::atomic_when`].
    pub async fn atomic_when<T, E>(
        &self,
        when_open: WhenOpen,
        work: impl AsyncFnOnce(&Atomic<'_, B>) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<Error>,
    {
        self.session.atomic_when(when_open, work).await
    }

    /// Lends the driver's own connection. See [`Session::conn`].
    ///
    /// # Errors
    ///
    /// As [`Session::conn`].
    pub async fn conn(&self) -> Result<Conn<'_, B>, Error> {
        self.session.conn().await
    }

    /// The key of the bind.
    #[must_use]
    pub fn key(&self) -> &'static str {
        B::KEY
    }
}

impl<B: Binding> fmt::Debug for Atomic<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Atomic").field("key", &B::KEY).finish_non_exhaustive()
    }
}

/// An open block; dropped without an end it is undone in the background.
struct Block<B: Binding> {
    session: Arc<Inner<B>>,
    id: BlockId,
    kind: BlockKind,
    ended: bool,
}

impl<B: Binding> Block<B> {
    async fn open(session: &Arc<Inner<B>>, when_open: WhenOpen) -> Result<Self, Error> {
        let mut held = session.turn().await?;
        let (savepoints, inside) = session.lane.depth();
        // Only this one does not need what is open to be sound.
        let discards = when_open == WhenOpen::RollBackFirst && !inside && held.is_open();
        if let Some(failure) = session.lane.failure()
            && !discards
        {
            return Err(rollback_only::<B>(&failure));
        }
        let kind = if held.is_open() {
            match when_open {
                WhenOpen::Savepoint => BlockKind::Savepoint(savepoints + 1),
                WhenOpen::Append => BlockKind::Joined,
                WhenOpen::CommitFirst | WhenOpen::RollBackFirst if !inside => {
                    let commit = when_open == WhenOpen::CommitFirst;
                    if commit && let Some(why) = session.lane.doomed() {
                        let message = told_to_roll_back(&why);
                        return Err(Error::new(ErrorKind::RollbackOnly, B::KEY, message));
                    }
                    if let Some(link) = held.take() {
                        session.lane.begin_anew();
                        session.ending_by_hand(link, commit).await?;
                    }
                    BlockKind::Whole
                }
                WhenOpen::Refuse | WhenOpen::CommitFirst | WhenOpen::RollBackFirst => {
                    return Err(Error::new(
                        ErrorKind::TransactionOpen,
                        B::KEY,
                        format!("a transaction is open, and the block was to be `{when_open:?}`"),
                    ));
                }
            }
        } else {
            BlockKind::Whole
        };
        held.open().await?;
        if let BlockKind::Savepoint(depth) = kind {
            held.run(async |link| link.savepoint(depth).await)
                .await
                .map_err(|error| Error::database(B::KEY, error))?;
        }
        let id = session.lane.open_block(kind);
        Ok(Self { session: Arc::clone(session), id, kind, ended: false })
    }

    /// Keeps what the block did: COMMIT, RELEASE, or nothing for a part of something larger.
    async fn keep(mut self) -> Result<(), Error> {
        let mut held = self.session.turn().await?;
        let failure =
            self.session.lane.block_failure(self.id).or_else(|| self.session.lane.failure());
        if let Some(failure) = failure {
            self.roll_back(&mut held).await;
            return Err(rollback_only::<B>(&failure));
        }
        let outcome = match self.kind {
            BlockKind::Joined => Ok(()),
            BlockKind::Savepoint(depth) => {
                let released = held.run(async |link| link.release(depth).await).await;
                if released.is_err() {
                    self.roll_back(&mut held).await;
                }
                released.map_err(|error| Error::database(B::KEY, error))
            }
            BlockKind::Whole => match (self.session.lane.doomed(), held.take()) {
                (_, None) => Ok(()),
                (None, Some(link)) => {
                    self.close();
                    self.session.ending_by_hand(link, true).await
                }
                (Some(why), Some(link)) => {
                    self.close();
                    self.session.lane.begin_anew();
                    self.session.ending_by_hand(link, false).await?;
                    let message = told_to_roll_back(&why);
                    Err(Error::new(ErrorKind::RollbackOnly, B::KEY, message))
                }
            },
        };
        self.close();
        outcome
    }

    /// Undoes what the block did. Its own error matters more than one of the rollback, which at
    /// worst closes the connection.
    async fn undo(mut self) {
        match self.session.turn().await {
            Ok(mut held) => self.roll_back(&mut held).await,
            Err(error) => tracing::debug!(key = B::KEY, %error, "a block is undone later"),
        }
    }

    async fn roll_back(&mut self, held: &mut Held<B>) {
        match self.kind {
            BlockKind::Whole => {
                self.close();
                self.session.lane.begin_anew();
                if let Some(link) = held.take()
                    && let Err(error) = self.session.ending_by_hand(link, false).await
                {
                    tracing::debug!(key = B::KEY, %error, "a connection was closed");
                }
            }
            BlockKind::Savepoint(depth) if held.is_open() => {
                let session = Arc::clone(&self.session);
                let undone = held
                    .run(async |link| {
                        session.unwind_to(link, depth).await;
                        Ok(())
                    })
                    .await;
                debug_assert!(undone.is_ok(), "unwinding records its own failure");
                self.close();
            }
            BlockKind::Savepoint(_) => self.close(),
            BlockKind::Joined => {
                self.close();
                self.session.lane.fail(false, || Failure::because("an appended block failed"));
            }
        }
    }

    fn close(&mut self) {
        if !self.ended {
            self.ended = true;
            self.session.lane.close_block(self.id);
        }
    }
}

impl<B: Binding> Drop for Block<B> {
    fn drop(&mut self) {
        if !self.ended
            && let Some((link, unwind)) = self.session.lane.abandon_block(self.id)
        {
            self.session.settle(link, true, Some(unwind));
        }
    }
}
