//! Requests that do not end as their handlers would.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bindery_runtime::sqlx;
use fault_tests::db;
use futures_util::FutureExt;
use tokio::sync::Notify;

use super::backend::{self, Home};
use super::stage::{Outcome, Session, Stage, add};
use crate::cell::Cell;
use crate::polling::{Drop, polled};

pub(super) async fn handler_error(home: &Home) -> Cell {
    async fn refuse(main: Session) -> Result<StatusCode, StatusCode> {
        add(&main, "before").await.expect("a note");
        Err(StatusCode::CONFLICT)
    }

    let stage = Stage::new(home).await;
    let client = stage.serve(post(refuse)).await;
    stage.post(client).await
}

pub(super) async fn panic(home: &Home) -> Cell {
    async fn fall_over(main: Session) {
        add(&main, "before").await.expect("a note");
        panic!("on purpose");
    }

    let stage = Stage::new(home).await;
    let client = stage.serve(post(fall_over)).await;
    stage.post(client).await
}

/// A block that stores a note and panics.
async fn fall_over_inside(main: &Session) -> Outcome<()> {
    main.atomic(async |block| -> Outcome<()> {
        add(block, "inside").await?;
        panic!("on purpose");
    })
    .await
}

pub(super) async fn panic_in_a_savepoint(home: &Home) -> Cell {
    async fn fall_over(main: Session) -> Outcome {
        add(&main, "before").await?;
        fall_over_inside(&main).await?;
        Ok(StatusCode::CREATED)
    }

    let stage = Stage::new(home).await;
    let client = stage.serve(post(fall_over)).await;
    stage.post(client).await
}

pub(super) async fn caught_panic_in_a_savepoint(home: &Home) -> Cell {
    async fn catch(main: Session) -> Outcome {
        add(&main, "before").await?;
        let caught = AssertUnwindSafe(fall_over_inside(&main)).catch_unwind().await;
        assert!(caught.is_err(), "it panics");
        add(&main, "after").await?;
        Ok(StatusCode::CREATED)
    }

    let stage = Stage::new(home).await;
    let client = stage.serve(post(catch)).await;
    stage.post(client).await
}

fn number(request: &Request, header: &str) -> Option<usize> {
    request.headers().get(header)?.to_str().ok()?.parse().ok()
}

/// Polls a request as often as its header says, and drops it then.
async fn cut(request: Request, next: Next) -> Response {
    let Some(times) = number(&request, "polls") else {
        return next.run(request).await;
    };
    let late = number(&request, "late") == Some(1);
    let drop = if late { Drop::WhenWoken } else { Drop::AtOnce };
    match polled(next.run(request), times, drop).await {
        Some(response) => response,
        None => StatusCode::GATEWAY_TIMEOUT.into_response(),
    }
}

pub(super) async fn cancellation(home: &Home) -> Cell {
    async fn store(main: Session) -> Outcome {
        add(&main, "before").await?;
        main.atomic(async |block| add(block, "inside").await).await?;
        add(&main, "after").await?;
        Ok(StatusCode::CREATED)
    }

    let mut stage = Stage::new(home).await;
    let install = |databases: &db::Databases, router| databases.install(router).layer(from_fn(cut));
    let client = stage.serve_app(install, post(store)).await;
    let mut surprises = BTreeSet::new();
    let mut connections = BTreeSet::new();
    let mut dropped = 0;
    // How many polls there are differs from one time to the next.
    for turn in 0.. {
        if turn >= 6 && dropped >= 40 {
            break;
        }
        let late = (turn % 2).to_string();
        for times in 0_usize.. {
            let headers = [("polls", times.to_string()), ("late", late.clone())];
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            let answer = client.request("POST", "/", &headers, "").await;
            // What was given up in the background has come to its end when the only connection is back.
            let mut conn = stage.pool().acquire().await.expect("the next borrower");
            let (id, open) = backend::state(&mut conn).await.expect("a connection");
            drop(conn);
            connections.insert(id);
            if open {
                surprises.insert(format!("a transaction is open after {}", answer.status));
            }
            assert!(stage.unlocked().await, "something stays locked after {}", answer.status);
            match (answer.status, stage.stored().await.as_str()) {
                (504, "nothing") => {}
                (201 | 504, "before, inside and after") => {
                    sqlx::Executor::execute(&mut stage.observers[0], "DELETE FROM notes")
                        .await
                        .expect("nothing is locked");
                }
                (status, stored) => {
                    surprises.insert(format!("{stored} after {status}"));
                }
            }
            if answer.status != 504 {
                break;
            }
            dropped += 1;
        }
    }
    // One that a busy machine does not bring to a known state in time is closed.
    assert!(connections.len() <= 3 + dropped / 2, "{} connections", connections.len());
    let stored = if surprises.is_empty() {
        "nothing or everything, everything after a 201".to_owned()
    } else {
        surprises.into_iter().collect::<Vec<_>>().join(", ")
    };
    let answers = "504, or 201 when it was done".to_owned();
    stage.cell_with(answers, stored, client).await.with_next(closed_or_not)
}

/// Where the server has to be asked to stop, it depends on its speed whether the connection is kept.
fn closed_or_not(next: String) -> String {
    if !backend::MAY_CLOSE {
        return next;
    }
    next.replace("same connection", "clean connection")
        .replace("new connection", "clean connection")
}

pub(super) async fn client_disconnect(home: &Home) -> Cell {
    let stage = Stage::new(home).await;
    let written = Arc::new(Notify::new());
    let seen = Arc::clone(&written);
    let client = stage
        .serve(post(async move |main: Session| -> Outcome {
            add(&main, "before").await?;
            seen.notify_one();
            std::future::pending().await
        }))
        .await;
    let request = client.begin("POST", "/", "").await;
    written.notified().await;
    drop(request);
    stage.cell("it is gone", client).await
}

pub(super) async fn client_disconnect_in_a_statement(home: &Home) -> Cell {
    let stage = Stage::new(home).await;
    let written = Arc::new(Notify::new());
    let seen = Arc::clone(&written);
    let client = stage
        .serve(post(async move |main: Session| -> Outcome {
            add(&main, "before").await?;
            seen.notify_one();
            sqlx::query(backend::SLEEP).execute(&main).await?;
            Ok(StatusCode::CREATED)
        }))
        .await;
    let request = client.begin("POST", "/", "").await;
    written.notified().await;
    // Long enough for the statement to be on its way, most of the time; the outcome is the same if it is not.
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(request);
    stage.cell("it is gone", client).await.with_next(closed_or_not)
}

pub(super) async fn outer_timeout(home: &Home) -> Cell {
    async fn stay(main: Session) -> Outcome {
        add(&main, "before").await?;
        sqlx::query(backend::SLEEP).execute(&main).await?;
        Ok(StatusCode::CREATED)
    }

    async fn give_up(request: Request, next: Next) -> Response {
        let limit = if request.uri().path() == "/" { 100 } else { 20_000 };
        match tokio::time::timeout(Duration::from_millis(limit), next.run(request)).await {
            Ok(response) => response,
            Err(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        }
    }

    let stage = Stage::new(home).await;
    let install =
        |databases: &db::Databases, router| databases.install(router).layer(from_fn(give_up));
    let client = stage.serve_app(install, post(stay)).await;
    stage.post(client).await.with_next(closed_or_not)
}
