//! What is logged of a request that failed, and what is not.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use axum::routing::post;
use tracing::field::{Field, Visit};

use super::{Fixture, add_note, backend, db};

/// Every event, of every crate and level, of the thread it is set for.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let metadata = event.metadata();
        let mut line = Line(format!("{} {}:", metadata.level(), metadata.target()));
        event.record(&mut line);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.0);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

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
    assert!(client.post("/", "").await.status >= 500);
    drop(listening);

    let lines = log.lines();
    let errors: Vec<_> =
        lines.iter().filter(|line| line.starts_with("ERROR bindery_runtime")).collect();
    assert!(errors.iter().any(|line| line.contains("main")), "{lines:#?}");
    let url = fixture.home.url("main");
    assert!(lines.iter().all(|line| !line.contains(url.as_str())), "{lines:#?}");
}
