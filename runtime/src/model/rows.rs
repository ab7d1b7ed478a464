//! The stream of a list: the driver's rows, read as rows of the model.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use either::Either;
use futures_core::Stream;
use futures_core::stream::BoxStream;

use crate::driver::AnswerOf;
use crate::error::Error;

use super::fields::read;
use super::refusal::explain;
use super::{DatabaseOf, Model};

type Answers<'a, M> = BoxStream<'a, Result<AnswerOf<DatabaseOf<M>>, sqlx::Error>>;

/// The rows of a statement as rows of `M`.
pub(super) fn models<M: Model>(answers: Answers<'_, M>) -> BoxStream<'_, Result<M, Error>> {
    Box::pin(Models { answers, model: PhantomData })
}

/// A stream of one error.
pub(super) fn failed<'a, M: Model>(error: Error) -> BoxStream<'a, Result<M, Error>> {
    Box::pin(Failed { error: Some(error), model: PhantomData })
}

struct Models<'a, M: Model> {
    answers: Answers<'a, M>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Stream for Models<'_, M> {
    type Item = Result<M, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            return Poll::Ready(
                match std::task::ready!(self.answers.as_mut().poll_next(context)) {
                    // The count of rows comes after them.
                    Some(Ok(Either::Left(_))) => continue,
                    Some(Ok(Either::Right(row))) => Some(read::<M>(&row).map_err(explain::<M>)),
                    Some(Err(error)) => Some(Err(explain::<M>(error))),
                    None => None,
                },
            );
        }
    }
}

struct Failed<M> {
    error: Option<Error>,
    model: PhantomData<fn() -> M>,
}

impl<M> Stream for Failed<M> {
    type Item = Result<M, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.error.take().map(Err))
    }
}
