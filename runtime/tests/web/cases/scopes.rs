//! Which scope a piece of code is in.

use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Extension, Router};
use bindery_runtime::{ErrorKind, sqlx};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::{Fixture, add_note, add_note_far_below, db, other};
use crate::client;

#[tokio::test]
async fn the_accessor_below_a_handler_is_in_its_transaction() {
    async fn both(main: db::main::Session) -> Result<String, db::Error> {
        add_note_far_below().await?;
        let (there, again) = tokio::join!(add_note_far_below(), add_note(&main));
        there.and(again)?;
        let seen: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(&main).await?;
        Ok(seen.to_string())
    }

    async fn undone() -> Result<StatusCode, db::Error> {
        add_note_far_below().await?;
        Ok(StatusCode::NOT_FOUND)
    }

    let fixture = Fixture::new().await;
    let routes = db::router().route("/both", post(both)).route("/undone", post(undone));
    let client = fixture.serve(routes).await;

    assert_eq!(client.post("/both", "").await.body, "3");
    assert_eq!(client.post("/undone", "").await.status, 404);
    assert_eq!(fixture.notes().await, 3);
}

#[tokio::test]
async fn outside_a_scope_the_accessor_says_so() {
    async fn spawned() -> Result<(), db::Error> {
        tokio::spawn(add_note_far_below()).await.expect("it does not panic")
    }

    let fixture = Fixture::new().await;
    let app: Router = fixture
        .databases
        .install(db::router().route("/spawned", post(spawned)))
        .route("/outside", post(add_note_far_below));
    let client = client::serve(app).await;

    assert_eq!(client.post("/spawned", "").await.status, 500);
    assert_eq!(client.post("/outside", "").await.status, 500);
    let error = db::main::session().expect_err("a test is no request");
    assert_eq!(error.kind(), ErrorKind::NoScope);
    assert_eq!(fixture.notes().await, 0);
}

#[tokio::test]
async fn a_layer_that_was_put_on_twice_does_nothing_twice() {
    async fn two_steps(main: db::main::Session) -> Result<StatusCode, db::Error> {
        add_note(&main).await?;
        add_note_far_below().await?;
        Ok(StatusCode::CREATED)
    }

    let fixture = Fixture::new().await;
    let inner = db::router()
        .route("/well", post(two_steps))
        .route("/badly", post(async || add_note_far_below().await.map(|()| StatusCode::CONFLICT)))
        .layer(fixture.databases.layer());
    let client = fixture.serve(db::router().nest("/nested", inner)).await;

    assert_eq!(client.post("/nested/well", "").await.status, 201);
    assert_eq!(fixture.notes().await, 2);
    assert_eq!(client.post("/nested/badly", "").await.status, 409);
    assert_eq!(fixture.notes().await, 2);
}

#[tokio::test]
async fn a_nested_router_may_bring_databases_of_another_module() {
    async fn in_both(own: other::main::Session) -> Result<StatusCode, db::Error> {
        let statement = "INSERT INTO notes (title) VALUES ('inner')";
        sqlx::query(statement).execute(&own).await?;
        add_note_far_below().await?;
        Ok(StatusCode::CREATED)
    }

    let (outer, inner) = (Fixture::new().await, Fixture::new().await);
    let inner_databases = other::Databases::connect(|key| inner.home.url(key)).await;
    let nested = inner_databases.install(other::router().route("/", post(in_both)));
    let client = outer.serve(db::router().nest("/inner", nested)).await;

    assert_eq!(client.post("/inner", "").await.status, 201);
    assert_eq!((outer.notes().await, inner.notes().await), (1, 1));
}

#[tokio::test]
async fn the_nearest_databases_of_one_module_win() {
    async fn add(main: db::main::Session) -> Result<StatusCode, db::Error> {
        add_note(&main).await?;
        add_note_far_below().await?;
        Ok(StatusCode::CREATED)
    }

    let (outer, inner) = (Fixture::new().await, Fixture::new().await);
    let nested = inner.databases.install(db::router().route("/", post(add)));
    let routes = db::router().route("/outer", post(add)).nest("/inner", nested);
    let client = outer.serve(routes).await;

    assert_eq!(client.post("/inner", "").await.status, 201);
    assert_eq!((outer.notes().await, inner.notes().await), (0, 2));
    assert_eq!(client.post("/outer", "").await.status, 201);
    assert_eq!((outer.notes().await, inner.notes().await), (2, 2));
}

#[tokio::test]
async fn what_is_dropped_with_a_request_is_in_its_scope() {
    /// Tells what it sees when it goes.
    struct Guard(UnboundedSender<bool>);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.send(db::main::session().is_ok()).expect("the test listens");
        }
    }

    async fn wait(seen: Extension<UnboundedSender<bool>>, main: db::main::Session) {
        let _guard = Guard(seen.0);
        add_note(&main).await.expect("the note is added");
        std::future::pending::<()>().await;
    }

    async fn fall_over(seen: Extension<UnboundedSender<bool>>) {
        let _guard = Guard(seen.0);
        panic!("on purpose");
    }

    async fn end_well(seen: Extension<UnboundedSender<bool>>) {
        let _guard = Guard(seen.0);
    }

    let fixture = Fixture::new().await;
    let (tell, mut told) = unbounded_channel();
    let status = StatusCode::GATEWAY_TIMEOUT;
    let limit = TimeoutLayer::with_status_code(status, Duration::from_millis(200));
    let routes = db::router()
        .route("/wait", post(wait))
        .route("/panic", post(fall_over))
        .route("/well", post(end_well))
        .layer(Extension(tell));
    let app = fixture.databases.install(routes).layer(limit);
    let client = client::serve(app.layer(CatchPanicLayer::new())).await;

    for (path, status) in [("/wait", 504), ("/panic", 500), ("/well", 200)] {
        assert_eq!(client.post(path, "").await.status, status, "{path}");
        assert_eq!(told.recv().await, Some(true), "{path}");
    }
    fixture.all_back().await;
    assert_eq!(fixture.notes().await, 0);
}

#[tokio::test]
async fn requests_do_not_share_sessions() {
    async fn count_own(main: db::main::Session) -> Result<String, db::Error> {
        add_note(&main).await?;
        let seen: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(&main).await?;
        main.rollback_only("only looked");
        Ok(seen.to_string())
    }

    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/", get(count_own))).await;

    for _ in 0..3 {
        assert_eq!(client.get("/").await.body, "1");
    }
    assert_eq!(fixture.notes().await, 0);
}

#[tokio::test]
async fn scopes_inside_that_of_a_request() {
    async fn pieces(_main: db::main::Session) -> Result<StatusCode, db::Error> {
        db::run_in_new_scope(async |scope| add_note(&scope.main()).await).await?;
        let outcomes = db::run_concurrently(1, [1, 2, 3], async |scope, number| {
            add_note(&scope.main()).await?;
            if number == 2 { Err(sqlx::Error::RowNotFound.into()) } else { Ok(number) }
        })
        .await;
        let good: Vec<i32> = outcomes.into_iter().filter_map(Result::<_, db::Error>::ok).collect();
        assert_eq!(good, [1, 3]);
        Ok(StatusCode::CONFLICT)
    }

    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/", post(pieces))).await;
    assert_eq!(client.post("/", "").await.status, 409);
    assert_eq!(fixture.notes().await, 3, "their outcome is their own");
}
