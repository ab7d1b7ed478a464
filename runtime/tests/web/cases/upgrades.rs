//! What goes on after the head of the response has left: sockets and streams of events.

use std::future::pending;

use axum::extract::State;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use bindery_runtime::{Detached, detached, get as known, put, run_scope, sqlx};
use tokio::io::AsyncReadExt;

use super::{Fixture, add_note, add_note_far_below, db};
use crate::client::read_head;

struct Visitor(&'static str);

async fn tell(socket: &mut WebSocket, text: impl Into<String>) {
    socket.send(text.into().into()).await.expect("the client reads");
}

#[tokio::test]
async fn an_upgrade_ends_the_scope_and_its_task_has_none() {
    async fn handshake(
        upgrade: WebSocketUpgrade,
        State(databases): State<db::Installed>,
        main: db::main::Session,
    ) -> Result<Response, db::Error> {
        add_note(&main).await?;
        Ok(upgrade.on_upgrade(async move |socket| converse(socket, databases, main).await))
    }

    async fn converse(mut socket: WebSocket, databases: db::Installed, main: db::main::Session) {
        let error = db::main::session().expect_err("no scope in a task");
        tell(&mut socket, format!("{:?}", error.kind())).await;
        let error = add_note(&main).await.expect_err("its scope has ended");
        tell(&mut socket, format!("{:?}", error.kind())).await;

        // What works: a session for each thing that is to be stored as one.
        let databases = databases.databases();
        let add = async |main: &db::main::Session| add_note(main).await;
        detached::<db::main::Main>(databases).run(add).await.expect("it is stored");
        run_scope(databases, async || add_note_far_below().await).await.expect("it is stored");
        tell(&mut socket, "stored").await;
    }

    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/", any(handshake))).await;

    let (head, mut socket) = client.upgrade("/").await;
    assert!(head.starts_with("http/1.1 101"), "{head}");
    assert!(fixture.notes().await >= 1, "committed before the head left");
    assert_eq!(socket.receive().await.as_deref(), Some("NoScope"));
    assert_eq!(socket.receive().await.as_deref(), Some("Finished"));
    assert_eq!(socket.receive().await.as_deref(), Some("stored"));
    assert_eq!(fixture.notes().await, 3);
}

#[tokio::test]
async fn a_handshake_that_is_refused_rolls_back() {
    async fn refuse(
        _upgrade: WebSocketUpgrade,
        main: db::main::Session,
    ) -> Result<StatusCode, db::Error> {
        add_note(&main).await?;
        Ok(StatusCode::FORBIDDEN)
    }

    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/", any(refuse))).await;
    let (head, _) = client.upgrade("/").await;
    assert!(head.starts_with("http/1.1 403"), "{head}");
    assert_eq!(client.get("/").await.status, 400, "no handshake at all");
    fixture.all_back().await;
    assert_eq!(fixture.notes().await, 0);
}

/// Made in the handler, a detached session knows what the request knew; its transaction ends with
/// the work that the task gives it.
#[tokio::test]
async fn a_detached_session_goes_along_with_an_upgrade() {
    async fn handshake(
        upgrade: WebSocketUpgrade,
        State(databases): State<db::Installed>,
    ) -> Result<Response, db::Error> {
        put::<db::Databases>(Visitor("ada"))?;
        let main = detached::<db::main::Main>(databases.databases());
        Ok(upgrade.on_upgrade(async move |socket| until_done(socket, main).await))
    }

    async fn until_done(mut socket: WebSocket, main: Detached<db::main::Main>) {
        let work = async |_: &db::main::Session| {
            add_note_far_below().await?;
            tell(&mut socket, known::<db::Databases, Visitor>()?.0).await;
            match socket.recv().await {
                Some(Ok(_)) => Ok(()),
                _ => Err(db::Error::from(sqlx::Error::WorkerCrashed)),
            }
        };
        let stored = main.run(work).await.is_ok();
        if stored {
            tell(&mut socket, "stored").await;
        }
    }

    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/", any(handshake))).await;

    let (_, mut socket) = client.upgrade("/").await;
    assert_eq!(socket.receive().await.as_deref(), Some("ada"));
    drop(socket);
    fixture.all_back().await;
    assert_eq!(fixture.notes().await, 0, "the client went away in mid-transaction");

    let (_, mut socket) = client.upgrade("/").await;
    assert_eq!(socket.receive().await.as_deref(), Some("ada"));
    socket.send("done").await;
    assert_eq!(socket.receive().await.as_deref(), Some("stored"));
    assert_eq!(fixture.notes().await, 1);
}

#[tokio::test]
async fn a_stream_of_events_has_a_session_of_its_own_until_the_client_goes_away() {
    async fn events(
        State(databases): State<db::Installed>,
        main: db::main::Session,
    ) -> Result<impl IntoResponse, db::Error> {
        add_note(&main).await?;
        let own = detached::<db::main::Main>(databases.databases());
        let events = own.stream(async |main, mut events| -> Result<(), db::Error> {
            add_note(main).await?;
            events.send(Event::default().data("one more")).await;
            // Nothing happens any more: that the client is gone is noticed all the same.
            pending().await
        });
        Ok(Sse::new(events).keep_alive(KeepAlive::default()))
    }

    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/", get(events))).await;
    let mut request = client.begin("GET", "/", "").await;
    let head = read_head(&mut request).await;
    assert!(head.contains("content-type: text/event-stream"), "{head}");
    assert_eq!(fixture.notes().await, 1, "that of the request, before the head left");

    let mut seen = String::new();
    while !seen.contains("data: one more") {
        seen.push(char::from(request.read_u8().await.expect("an event")));
    }
    drop(request);
    fixture.all_back().await;
    assert_eq!(fixture.notes().await, 1, "that of the stream was rolled back");
}

#[tokio::test]
async fn a_stream_of_events_that_ends_by_itself_is_stored() {
    async fn events(State(databases): State<db::Installed>) -> impl IntoResponse {
        let own = detached::<db::main::Main>(databases.databases());
        Sse::new(own.stream(async |main, mut events| -> Result<(), db::Error> {
            for number in 0..3 {
                add_note(main).await?;
                events.send(Event::default().data(number.to_string())).await;
            }
            Ok(())
        }))
    }

    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/", get(events))).await;
    let answer = client.get("/").await;
    assert!(answer.body.contains("data: 2"), "{}", answer.body);
    assert_eq!(fixture.notes().await, 3);
}
