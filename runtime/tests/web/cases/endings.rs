//! How a request ends decides whether its work is stored.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use bindery_runtime::sqlx;
use tokio::sync::Notify;
use tokio::time::sleep;

use super::{Fixture, add_note, backend, db, status};

async fn answer_with(Path(code): Path<u16>, main: db::main::Session) -> StatusCode {
    add_note(&main).await.expect("the note is added");
    status(code)
}

#[tokio::test]
async fn a_status_below_400_commits_before_the_answer_leaves() {
    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/{code}", post(answer_with))).await;

    for (number, code) in (1..).zip([200, 201, 204, 302]) {
        assert_eq!(client.post(&format!("/{code}"), "").await.status, code);
        assert_eq!(fixture.notes().await, number, "after {code}");
    }
}

#[tokio::test]
async fn a_status_from_400_on_rolls_back() {
    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/{code}", post(answer_with))).await;

    for code in [400, 404, 409, 422, 500, 503] {
        assert_eq!(client.post(&format!("/{code}"), "").await.status, code);
        assert_eq!(fixture.notes().await, 0, "after {code}");
    }
}

#[tokio::test]
async fn an_error_of_the_handler_rolls_back_and_tells_the_client_nothing() {
    async fn fail(main: db::main::Session) -> Result<StatusCode, db::Error> {
        add_note(&main).await?;
        sqlx::query("INSERT INTO secrets (title) VALUES ('x')").execute(&main).await?;
        Ok(StatusCode::CREATED)
    }

    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/", post(fail))).await;

    let answer = client.post("/", "").await;
    assert_eq!(answer.status, 500);
    assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
    assert!(!answer.body.contains("secrets"), "{}", answer.body);
    assert_eq!(fixture.notes().await, 0);
}

#[tokio::test]
async fn a_refused_statement_that_the_handler_ignored_is_a_500() {
    async fn ignore(main: db::main::Session) -> StatusCode {
        add_note(&main).await.expect("the note is added");
        let refused = sqlx::query("INSERT INTO missing (title) VALUES ('x')").execute(&main).await;
        assert!(refused.is_err());
        StatusCode::CREATED
    }

    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/", post(ignore))).await;

    assert_eq!(client.post("/", "").await.status, 500);
    assert_eq!(fixture.notes().await, 0);
}

#[tokio::test]
async fn a_panic_rolls_back() {
    async fn fall_over(main: db::main::Session) {
        add_note(&main).await.expect("the note is added");
        panic!("on purpose");
    }

    let fixture = Fixture::new().await;
    let routes = db::router().route("/panic", post(fall_over)).route("/{code}", post(answer_with));
    let client = fixture.serve(routes).await;

    assert!(client.send("POST", "/panic", "").await.is_none());
    assert_eq!(client.post("/201", "").await.status, 201);
    assert_eq!(fixture.notes().await, 1);
}

#[tokio::test]
async fn a_client_that_goes_away_rolls_back_and_frees_the_connection() {
    let fixture = Fixture::new().await;
    let written = Arc::new(Notify::new());
    let seen = Arc::clone(&written);
    let stay = async move |main: db::main::Session| {
        add_note(&main).await.expect("the note is added");
        seen.notify_one();
        sleep(Duration::from_mins(1)).await;
    };
    let routes = db::router().route("/stay", post(stay)).route("/{code}", post(answer_with));
    let client = fixture.serve(routes).await;

    let request = client.begin("POST", "/stay", "").await;
    written.notified().await;
    drop(request);

    fixture.all_back().await;
    assert_eq!(client.post("/201", "").await.status, 201);
    assert_eq!(fixture.notes().await, 1);
}

#[tokio::test]
async fn a_commit_that_fails_is_no_success() {
    let fixture = Fixture::new().await;
    let databases = fixture.databases.clone();
    let doomed = async move |main: db::main::Session| {
        add_note(&main).await.expect("the note is added");
        backend::spoil_commit(&main, &databases.main().pool()).await;
        (StatusCode::CREATED, "saved")
    };
    let client = fixture.serve(db::router().route("/", post(doomed))).await;

    let answer = client.post("/", "").await;
    assert!(answer.status >= 500, "{}", answer.status);
    assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
    assert!(!answer.body.contains("saved"), "{}", answer.body);
    assert_eq!(fixture.notes().await, 0);
}

#[tokio::test]
async fn only_a_request_with_a_statement_needs_the_database() {
    async fn unused(main: db::main::Session) -> &'static str {
        main.key()
    }

    let fixture = Fixture::new().await;
    let routes = db::router()
        .route("/without", get(|| async { "ok" }))
        .route("/unused", get(unused))
        .route("/used", get(async |main: db::main::Session| add_note(&main).await));
    let client = fixture.serve(routes).await;
    fixture.databases.main().pool().close().await;

    assert_eq!(client.get("/without").await.status, 200);
    assert_eq!(client.get("/unused").await.body, "main");
    let answer = client.get("/used").await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains(r#""status":503"#), "{}", answer.body);
}
