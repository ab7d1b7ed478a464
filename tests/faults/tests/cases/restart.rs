//! A server that is away for a while, and a service that is not started again.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::post;
use bindery_runtime::sqlx::Connection;
use tokio::sync::Notify;

use super::backend::{self, Conn, Home};
use super::stage::{self, Outcome, Session, Stage, add, seen};
use crate::cell::Cell;
use crate::client::Client;

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_millis(500);

pub(super) async fn stopped(_: &Home) -> Cell {
    async fn store(main: Session) -> Outcome {
        add(&main, "before").await?;
        add(&main, "after").await?;
        Ok(StatusCode::CREATED)
    }

    let mut own = match backend::SERVER {
        Ok(start) => start(),
        Err(why) => return Cell::Impossible(why),
    };
    let home = Home::on(own.server.url()).await;
    stage::create_tables(&home).await;
    let mut stage = Stage::with(&home, 1, ACQUIRE, true).await;
    let client = stage.serve(post(store)).await;
    assert_eq!(seen(client.send("POST", "/", "").await.as_ref()), "201");
    own.server.stop();
    let away = seen(client.send("POST", "/", "").await.as_ref());
    own.server.start_again().expect("it starts");
    let after = back(client, "/").await;
    stage.observers = vec![Conn::connect(&home.urls()[0]).await.expect("it answers")];
    stage.cell(format!("{away} while it is away, {after} after"), client).await
}

pub(super) async fn killed(_: &Home) -> Cell {
    let mut own = match backend::SERVER {
        Ok(start) => start(),
        Err(why) => return Cell::Impossible(why),
    };
    let home = Home::on(own.server.url()).await;
    stage::create_tables(&home).await;
    let mut stage = Stage::with(&home, 1, ACQUIRE, true).await;
    let (written, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (wrote, may_go_on) = (Arc::clone(&written), Arc::clone(&go_on));
    let client = stage
        .serve(post(async move |main: Session| -> Outcome {
            add(&main, "before").await?;
            wrote.notify_one();
            may_go_on.notified().await;
            add(&main, "after").await?;
            Ok(StatusCode::CREATED)
        }))
        .await;
    let under_way = tokio::spawn(async move { client.send("POST", "/", "").await });
    written.notified().await;
    own.server.kill().expect("it ends");
    go_on.notify_one();
    let under_way = seen(under_way.await.expect("no panic").as_ref());
    let away = seen(client.send("POST", "/", "").await.as_ref());
    own.server.start_again().expect("it starts");
    stage.observers = vec![Conn::connect(&home.urls()[0]).await.expect("it answers")];
    back(client, "/well").await;
    let answers = format!("{under_way} for who was under way, {away} while it is away");
    stage.cell(answers, client).await
}

/// What a request is answered when the server is back. A slow machine may need longer to connect than a
/// request waits.
async fn back(client: Client, path: &str) -> String {
    loop {
        let answer = seen(client.send("POST", path, "").await.as_ref());
        if answer != "503" {
            return answer;
        }
    }
}
