//! What is logged of a request that failed, and what is not.

use axum::http::StatusCode;
use axum::routing::post;

use super::{Fixture, add_note, backend, db};
use crate::log::Log;

#[tokio::test]
async fn a_commit_that_fails_is_logged_with_its_key_and_without_a_url() {
    let log = Log::default();
    // The runtime of a test is one thread, which serves the requests too.
    let listening = tracing::subscriber::set_default(log.clone());
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
