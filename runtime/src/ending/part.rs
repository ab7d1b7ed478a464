//! One bind's part of the end of a scope: the open transaction of a session, taken from it.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use futures_core::future::BoxFuture;

use crate::binding::Binding;
use crate::error::{Error, ErrorKind};
use crate::hooks::{self, Moment};
use crate::lane::Sealed;
use crate::link::Link;
use crate::session::{Inner, roll_back, rollback_only};

/// An open transaction that is about to end.
pub(crate) trait Part: Send {
    fn key(&self) -> &'static str;
    /// Why `rollback_only` was called.
    fn doomed(&self) -> Option<&str>;
    /// Runs the hook before COMMIT, if there is one. After an error nothing is left to end.
    fn before_commit(&mut self) -> Option<BoxFuture<'_, Result<(), Error>>>;
    fn check(&mut self, thorough: bool) -> BoxFuture<'_, Result<(), Error>>;
    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), Error>>;
    fn roll_back(self: Box<Self>) -> BoxFuture<'static, ()>;
}

pub(super) struct OpenPart<B: Binding> {
    /// `None` when a hook has refused it, which rolls back.
    pub(super) link: Option<Link<B>>,
    pub(super) doomed: Option<String>,
    pub(super) session: Arc<Inner<B>>,
}

impl<B: Binding> OpenPart<B> {
    /// Runs the hook before COMMIT, if there is one.
    pub(super) async fn run_hook(&mut self) -> Result<(), Error> {
        if let Some(hooked) = self.session.hooked.clone()
            && let Some(link) = self.link.take()
        {
            let (link, doomed) = hooks::run(hooked, link, Moment::BeforeCommit).await?;
            self.link = Some(link);
            self.doomed = doomed;
        }
        Ok(())
    }
}

impl<B: Binding> Part for OpenPart<B> {
    fn key(&self) -> &'static str {
        B::KEY
    }

    fn doomed(&self) -> Option<&str> {
        self.doomed.as_deref()
    }

    fn before_commit(&mut self) -> Option<BoxFuture<'_, Result<(), Error>>> {
        self.session.hooked.as_ref()?;
        Some(Box::pin(self.run_hook()))
    }

    fn check(&mut self, thorough: bool) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            match &mut self.link {
                Some(link) => link.check(thorough).await,
                None => Ok(()),
            }
        })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async move {
            match self.link {
                Some(link) => link.commit().await,
                None => Ok(()),
            }
        })
    }

    fn roll_back(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            if let Some(link) = self.link {
                roll_back(link).await;
            }
        })
    }
}

impl<B: Binding> Inner<B> {
    /// Takes the connection from the session, when nothing is being settled on it any more.
    pub(crate) async fn sealed(&self) -> Sealed<B> {
        poll_fn(|context| match self.lane.seal(context.waker()) {
            Sealed::Settling => Poll::Pending,
            sealed => Poll::Ready(sealed),
        })
        .await
    }

    /// What is to end, if anything is open.
    pub(super) async fn part(self: &Arc<Self>) -> Result<Option<OpenPart<B>>, Error> {
        match self.sealed().await {
            Sealed::Closed | Sealed::Settling => Ok(None),
            // Without a transaction there is nothing that the others would have to know of.
            Sealed::Open(link, ..) if !self.transaction => {
                roll_back(link).await;
                Ok(None)
            }
            Sealed::Open(link, None, doomed) => {
                Ok(Some(OpenPart { link: Some(link), doomed, session: Arc::clone(self) }))
            }
            Sealed::Open(link, Some(failure), _) => {
                roll_back(link).await;
                Err(rollback_only::<B>(&failure))
            }
            Sealed::Broken(failure) => Err(rollback_only::<B>(&failure)),
            Sealed::Held(link) => {
                if let Some(link) = link {
                    self.settle(link, true, None);
                }
                Err(Error::new(
                    ErrorKind::Held,
                    B::KEY,
                    "the scope ended while a spawned task or a response body still used its \
                     session, which was rolled back; give it a scope of its own",
                ))
            }
        }
    }
}
