//! What a statement answers, read from the stream that sqlx has for it.
//!
//! sqlx's own `execute` and `fetch_all` make that boxed stream into another, and the other into a
//! boxed future.

use std::future::poll_fn;

use either::Either;
use futures_core::stream::BoxStream;
use sqlx::Database;

/// What a statement answers with: how much it changed, or a row.
pub(crate) type AnswerOf<D> = Either<<D as Database>::QueryResult, <D as Database>::Row>;

/// The next answer.
pub(crate) async fn next<T>(answers: &mut BoxStream<'_, T>) -> Option<T> {
    poll_fn(|context| answers.as_mut().poll_next(context)).await
}

/// How much all of the statement changed.
pub(crate) async fn result<D: Database>(
    mut answers: BoxStream<'_, Result<AnswerOf<D>, sqlx::Error>>,
) -> Result<D::QueryResult, sqlx::Error> {
    let mut result = D::QueryResult::default();
    while let Some(answer) = next(&mut answers).await {
        result.extend(answer?.left());
    }
    Ok(result)
}

/// Every row.
pub(crate) async fn rows<D: Database>(
    mut answers: BoxStream<'_, Result<AnswerOf<D>, sqlx::Error>>,
) -> Result<Vec<D::Row>, sqlx::Error> {
    let mut rows = Vec::new();
    while let Some(answer) = next(&mut answers).await {
        rows.extend(answer?.right());
    }
    Ok(rows)
}
