//! Layers of others, inside of `install` and outside: what they answer, and what is stored.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use bindery_runtime::{Atomic, BoxError, Hooks, ScopeData};
use tokio::sync::Notify;
use tokio::time::sleep;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::{Fixture, add_note, backend, db, status};
use crate::client::{self, Client};

async fn answer_with(
    Path(code): Path<u16>,
    main: db::main::Session,
) -> Result<(StatusCode, String), db::Error> {
    add_note(&main).await?;
    Ok((status(code), "a long answer ".repeat(100)))
}

/// The same routes twice: with a layer inside of `install`, and with it outside.
macro_rules! inside_and_outside {
    ($fixture:expr, $routes:expr, $layer:expr) => {{
        let inside: Router = $fixture.databases.install($routes.layer($layer));
        let outside: Router = $fixture.databases.install($routes).layer($layer);
        let nested = Router::new().nest("/inside", inside).nest("/outside", outside);
        client::serve(nested).await
    }};
}

const BOTH: [&str; 2] = ["/inside", "/outside"];

/// A request that is stored: the connection that others left behind is clean.
async fn next_is_stored(fixture: &Fixture, client: Client, place: &str) {
    let before = fixture.notes().await;
    assert_eq!(client.post(&format!("{place}/well/201"), "").await.status, 201, "{place}");
    fixture.all_back().await;
    assert_eq!(fixture.notes().await, before + 1, "{place}");
}

#[tokio::test]
async fn a_panic_that_a_layer_catches_rolls_back() {
    async fn fall_over(main: db::main::Session) {
        add_note(&main).await.expect("the note is added");
        panic!("on purpose");
    }

    async fn fall_over_late(main: db::main::Session) {
        add_note(&main).await.expect("the note is added");
        main.commit().await.expect("it is stored");
        add_note(&main).await.expect("the note is added");
        panic!("on purpose");
    }

    let fixture = Fixture::new().await;
    let routes = || {
        db::router()
            .route("/panic", post(fall_over))
            .route("/late", post(fall_over_late))
            .route("/well/{code}", post(answer_with))
    };
    let client = inside_and_outside!(fixture, routes(), CatchPanicLayer::new());

    for place in BOTH {
        let before = fixture.notes().await;
        assert_eq!(client.post(&format!("{place}/panic"), "").await.status, 500, "{place}");
        fixture.all_back().await;
        assert_eq!(fixture.notes().await, before, "{place}");
        assert_eq!(client.post(&format!("{place}/late"), "").await.status, 500, "{place}");
        fixture.all_back().await;
        assert_eq!(fixture.notes().await, before + 1, "{place}: committed by hand");
        next_is_stored(&fixture, client, place).await;
    }
}

#[tokio::test]
async fn a_request_that_runs_out_of_time_rolls_back() {
    async fn stay(main: db::main::Session) {
        add_note(&main).await.expect("the note is added");
        pending::<()>().await;
    }

    let fixture = Fixture::new().await;
    let limit =
        || TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(500));
    let routes =
        || db::router().route("/stay", post(stay)).route("/well/{code}", post(answer_with));
    let client = inside_and_outside!(fixture, routes(), limit());

    for place in BOTH {
        let before = fixture.notes().await;
        assert_eq!(client.post(&format!("{place}/stay"), "").await.status, 408, "{place}");
        fixture.all_back().await;
        assert_eq!(fixture.notes().await, before, "{place}");
        next_is_stored(&fixture, client, place).await;
    }
}

/// A hook that has not finished when the time is up.
#[derive(Clone, Default)]
struct SlowEnd(Arc<Notify>);

impl Hooks<db::main::Main> for SlowEnd {
    async fn before_commit(
        &self,
        _: &Atomic<'_, db::main::Main>,
        _: &ScopeData,
    ) -> Result<(), BoxError> {
        self.0.notified().await;
        Ok(())
    }
}

#[tokio::test]
async fn a_commit_that_runs_out_of_time_outside_goes_on() {
    let end = SlowEnd::default();
    let fixture = Fixture::hooked(end.clone()).await;
    let routes = db::router().route("/{code}", post(answer_with));
    let limit =
        TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(500));
    let app: Router = fixture.databases.install(routes).layer(limit);
    let client = client::serve(app).await;

    assert_eq!(client.post("/201", "").await.status, 408);
    assert_eq!(fixture.notes().await, 0);
    end.0.notify_one();
    fixture.all_back().await;
    assert_eq!(fixture.notes().await, 1, "the client was not told that it is stored");
}

#[tokio::test]
async fn the_end_does_not_count_for_a_time_limit_inside() {
    let end = SlowEnd::default();
    let fixture = Fixture::hooked(end.clone()).await;
    let limit =
        TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(500));
    let routes = db::router().route("/{code}", post(answer_with)).layer(limit);
    let client = fixture.serve(routes).await;

    let mut request = client.begin("POST", "/201", "").await;
    sleep(Duration::from_millis(800)).await;
    end.0.notify_one();
    let answer = client::Answer::read(&mut request).await.expect("an answer");
    assert_eq!(answer.status, 201);
    assert_eq!(fixture.notes().await, 1);
}

#[tokio::test]
async fn a_preflight_takes_no_connection_and_a_get_is_also_a_head() {
    let fixture = Fixture::new().await;
    let routes = || db::router().route("/{code}", get(answer_with).post(answer_with));
    let client = inside_and_outside!(fixture, routes(), CorsLayer::permissive());
    let plain = fixture.serve(routes()).await;

    // With every connection taken, a request that took one would fail.
    let pool = fixture.databases.main().pool();
    let mut taken = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        taken.push(pool.acquire().await.expect("a connection"));
    }
    let asks = [("origin", "https://there"), ("access-control-request-method", "POST")];
    for place in BOTH {
        let answer = client.request("OPTIONS", &format!("{place}/201"), &asks, "").await;
        assert_eq!(answer.status, 200, "{place}");
        assert!(answer.header("access-control-allow-origin").is_some(), "{}", answer.head);
    }
    let answer = plain.request("OPTIONS", "/201", &[], "").await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET,HEAD,POST")));
    drop(taken);
    assert_eq!(fixture.notes().await, 0);

    let answer = plain.send("HEAD", "/200", "").await.expect("an answer");
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert_eq!(fixture.notes().await, 1, "it is the handler of GET, and ends as that");
    assert_eq!(plain.send("HEAD", "/404", "").await.expect("an answer").status, 404);
    fixture.all_back().await;
    assert_eq!(fixture.notes().await, 1);
}

/// The response of the handler is gone when its commit fails, with the headers that inner layers
/// had put on it.
#[tokio::test]
async fn only_layers_outside_see_the_answer_to_a_failed_commit() {
    let fixture = Fixture::new().await;
    let databases = fixture.databases.clone();
    let doomed = async move |main: db::main::Session| {
        backend::spoil_commit(&main, &databases.main().pool()).await;
    };
    let inside = db::router().route("/", post(doomed.clone())).layer(CorsLayer::permissive());
    let inside = fixture.serve(inside).await;
    let asks = [("origin", "https://there")];
    let answer = inside.request("POST", "/", &asks, "").await;
    assert!(answer.status >= 500, "{}", answer.status);
    assert_eq!(answer.header("access-control-allow-origin"), None, "{}", answer.head);

    let fixture = Fixture::new().await;
    let databases = fixture.databases.clone();
    let doomed = async move |main: db::main::Session| {
        backend::spoil_commit(&main, &databases.main().pool()).await;
    };
    let outside: Router = fixture.databases.install(db::router().route("/", post(doomed)));
    let outside = client::serve(outside.layer(CorsLayer::permissive())).await;
    let answer = outside.request("POST", "/", &asks, "").await;
    assert!(answer.status >= 500, "{}", answer.status);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{}", answer.head);
}

#[tokio::test]
async fn compressed_answers_and_limited_bodies_decide_nothing() {
    async fn read_all(
        main: db::main::Session,
        body: Result<String, axum::extract::rejection::StringRejection>,
    ) -> Result<StatusCode, db::Error> {
        add_note(&main).await?;
        Ok(body.map_or_else(|refused| refused.status(), |_| StatusCode::CREATED))
    }

    let fixture = Fixture::new().await;
    let routes = || db::router().route("/well/{code}", post(answer_with));
    let packed = inside_and_outside!(fixture, routes(), CompressionLayer::new());
    let routes = || db::router().route("/", post(read_all));
    let limited = inside_and_outside!(fixture, routes(), RequestBodyLimitLayer::new(100));

    for place in BOTH {
        let before = fixture.notes().await;
        let gzip = [("accept-encoding", "gzip")];
        for (code, stored) in [(201, 1), (409, 1)] {
            let path = format!("{place}/well/{code}");
            let answer = packed.request("POST", &path, &gzip, "").await;
            assert_eq!((answer.status, answer.header("content-encoding")), (code, Some("gzip")));
            assert_eq!(fixture.notes().await, before + stored, "{path}");
        }
        let before = fixture.notes().await;
        for (length, code, stored) in [(100, 201, 1), (101, 413, 1)] {
            let answer = limited.request("POST", place, &[], &"x".repeat(length)).await;
            assert_eq!(answer.status, code, "{place}: {length}");
            assert_eq!(fixture.notes().await, before + stored, "{place}: {length}");
        }
    }
}
