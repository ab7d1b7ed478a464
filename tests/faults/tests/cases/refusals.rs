//! Statements and commits that the database refuses.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::routing::post;
use bindery_runtime::sqlx::{self, Connection, Executor};
use tokio::sync::Mutex;

use super::backend::{self, Conn, Home};
use super::stage::{Outcome, Session, Stage, add};
use crate::cell::Cell;

/// There is such a key.
pub(super) const REFUSED: &str = "INSERT INTO spots (id, value) VALUES (1, 0)";
/// There is no such spot; only COMMIT finds that out.
pub(super) const DANGLING: &str = "INSERT INTO replies (spot) VALUES (99)";

pub(super) async fn swallowed(home: &Home) -> Cell {
    async fn ignore(main: Session) -> Outcome {
        add(&main, "before").await?;
        assert!(sqlx::query(REFUSED).execute(&main).await.is_err(), "it is refused");
        let _ = add(&main, "after").await;
        Ok(StatusCode::CREATED)
    }

    let stage = Stage::new(home).await;
    let client = stage.serve(post(ignore)).await;
    stage.post(client).await
}

pub(super) async fn in_a_savepoint(home: &Home) -> Cell {
    async fn expect(main: Session) -> Outcome {
        add(&main, "before").await?;
        let refused = main
            .atomic(async |block| -> Outcome<()> {
                add(block, "inside").await?;
                sqlx::query(REFUSED).execute(block).await?;
                Ok(())
            })
            .await;
        assert!(refused.is_err(), "it is refused");
        add(&main, "after").await?;
        Ok(StatusCode::CREATED)
    }

    let stage = Stage::new(home).await;
    let client = stage.serve(post(expect)).await;
    stage.post(client).await
}

/// A connection of somebody else, for a handler.
async fn rival(home: &Home) -> Arc<Mutex<Conn>> {
    let rival = Conn::connect(&home.urls()[0]).await.expect("the database answers");
    Arc::new(Mutex::new(rival))
}

pub(super) async fn deadlock(home: &Home) -> Cell {
    let stage = Stage::new(home).await;
    let rival = rival(home).await;
    let with = Arc::clone(&rival);
    let client = stage
        .serve(post(async move |main: Session| -> Outcome {
            let mut rival = with.lock().await;
            let refused = if backend::ONE_WRITER {
                // What was read is no longer so: to wait would be for ever.
                sqlx::query("SELECT value FROM spots").fetch_all(&main).await?;
                rival.execute("UPDATE spots SET value = 1 WHERE id = 2").await?;
                add(&main, "before").await
            } else {
                add(&main, "before").await?;
                wait_for_each_other(&mut rival, &main).await?
            };
            assert!(refused.is_err(), "it is the victim");
            let _ = add(&main, "after").await;
            Ok(StatusCode::CREATED)
        }))
        .await;
    let cell = stage.post(client).await;
    rival.lock().await.execute("DELETE FROM spots WHERE id > 2").await.expect("nothing is locked");
    cell
}

/// Returns what became of the session, which is the victim.
async fn wait_for_each_other(rival: &mut Conn, main: &Session) -> Outcome<Outcome<()>> {
    for sql in backend::SURVIVE {
        rival.execute(*sql).await?;
    }
    rival.execute("UPDATE spots SET value = 1 WHERE id = 1").await?;
    sqlx::query("UPDATE spots SET value = 2 WHERE id = 2").execute(main).await?;
    let theirs = async {
        rival.execute("UPDATE spots SET value = 1 WHERE id = 2").await?;
        rival.execute("COMMIT").await
    };
    let ours = sqlx::query("UPDATE spots SET value = 2 WHERE id = 1").execute(main);
    let (theirs, ours) = tokio::join!(theirs, ours);
    theirs?;
    Ok(ours.map(drop).map_err(Into::into))
}

pub(super) async fn lock_timeout(home: &Home) -> Cell {
    let stage = Stage::new(home).await;
    let rival = rival(home).await;
    for sql in ["BEGIN", "UPDATE spots SET value = 3 WHERE id = 1"] {
        rival.lock().await.execute(sql).await.expect("nothing is locked");
    }
    let with = Arc::clone(&rival);
    let client = stage
        .serve(post(async move |main: Session| -> Outcome {
            if !backend::ONE_WRITER {
                add(&main, "before").await?;
            }
            let mut refused = false;
            for sql in backend::WAIT {
                refused = sqlx::query(*sql).execute(&main).await.is_err();
            }
            assert!(refused, "somebody has the lock");
            with.lock().await.execute("ROLLBACK").await?;
            let _ = add(&main, "after").await;
            Ok(StatusCode::CREATED)
        }))
        .await;
    stage.post(client).await
}

pub(super) async fn deferred(home: &Home) -> Cell {
    async fn doomed(main: Session) -> Outcome {
        add(&main, "before").await?;
        sqlx::query(DANGLING).execute(&main).await?;
        add(&main, "after").await?;
        Ok(StatusCode::CREATED)
    }

    if let Err(why) = backend::DEFERRED {
        return Cell::Impossible(why);
    }
    let stage = Stage::new(home).await;
    let client = stage.serve(post(doomed)).await;
    stage.post(client).await
}
