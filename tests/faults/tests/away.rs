//! A server that is killed under a busy service, with `kill -9`, and comes back; nobody starts the service
//! again. What was answered 201 is stored, and nothing else is but what was reported as unknown.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Extension;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bindery_runtime::sqlx::{self, AssertSqlSafe, Connection, Executor};
use bindery_runtime::{Error, ErrorKind};
use fault_tests::db;
use futures_util::future::join_all;
use tokio::sync::Notify;

use super::{Conn, Home, main};
use crate::client::{self, Client};

/// How many clients send one request after the other.
const CLIENTS: usize = 6;
/// How many orders are stored before the server is killed, and after it is back.
const ENOUGH: usize = 60;
/// How long a request waits for a connection while there is none.
const ACQUIRE: Duration = Duration::from_secs(1);

/// Stores both parts of an order.
async fn store(Path(id): Path<i32>, main: main::Session) -> Result<StatusCode, Error> {
    add(&main, id, 1).await?;
    add(&main, id, 2).await?;
    Ok(StatusCode::CREATED)
}

/// The same, and somebody has to say when it may go on.
async fn store_slowly(
    Extension(gate): Extension<Arc<Gate>>,
    Path(id): Path<i32>,
    main: main::Session,
) -> Result<StatusCode, Error> {
    add(&main, id, 1).await?;
    gate.waiting.fetch_add(1, Ordering::SeqCst);
    gate.open.notified().await;
    add(&main, id, 2).await?;
    Ok(StatusCode::CREATED)
}

async fn add(main: &main::Session, id: i32, part: i32) -> Result<(), Error> {
    let sql = format!("INSERT INTO orders (id, part) VALUES ({id}, {part})");
    sqlx::query(AssertSqlSafe(sql)).execute(main).await?;
    Ok(())
}

/// Where slow requests wait.
#[derive(Default)]
struct Gate {
    waiting: AtomicUsize,
    open: Notify,
}

/// As the default, with the kind of the error for the test.
fn tell(error: &Error) -> Response {
    let status = if error.is_unavailable() {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    };
    (status, format!("{:?}", error.kind())).into_response()
}

/// An order, what it was answered, and in which time it was sent.
#[derive(Debug)]
struct Answered {
    id: i32,
    status: u16,
    body: String,
    while_away: bool,
}

/// What the clients share.
#[derive(Default)]
struct Shared {
    next: AtomicI32,
    away: AtomicBool,
    finished: AtomicBool,
    stored: AtomicUsize,
    refused: AtomicUsize,
}

/// Sends one order after the other, until it is told to finish.
async fn order(client: Client, shared: Arc<Shared>) -> Vec<Answered> {
    let mut answers = Vec::new();
    while !shared.finished.load(Ordering::SeqCst) {
        let id = shared.next.fetch_add(1, Ordering::SeqCst);
        let began_away = shared.away.load(Ordering::SeqCst);
        let path = format!("/orders/{id}");
        let answer = crate::in_time("an answer", client.post(&path, "")).await;
        // The whole time between the two.
        let while_away = began_away && shared.away.load(Ordering::SeqCst);
        match answer.status {
            201 => shared.stored.fetch_add(1, Ordering::SeqCst),
            _ => shared.refused.fetch_add(1, Ordering::SeqCst),
        };
        answers.push(Answered { id, status: answer.status, body: answer.body, while_away });
    }
    answers
}

async fn more(counter: &AtomicUsize, count: usize) {
    let until = counter.load(Ordering::SeqCst) + count;
    crate::in_time("answers", async {
        while counter.load(Ordering::SeqCst) < until {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// The thread of the test starts the server, which ends with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_killed_under_a_busy_service() {
    let mut own = super::SERVER.expect("there is one")();
    let home = Home::on(own.server.url()).await;
    let mut observer = Conn::connect(&home.urls()[0]).await.expect("the server answers");
    let table = "CREATE TABLE orders (id INTEGER NOT NULL, part INTEGER NOT NULL)";
    observer.execute(table).await.expect("a table");
    let databases = super::connect(&home, 4, ACQUIRE, true).await;
    let gate = Arc::new(Gate::default());
    let router = db::router()
        .route("/orders/{id}", post(store))
        .route("/slow/{id}", post(store_slowly))
        .layer(Extension(Arc::clone(&gate)))
        .layer(databases.layer().on_failure(tell));
    let app = databases.install(router);
    let client = client::serve(app).await;
    let shared = Arc::new(Shared::default());
    let clients: Vec<_> =
        (0..CLIENTS).map(|_| tokio::spawn(order(client, Arc::clone(&shared)))).collect();
    more(&shared.stored, ENOUGH).await;

    // Two are in the middle of their transaction, others are anywhere.
    let slow = [-1, -2].map(|id| async move { client.post(&format!("/slow/{id}"), "").await });
    let slow = slow.map(tokio::spawn);
    crate::in_time("slow requests", async {
        while gate.waiting.load(Ordering::SeqCst) < slow.len() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    own.server.kill().expect("it ends");
    shared.away.store(true, Ordering::SeqCst);
    gate.open.notify_waiters();
    for slow in slow {
        let answer = crate::in_time("its answer", slow).await.expect("no panic");
        assert_eq!(answer.status, 503, "who was under way is told to try again: {}", answer.body);
    }
    more(&shared.refused, 3 * CLIENTS).await;

    shared.away.store(false, Ordering::SeqCst);
    own.server.start_again().expect("it starts");
    more(&shared.stored, ENOUGH).await;
    shared.finished.store(true, Ordering::SeqCst);
    let answers =
        join_all(clients).await.into_iter().flat_map(|answers| answers.expect("no panic"));
    let answers: Vec<_> = answers.collect();
    for id in -12..-2 {
        assert_eq!(
            client.post(&format!("/orders/{id}"), "").await.status,
            201,
            "all is well again"
        );
    }
    check(&answers, &home).await;
    crate::in_time("close", databases.close()).await;
}

async fn check(answers: &[Answered], home: &Home) {
    let while_away: Vec<_> = answers.iter().filter(|answer| answer.while_away).collect();
    assert!(while_away.len() > CLIENTS, "{} requests while it was away", while_away.len());
    for answer in while_away {
        assert_eq!(answer.status, 503, "{answer:?}");
    }
    let unknown = format!("{:?}", ErrorKind::OutcomeUnknown);
    for answer in answers {
        let expected = match answer.status {
            201 | 503 => true,
            500 => answer.body == unknown,
            _ => false,
        };
        assert!(expected, "{answer:?}");
    }

    let mut observer = Conn::connect(&home.urls()[0]).await.expect("the server answers");
    let rows: Vec<(i32, i32)> = sqlx::query_as("SELECT id, part FROM orders WHERE id >= -2")
        .fetch_all(&mut observer)
        .await
        .expect("the table is there");
    let [first, second] = [1, 2].map(|part| {
        rows.iter().filter(|row| row.1 == part).map(|row| row.0).collect::<BTreeSet<_>>()
    });
    assert_eq!(first, second, "both parts of an order or none");
    assert_eq!(first.len() * 2, rows.len(), "nothing is there twice");
    let answered = |is: &dyn Fn(&Answered) -> bool| {
        answers.iter().filter(|answer| is(answer)).map(|answer| answer.id).collect::<BTreeSet<_>>()
    };
    let promised = answered(&|answer| answer.status == 201);
    let possible = answered(&|answer| answer.status == 201 || answer.body == unknown);
    assert_eq!(&promised - &first, BTreeSet::new(), "answered 201 and lost");
    assert_eq!(&first - &possible, BTreeSet::new(), "stored and said to be not");
}
