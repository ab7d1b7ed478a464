//! A service that existed before: its state, its routers and its pool stay what they are.

use std::sync::Arc;

use axum::extract::{FromRef, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use bindery_runtime::sqlx::Pool;

use super::{Fixture, add_note, add_note_far_below, add_report, backend, db};
use crate::client;

/// The state of the service, with the one field that was added.
#[derive(Clone, FromRef)]
struct AppState {
    config: Arc<Config>,
    pool: Pool<backend::Driver>,
    databases: db::Installed,
}

struct Config {
    greeting: String,
}

/// As before: the plain pool, no session.
async fn count(State(pool): State<Pool<backend::Driver>>) -> String {
    super::count(&pool, "SELECT COUNT(*) FROM notes").await.to_string()
}

/// As before: nothing of a database.
async fn greet(State(config): State<Arc<Config>>) -> String {
    config.greeting.clone()
}

/// New: the request's session.
async fn create(
    State(state): State<AppState>,
    main: db::main::Session,
    Json(times): Json<u8>,
) -> Result<(StatusCode, String), db::Error> {
    for _ in 0..times {
        add_note(&main).await?;
    }
    Ok((StatusCode::CREATED, state.config.greeting.clone()))
}

/// New: a session asked for by name, beside state and body.
async fn report(
    State(config): State<Arc<Config>>,
    reports: db::reports::Session,
    main: db::main::Session,
    Json(times): Json<u8>,
) -> Result<String, (StatusCode, String)> {
    let refuse = |error: db::Error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    add_note(&main).await.map_err(refuse)?;
    add_report(&reports).await.map_err(refuse)?;
    if times > 1 {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, config.greeting.clone()));
    }
    Ok(config.greeting.clone())
}

/// Middleware that was there before; its state is `()`.
async fn stamp(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert("x-stamp", "1".parse().expect("a header"));
    response
}

/// Middleware that stores something, on the way in.
async fn log_visit(_: State<AppState>, request: Request, next: Next) -> Response {
    add_note_far_below().await.expect("the visit is stored");
    next.run(request).await
}

fn existing(state: AppState) -> Router {
    let notes = Router::new().route("/", post(create)).route("/count", get(count));
    let visits = Router::new()
        .route("/visit", get(greet))
        .layer(from_fn_with_state(state.clone(), log_visit));
    Router::new()
        .nest("/notes", notes)
        .merge(visits)
        .route("/greet", get(greet))
        .route("/report", post(db::reports::scoped(report)))
        .layer(from_fn(stamp))
        .with_state(state)
}

#[tokio::test]
async fn an_existing_service_is_adopted_with_its_own_pool() {
    let first = Fixture::new().await;
    let pool = Pool::<backend::Driver>::connect(&first.home.url("main"))
        .await
        .expect("the pool of the service");
    let databases = db::Databases::connect_to(pool.clone().into(), |key| first.home.url(key)).await;
    let config = Arc::new(Config { greeting: String::from("hello") });
    let app = databases
        .install_with(|databases| existing(AppState { config, pool: pool.clone(), databases }));
    let client = client::serve(app).await;

    let answer = client.get("/greet").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "hello"));
    assert!(answer.head.contains("x-stamp: 1"), "{}", answer.head);

    assert_eq!(client.post("/notes", "2").await.status, 201);
    assert_eq!(client.get("/notes/count").await.body, "2");
    assert_eq!(client.get("/visit").await.body, "hello");
    assert_eq!(client.get("/notes/count").await.body, "3");

    let answer = client.post("/report", "1").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "hello"));
    assert_eq!((first.notes().await, first.reports().await), (4, 1));
    assert_eq!(client.post("/report", "2").await.status, 422);
    assert_eq!((first.notes().await, first.reports().await), (4, 1), "both rolled back");

    let answer = client.post("/report", "no number").await;
    assert_eq!(answer.status, 400, "the body is refused as in any handler");
}
