//! Where routes are mounted: below prefixes with parameters of their own, by hand, on routers with a
//! state.

use axum::Router;
use axum::extract::{FromRef, Path};
use axum::routing::{get, post};
use bindery_runtime::axum::Crud;
use serde_json::json;

use super::{Fixture, OwnEntries, db, entry, note, refused};

#[tokio::test]
async fn below_a_prefix_the_last_parameters_are_the_key() {
    let fixture = Fixture::with_models().await;
    let users = Router::new()
        .nest("/{user}/notes", note::routes())
        .nest("/{user}/{group}/entries", entry::routes_with(OwnEntries));
    let client = fixture.serve(db::router().nest("/v1/users", users)).await;

    let added = client.post("/v1/users/J%C3%BCrgen%20B/notes", r#"{"title": "one"}"#).await;
    let id = added.json()["id"].clone();
    let location = format!("/v1/users/J%C3%BCrgen%20B/notes/{id}");
    assert_eq!(added.header("location"), Some(location.as_str()));
    assert_eq!(client.get(&location).await.json(), added.json());
    let other = client.get(&format!("/v1/users/{id}/notes/4711")).await;
    refused(&other, 404);

    client.added("/v1/users/7/notes", r#"{"title": "two"}"#).await;
    let page = client.get("/v1/users/a%2Fb/notes?size=1&title.ne=x%2Fy").await.json();
    assert_eq!(page["next"], "/v1/users/a%2Fb/notes?size=1&title.ne=x%2Fy&page=2");

    let added = client.post("/v1/users/1/2/entries", r#"{"team": "a", "number": 3}"#).await;
    assert_eq!(added.header("location"), Some("/v1/users/1/2/entries/a/3"));
    assert_eq!(client.get("/v1/users/1/2/entries/a/3").await.json(), added.json());
}

#[tokio::test]
async fn keys_of_any_text_are_found_where_location_says() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    for (team, encoded) in [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("é😀", "%C3%A9%F0%9F%98%80"),
        ("100%", "100%25"),
        ("%41", "%2541"),
        ("?#&=+;:@", "%3F%23%26%3D%2B%3B%3A%40"),
        ("\"<>\\{}", "%22%3C%3E%5C%7B%7D"),
        ("\r\nx: y", "%0D%0Ax%3A%20y"),
        ("~a-b_c.d", "~a-b_c.d"),
    ] {
        let body = json!({"team": team, "number": -5});
        let added = client.post("/api/entries", &body.to_string()).await;
        assert_eq!(added.status, 201, "{team}: {}", added.body);
        let location = format!("/api/entries/{encoded}/-5");
        assert_eq!(added.header("location"), Some(location.as_str()));
        assert_eq!(client.get(&location).await.json()["team"], team);
        assert_eq!(client.patch(&location, r#"{"title": "new"}"#).await.json()["title"], "new");
        assert_eq!(client.delete(&location).await.status, 204);
    }
}

#[tokio::test]
async fn single_handlers_mounted_by_hand() {
    #[derive(Clone, FromRef)]
    struct App {
        installed: db::Installed,
    }

    async fn hello(Path(name): Path<String>) -> String {
        format!("hello {name}")
    }

    let fixture = Fixture::with_models().await;
    let notes = note::handlers();
    let app = fixture.databases.install_with(|installed| {
        Router::new()
            .route("/hello/{name}", get(hello))
            .route("/notes/add", post(notes.add()))
            .route("/notes/add-all", post(notes.list_add()))
            .route("/notes", get(notes.list()))
            .route("/notes/{note}/text", get(hello))
            .route("/note/{note}", get(notes.view()).put(notes.edit()))
            .route("/forgotten", get(notes.view()))
            .fallback(Crud::new(OwnEntries).list())
            .with_state(App { installed })
    });
    let client = crate::client::serve(app).await;

    assert_eq!(client.get("/hello/you").await.body, "hello you");
    let row = client.added("/notes/add", r#"{"title": "one"}"#).await;
    let path = format!("/note/{}", row["id"]);
    assert_eq!(client.get(&path).await.json(), row);
    let put = client.send("PUT", &path, r#"{"stars": 5}"#).await.expect("an answer");
    assert_eq!(put.json()["stars"], 5);
    assert_eq!(client.added("/notes/add-all", r#"[{"title": "two"}]"#).await, json!({"rows": 1}));
    assert_eq!(client.titles("/notes?order=title").await, ["one", "two"]);

    // Each takes its own shape only, even though a struct could be read from an array.
    let array = r#"["x", null, null, null, null, null]"#;
    let detail = refused(&client.post("/notes/add", array).await, 422);
    assert!(detail.contains("expected an object"), "{detail}");
    let detail = refused(&client.post("/notes/add-all", r#"{"title": "x"}"#).await, 422);
    assert!(detail.contains("expected an array of objects"), "{detail}");
    assert_eq!(fixture.stored_notes().await, 2);

    // A route without the parameters of the key has no rows.
    refused(&client.get("/forgotten").await, 404);
    assert_eq!(client.get("/anything").await.json()["items"], json!([]));
}
