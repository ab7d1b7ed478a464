//! `begin` and `commit` written into each handler.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};

use super::{Pool, router_without_database};
use crate::note::{BODY, Failed, INSERT, Note, SELECT, TITLE};

pub(super) fn router(pools: Vec<Pool>) -> Router {
    router_without_database()
        .route("/select", get(select))
        .route("/insert", post(insert))
        .with_state(Pools { pools: pools.into() })
}

#[derive(Clone)]
struct Pools {
    pools: std::sync::Arc<[Pool]>,
}

async fn select(State(state): State<Pools>) -> Result<String, Failed> {
    let mut transaction = state.pools[0].begin().await?;
    let note: Note = sqlx::query_as(SELECT).bind(1_i64).fetch_one(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(note.title)
}

async fn insert(State(state): State<Pools>) -> Result<String, Failed> {
    let mut transaction = state.pools[0].begin().await?;
    let id: i64 =
        sqlx::query_scalar(INSERT).bind(TITLE).bind(BODY).fetch_one(&mut *transaction).await?;
    let note: Note = sqlx::query_as(SELECT).bind(id).fetch_one(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(note.title)
}
