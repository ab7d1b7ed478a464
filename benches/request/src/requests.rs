//! Requests without a network: the router is called as a service, one request after the other.

use std::time::Duration;

use anyhow::{Result, ensure};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::setup::{Case, connections};

/// Sends requests until nothing happens in them for the first time: every connection of the pool is
/// open, which takes as many requests at the same time, and each has prepared its statements.
pub async fn warm(router: &Router, case: Case) -> Result<()> {
    let connections = connections()?;
    for _ in 0..3 {
        let mut requests = JoinSet::new();
        for _ in 0..connections {
            let router = router.clone();
            requests.spawn(async move { run(&router, Case::Select, 1).await });
        }
        while let Some(done) = requests.join_next().await {
            done??;
        }
    }
    run(router, case, 10 * connections as usize).await?;
    // The last connections go back to their pool.
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(())
}

/// Sends `count` requests of one case.
pub async fn run(router: &Router, case: Case, count: usize) -> Result<()> {
    let method = if case == Case::Insert { Method::POST } else { Method::GET };
    for _ in 0..count {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method.clone();
        *request.uri_mut() = match case {
            Case::None => "/none",
            Case::Select => "/select",
            Case::Insert => "/insert",
        }
        .parse()?;
        let response = router.clone().oneshot(request).await?;
        ensure!(response.status() == StatusCode::OK, "{case}: {}", response.status());
    }
    Ok(())
}
