//! The session of one bind in one scope: a cheap handle to a connection that is taken from the
//! pool by the first statement and to the transaction on it.

use std::fmt;
use std::sync::Arc;

use crate::background::Finish;
use crate::binding::Binding;
use crate::driver::{Driver, is_lost, is_transient};
use crate::error::{Error, ErrorKind};
use crate::held::Held;
use crate::hooks::{self, Hooked, Moment};
use crate::lane::{Failure, Lane, Unwind};
use crate::lent::Conn;
use crate::link::{self, Link, Quiet};
use crate::supply::Supply;
use crate::transaction::AfterError;

/// One bind's connection and transaction within one scope.
///
/// A handle: clones are the same session. Nothing is taken from the pool before the first
/// statement. `&Session` is a [`sqlx::Executor`], so `sqlx::query(…).execute(&session)` works, and
/// statements that run at the same time queue.
///
/// The scope ends the session: it commits or rolls back with the others of the scope. A handle that
/// is used afterwards fails with [`ErrorKind::Finished`].
pub struct Session<B: Binding>(pub(crate) Arc<Inner<B>>);

/// What every handle of a session shares.
pub(crate) struct Inner<B: Binding> {
    pub(crate) supply: Supply<B>,
    pub(crate) lane: Lane<B>,
    /// Whether the first statement begins a transaction.
    pub(crate) transaction: bool,
    /// What the application does at the beginning and the end of transactions.
    pub(crate) hooked: Option<Arc<Hooked<B>>>,
}

impl<B: Binding> Session<B> {
    pub(crate) fn new(supply: Supply<B>, hooked: Option<Arc<Hooked<B>>>) -> Self {
        Self(Arc::new(Inner { supply, lane: Lane::new(), transaction: true, hooked }))
    }

    /// A session on a connection whose transaction is open already.
    pub(crate) fn on(link: Link<B>) -> Self {
        let supply = Supply::One(link.live().clone());
        let lane = Lane::with(link);
        Self(Arc::new(Inner { supply, lane, transaction: true, hooked: None }))
    }

    /// Lends the driver's own connection, with the session's transaction open on it: for `COPY`,
    /// for code that wants `&mut PgConnection`, for driver calls that sqlx's `Executor` lacks.
    ///
    /// While it is lent every other statement of the session waits, or fails with
    /// [`ErrorKind::Busy`] when the same code issues it. A session that was lent is checked on the
    /// server before COMMIT, which costs a round trip, and settings made on the connection are
    /// undone before others get it (PostgreSQL: `RESET ALL`; MySQL: the connection is closed unless
    /// `trust_lent` is set; SQLite: pragmas stay).
    ///
    /// # Errors
    ///
    /// As a first statement: no connection to be had, BEGIN refused, the session rollback-only,
    /// busy or finished.
    pub async fn conn(&self) -> Result<Conn<'_, B>, Error> {
        Conn::lend(&self.0).await
    }

    /// Commits now. The connection goes back to the pool, and the next statement begins a new
    /// transaction. What is committed stays, whatever becomes of the scope.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RollbackOnly`] (and a rollback) after a refused statement or
    /// [`Session::rollback_only`], [`ErrorKind::CommitFailed`], [`ErrorKind::TransactionOpen`]
    /// inside an `atomic` block.
    pub async fn commit(&self) -> Result<(), Error> {
        self.0.end_by_hand("commit", true).await
    }

    /// Rolls back now. The connection goes back to the pool, and the next statement begins a new
    /// transaction.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TransactionOpen`] inside an `atomic` block, [`ErrorKind::Unavailable`] when the
    /// connection was lost (the server rolls back then).
    pub async fn rollback(&self) -> Result<(), Error> {
        self.0.end_by_hand("rollback", false).await
    }

    /// Gives the connection back now; an open transaction is rolled back.
    ///
    /// # Errors
    ///
    /// As [`Session::rollback`].
    pub async fn close(&self) -> Result<(), Error> {
        self.0.end_by_hand("close", false).await
    }

    /// Makes the scope roll back at its end although nothing failed; the answer stays as it is.
    /// Statements go on working. The first reason is the one that is logged.
    ///
    /// The mark belongs to the transaction: a rollback by hand removes it, and with it set a commit
    /// by hand rolls back and fails.
    pub fn rollback_only(&self, why: impl Into<String>) {
        self.0.lane.doom(why.into());
    }

    /// The key of the bind.
    #[must_use]
    pub fn key(&self) -> &'static str {
        B::KEY
    }
}

impl<B: Binding> Clone for Session<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<B: Binding> fmt::Debug for Session<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("key", &B::KEY).finish_non_exhaustive()
    }
}

impl<B: Binding> Inner<B> {
    pub(crate) fn autocommit(supply: Supply<B>, hooked: Option<Arc<Hooked<B>>>) -> Self {
        Self { supply, lane: Lane::new(), transaction: false, hooked }
    }

    /// Waits for the connection, without opening one.
    pub(crate) async fn turn(self: &Arc<Self>) -> Result<Held<B>, Error> {
        let block = || crate::atomic::current_block(self.id());
        let link = self.lane.turn(block, self.supply.limit()).await?;
        Ok(Held::new(self, link))
    }

    /// The connection, open and allowed to run a statement.
    pub(crate) async fn ready(self: &Arc<Self>) -> Result<Held<B>, Error> {
        let mut held = self.turn().await?;
        if let Some(failure) = self.lane.failure() {
            return Err(rollback_only::<B>(&failure));
        }
        held.open().await?;
        Ok(held)
    }

    /// What tells this session from others in the list of open blocks.
    pub(crate) fn id(self: &Arc<Self>) -> usize {
        Arc::as_ptr(self).addr()
    }

    /// Takes a connection and begins. Dropped half-way it goes on, and rolls back.
    pub(crate) fn opening(&self) -> Finish<Result<Link<B>, Error>> {
        let supply = self.supply.clone();
        let transaction = self.transaction;
        let tasks = supply.tasks().clone();
        let open = async move { Link::open(supply.live().await?, transaction).await };
        Finish::new(tasks, true, open, |opened| {
            Box::pin(async {
                if let Ok(link) = opened {
                    roll_back(link).await;
                }
            })
        })
    }

    pub(crate) async fn end_by_hand(
        self: &Arc<Self>,
        what: &str,
        commit: bool,
    ) -> Result<(), Error> {
        let mut held = self.turn().await?;
        if self.lane.depth().1 {
            return Err(Error::new(
                ErrorKind::TransactionOpen,
                B::KEY,
                format!("`{what}` inside an `atomic` block: the block ends its own transaction"),
            ));
        }
        let failure = self.lane.failure();
        let doomed = self.lane.doomed();
        self.lane.begin_anew();
        let Some(link) = held.take() else {
            // Nothing is open; a connection that was lost is forgotten with its failure.
            return match failure {
                Some(failure) if commit => Err(rollback_only::<B>(&failure)),
                _ => Ok(()),
            };
        };
        let refused = failure.map(|failure| rollback_only::<B>(&failure)).or_else(|| {
            doomed.map(|why| Error::new(ErrorKind::RollbackOnly, B::KEY, told_to_roll_back(&why)))
        });
        match refused {
            Some(error) if commit => {
                self.ending(link, false).await?;
                Err(error)
            }
            _ => self.ending_by_hand(link, commit).await,
        }
    }

    /// The end of a transaction before that of its scope.
    pub(crate) async fn ending_by_hand(&self, link: Link<B>, commit: bool) -> Result<(), Error> {
        self.ending(link, commit).await?;
        if commit {
            self.lane.stored();
        }
        Ok(())
    }

    /// COMMIT or ROLLBACK, which goes on when it is dropped.
    fn ending(&self, mut link: Link<B>, commit: bool) -> Finish<Result<(), Error>> {
        let hooked = if commit { self.hooked.clone() } else { None };
        Finish::new(
            self.supply.tasks().clone(),
            B::Database::MAY_CLOSE,
            async move {
                if !commit {
                    return link.rollback().await;
                }
                if let Some(hooked) = hooked {
                    let doomed;
                    (link, doomed) = hooks::run(hooked, link, Moment::BeforeCommit).await?;
                    if let Some(why) = doomed {
                        link.rollback().await?;
                        let message = told_to_roll_back(&why);
                        return Err(Error::new(ErrorKind::RollbackOnly, B::KEY, message));
                    }
                }
                if let Err(error) = link.check(false).await {
                    let _ = link.rollback().await;
                    return Err(error);
                }
                link.commit().await
            },
            |ended| {
                Box::pin(async {
                    if let Err(error) = ended {
                        tracing::error!(key = B::KEY, %error, "an abandoned session did not end well");
                    }
                })
            },
        )
    }

    /// Brings a connection whose holder has gone back to a known state, in the background.
    pub(crate) fn settle(self: &Arc<Self>, link: Link<B>, quiet: bool, unwind: Option<Unwind>) {
        let inner = Arc::clone(self);
        self.supply.tasks().spawn(B::Database::MAY_CLOSE, async move {
            inner.settling(link, quiet, unwind).await;
        });
    }

    async fn settling(&self, mut link: Link<B>, mut quiet: bool, mut unwind: Option<Unwind>) {
        loop {
            if !quiet {
                match link.quiet(self.lane.is_wanted()).await {
                    // Of a statement of the session itself the lane knows already.
                    Quiet::Stopped if link.was_lent() && self.lane.is_wanted() => {
                        self.lane.fail(false, || {
                            Failure::because("a statement on the lent connection was dropped")
                        });
                    }
                    Quiet::ByItself | Quiet::Stopped => {}
                    Quiet::Closed => {
                        if self.transaction {
                            self.lane.fail(true, || Failure::because("the connection was closed"));
                        }
                        self.lane.put(None);
                        return;
                    }
                }
            }
            if !quiet && link.was_lent() && self.lane.is_wanted() {
                self.look(&mut link).await;
                if link.is_closed() {
                    self.lane.put(None);
                    return;
                }
            }
            quiet = true;
            match unwind.take() {
                Some(Unwind::Whole) => {
                    roll_back(link).await;
                    self.lane.put(None);
                    return;
                }
                Some(Unwind::To(depth)) => self.unwind_to(&mut link, depth).await,
                None => {}
            }
            match self.lane.put(Some(link)) {
                None => return,
                Some((back, Some(more))) => (link, unwind) = (back, Some(more)),
                Some((back, None)) => {
                    roll_back(back).await;
                    self.lane.put(None);
                    return;
                }
            }
        }
    }

    /// Lets nothing more run when the transaction has ended behind the session's back.
    pub(crate) async fn look(&self, link: &mut Link<B>) {
        match link.has_ended().await {
            Ok(false) => {}
            Ok(true) => self.lane.fail(true, || Failure::Ended),
            Err(error) => self.note(link, &error),
        }
    }

    /// Undoes a block; what cannot be undone alone takes the whole transaction with it.
    pub(crate) async fn unwind_to(&self, link: &mut Link<B>, depth: usize) {
        if !link.stop_unread().await {
            self.lane.fail(true, || Failure::because("the connection was closed"));
            return;
        }
        if let Err(error) = link.roll_back_to(depth).await {
            self.lane.fail(true, || Failure::Because(format!("a savepoint was lost: {error}")));
            if is_lost::<B::Database>(&error) {
                link.close();
            }
        }
    }

    /// Looks at a statement's outcome and remembers what it means for the transaction.
    pub(crate) fn note(&self, link: &mut Link<B>, error: &sqlx::Error) {
        if is_lost::<B::Database>(error) {
            link.close();
            if self.transaction {
                self.lane
                    .fail(true, || Failure::Because(format!("the connection was lost: {error}")));
            }
            return;
        }
        let sqlx::Error::Database(refusal) = error else {
            return;
        };
        if !self.transaction {
            return;
        }
        link.suspect();
        self.lane.refused(is_transient(&**refusal));
        let everything = B::Database::ends_transaction(&**refusal);
        if everything || B::Database::after_error(&B::TRANSACTION) == AfterError::RollBack {
            self.lane.fail(everything, || {
                Failure::Because(format!("a statement was refused: {refusal}"))
            });
        }
    }

    /// A statement without a transaction is its own COMMIT: when the connection is lost during it, nobody
    /// knows whether it is stored.
    pub(crate) fn unless_unknown(&self, error: sqlx::Error) -> sqlx::Error {
        if self.transaction || !is_lost::<B::Database>(&error) {
            return error;
        }
        let message = format!("the connection was lost during a statement: {error}");
        Error::new(ErrorKind::OutcomeUnknown, B::KEY, message).with_source(error).into()
    }
}

/// Rolls back where nobody waits for the outcome.
pub(crate) async fn roll_back<B: Binding>(link: Link<B>) {
    if let Err(error) = link.rollback().await {
        tracing::debug!(key = B::KEY, %error, "a connection was closed instead of rolled back");
    }
}

pub(crate) fn rollback_only<B: Binding>(failure: &Failure) -> Error {
    match failure {
        Failure::Ended => link::ended::<B>(),
        Failure::Because(why) => {
            let message = format!("the transaction can only be rolled back: {why}");
            Error::new(ErrorKind::RollbackOnly, B::KEY, message)
        }
    }
}

pub(crate) fn told_to_roll_back(why: &str) -> String {
    format!("the transaction was told to roll back: {why}")
}
