//! Requests without a network: the router is called as a service, one request after the other.

use anyhow::{Result, ensure};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use tower::ServiceExt;

use crate::setup::Case;

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
