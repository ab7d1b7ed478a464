//! Response bodies that need a database after the request has ended.

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use bindery_runtime::{ErrorKind, detached, sqlx};
use tokio::io::AsyncReadExt;

use super::{Fixture, add_note, db};

/// Adds a note for every line that it sends.
async fn lines(State(databases): State<db::Installed>, main: db::main::Session) -> Body {
    add_note(&main).await.expect("the note of the request");
    let main = detached::<db::main::Main>(databases.databases());
    Body::from_stream(main.stream(async |main, mut sink| -> Result<(), db::Error> {
        for number in 0..3 {
            add_note(main).await?;
            sink.send(format!("line {number}\n")).await;
        }
        Ok(())
    }))
}

#[tokio::test]
async fn a_body_has_a_session_of_its_own() {
    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/", post(lines))).await;
    let answer = client.post("/", "").await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("line 0") && answer.body.contains("line 2"), "{}", answer.body);
    // That of the request, and those of the lines: the last chunk leaves after the commit.
    assert_eq!(fixture.notes().await, 4);
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_session_of_the_body() {
    async fn endless(State(databases): State<db::Installed>) -> Body {
        let main = detached::<db::main::Main>(databases.databases());
        Body::from_stream(main.stream(async |main, mut sink| -> Result<(), db::Error> {
            loop {
                add_note(main).await?;
                sink.send("x".repeat(10_000)).await;
            }
        }))
    }

    let fixture = Fixture::new().await;
    let client = fixture.serve(db::router().route("/", post(endless))).await;
    let mut request = client.begin("POST", "/", "").await;
    let mut seen = vec![0; 20_000];
    request.read_exact(&mut seen).await.expect("the body begins");
    drop(request);

    fixture.all_back().await;
    assert_eq!(fixture.notes().await, 0);
}

/// The session of the request itself ends with the request, and a body that uses it is told.
#[tokio::test]
async fn the_session_of_the_request_is_over_in_the_body() {
    async fn late(State(databases): State<db::Installed>, main: db::main::Session) -> Body {
        add_note(&main).await.expect("the note of the request");
        let own = detached::<db::main::Main>(databases.databases());
        Body::from_stream(own.stream(async move |_, mut sink| -> Result<(), db::Error> {
            let refused = sqlx::query("SELECT title FROM notes").fetch_all(&main).await;
            let error = db::Error::from(refused.expect_err("its scope has ended"));
            assert_eq!(error.kind(), ErrorKind::Finished);
            sink.send("finished").await;
            Ok(())
        }))
    }

    let fixture = Fixture::new().await;
    let routes =
        db::router().route("/", post(late)).route("/ok", post(async || StatusCode::NO_CONTENT));
    let client = fixture.serve(routes).await;
    assert!(client.post("/", "").await.body.contains("finished"));
    assert_eq!(fixture.notes().await, 1);
}
