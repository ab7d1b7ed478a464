//! Bodies that are refused, and rows that are added together.

use axum::extract::DefaultBodyLimit;
use serde_json::json;

use super::{Fixture, JSON, db, note, refused};

#[tokio::test]
async fn a_body_is_json_and_says_so() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    let row = client.added("/api/notes", r#"{"title": "one"}"#).await;
    let path = format!("/api/notes/{}", row["id"]);

    for (method, path) in [("POST", "/api/notes"), ("PATCH", path.as_str())] {
        let good = r#"{"title": "two"}"#;
        for headers in [&[][..], &[("content-type", "text/plain")], &[("content-type", "a/b/c")]] {
            let detail = refused(&client.request(method, path, headers, good).await, 415);
            assert!(detail.contains("`application/json`"), "{detail}");
        }
        for body in ["", "{", r#"{"title": }"#, r#"{"title": "x"} {}"#, "title=x", "\u{feff}{}"] {
            let detail = refused(&client.request(method, path, &[JSON], body).await, 400);
            assert!(detail.contains("not JSON") && detail.contains("line 1"), "{detail}");
        }
    }
    for kind in ["application/json; charset=utf-8", "application/merge-patch+json"] {
        let headers = [("content-type", kind)];
        let answer = client.request("PATCH", &path, &headers, r#"{"stars": 1}"#).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    assert_eq!(fixture.stored_notes().await, 1);
}

#[tokio::test]
async fn a_body_of_another_shape_is_told_what_is_wrong() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    let row = client.added("/api/notes", r#"{"title": "one"}"#).await;
    let path = format!("/api/notes/{}", row["id"]);

    for (body, words) in [
        (r#"{"title": 7}"#, &["title", "expected a string"][..]),
        (r#"{"title": null}"#, &["title", "null"]),
        ("{}", &["missing field `title`"]),
        (r#"{"title": "a", "stars": 3000000000}"#, &["stars", "expected i32"]),
        (r#"{"title": "a", "stars": "3"}"#, &["stars"]),
        (r#"{"title": "a", "status": "lost"}"#, &["status", "`draft`, `in-review`, `done`"]),
        (r#"{"title": "a", "title": "b"}"#, &["duplicate field `title`"]),
        (r#"{"title": "a", "id": 7}"#, &["unknown field `id`", "`title`"]),
        (r#"{"title": "a", "version": 7}"#, &["unknown field `version`"]),
        (r#""a""#, &["expected an object or an array of objects"]),
        ("null", &["expected an object or an array of objects"]),
        (r#"[{"title": "a"}, {"title": 7}]"#, &["[1].title"]),
        (r#"[["a", null, null, null, null, null]]"#, &["[0]", "expected an object"]),
    ] {
        let detail = refused(&client.post("/api/notes", body).await, 422);
        for word in words {
            assert!(detail.contains(word), "{body}: {detail}");
        }
    }
    for (body, word) in [
        (r#"{"title": null}"#, "title"),
        (r#"{"status": "done"}"#, "unknown field `status`"),
        (r#"{"id": 7}"#, "unknown field `id`"),
        (r#"["a"]"#, "expected an object"),
        (r#"[{"title": "a"}]"#, "expected an object"),
    ] {
        let detail = refused(&client.patch(&path, body).await, 422);
        assert!(detail.contains(word), "{body}: {detail}");
    }
    assert_eq!(fixture.stored_notes().await, 1);
}

#[tokio::test]
async fn a_body_has_a_limit_whatever_layers_say() {
    let fixture = Fixture::with_models().await;
    let notes = || note::routes::<db::Installed>();
    let routes = db::router()
        .nest("/usual", notes())
        .nest("/larger", notes().layer(DefaultBodyLimit::max(1_000_000)))
        .nest("/none", notes().layer(DefaultBodyLimit::disable()))
        .layer(DefaultBodyLimit::disable());
    let client = fixture.serve(routes).await;

    let exactly = |length: usize| {
        let rest = format!(r#"{{"title": "{length}", "body": ""}}"#).len();
        format!(r#"{{"title": "{length}", "body": "{}"}}"#, " ".repeat(length - rest))
    };
    for path in ["/usual", "/larger", "/none"] {
        let detail = refused(&client.post(path, &exactly(2_001)).await, 413);
        assert_eq!(detail, "The body may have at most 2000 bytes.");
        refused(&client.patch(&format!("{path}/1"), &exactly(2_001)).await, 413);
    }
    assert_eq!(fixture.stored_notes().await, 0);

    let spaces = " ".repeat(1_900);
    let answer = client.post("/usual", &format!("{spaces}{}", r#"{"title": "one"}"#)).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
}

#[tokio::test]
async fn rows_are_added_together_or_not_at_all() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;

    let answer = client.post("/api/notes", r#"[{"title": "a"}, {"title": "b", "stars": 2}]"#).await;
    assert_eq!((answer.status, answer.json()), (201, json!({"rows": 2})));
    assert_eq!(answer.header("location"), None);
    assert_eq!(client.titles("/api/notes").await, ["b", "a"]);

    refused(&client.post("/api/notes", r#"[{"title": "c"}, {"title": "a"}]"#).await, 409);
    let long = "x".repeat(21);
    let too_long = format!(r#"[{{"title": "c"}}, {{"title": "{long}"}}]"#);
    refused(&client.post("/api/notes", &too_long).await, 422);
    assert_eq!(fixture.stored_notes().await, 2);

    let none = client.post("/api/notes", "[]").await;
    assert_eq!((none.status, none.json()), (201, json!({"rows": 0})));
}
