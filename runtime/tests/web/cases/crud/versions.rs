//! Versions of rows in the headers `ETag`, `If-Match` and `If-None-Match`.

use super::{Fixture, JSON, refused};

#[tokio::test]
async fn a_change_finds_the_version_it_was_made_for() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    let added = client.post("/api/notes", r#"{"title": "one"}"#).await;
    assert_eq!(added.header("etag"), Some("\"1\""));
    let path = format!("/api/notes/{}", added.json()["id"]);
    assert_eq!(client.get(&path).await.header("etag"), Some("\"1\""));

    let edit = async |if_match: &str, stars: i32| {
        let headers = [JSON, ("if-match", if_match)];
        client.request("PATCH", &path, &headers, &format!(r#"{{"stars": {stars}}}"#)).await
    };
    let edited = edit("\"1\"", 1).await;
    assert_eq!((edited.status, edited.header("etag")), (200, Some("\"2\"")), "{}", edited.body);
    for other in ["\"1\"", "\"3\"", "W/\"2\"", "2", "\"two\"", "\"1\", \"3\"", "\"\""] {
        refused(&edit(other, 7).await, 412);
    }
    let edited = edit("\"1\", \"2\"", 2).await;
    assert_eq!((edited.status, edited.header("etag")), (200, Some("\"3\"")));
    let edited = edit("*", 3).await;
    assert_eq!((edited.status, edited.header("etag")), (200, Some("\"4\"")));

    // The body's own version is another way to say it, with another status.
    refused(&client.patch(&path, r#"{"stars": 9, "version": 3}"#).await, 409);
    let edited = client.patch(&path, r#"{"stars": 4, "version": 4}"#).await;
    assert_eq!((edited.status, &edited.json()["stars"]), (200, &serde_json::json!(4)));
    refused(&edit("\"4\"", 9).await, 412);
    // Nothing to change is checked as well.
    let headers = [JSON, ("if-match", "\"4\"")];
    refused(&client.request("PATCH", &path, &headers, "{}").await, 412);
    assert_eq!(client.get(&path).await.json()["stars"], 4);

    let delete =
        async |if_match: &str| client.request("DELETE", &path, &[("if-match", if_match)], "").await;
    for other in ["\"4\"", "W/\"5\"", "\"1\", \"2\""] {
        refused(&delete(other).await, 412);
    }
    assert_eq!(delete("\"5\"").await.status, 204);
    // What is not there has no version to be wrong about.
    for any in ["\"5\"", "W/\"5\"", "\"4\", \"5\"", "*"] {
        refused(&delete(any).await, 404);
        refused(&edit(any, 1).await, 404);
    }
}

#[tokio::test]
async fn a_row_that_is_known_is_not_sent_again() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    let row = client.added("/api/notes", r#"{"title": "one"}"#).await;
    let path = format!("/api/notes/{}", row["id"]);

    for (known, status) in [
        ("\"1\"", 304),
        ("W/\"1\"", 304),
        ("\"7\", \"1\"", 304),
        ("*", 304),
        ("\"2\"", 200),
        ("1", 200),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = client.request(method, &path, &[("if-none-match", known)], "").await;
            assert_eq!(answer.status, status, "{known}");
            assert_eq!(answer.header("etag"), Some("\"1\""));
            assert_eq!(answer.body.is_empty(), status == 304 || method == "HEAD");
        }
    }
    client.patch(&path, r#"{"stars": 1}"#).await;
    let answer = client.request("GET", &path, &[("if-none-match", "\"1\"")], "").await;
    assert_eq!(answer.status, 200);
    let missing = client.request("GET", "/api/notes/4711", &[("if-none-match", "*")], "").await;
    refused(&missing, 404);
}

/// A model that counts no changes has no tags, so one that is named belongs to something else.
#[tokio::test]
async fn rows_without_versions_match_no_tag() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    client.added("/api/entries", r#"{"team": "a", "number": 1}"#).await;
    let path = "/api/entries/a/1";

    assert_eq!(client.get(path).await.header("etag"), None);
    let answer = client.request("GET", path, &[("if-none-match", "\"1\"")], "").await;
    assert_eq!(answer.status, 200);
    for method in ["PATCH", "DELETE"] {
        let headers = [JSON, ("if-match", "\"1\"")];
        refused(&client.request(method, path, &headers, "{}").await, 412);
        refused(&client.request(method, "/api/entries/b/1", &headers, "{}").await, 404);
    }
    let headers = [JSON, ("if-match", "*")];
    assert_eq!(client.request("PATCH", path, &headers, "{}").await.status, 200);
    assert_eq!(client.request("DELETE", path, &headers, "").await.status, 204);
}
