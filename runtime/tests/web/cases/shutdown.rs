//! A service that ends while a request is in the middle of its transaction.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::post;
use bindery_runtime::close;
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};

use super::{Fixture, add_note, count, db};
use crate::client::{Answer, serve_until};

/// A request that waits in the middle of its transaction until it may go on.
struct Waiting {
    fixture: Fixture,
    request: TcpStream,
    go_on: Arc<Notify>,
    shutdown: oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<()>,
}

async fn waiting() -> Waiting {
    let fixture = Fixture::new().await;
    let (written, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (Arc::clone(&written), Arc::clone(&go_on));
    let slow = async move |main: db::main::Session| {
        add_note(&main).await?;
        tell.notify_one();
        wait.notified().await;
        add_note(&main).await?;
        Ok::<_, db::Error>(StatusCode::CREATED)
    };
    let app = fixture.databases.install(db::router().route("/", post(slow)));
    let (shutdown, told) = oneshot::channel();
    let (client, serving) = serve_until(app, async { told.await.unwrap_or_default() }).await;
    let request = client.begin("POST", "/", "").await;
    written.notified().await;
    Waiting { fixture, request, go_on, shutdown, serving }
}

/// The notes as a new start finds them.
async fn notes_afterwards(fixture: &Fixture) -> i64 {
    let databases = db::Databases::connect(|key| fixture.home.url(key)).await;
    count(&databases.main().pool(), "SELECT COUNT(*) FROM notes").await
}

#[tokio::test]
async fn a_graceful_shutdown_lets_a_transaction_come_to_its_end() {
    let Waiting { fixture, mut request, go_on, shutdown, serving } = waiting().await;
    shutdown.send(()).expect("the service runs");
    assert!(!serving.is_finished());
    go_on.notify_one();

    let answer = Answer::read(&mut request).await.expect("an answer");
    assert_eq!(answer.status, 201);
    serving.await.expect("the service ends well");
    close(&fixture.databases, Duration::from_secs(5)).await;
    assert_eq!(fixture.databases.main().pool().size(), 0, "nothing is left open");
    assert_eq!(notes_afterwards(&fixture).await, 2);
}

/// Who does not wait for the service, closes the pools below its requests: all or nothing.
#[tokio::test]
async fn a_request_whose_pool_is_closed_keeps_its_connection() {
    let Waiting { fixture, mut request, go_on, .. } = waiting().await;
    close(&fixture.databases, Duration::from_millis(100)).await;
    go_on.notify_one();

    let answer = Answer::read(&mut request).await.expect("an answer");
    let stored = notes_afterwards(&fixture).await;
    assert_eq!((answer.status, stored), (201, 2), "{}", answer.body);
}
