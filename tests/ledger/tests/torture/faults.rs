//! What goes wrong in the middle of a request.

use std::time::Duration;

use tokio::task::JoinHandle;

use crate::book::Early;
use crate::engine::{BAD, DDL, Engine, HARMLESS, Side};
use crate::plan::Fault;
use crate::service::{Failed, Half, PANIC, failed, polled};

impl<A: Side, Z: Side, S: Side> Half<'_, A, Z, S> {
    /// Makes the server end the connection of the session after `delay`, where there is a server.
    /// The task ends when the connection has: a server only marks it, and a pool that asks before
    /// it has come to look takes the connection for a sound one.
    pub(crate) async fn kill(&self, delay: Duration) -> Result<Option<JoinHandle<()>>, Failed> {
        let Some(identity) = S::Database::IDENTITY else { return Ok(None) };
        let identity = [S::Database::number(&self.session, identity, &[]).await?];
        let killer = self.killer.clone();
        Ok(Some(tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            // It may be gone already.
            let _ = S::Database::aside(&killer, S::Database::KILL, &identity).await;
            while let Ok(Some(1)) =
                S::Database::aside(&killer, S::Database::IS_THERE, &identity).await
            {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })))
    }

    pub(crate) fn early(&self, early: Early) {
        self.work.service.book.entry(self.work.number).early[self.side] = Some(early);
    }

    /// What goes wrong here, if it is the place; so many legs are written.
    pub(crate) async fn place(&self, at: usize, written: usize) -> Result<(), Failed> {
        let plan = &self.work.plan;
        if plan.side != self.side || plan.at != at {
            return Ok(());
        }
        let (book, session) = (self.book(), &self.session);
        let what = format!("fault: {:?}", plan.fault);
        match plan.fault {
            Fault::None
            | Fault::Deadlock
            | Fault::DeferredConstraint
            | Fault::CommittedByHand
            | Fault::DoneAgain
            | Fault::KilledAtEnd
            | Fault::PoolHeld => return Ok(()),
            Fault::HandlerError => {
                book.count(what);
                return Err(failed("the handler's own"));
            }
            Fault::Panic | Fault::PanicInSavepoint => {
                book.count(what);
                panic!("{PANIC}");
            }
            Fault::Swallowed => {
                let _ = S::Database::run(session, BAD, &[]).await;
            }
            Fault::SwallowedInSavepoint => {
                let swallowed = session
                    .atomic(async |_| -> Result<(), Failed> {
                        S::Database::run(session, BAD, &[]).await?;
                        Ok(())
                    })
                    .await;
                assert!(swallowed.is_err(), "{PANIC}: a row that is there twice");
            }
            Fault::LockHeld => {
                tokio::time::sleep(S::Database::LOCK_TIMEOUT + Duration::from_millis(80)).await;
            }
            Fault::Killed => {
                if let Some(killed) = self.kill(Duration::ZERO).await? {
                    killed.await.expect("no panic");
                }
            }
            Fault::KilledLater => {
                self.kill(Duration::from_micros(plan.micros)).await?;
            }
            Fault::Ddl => {
                if S::Database::DDL_COMMITS {
                    self.early(Early::Sent(written));
                }
                S::Database::run(session, DDL, &[]).await?;
                if S::Database::DDL_COMMITS {
                    self.early(Early::Stored(written));
                }
            }
            Fault::RawCommit => {
                // Refused before it is sent.
                let refused = S::Database::run(session, "COMMIT", &[]).await;
                assert!(refused.is_err(), "{PANIC}: a raw COMMIT");
            }
            Fault::RawRollback => {
                let refused = S::Database::run(session, "ROLLBACK", &[]).await;
                assert!(refused.is_err(), "{PANIC}: a raw ROLLBACK");
            }
            Fault::LentCommit => {
                let mut conn = session.conn().await?;
                self.early(Early::Sent(written));
                // SQLite refuses it.
                S::Database::text(&mut conn, "COMMIT").await?;
                self.early(Early::Stored(written));
            }
            Fault::LentRollback => {
                let mut conn = session.conn().await?;
                self.early(Early::Stored(0));
                S::Database::text(&mut conn, "ROLLBACK").await?;
            }
            Fault::CommitAmongOthers => {
                self.early(Early::Sent(written));
                S::Database::several(session, "SELECT 1; COMMIT").await?;
                self.early(Early::Stored(written));
            }
            Fault::Setting => {
                let Some([change, _]) = S::Database::SETTING else { return Ok(()) };
                S::Database::run(session, change, &[]).await?;
            }
            Fault::LentSetting => {
                let Some([change, _]) = S::Database::SETTING else { return Ok(()) };
                let mut conn = session.conn().await?;
                S::Database::text(&mut conn, change).await?;
            }
            Fault::DroppedStatement => {
                polled(plan.polls.min(4), S::Database::number(session, HARMLESS, &[]), || true)
                    .await;
            }
        }
        book.count(what);
        Ok(())
    }
}
