//! What a router or a route may decide about its end: when it commits, and what a failed commit
//! answers.

use axum::Router;
use axum::extract::Path;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use bindery_runtime::axum::commit_when;
use bindery_runtime::layer::Head;

use super::{Fixture, add_note, backend, db, status};
use crate::client;

async fn answer_with(Path(code): Path<u16>, main: db::main::Session) -> StatusCode {
    add_note(&main).await.expect("the note is added");
    status(code)
}

#[tokio::test]
async fn a_router_may_have_a_rule_of_its_own() {
    let fixture = Fixture::new().await;
    let rule = fixture.databases.layer().commit_when(|head| head.status() == StatusCode::CONFLICT);
    let routes = db::router().route("/{code}", post(answer_with)).layer(rule);
    let client = fixture.serve_as_is(routes).await;

    assert_eq!(client.post("/201", "").await.status, 201);
    assert_eq!(fixture.notes().await, 0);
    assert_eq!(client.post("/409", "").await.status, 409);
    assert_eq!(fixture.notes().await, 1);
}

#[tokio::test]
async fn the_rule_of_a_route_wins_and_the_innermost_first() {
    let fixture = Fixture::new().await;
    let never = || commit_when(|_| false);
    let always = || commit_when(|_| true);
    let routes = db::router()
        .route("/plain/{code}", post(answer_with))
        .route("/always/{code}", post(answer_with).layer(always()))
        .route("/never/{code}", post(answer_with).layer(never()))
        .nest(
            "/sub",
            db::router().route("/always/{code}", post(answer_with).layer(always())).layer(never()),
        );
    let client = fixture.serve(routes).await;

    for (path, code, stored) in [
        ("/plain", 201, 1),
        ("/plain", 404, 1),
        ("/always", 404, 2),
        ("/never", 201, 2),
        ("/sub/always", 500, 3),
    ] {
        assert_eq!(client.post(&format!("{path}/{code}"), "").await.status, code);
        assert_eq!(fixture.notes().await, stored, "after {path}/{code}");
    }
}

/// A search that finds nothing is stored, and what ends in a detour is not.
fn found_or_not(head: &Head<'_>) -> bool {
    head.status().is_success() || head.status() == StatusCode::NOT_FOUND
}

#[tokio::test]
async fn a_404_may_commit_and_a_redirect_roll_back_for_a_router_and_for_a_handler() {
    let fixture = Fixture::new().await;
    let layer = fixture.databases.layer().commit_when(found_or_not);
    let routes = db::router()
        .nest("/router", db::router().route("/{code}", post(answer_with)).layer(layer))
        .route("/handler/{code}", post(answer_with.layer(commit_when(found_or_not))))
        .route("/plain/{code}", post(answer_with));
    let client = fixture.serve(routes).await;

    for (path, code, stored) in [
        ("/router", 404, 1),
        ("/router", 303, 1),
        ("/router", 201, 2),
        ("/handler", 404, 3),
        ("/handler", 303, 3),
        ("/handler", 500, 3),
        ("/plain", 303, 4),
        ("/plain", 404, 4),
    ] {
        assert_eq!(client.post(&format!("{path}/{code}"), "").await.status, code);
        assert_eq!(fixture.notes().await, stored, "after {path}/{code}");
    }
}

#[tokio::test]
async fn a_header_can_say_that_a_200_has_failed() {
    async fn call(Path(code): Path<String>, main: db::main::Session) -> impl IntoResponse {
        add_note(&main).await.expect("the note is added");
        [("grpc-status", code)]
    }

    let fixture = Fixture::new().await;
    let rule = fixture.databases.layer().commit_when(|head| {
        let refused = head.headers().get("grpc-status").is_some_and(|code| code != "0");
        head.status().is_success() && !refused
    });
    let client = fixture.serve_as_is(db::router().route("/{code}", post(call)).layer(rule)).await;

    assert_eq!(client.post("/13", "").await.status, 200);
    assert_eq!(fixture.notes().await, 0);
    assert_eq!(client.post("/0", "").await.status, 200);
    assert_eq!(fixture.notes().await, 1);
}

#[tokio::test]
async fn a_router_may_answer_a_failed_commit_in_its_own_words() {
    let fixture = Fixture::new().await;
    let databases = fixture.databases.clone();
    let doomed = async move |main: db::main::Session| {
        backend::spoil_commit(&main, &databases.main().pool()).await;
        StatusCode::CREATED
    };
    let layer = fixture.databases.layer().on_failure(|error: &db::Error| {
        (StatusCode::BAD_GATEWAY, format!("not saved in {:?}", error.key())).into_response()
    });
    let client = fixture.serve_as_is(db::router().route("/", post(doomed)).layer(layer)).await;

    let answer = client.post("/", "").await;
    assert_eq!(answer.status, 502);
    assert_eq!(answer.body, r#"not saved in Some("main")"#);
}

impl Fixture {
    /// Serves a router that brings its own layer.
    async fn serve_as_is(&self, router: Router<db::Installed>) -> client::Client {
        let app: Router = self.databases.install_with(|installed| router.with_state(installed));
        client::serve(app).await
    }
}
