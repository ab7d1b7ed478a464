//! The driver's own connection, lent out of a session.

use std::future::poll_fn;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::task::Poll;

use crate::binding::Binding;
use crate::driver::ConnectionOf;
use crate::error::Error;
use crate::held::Held;
use crate::session::Inner;

/// The connection of a session, with its transaction open; given back when dropped.
///
/// Made by `Session::conn`, which says what lending means. It derefs to the driver's connection:
/// `sqlx::query(…).execute(&mut *conn)`.
pub struct Conn<'s, B: Binding> {
    held: Held<B>,
    session: PhantomData<&'s ()>,
}

impl<'s, B: Binding> Conn<'s, B> {
    pub(crate) async fn lend(session: &'s Arc<Inner<B>>) -> Result<Self, Error> {
        let mut held = session.ready().await?;
        held.run(async |link| link.lend().await)
            .await
            .map_err(|error| Error::database(B::KEY, error))?;
        let waker = poll_fn(|context| Poll::Ready(context.waker().clone())).await;
        held.lent(waker);
        Ok(Self { held, session: PhantomData })
    }
}

impl<B: Binding> Deref for Conn<'_, B> {
    type Target = ConnectionOf<B>;

    fn deref(&self) -> &Self::Target {
        self.held.shared_conn()
    }
}

impl<B: Binding> DerefMut for Conn<'_, B> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.held.link().conn()
    }
}

impl<B: Binding> std::fmt::Debug for Conn<'_, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conn").field("key", &B::KEY).finish_non_exhaustive()
    }
}
