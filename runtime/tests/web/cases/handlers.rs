//! Every kind of handler has a session, and its request is one transaction.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use tower::service_fn;

use super::{Fixture, add_audit, add_note, add_note_far_below, add_report, db, status};
use crate::client::Client;

/// Sends a request that ends well and one that does not.
async fn stores_on_success_only(fixture: &Fixture, client: Client, path: &str) {
    let before = fixture.notes().await;
    assert_eq!(client.post(&format!("{path}/201"), "7").await.status, 201, "{path}");
    assert_eq!(fixture.notes().await, before + 1, "{path} commits");
    assert_eq!(client.post(&format!("{path}/409"), "7").await.status, 409, "{path}");
    assert_eq!(fixture.notes().await, before + 1, "{path} rolls back");
}

async fn function(main: db::main::Session, Path(code): Path<u16>) -> Result<StatusCode, db::Error> {
    add_note(&main).await?;
    Ok(status(code))
}

#[derive(Clone)]
struct Notes;

impl Notes {
    async fn create(&self, main: &db::main::Session, code: u16) -> Result<StatusCode, db::Error> {
        add_note(main).await?;
        Ok(status(code))
    }

    async fn associated(
        State(databases): State<db::Installed>,
        main: db::main::Session,
        Path(code): Path<u16>,
        Json(number): Json<u8>,
    ) -> Result<StatusCode, db::Error> {
        assert_eq!(databases.databases().main().key(), "main");
        assert_eq!(number, 7);
        add_note(&main).await?;
        Ok(status(code))
    }
}

#[tokio::test]
async fn functions_closures_and_methods() {
    let fixture = Fixture::new().await;
    let notes = Arc::new(Notes);
    let method =
        async move |main: db::main::Session, Path(code): Path<u16>| notes.create(&main, code).await;
    let routes = db::router()
        .route("/function/{code}", post(function))
        .route(
            "/closure/{code}",
            post(|main: db::main::Session, Path(code): Path<u16>| async move {
                add_note(&main).await.map(|()| status(code))
            }),
        )
        .route("/method/{code}", post(method))
        .route("/associated/{code}", post(Notes::associated));
    let client = fixture.serve(routes).await;

    for path in ["/function", "/closure", "/method", "/associated"] {
        stores_on_success_only(&fixture, client, path).await;
    }
}

#[tokio::test]
async fn a_tower_service_reaches_the_session_through_the_context() {
    async fn serve(request: Request) -> Result<Response, Infallible> {
        let code = request.uri().path().rsplit('/').next().and_then(|code| code.parse().ok());
        let stored = add_note_far_below().await;
        Ok(stored.map(|()| status(code.unwrap_or(500))).into_response())
    }

    let fixture = Fixture::new().await;
    let routes = db::router()
        .route_service("/service/{code}", service_fn(serve))
        .nest_service("/nested", service_fn(serve));
    let client = fixture.serve(routes).await;

    stores_on_success_only(&fixture, client, "/service").await;
    stores_on_success_only(&fixture, client, "/nested/deep").await;
}

#[tokio::test]
async fn nested_and_merged_routers_and_the_fallback() {
    async fn fallback(main: db::main::Session, request: Request) -> Result<StatusCode, db::Error> {
        let code = request.uri().path().rsplit('/').next().and_then(|code| code.parse().ok());
        add_note(&main).await?;
        Ok(status(code.unwrap_or(500)))
    }

    let fixture = Fixture::new().await;
    let leaf = || db::router().route("/function/{code}", post(function));
    let routes = db::router()
        .nest("/one", db::router().nest("/two", leaf()))
        .merge(leaf())
        .fallback(fallback);
    let client = fixture.serve(routes).await;

    for path in ["/one/two/function", "/function", "/anything/else"] {
        stores_on_success_only(&fixture, client, path).await;
    }
}

#[tokio::test]
async fn middleware_shares_the_transaction_of_the_handler() {
    async fn before(main: db::main::Session, request: Request, next: Next) -> Response {
        add_note(&main).await.expect("the note of the middleware");
        next.run(request).await
    }

    async fn after(main: db::main::Session, request: Request, next: Next) -> Response {
        let response = next.run(request).await;
        add_note(&main).await.expect("the note of the middleware");
        response
    }

    let fixture = Fixture::new().await;
    let app: Router = fixture.databases.install_with(|installed| {
        Router::new()
            .route(
                "/route/{code}",
                post(function).layer(from_fn_with_state(installed.clone(), before)),
            )
            .route("/router/{code}", post(function))
            .layer(from_fn_with_state(installed.clone(), after))
            .with_state(installed)
    });
    let client = crate::client::serve(app).await;

    assert_eq!(client.post("/router/201", "").await.status, 201);
    assert_eq!(fixture.notes().await, 2, "handler and middleware after it");
    assert_eq!(client.post("/route/201", "").await.status, 201);
    assert_eq!(fixture.notes().await, 5, "handler and middleware on both sides");
    assert_eq!(client.post("/route/400", "").await.status, 400);
    assert_eq!(fixture.notes().await, 5, "all of it rolled back");
}

#[tokio::test]
async fn scoped_handlers_take_one_bind_or_several() {
    async fn report(
        Path(code): Path<u16>,
        reports: db::reports::Session,
    ) -> Result<StatusCode, db::Error> {
        add_report(&reports).await?;
        Ok(status(code))
    }

    async fn all(
        audit: db::audit::Session,
        Path(code): Path<u16>,
        main: db::main::Session,
        reports: db::reports::Session,
        Json(number): Json<u8>,
    ) -> Result<StatusCode, db::Error> {
        assert_eq!(number, 7);
        add_note(&main).await?;
        add_report(&reports).await?;
        add_audit(&audit).await?;
        Ok(status(code))
    }

    async fn first_is_stored(audit: db::audit::Autocommit) -> Result<StatusCode, db::Error> {
        let statement = "INSERT INTO audit (title) VALUES ('x')";
        bindery_runtime::sqlx::query(statement).execute(&audit).await?;
        Ok(StatusCode::CONFLICT)
    }

    let fixture = Fixture::new().await;
    let routes = db::router()
        .route("/report/{code}", post(db::reports::scoped(report)))
        .route("/all/{code}", post(db::reports::scoped(db::audit::scoped(all))))
        .route("/autocommit", post(db::audit::scoped(first_is_stored)));
    let client = fixture.serve(routes).await;

    assert_eq!(client.post("/report/201", "").await.status, 201);
    assert_eq!(client.post("/report/404", "").await.status, 404);
    assert_eq!(fixture.reports().await, 1);

    stores_on_success_only(&fixture, client, "/all").await;
    assert_eq!((fixture.reports().await, fixture.audit().await), (2, 1));

    assert_eq!(client.post("/autocommit", "").await.status, 409);
    assert_eq!(fixture.audit().await, 2, "a statement without a transaction stands for itself");
}
