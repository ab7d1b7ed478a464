//! One row: every route, its statuses and what its answer has.

use serde_json::json;

use super::{Fixture, problem, refused};

#[tokio::test]
async fn a_row_comes_changes_and_goes() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;

    let added = client.post("/api/notes", r#"{"title": "one", "stars": 3}"#).await;
    assert_eq!(added.status, 201, "{}", added.body);
    assert_eq!(added.header("content-type"), Some("application/json"));
    let row = added.json();
    let location = format!("/api/notes/{}", row["id"]);
    assert_eq!(added.header("location"), Some(location.as_str()));
    assert_eq!(
        row,
        json!({
            "id": row["id"], "title": "one", "body": null, "status": "draft", "score": 0.5,
            "stars": 3, "open": true, "version": 1
        })
    );

    let viewed = client.get(&location).await;
    assert_eq!((viewed.status, viewed.json()), (200, row.clone()));

    let edited = client.patch(&location, r#"{"body": "a text", "open": false}"#).await;
    assert_eq!(edited.status, 200, "{}", edited.body);
    assert_eq!(edited.json()["body"], "a text");
    assert_eq!(edited.json()["open"], false);
    assert_eq!(edited.json()["title"], "one");
    let emptied = client.patch(&location, r#"{"body": null}"#).await;
    assert_eq!(emptied.json()["body"], json!(null));
    let same = client.patch(&location, "{}").await;
    assert_eq!((same.status, same.json()), (200, emptied.json()));

    let deleted = client.delete(&location).await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_eq!(deleted.header("content-type"), None);
    refused(&client.get(&location).await, 404);
    refused(&client.delete(&location).await, 404);
    refused(&client.patch(&location, r#"{"stars": 1}"#).await, 404);
    refused(&client.patch(&location, "{}").await, 404);
}

#[tokio::test]
async fn what_is_no_key_is_the_key_of_no_row() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;

    let missing = refused(&client.get("/api/notes/4711").await, 404);
    for key in ["abc", "1.5", "99999999999999999999", "%FF", "%00", "1%2F2", "%20", "-"] {
        let path = format!("/api/notes/{key}");
        assert_eq!(refused(&client.get(&path).await, 404), missing, "{key}");
        assert_eq!(refused(&client.delete(&path).await, 404), missing, "{key}");
        assert_eq!(refused(&client.patch(&path, "{}").await, 404), missing, "{key}");
    }
    refused(&client.get("/api/entries/a%00b/1").await, 404);
    refused(&client.get("/api/entries/a/b").await, 404);
}

#[tokio::test]
async fn what_the_database_refuses_is_told_without_its_words() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    client.added("/api/notes", r#"{"title": "one"}"#).await;
    let two = client.added("/api/notes", r#"{"title": "two"}"#).await;

    refused(&client.post("/api/notes", r#"{"title": "one"}"#).await, 409);
    let path = format!("/api/notes/{}", two["id"]);
    refused(&client.patch(&path, r#"{"title": "one"}"#).await, 409);
    let long = "x".repeat(21);
    problem(&client.post("/api/notes", &format!(r#"{{"title": "{long}"}}"#)).await, 422);
    problem(&client.patch(&path, &format!(r#"{{"title": "{long}"}}"#)).await, 422);
    assert_eq!(fixture.stored_notes().await, 2);
}

#[tokio::test]
async fn hidden_columns_are_nowhere() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    let row = client.added("/api/notes", r#"{"title": "one"}"#).await;
    let path = format!("/api/notes/{}", row["id"]);

    for answer in [
        client.get(&path).await,
        client.patch(&path, r#"{"stars": 1}"#).await,
        client.get("/api/notes").await,
        client.get("/api/notes?total=true&order=title").await,
    ] {
        assert_eq!(answer.status, 200);
        assert!(!answer.body.contains("s3cr3t") && !answer.body.contains("secret"));
    }
    // A hidden column is refused in the very words for one that does not exist.
    for (method, path, body) in [
        ("POST", "/api/notes", r#"{"title": "two", "secret": "x"}"#),
        ("POST", "/api/notes", r#"[{"title": "two", "secret": "x"}]"#),
        ("PATCH", path.as_str(), r#"{"secret": "x"}"#),
        ("GET", "/api/notes?secret=s3cr3t", ""),
        ("GET", "/api/notes?secret.contains=s3", ""),
        ("GET", "/api/notes?order=secret", ""),
        ("GET", "/api/notes?order=title,-secret", ""),
    ] {
        let hidden = client.send(method, path, body).await.expect("an answer");
        let replaced = |text: &str| text.replace("secret", "sesame");
        let other = client.send(method, &replaced(path), &replaced(body)).await.expect("an answer");
        let status = if method == "GET" { 400 } else { 422 };
        problem(&hidden, status);
        refused(&other, status);
        assert_eq!(replaced(&hidden.body), other.body);
    }
}

#[tokio::test]
async fn other_methods() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    let row = client.added("/api/notes", r#"{"title": "one"}"#).await;
    let path = format!("/api/notes/{}", row["id"]);

    for path in [path.as_str(), "/api/notes"] {
        let (get, head) = (client.get(path).await, client.send("HEAD", path, "").await);
        let head = head.expect("an answer");
        assert_eq!((head.status, head.body.as_str()), (200, ""));
        for name in ["content-length", "content-type", "etag"] {
            assert_eq!(head.header(name), get.header(name), "{name}");
        }
    }
    let missing = client.send("HEAD", "/api/notes/4711", "").await.expect("an answer");
    assert_eq!((missing.status, missing.body.as_str()), (404, ""));

    for (method, path, allowed) in [
        ("PUT", path.as_str(), "GET,HEAD,PATCH,DELETE"),
        ("OPTIONS", path.as_str(), "GET,HEAD,PATCH,DELETE"),
        ("DELETE", "/api/notes", "GET,HEAD,POST"),
        ("PATCH", "/api/notes", "GET,HEAD,POST"),
    ] {
        let answer = client.send(method, path, "{}").await.expect("an answer");
        refused(&answer, 405);
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
    }
    assert_eq!(fixture.stored_notes().await, 1);
}
