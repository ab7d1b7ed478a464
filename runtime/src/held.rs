//! Having a session's connection for a while.
//!
//! Whoever runs something has a `Held`; dropping it gives the connection back to the lane. Dropped
//! in the middle of a statement, the statement is stopped first.

use std::sync::Arc;
use std::task::Waker;

use crate::binding::Binding;
use crate::driver::{ConnectionOf, is_lost};
use crate::error::Error;
use crate::hooks::{self, Moment};
use crate::lane::{Failure, Holder};
use crate::link::Link;
use crate::session::Inner;
use crate::statement::Effect;

pub(crate) struct Held<B: Binding> {
    session: Arc<Inner<B>>,
    link: Option<Link<B>>,
    doing: Doing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// Nothing the server knows of.
    Nothing,
    /// A statement is on its way; its end is not known.
    Statement,
    /// As [`Doing::Statement`], and its rows may be coming.
    Rows,
    /// User code looks at a row, or stopped looking.
    Row,
    /// User code has the connection; nobody sees what it does with it.
    Lent,
}

impl<B: Binding> Held<B> {
    pub(crate) fn new(session: &Arc<Inner<B>>, link: Option<Link<B>>) -> Self {
        Self { session: Arc::clone(session), link, doing: Doing::Nothing }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.link.is_some()
    }

    /// Opens a connection if there is none.
    pub(crate) async fn open(&mut self) -> Result<(), Error> {
        if self.link.is_none() {
            let link = self.session.opening().await.inspect_err(|error| {
                self.session.lane.refused(error.is_transient());
            })?;
            if !self.session.transaction {
                // What runs from now on is stored by itself.
                self.session.lane.stored();
            }
            self.link = Some(match &self.session.hooked {
                Some(hooked) if self.session.transaction => {
                    let begun = hooks::run(Arc::clone(hooked), link, Moment::AfterBegin).await?;
                    if let Some(why) = begun.1 {
                        self.session.lane.doom(why);
                    }
                    begun.0
                }
                _ => link,
            });
        }
        Ok(())
    }

    /// Takes the connection out for its end.
    pub(crate) fn take(&mut self) -> Option<Link<B>> {
        self.link.take()
    }

    pub(crate) fn link(&mut self) -> &mut Link<B> {
        self.link.as_mut().expect("a held session was opened")
    }

    pub(crate) fn shared_conn(&self) -> &ConnectionOf<B> {
        self.link.as_ref().expect("a held session was opened").shared_conn()
    }

    fn begin(&mut self, doing: Doing) {
        self.doing = doing;
        self.link().begin_statement();
    }

    /// The connection, from now on in the middle of a statement.
    pub(crate) fn statement(&mut self) -> &mut ConnectionOf<B> {
        self.begin(Doing::Statement);
        self.link().conn()
    }

    /// As [`Held::statement`], for one that answers with any number of rows.
    pub(crate) fn query(&mut self) -> &mut ConnectionOf<B> {
        self.begin(Doing::Rows);
        self.link().conn()
    }

    /// The statement has ended; its error, if it failed, is weighed.
    pub(crate) fn ended<T>(&mut self, outcome: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.doing = Doing::Nothing;
        if let Some(link) = &mut self.link {
            link.was_read();
            if let Err(error) = &outcome {
                link.tell_failed(error);
                self.session.note(link, error);
            }
        }
        self.link.take_if(|link| link.is_closed());
        outcome.map_err(|error| self.session.unless_unknown(error))
    }

    /// As [`Held::ended`], for a statement of the user: after several in one text the transaction may
    /// be gone.
    pub(crate) async fn ended_after<T>(
        &mut self,
        effect: Effect,
        outcome: Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        if effect == Effect::Several
            && !matches!(&outcome, Err(error) if is_lost::<B::Database>(error))
            && let Some(link) = &mut self.link
        {
            // Still in the middle of a statement, if this is dropped.
            self.session.look(link).await;
        }
        self.ended(outcome)
    }

    /// Runs one of the runtime's own statements.
    pub(crate) async fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Link<B>) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        self.begin(Doing::Statement);
        let outcome = work(self.link()).await;
        self.ended(outcome)
    }

    pub(crate) fn lent(&mut self, waker: Waker) {
        self.doing = Doing::Lent;
        self.session.lane.hold_as(Holder::Lent(waker));
    }
}

impl<B: Binding> Drop for Held<B> {
    fn drop(&mut self) {
        let Some(mut link) = self.link.take() else {
            self.session.lane.put(None);
            return;
        };
        match self.doing {
            Doing::Nothing => {}
            // sqlx reads over what was not fetched before the next statement.
            Doing::Row => link.left_unread(),
            // Whoever had it may have dropped a statement of his own.
            Doing::Lent => {
                self.session.lane.hold_as(Holder::Settling);
                self.session.settle(link, false, None);
                return;
            }
            Doing::Statement | Doing::Rows => {
                if self.doing == Doing::Rows {
                    link.left_unread();
                }
                if self.session.transaction {
                    self.session.lane.fail(false, || {
                        Failure::because("a statement was dropped before it had ended")
                    });
                }
                self.session.lane.hold_as(Holder::Settling);
                self.session.settle(link, false, None);
                return;
            }
        }
        if let Some((link, unwind)) = self.session.lane.put(Some(link)) {
            self.session.settle(link, true, unwind);
        }
    }
}

/// A row stream's part of its [`Held`], beside the connection that it reads from.
pub(crate) struct Reading<'a, B: Binding> {
    doing: &'a mut Doing,
    session: &'a Arc<Inner<B>>,
}

impl<B: Binding> Held<B> {
    /// The connection for a row stream, and what tells the lane where the stream is.
    pub(crate) fn rows(&mut self) -> (&mut ConnectionOf<B>, Reading<'_, B>) {
        self.begin(Doing::Rows);
        self.session.lane.hold_as(Holder::Rows(None));
        let link = self.link.as_mut().expect("a held session was opened");
        (link.conn(), Reading { doing: &mut self.doing, session: &self.session })
    }
}

impl<B: Binding> Reading<'_, B> {
    /// A row was handed out: a statement that the same code issues now would wait for ever.
    pub(crate) fn at_row(&mut self, waker: &Waker) {
        *self.doing = Doing::Row;
        self.session.lane.hold_as(Holder::Rows(Some(waker.clone())));
    }

    /// The next row is asked for.
    pub(crate) fn past_row(&mut self) {
        *self.doing = Doing::Rows;
        self.session.lane.hold_as(Holder::Rows(None));
    }
}
