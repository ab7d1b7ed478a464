//! A test of an application as its own tests would be: the real router, in a test scope.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use bindery_runtime::{TestScope, sqlx};

use super::{Fixture, add_note, add_note_far_below, add_report, client, db, status};

/// What `main` of the application would serve.
fn app(databases: &db::Databases) -> Router {
    async fn add(Path(code): Path<u16>, main: db::main::Session) -> Result<StatusCode, db::Error> {
        add_note(&main).await?;
        add_note_far_below().await?;
        Ok(status(code))
    }
    async fn count(main: db::main::Session) -> Result<String, db::Error> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM notes").fetch_one(&main).await?;
        Ok(count.to_string())
    }
    async fn report(reports: db::reports::Session) -> Result<StatusCode, db::Error> {
        add_report(&reports).await?;
        Ok(StatusCode::CREATED)
    }
    async fn fall_over(main: db::main::Session) {
        add_note(&main).await.expect("the note is added");
        panic!("on purpose");
    }
    let routes = db::router()
        .route("/notes", get(count))
        .route("/notes/{code}", post(add))
        .route("/panic", post(fall_over))
        .route("/report", post(db::reports::scoped(report)));
    databases.install(routes)
}

#[tokio::test]
async fn requests_see_those_before_them_and_nothing_is_stored() {
    let fixture = Fixture::new().await;
    for _ in 0..2 {
        let test = TestScope::new(&fixture.databases);
        let client = client::serve(app(&test)).await;
        assert_eq!(client.post("/notes/201", "").await.status, 201);
        assert_eq!(client.get("/notes").await.body, "2");
        assert_eq!(client.post("/notes/422", "").await.status, 422);
        assert!(client.send("POST", "/panic", "").await.is_none());
        assert_eq!(client.get("/notes").await.body, "2", "a rollback and a panic left something");
        assert_eq!(client.post("/report", "").await.status, 201);
        test.end().await;
        assert_eq!((fixture.notes().await, fixture.reports().await), (0, 0));
    }
    // Without a test scope it is stored.
    let client = client::serve(app(&fixture.databases)).await;
    assert_eq!(client.post("/notes/201", "").await.status, 201);
    assert_eq!(fixture.notes().await, 2);
}
