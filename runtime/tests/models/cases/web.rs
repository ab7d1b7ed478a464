//! Mixins in handlers, and what clients are told.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRef, Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use bindery_runtime::Error;
use bindery_runtime::model::{Mixin, Standard, UnitAdd, UnitDelete, UnitView};
use tower::ServiceExt;

use super::db::note::{NewNote, Note, NoteKey};
use super::db::{Installed, Session};
use super::{Fixture, of};

/// Notes that shout.
#[derive(Debug)]
struct Loud;

impl Mixin for Loud {
    type Model = Note;
}

impl UnitAdd for Loud {
    async fn before_add(&self, _: &Session, mut new: NewNote) -> Result<NewNote, Error> {
        tokio::task::yield_now().await;
        new.title.make_ascii_uppercase();
        Ok(new)
    }
}

async fn add<X: UnitAdd<Model = Note>>(
    State(mixin): State<Arc<X>>,
    main: Session,
    title: String,
) -> Result<Json<Note>, Error> {
    mixin.add(&main, NewNote::new(title)).await.map(Json)
}

async fn view(main: Session, Path(id): Path<i64>) -> Result<Json<Note>, Error> {
    Standard::new().view(&main, NoteKey { id }).await.map(Json)
}

async fn delete(main: Session, Path((id, version)): Path<(i64, i64)>) -> Result<(), Error> {
    Standard::<Note>::new().delete(&main, NoteKey { id }, Some(version)).await
}

impl FromRef<Installed> for Arc<Loud> {
    fn from_ref(_: &Installed) -> Self {
        Self::new(Loud)
    }
}

async fn as_tenant(request: Request, next: Next) -> Response {
    let tenant =
        request.headers().get("tenant").and_then(|tenant| tenant.to_str().ok()?.parse().ok());
    match tenant {
        Some(tenant) => of(tenant, next.run(request)).await,
        None => next.run(request).await,
    }
}

struct Client(Router);

impl Client {
    async fn send(
        &self,
        method: &str,
        uri: &str,
        tenant: &str,
        body: String,
    ) -> (StatusCode, String) {
        let request = Request::builder().method(method).uri(uri).header("tenant", tenant);
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.0.clone().oneshot(request).await.expect("a response");
        let status = response.status();
        let body = to_bytes(response.into_body(), 10_000).await.expect("a body");
        (status, String::from_utf8(body.to_vec()).expect("a text"))
    }
}

#[tokio::test]
async fn clients_are_told_what_is_meant_for_them_and_nothing_else() {
    let fixture = Fixture::new().await;
    let note = fixture.note(1, "a").await;
    let routes = Router::new()
        .route("/notes", post(add::<Loud>))
        .route("/notes/{id}", get(view))
        .route("/notes/{id}/{version}", axum::routing::delete(delete))
        .layer(from_fn(as_tenant));
    let client = Client(fixture.databases.install(routes));

    let (status, body) = client.send("POST", "/notes", "1", "loud".to_owned()).await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains(r#""title":"LOUD","author":"Ada""#), "{body}");

    let uri = format!("/notes/{}", note.id);
    assert_eq!(client.send("GET", &uri, "1", String::new()).await.0, 200);
    let stale = format!("{uri}/7");
    for (method, uri, tenant, body, expected) in [
        (
            "POST",
            "/notes",
            "1",
            String::new(),
            r#"{"type":"about:blank","title":"Unprocessable Content","status":422,"detail":"a title says \"something\"","field":"title"}"#,
        ),
        (
            "POST",
            "/notes",
            "1",
            "x".repeat(201),
            r#"{"type":"about:blank","title":"Unprocessable Content","status":422,"detail":"A value is not allowed.","field":"title"}"#,
        ),
        (
            "POST",
            "/notes",
            "1",
            "LOUD".to_owned(),
            r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"An entry with one of these values already exists."}"#,
        ),
        (
            "POST",
            "/notes",
            "",
            "x".to_owned(),
            r#"{"type":"about:blank","title":"Forbidden","status":403,"detail":"nobody asks"}"#,
        ),
        (
            "GET",
            &uri,
            "2",
            String::new(),
            r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"There is no such entry."}"#,
        ),
        (
            "DELETE",
            &stale,
            "1",
            String::new(),
            r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"The entry was changed meanwhile."}"#,
        ),
    ] {
        let (status, body) = client.send(method, uri, tenant, body).await;
        assert_eq!(body, expected, "{method} {uri}");
        assert!(expected.contains(&format!(r#""status":{}"#, status.as_u16())));
    }
    assert_eq!(fixture.notes().await.len(), 2);
    fixture.close().await;
}
