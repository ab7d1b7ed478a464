//! What is logged of a request that failed, and what is not.

use axum::http::StatusCode;
use axum::routing::post;
use bindery_runtime::sqlx;

use super::{Fixture, add_note, backend, db};
use crate::log;

#[tokio::test]
async fn a_commit_that_fails_is_logged_with_its_key_and_without_a_url() {
    let (log, listening) = log::of_this_thread();
    let fixture = Fixture::new().await;
    let databases = fixture.databases.clone();
    let doomed = async move |main: db::main::Session| {
        add_note(&main).await.expect("the note is added");
        backend::spoil_commit(&main, &databases.main().pool()).await;
        StatusCode::CREATED
    };
    let client = fixture.serve(db::router().route("/", post(doomed))).await;
    let answer = client.post("/", "").await;
    assert!(answer.status >= 500);
    drop(listening);

    let lines = log.lines();
    let errors: Vec<_> =
        lines.iter().filter(|line| line.starts_with("ERROR bindery_runtime")).collect();
    assert!(errors.iter().any(|line| line.contains("main")), "{lines:#?}");
    let url = fixture.home.url("main");
    assert!(lines.iter().all(|line| !line.contains(url.as_str())), "{lines:#?}");
    // SQLite has no user in its URL.
    let words = url.split(['/', ':', '@', '?']).filter(|word| word.len() > 8);
    for word in words.chain(["main"]) {
        assert!(!answer.body.contains(word), "{word} is in {}", answer.body);
    }
}

#[tokio::test]
async fn tracing_is_told_what_a_session_does() {
    let (log, listening) = log::of_this_thread();
    let fixture = Fixture::new().await;
    let add = async |main: db::main::Session| add_note(&main).await;
    let refuse = async |main: db::main::Session| {
        add_note(&main).await?;
        sqlx::query("SELECT title FROM missing").execute(&main).await?;
        Ok::<_, db::Error>(())
    };
    let routes = db::router().route("/add", post(add)).route("/refuse", post(refuse));
    let client = fixture.serve(routes).await;
    assert_eq!(client.post("/add", "").await.status, 200);
    assert_eq!(client.post("/refuse", "").await.status, 500);
    drop(listening);

    let lines = log.lines();
    let told = |line: &&String| {
        line.starts_with("DEBUG bindery:")
            || line.starts_with("transaction:")
            || line.starts_with(" outcome=")
    };
    let told: Vec<_> = lines.iter().filter(told).collect();
    let expected = [
        "transaction: key=\"main\"",
        "message=acquire",
        "message=begin",
        "message=commit",
        " outcome=\"committed\"",
        "transaction: key=\"main\"",
        "message=acquire",
        "message=begin",
        "message=statement",
        "message=rollback",
        " outcome=\"rolled back\"",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (line, expected) in told.iter().zip(expected) {
        assert!(line.contains(expected), "{line} instead of {expected}");
        assert!(!line.contains("//"), "{line}");
    }
}
