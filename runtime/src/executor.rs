//! `&Session`, `&Autocommit` and `&Atomic` as executors of sqlx: each statement waits for its turn,
//! runs on the session's connection, and its outcome is weighed.

use std::sync::Arc;

use either::Either;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::{Database, Execute, Executor, SqlStr};

use crate::atomic::Atomic;
use crate::autocommit::Autocommit;
use crate::binding::Binding;
use crate::driver::{Driver, answers};
use crate::error::{Error, ErrorKind};
use crate::held::Held;
use crate::rows;
use crate::session::{Inner, Session};
use crate::statement::{Effect, Statement};

impl<B: Binding> Inner<B> {
    /// The connection for this statement, or why it may not run.
    async fn admit(self: &Arc<Self>, effect: Effect) -> Result<Held<B>, sqlx::Error> {
        if effect == Effect::Control {
            return Err(Error::new(
                ErrorKind::TransactionOpen,
                B::KEY,
                "a raw BEGIN, COMMIT or ROLLBACK inside a session: use `commit()`, `rollback()` \
                 or `atomic` of the session",
            )
            .into());
        }
        let mut held = self.ready().await?;
        match effect {
            Effect::Plain => {}
            Effect::Suspect => held.link().suspect(),
            Effect::Settings | Effect::Several | Effect::Control => held.link().touch(),
        }
        Ok(held)
    }
}

/// The one way statements run; every kind of session hands on to it.
macro_rules! executor {
    ($session:ty) => {
        impl<'c, B: Binding> Executor<'c> for &'c $session {
            type Database = B::Database;

            fn execute<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxFuture<'e, Result<<B::Database as Database>::QueryResult, sqlx::Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, B::Database>,
            {
                let inner = self.inner();
                let statement = Statement::new(query);
                let effect = statement.effect();
                Box::pin(async move {
                    let mut held = inner.admit(effect).await?;
                    let stream = B::Database::fetch_many(held.statement(), statement);
                    let outcome = answers::result::<B::Database>(stream).await;
                    held.ended_after(effect, outcome).await
                })
            }

            fn fetch_many<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxStream<
                'e,
                Result<
                    Either<<B::Database as Database>::QueryResult, <B::Database as Database>::Row>,
                    sqlx::Error,
                >,
            >
            where
                'c: 'e,
                E: 'q + Execute<'q, B::Database>,
            {
                let inner = self.inner();
                let statement = Statement::new(query);
                let effect = statement.effect();
                rows::stream(move |sender| async move {
                    let mut held = inner.admit(effect).await?;
                    let outcome = {
                        let (conn, mut reading) = held.rows();
                        let mut stream = B::Database::fetch_many(conn, statement);
                        loop {
                            match answers::next(&mut stream).await {
                                Some(Ok(answer)) => sender.send(answer, &mut reading).await,
                                Some(Err(error)) => break Err(error),
                                None => break Ok(()),
                            }
                        }
                    };
                    held.ended_after(effect, outcome).await
                })
            }

            fn fetch_all<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxFuture<'e, Result<Vec<<B::Database as Database>::Row>, sqlx::Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, B::Database>,
            {
                let inner = self.inner();
                let statement = Statement::new(query);
                let effect = statement.effect();
                Box::pin(async move {
                    let mut held = inner.admit(effect).await?;
                    let stream = B::Database::fetch_many(held.query(), statement);
                    let outcome = answers::rows::<B::Database>(stream).await;
                    held.ended_after(effect, outcome).await
                })
            }

            fn fetch_optional<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxFuture<'e, Result<Option<<B::Database as Database>::Row>, sqlx::Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, B::Database>,
            {
                let inner = self.inner();
                let statement = Statement::new(query);
                let effect = statement.effect();
                Box::pin(async move {
                    let mut held = inner.admit(effect).await?;
                    let outcome = B::Database::fetch_optional(held.statement(), statement).await;
                    held.ended_after(effect, outcome).await
                })
            }

            // As `fetch_optional`, in one future less than what the trait would make of that.
            fn fetch_one<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxFuture<'e, Result<<B::Database as Database>::Row, sqlx::Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, B::Database>,
            {
                let inner = self.inner();
                let statement = Statement::new(query);
                let effect = statement.effect();
                Box::pin(async move {
                    let mut held = inner.admit(effect).await?;
                    let outcome = B::Database::fetch_optional(held.statement(), statement).await;
                    let row = held.ended_after(effect, outcome).await?;
                    row.ok_or(sqlx::Error::RowNotFound)
                })
            }

            fn prepare_with<'e>(
                self,
                sql: SqlStr,
                parameters: &'e [<B::Database as Database>::TypeInfo],
            ) -> BoxFuture<'e, Result<<B::Database as Database>::Statement, sqlx::Error>>
            where
                'c: 'e,
            {
                let inner = self.inner();
                Box::pin(async move {
                    let mut held = inner.ready().await?;
                    let outcome = B::Database::prepare(held.statement(), sql, parameters).await;
                    held.ended(outcome)
                })
            }

            fn describe<'e>(
                self,
                sql: SqlStr,
            ) -> BoxFuture<'e, Result<sqlx_core::describe::Describe<B::Database>, sqlx::Error>>
            where
                'c: 'e,
            {
                let inner = self.inner();
                Box::pin(async move {
                    let mut held = inner.ready().await?;
                    let outcome = B::Database::describe(held.statement(), sql).await;
                    held.ended(outcome)
                })
            }
        }
    };
}

executor!(Session<B>);
executor!(Autocommit<B>);
executor!(Atomic<'_, B>);

impl<B: Binding> Session<B> {
    fn inner(&self) -> &Arc<Inner<B>> {
        &self.0
    }
}

impl<B: Binding> Autocommit<B> {
    fn inner(&self) -> &Arc<Inner<B>> {
        &self.0
    }
}

impl<B: Binding> Atomic<'_, B> {
    fn inner(&self) -> &Arc<Inner<B>> {
        self.session()
    }
}
