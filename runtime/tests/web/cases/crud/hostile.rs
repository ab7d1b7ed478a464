//! Requests that nobody means well: what they say never becomes a part of a statement, and there is a
//! limit to how much they say.

use bindery_runtime::model::Cursor;
use serde_json::json;

use super::{Fixture, JSON, problem, refused};
use crate::log;

/// In every hostile text; no test says it elsewhere.
const PLANTED: &str = "pl4nted";

/// What ends a text, a name, a comment or a statement somewhere.
const HOSTILE: [&str; 12] = [
    "' OR 1=1 -- pl4nted",
    "'; DROP TABLE api_notes; -- pl4nted",
    "\\'; DROP TABLE api_notes; -- pl4nted",
    "\" OR \"\"=\"pl4nted",
    "`pl4nted` FROM api_notes; --",
    "pl4nted) UNION SELECT secret FROM api_notes --",
    "/*pl4nted*/",
    "$1pl4nted",
    "?pl4nted",
    ":pl4nted@",
    "{pl4nted}",
    "title; pl4nted\u{0}",
];

/// As a part of a path or a query.
fn encoded(text: &str) -> String {
    let bytes: Vec<_> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    bytes.concat()
}

#[tokio::test]
async fn what_a_client_says_is_in_no_statement() {
    log::of_all();
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    let row = client.added("/api/notes", r#"{"title": "kept", "stars": 3}"#).await;
    let path = format!("/api/notes/{}", row["id"]);
    client.added("/api/entries", r#"{"team": "a", "number": 1}"#).await;

    for (number, hostile) in HOSTILE.into_iter().enumerate() {
        let text = encoded(hostile);
        // Names, orders, numbers and places: refused.
        for query in [
            format!("{text}=1"),
            format!("{text}.eq=1"),
            format!("title{text}=1"),
            format!("title.{text}=1"),
            format!("title.eq{text}=1"),
            format!("order={text}"),
            format!("order=-title{text}"),
            format!("order=title,{text}"),
            format!("page=1{text}"),
            format!("size={text}"),
            format!("total={text}"),
            format!("stars.in=1,{text}"),
            format!("status={text}"),
            format!("body.null={text}"),
        ] {
            problem(&client.get(&format!("/api/notes?{query}")).await, 400);
        }
        for query in [format!("cursor={text}"), format!("order=team{text}")] {
            problem(&client.get(&format!("/api/entries?{query}")).await, 400);
        }
        for path in [format!("/api/notes/{text}"), format!("/api/entries/{text}/{text}")] {
            problem(&client.get(&path).await, 404);
            problem(&client.delete(&path).await, 404);
        }
        for body in [
            json!({hostile: 1}),
            json!({"title": "x", hostile: 1}),
            json!({"stars": hostile}),
            json!([{"title": "x", hostile: 1}]),
        ] {
            let body = body.to_string();
            problem(&client.post("/api/notes", &body).await, 422);
            problem(&client.patch(&path, &body).await, 422);
        }
        let match_it = [JSON, ("if-match", hostile.trim_end_matches('\0'))];
        let answer = client.request("PATCH", &path, &match_it, r#"{"stars": 4}"#).await;
        problem(&answer, 412);

        // Values: bound. A zero byte is a value that not every database takes.
        if hostile.contains('\0') {
            problem(&client.get(&format!("/api/notes?title={text}")).await, 400);
            continue;
        }
        for operator in ["", ".ne", ".lt", ".gte", ".in", ".contains", ".starts_with"] {
            client.titles(&format!("/api/notes?title{operator}={text}")).await;
        }
        let entry = json!({"team": hostile, "number": number, "title": hostile});
        client.added("/api/entries", &entry.to_string()).await;
        let key = format!("/api/entries/{text}/{number}");
        assert_eq!(client.get(&key).await.json()["title"], hostile);
        let renamed = json!({"title": format!("{hostile}'")});
        assert_eq!(client.patch(&key, &renamed.to_string()).await.status, 200);
        let page = client.get("/api/entries?order=-title&size=1").await.json();
        let next = page["next"].as_str().expect("a next page");
        let answer = client.get(next).await;
        assert_eq!(answer.status, 200, "{next}: {}", answer.body);
        assert_eq!(client.delete(&key).await.status, 204);
    }

    assert_eq!(client.titles("/api/notes").await, ["kept"], "the table is as it was");
    assert_eq!(client.get(&path).await.json()["stars"], 3);
    let statements = log::of_all().lines();
    let statements: Vec<_> =
        statements.iter().filter(|line| line.contains("sqlx::query")).collect();
    for seen in ["FROM api_notes", "INSERT INTO api_entries", "DELETE FROM api_entries"] {
        assert!(statements.iter().any(|line| line.contains(seen)), "{seen} is not logged");
    }
    for statement in statements {
        assert!(!statement.contains(PLANTED), "{statement}");
    }
}

#[tokio::test]
async fn what_a_client_says_has_limits() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;

    // Bodies: by size, whatever they are, and with it by the number of rows and the depth.
    let megabytes = format!(r#"{{"title": "{}"}}"#, "x".repeat(3_000_000));
    let rows = format!("[{}]", vec![r#"{"title": "a"}"#; 200_000].join(","));
    for body in [&megabytes, &rows] {
        let detail = refused(&client.post("/api/notes", body).await, 413);
        assert_eq!(detail, "The body may have at most 2000 bytes.");
    }
    for open in ["[", "{\"title\":", "[{\"title\":"] {
        let deep = open.repeat(1_900 / open.len());
        let answer = client.post("/api/notes", &deep).await;
        refused(&answer, if answer.status == 400 { 400 } else { 422 });
    }
    // What is quoted of a body is short, however long that is.
    for body in [json!({"x".repeat(1_900): 1}), json!({"title": "t", "stars": "é".repeat(900)})] {
        let detail = refused(&client.post("/api/notes", &body.to_string()).await, 422);
        assert!(detail.len() < 600, "{} bytes: {detail}", detail.len());
    }

    // A cursor, a key, a value, a header.
    let cursor = "1".repeat(Cursor::MAX_LENGTH + 1);
    refused(&client.get(&format!("/api/entries?cursor={cursor}")).await, 400);
    let long = "9".repeat(30_000);
    refused(&client.get(&format!("/api/notes/{long}")).await, 404);
    refused(&client.get(&format!("/api/entries/{long}/1")).await, 404);
    refused(&client.get(&format!("/api/notes?stars={long}")).await, 400);
    refused(&client.get(&format!("/api/notes?size={long}")).await, 400);
    assert!(client.titles(&format!("/api/notes?title={long}")).await.is_empty());
    let row = client.added("/api/notes", r#"{"title": "one"}"#).await;
    let path = format!("/api/notes/{}", row["id"]);
    let tags = vec!["\"7\""; 5_000].join(",");
    let headers = [JSON, ("if-match", tags.as_str())];
    refused(&client.request("PATCH", &path, &headers, "{}").await, 412);

    // Parameters: each one of the list's, and each once.
    let many: Vec<_> = (0..5_000).map(|at| format!("p{at}=1")).collect();
    refused(&client.get(&format!("/api/notes?{}", many.join("&"))).await, 400);
    refused(&client.get(&format!("/api/notes?{}", vec!["stars=1"; 5_000].join("&"))).await, 400);
    let orders = vec!["title"; 5_000].join(",");
    refused(&client.get(&format!("/api/notes?order={orders}")).await, 400);

    // Beyond that the server does not read on.
    let answer = client.get(&format!("/api/notes?title={}", "x".repeat(70_000))).await;
    assert_eq!(answer.status, 414);
}
