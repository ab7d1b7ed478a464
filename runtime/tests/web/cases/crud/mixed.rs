//! Routes of models and handlers by hand in one transaction.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::post;

use super::super::{add_note, add_report};
use super::{Fixture, OwnEntries, db, entry, note, refused};

async fn before(main: db::main::Session, request: Request, next: Next) -> Response {
    add_note(&main).await.expect("the note of the middleware");
    next.run(request).await
}

#[tokio::test]
async fn what_a_layer_wrote_is_stored_with_the_row_or_not_at_all() {
    let fixture = Fixture::with_models().await;
    let app = fixture.databases.install_with(|installed| {
        Router::new()
            .nest("/notes", note::routes())
            .nest("/entries", entry::routes_with(OwnEntries))
            .layer(from_fn_with_state(installed.clone(), before))
            .with_state(installed)
    });
    let client = crate::client::serve(app).await;

    client.added("/notes", r#"{"title": "one"}"#).await;
    assert_eq!((fixture.notes().await, fixture.stored_notes().await), (1, 1));

    let long = "x".repeat(21);
    for (method, path, body, status) in [
        ("POST", "/notes", r#"{"title": "one"}"#.to_owned(), 409),
        ("POST", "/notes", format!(r#"{{"title": "{long}"}}"#), 422),
        ("POST", "/notes", r#"{"title": 1}"#.to_owned(), 422),
        ("POST", "/notes", "{".to_owned(), 400),
        ("POST", "/notes", format!("{:3000}", ""), 413),
        ("PATCH", "/notes/4711", r#"{"stars": 1}"#.to_owned(), 404),
        ("DELETE", "/notes/x", String::new(), 404),
        ("GET", "/notes?nothing=1", String::new(), 400),
        ("PUT", "/notes", String::new(), 405),
        ("GET", "/entries/a/1", String::new(), 404),
    ] {
        refused(&client.send(method, path, &body).await.expect("an answer"), status);
        assert_eq!(
            (fixture.notes().await, fixture.stored_notes().await),
            (1, 1),
            "{method} {path}"
        );
    }
    assert_eq!(client.get("/notes").await.status, 200);
    assert_eq!(fixture.notes().await, 2);
}

/// The session of `reports` is asked for by name, and the routes of its models need no asking.
#[tokio::test]
async fn routes_and_scoped_handlers_share_a_transaction() {
    async fn report(reports: db::reports::Session) -> &'static str {
        add_report(&reports).await.expect("a report");
        "stored"
    }

    async fn around(request: Request, next: Next) -> Response {
        let reports: db::reports::Session = bindery_runtime::session().expect("a scope");
        add_report(&reports).await.expect("a report");
        next.run(request).await
    }

    let fixture = Fixture::with_models().await;
    let routes = db::router()
        .route("/report", post(db::reports::scoped(report)))
        .nest("/entries", entry::routes_with(OwnEntries).layer(axum::middleware::from_fn(around)));
    let client = fixture.serve(routes).await;

    assert_eq!(client.post("/report", "").await.body, "stored");
    let body = r#"{"team": "a", "number": 1}"#;
    client.added("/entries", body).await;
    assert_eq!(fixture.reports().await, 2);
    refused(&client.post("/entries", body).await, 409);
    assert_eq!(fixture.reports().await, 2);
}

#[tokio::test]
async fn outside_of_install_nothing_is_told() {
    let fixture = Fixture::with_models().await;
    let mut installed = None;
    let _: Router = fixture.databases.install_with(|proof| {
        installed = Some(proof);
        Router::new()
    });
    // The state is there, the layer is not.
    let state = installed.expect("the router was made");
    let client = crate::client::serve(note::routes().with_state(state)).await;
    refused(&client.get("/").await, 500);
}
