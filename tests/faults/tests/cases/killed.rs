//! Connections that the server ends.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::routing::post;
use bindery_runtime::sqlx::{self, Connection};
use tokio::sync::Mutex;

use super::backend::{self, Conn, Home, main};
use super::stage::{Outcome, Session, Stage, add};
use crate::cell::Cell;

pub(super) async fn in_the_pool(home: &Home) -> Cell {
    async fn store(main: Session) -> Outcome {
        add(&main, "before").await?;
        add(&main, "after").await?;
        Ok(StatusCode::CREATED)
    }

    if let Err(why) = backend::SERVER {
        return Cell::Impossible(why);
    }
    let mut stage = Stage::new(home).await;
    let client = stage.serve(post(store)).await;
    let first = stage.first;
    backend::end_connection(&mut stage.observers[0], first).await;
    stage.post(client).await
}

/// Ends the connection of a session.
pub(super) async fn end<'c>(
    main: impl sqlx::Executor<'c, Database = <Conn as Connection>::Database>,
    killer: &Mutex<Conn>,
) -> Outcome<()> {
    let id: i64 = sqlx::query_scalar(backend::ID).fetch_one(main).await?;
    backend::end_connection(&mut *killer.lock().await, id).await;
    Ok(())
}

pub(super) async fn killer(home: &Home) -> Arc<Mutex<Conn>> {
    let killer = Conn::connect(&home.urls()[0]).await.expect("the database answers");
    Arc::new(Mutex::new(killer))
}

pub(super) async fn between_statements(home: &Home) -> Cell {
    if let Err(why) = backend::SERVER {
        return Cell::Impossible(why);
    }
    let stage = Stage::new(home).await;
    let killer = killer(home).await;
    let client = stage
        .serve(post(async move |main: Session| -> Outcome {
            add(&main, "before").await?;
            end(&main, &killer).await?;
            add(&main, "after").await?;
            Ok(StatusCode::CREATED)
        }))
        .await;
    stage.post(client).await
}

pub(super) async fn before_commit(home: &Home) -> Cell {
    if let Err(why) = backend::SERVER {
        return Cell::Impossible(why);
    }
    let stage = Stage::new(home).await;
    let killer = killer(home).await;
    let client = stage
        .serve(post(async move |main: Session| -> Outcome {
            add(&main, "before").await?;
            add(&main, "after").await?;
            end(&main, &killer).await?;
            Ok(StatusCode::CREATED)
        }))
        .await;
    stage.post(client).await
}

pub(super) async fn without_a_transaction(home: &Home) -> Cell {
    if let Err(why) = backend::SERVER {
        return Cell::Impossible(why);
    }
    let stage = Stage::new(home).await;
    let killer = killer(home).await;
    let client = stage
        .serve(post(async move |main: main::Autocommit| -> Outcome {
            add(&main, "before").await?;
            end(&main, &killer).await?;
            add(&main, "after").await?;
            Ok(StatusCode::CREATED)
        }))
        .await;
    stage.post(client).await
}
