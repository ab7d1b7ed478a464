//! What a layer puts into the request's scope, and the hooks that read it.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::post;
use bindery_runtime::{Atomic, BoxError, Hooks, ScopeData, get, put, sqlx};

use super::{Fixture, add_note, db, status};

struct Tenant(String);

/// Writes down for whom each transaction is.
struct Tenants;

impl Hooks<db::main::Main> for Tenants {
    async fn after_begin(
        &self,
        main: &Atomic<'_, db::main::Main>,
        scope: &ScopeData,
    ) -> Result<(), BoxError> {
        let tenant = scope.get::<Tenant>()?;
        let statement = "INSERT INTO notes (title) VALUES ('for a tenant')";
        sqlx::query(statement).execute(main).await?;
        if tenant.0 == "banned" {
            return Err("no more".into());
        }
        Ok(())
    }

    async fn before_commit(
        &self,
        main: &Atomic<'_, db::main::Main>,
        scope: &ScopeData,
    ) -> Result<(), BoxError> {
        let _known = scope.get::<Tenant>()?;
        let statement = "SELECT COUNT(*) FROM notes WHERE title = 'too much'";
        let found: i64 = sqlx::query_scalar(statement).fetch_one(main).await?;
        if found > 0 { Err("too much".into()) } else { Ok(()) }
    }
}

/// A layer that knows who asks, or leaves it open.
async fn tenant(
    State(_): State<db::Installed>,
    request: Request,
    next: Next,
) -> Result<Response, db::Error> {
    if let Some(name) = request.uri().query() {
        put::<db::Databases>(Tenant(name.to_owned()))?;
    }
    Ok(next.run(request).await)
}

async fn add(main: db::main::Session, Path(code): Path<u16>) -> Result<StatusCode, db::Error> {
    add_note(&main).await?;
    Ok(status(code))
}

#[tokio::test]
async fn a_layer_tells_the_handler_who_asks() {
    async fn who() -> Result<String, db::Error> {
        Ok(get::<db::Databases, Tenant>()?.0.clone())
    }

    let fixture = Fixture::new().await;
    let app = fixture.databases.install_with(|installed| {
        let routes = axum::Router::new().route("/", post(who));
        routes.layer(from_fn_with_state(installed.clone(), tenant)).with_state(installed)
    });
    let client = crate::client::serve(app).await;
    assert_eq!(client.post("/?ada", "").await.body, "ada");
    assert_eq!(client.post("/?bob", "").await.body, "bob");
    let unknown = client.post("/", "").await;
    assert_eq!(unknown.status, 500);
    assert!(!unknown.body.contains("Tenant"), "{}", unknown.body);
}

#[tokio::test]
async fn hooks_of_a_request() {
    async fn too_much(main: db::main::Session) -> Result<StatusCode, db::Error> {
        sqlx::query("INSERT INTO notes (title) VALUES ('too much')").execute(&main).await?;
        Ok(StatusCode::CREATED)
    }

    let fixture = Fixture::hooked(Tenants).await;
    let app = fixture.databases.install_with(|installed| {
        let routes = axum::Router::new().route("/{code}", post(add)).route("/much", post(too_much));
        routes.layer(from_fn_with_state(installed.clone(), tenant)).with_state(installed)
    });
    let client = crate::client::serve(app).await;

    assert_eq!(client.post("/201?ada", "").await.status, 201);
    assert_eq!(fixture.notes().await, 2, "the note and that of the hook");
    for path in ["/409?ada", "/201", "/201?banned", "/much?ada"] {
        let answer = client.post(path, "").await;
        assert!(answer.status >= 400, "{path}: {}", answer.status);
        assert!(!answer.body.contains("much"), "{}", answer.body);
        assert_eq!(fixture.notes().await, 2, "{path}");
    }
}
