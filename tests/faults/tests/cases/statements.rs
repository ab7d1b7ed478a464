//! Statements that end the transaction by themselves, and those that would leave something behind.

use axum::http::StatusCode;
use axum::routing::post;
use bindery_runtime::sqlx::{self, Executor};

use super::backend::{self, Home};
use super::stage::{Outcome, Session, Stage, add};
use crate::cell::Cell;

/// `sql` between two notes, as a statement of the session.
async fn between(home: &Home, sql: &'static str) -> Cell {
    let stage = Stage::new(home).await;
    let client = stage
        .serve(post(async move |main: Session| -> Outcome {
            add(&main, "before").await?;
            let _ = sqlx::raw_sql(sql).execute(&main).await;
            let _ = add(&main, "after").await;
            Ok(StatusCode::CREATED)
        }))
        .await;
    stage.post(client).await
}

/// The same on a connection that the session lends.
async fn between_lent(home: &Home, sql: &'static str) -> Cell {
    let stage = Stage::new(home).await;
    let client = stage
        .serve(post(async move |main: Session| -> Outcome {
            add(&main, "before").await?;
            let mut conn = main.conn().await?;
            let _ = conn.execute(sql).await;
            drop(conn);
            let _ = add(&main, "after").await;
            Ok(StatusCode::CREATED)
        }))
        .await;
    stage.post(client).await
}

pub(super) async fn raw_commit(home: &Home) -> Cell {
    between(home, "COMMIT").await
}

pub(super) async fn raw_rollback(home: &Home) -> Cell {
    between(home, "ROLLBACK").await
}

pub(super) async fn lent_commit(home: &Home) -> Cell {
    between_lent(home, "COMMIT").await
}

pub(super) async fn lent_rollback(home: &Home) -> Cell {
    between_lent(home, "ROLLBACK").await
}

pub(super) async fn commit_among_others(home: &Home) -> Cell {
    between(home, "SELECT 1; COMMIT").await
}

pub(super) async fn ddl(home: &Home) -> Cell {
    between(home, "CREATE TABLE more (id INTEGER)").await
}

pub(super) async fn set(home: &Home) -> Cell {
    between(home, backend::SET).await
}

pub(super) async fn lent_set(home: &Home) -> Cell {
    between_lent(home, backend::SET).await
}
