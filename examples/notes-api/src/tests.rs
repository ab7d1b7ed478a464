//! The service in tests of its own: the real router, on databases that are made for the test.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::routing::post;
use bindery_runtime::{Event, Observer, Outcome, Retry, Step, TestDatabase};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::db::audit::entry::{self, NewEntry};
use crate::db::main::user;
use crate::{db, routes};

/// Empty databases with the tables of the service.
async fn fresh() -> TestDatabase<db::Databases> {
    let databases = db::Databases::builder().main("sqlite::memory:").audit("sqlite::memory:");
    let databases = databases.connect().await.expect("SQLite is part of the program");
    let fresh = databases.test_database().await.expect("a folder for temporary files");
    fresh.create_all().await.expect("the tables");
    fresh
}

async fn ask(app: &Router, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path);
    let request = request.header("content-type", "application/json");
    let request = request.body(Body::from(body.to_string())).expect("a request");
    let answer = app.clone().oneshot(request).await.expect("axum always answers");
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test]
async fn nothing_of_a_test_scope_stays() {
    let databases = fresh().await;
    for _ in 0..2 {
        let test = databases.test_scope();
        let app = test.install(routes());
        let ada = json!({ "name": "ada" });
        assert_eq!(ask(&app, "POST", "/users", ada.clone()).await.0, StatusCode::CREATED);
        assert_eq!(ask(&app, "POST", "/users", ada).await.0, StatusCode::CONFLICT);
        let users = ask(&app, "GET", "/users", Value::Null).await.1;
        assert_eq!(users["items"].as_array().map(Vec::len), Some(1), "{users}");
        test.end().await;
    }
    let left = databases.scope(async |scope| user::list().all(&scope.main()).await).await;
    assert_eq!(left.expect("a list").len(), 0);
}

#[tokio::test]
async fn requests_at_the_same_time_need_a_database_of_their_own() {
    let template = fresh().await;
    let test = template.copy().await.expect("a copy of the files");
    let app = test.install(routes());
    let names = ["ada", "bob", "cy", "dan"];
    let add = async |name: &'static str| ask(&app, "POST", "/users", json!({ "name": name })).await;
    let added = tokio::join!(add(names[0]), add(names[1]), add(names[2]), add(names[3]));
    for (status, body) in [added.0, added.1, added.2, added.3] {
        assert_eq!(status, StatusCode::CREATED, "{body}");
    }
    test.remove().await.expect("the files are removed");
}

/// Counts what is committed.
#[derive(Clone, Default)]
struct Commits(Arc<AtomicU64>);

impl Observer for Commits {
    fn event(&self, event: &Event<'_>) {
        if event.step == Step::Commit && matches!(event.outcome, Outcome::Done) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// In a request: beside its own transaction.
async fn log() -> Result<StatusCode, db::Error> {
    let add = |scope: db::Scope| async move {
        entry::add(&scope.audit(), NewEntry::new(2, "a request")).await
    };
    db::retry(Retry::new(), add).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[tokio::test]
async fn work_that_may_be_done_again_is_seen_by_an_observer() {
    let commits = Commits::default();
    let databases = db::Databases::builder()
        .main("sqlite::memory:")
        .audit("sqlite::memory:")
        .observe(commits.clone())
        .connect()
        .await
        .expect("SQLite is part of the program");
    let databases = databases.test_database().await.expect("a folder for temporary files");
    databases.create_all().await.expect("the tables");
    let added = databases.retry(Retry::new().attempts(3), |scope| async move {
        entry::add(&scope.audit(), NewEntry::new(1, "a job")).await
    });
    assert_eq!(added.await.expect("an entry").reason, "a job");

    let app = databases.install(db::router().route("/log", post(log)));
    assert_eq!(ask(&app, "POST", "/log", Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(commits.0.load(Ordering::Relaxed), 2);
    databases.remove().await.expect("the files are removed");
}
