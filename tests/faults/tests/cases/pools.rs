//! Pools that have nothing left, several binds, and layers that are there twice.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::post;
use bindery_runtime::sqlx;
use futures_util::future::join_all;
use tokio::sync::Notify;

use super::backend::{self, Home, other};
use super::killed::{end, killer};
use super::refusals::{DANGLING, REFUSED};
use super::stage::{Outcome, Session, Stage, add, seen};
use crate::cell::Cell;

pub(super) async fn exhausted(home: &Home) -> Cell {
    let stage = Stage::with(home, 1, Duration::from_secs(1), true).await;
    let (written, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (wrote, may_go_on) = (Arc::clone(&written), Arc::clone(&go_on));
    let client = stage
        .serve(post(async move |main: Session| -> Outcome {
            add(&main, "before").await?;
            wrote.notify_one();
            may_go_on.notified().await;
            add(&main, "after").await?;
            Ok(StatusCode::CREATED)
        }))
        .await;
    let holds = tokio::spawn(async move { client.send("POST", "/", "").await });
    written.notified().await;
    let waits = client.send("POST", "/", "").await;
    go_on.notify_one();
    let holds = holds.await.expect("no panic");
    let answers =
        format!("{} for who waits, {} for who has it", seen(waits.as_ref()), seen(holds.as_ref()));
    stage.cell(answers, client).await
}

pub(super) async fn of_one(home: &Home) -> Cell {
    async fn store(main: Session) -> Outcome {
        add(&main, "before").await?;
        main.atomic(async |block| add(block, "inside").await).await?;
        add(&main, "after").await?;
        Ok(StatusCode::CREATED)
    }

    let stage = Stage::new(home).await;
    let client = stage.serve(post(store)).await;
    let answers = join_all((0..8).map(|_| client.send("POST", "/", ""))).await;
    let mut answers: Vec<_> = answers.iter().map(|answer| seen(answer.as_ref())).collect();
    answers.sort();
    answers.dedup();
    stage.cell(format!("{} for each", answers.join(" or ")), client).await
}

pub(super) async fn two_binds(home: &Home) -> Cell {
    async fn store(main: Session, other: other::Session) -> Outcome {
        add(&main, "before").await?;
        add(&other, "other").await?;
        Ok(StatusCode::CREATED)
    }

    let stage = Stage::with(home, 1, Duration::from_secs(20), false).await;
    let client = stage.serve(post(store)).await;
    stage.post(client).await
}

pub(super) async fn two_binds_one_refuses(home: &Home) -> Cell {
    async fn ignore(main: Session, other: other::Session) -> Outcome {
        add(&main, "before").await?;
        add(&other, "other").await?;
        assert!(sqlx::query(REFUSED).execute(&other).await.is_err(), "it is refused");
        add(&main, "after").await?;
        Ok(StatusCode::CREATED)
    }

    let stage = Stage::new(home).await;
    let client = stage.serve(post(ignore)).await;
    stage.post(client).await
}

pub(super) async fn two_binds_one_cannot_commit(home: &Home) -> Cell {
    async fn doomed(main: Session, other: other::Session) -> Outcome {
        add(&main, "before").await?;
        add(&other, "other").await?;
        sqlx::query(DANGLING).execute(&other).await?;
        Ok(StatusCode::CREATED)
    }

    if let Err(why) = backend::DEFERRED {
        return Cell::Impossible(why);
    }
    let stage = Stage::new(home).await;
    let client = stage.serve(post(doomed)).await;
    stage.post(client).await
}

pub(super) async fn two_binds_one_is_killed(home: &Home) -> Cell {
    if let Err(why) = backend::SERVER {
        return Cell::Impossible(why);
    }
    let stage = Stage::new(home).await;
    let killer = killer(home).await;
    let client = stage
        .serve(post(async move |main: Session, other: other::Session| -> Outcome {
            add(&main, "before").await?;
            add(&other, "other").await?;
            end(&other, &killer).await?;
            Ok(StatusCode::CREATED)
        }))
        .await;
    stage.post(client).await
}

pub(super) async fn layer_twice(home: &Home) -> Cell {
    async fn store(main: Session) -> Outcome {
        add(&main, "before").await?;
        add(&backend::main::session()?, "after").await?;
        Ok(StatusCode::CREATED)
    }

    let stage = Stage::new(home).await;
    let install = |databases: &fault_tests::db::Databases, router: axum::Router<_>| {
        databases.install(router.layer(databases.layer()))
    };
    let client = stage.serve_app(install, post(store)).await;
    stage.post(client).await
}
