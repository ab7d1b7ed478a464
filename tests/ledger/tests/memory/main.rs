//! Memory stays flat: what lives after a hundred thousand requests is what lived after the first few
//! thousand. SQLite gets that many, the servers, where each takes longer, a tenth.
//!
//! Counted is what Rust has allocated in the whole process, so one test runs at a time. What SQLite
//! allocates in C is seen in the size of the process alone.

use std::alloc::System;
use std::future::{Future, IntoFuture};
use std::net::Ipv4Addr;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::post;
use bindery_runtime::sqlx::Executor;
use bindery_runtime::{Binding, Error};
use ledger_tests::db::{Databases, Settings};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, oneshot};
use tower::ServiceExt;

use self::support::client::{Client, Seen};

#[path = "../support/mod.rs"]
mod support;

#[global_allocator]
static ALLOCATED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One at a time.
static TURN: Mutex<()> = Mutex::const_new(());

/// How much more may live in the end: a byte in six requests.
const MORE_BYTES: i64 = 16 * 1024;
/// The same of the whole process, where the system's allocator keeps some for itself.
const MORE_PAGES: i64 = 24 * 1024 * 1024;

/// The requests, in turn, and what each is answered.
const PATHS: &[(&str, Option<u16>)] = &[
    ("/unused", Some(200)),
    ("/read", Some(200)),
    ("/written", Some(200)),
    ("/refused", Some(409)),
    ("/unused", Some(200)),
    ("/swallowed", Some(500)),
    ("/savepoint", Some(200)),
    ("/read", Some(200)),
    // Dropped half-way.
    ("/written", None),
    ("/read", None),
];

const WRITE: &str = "UPDATE notes SET title = 'again' WHERE id = 1";
const TAKEN: &str = "INSERT INTO notes (id, title) VALUES (1, 'one')";

/// A service on the bind `B`.
fn app<B: Binding<Registry = Databases>>(databases: &Databases) -> Router {
    Router::new()
        .route("/unused", post(async || StatusCode::OK))
        .route("/read", post(read::<B>))
        .route("/written", post(written::<B>))
        .route("/refused", post(refused::<B>))
        .route("/swallowed", post(swallowed::<B>))
        .route("/savepoint", post(savepoint::<B>))
        .layer(databases.layer())
}

async fn read<B: Binding>() -> Result<StatusCode, Error> {
    let main = bindery_runtime::session::<B>()?;
    main.fetch_all("SELECT id, title FROM notes").await?;
    Ok(StatusCode::OK)
}

async fn written<B: Binding>() -> Result<StatusCode, Error> {
    bindery_runtime::session::<B>()?.execute(WRITE).await?;
    Ok(StatusCode::OK)
}

async fn refused<B: Binding>() -> Result<StatusCode, Error> {
    bindery_runtime::session::<B>()?.execute(WRITE).await?;
    Ok(StatusCode::CONFLICT)
}

async fn swallowed<B: Binding>() -> Result<StatusCode, Error> {
    let _ = bindery_runtime::session::<B>()?.execute(TAKEN).await;
    Ok(StatusCode::OK)
}

async fn savepoint<B: Binding>() -> Result<StatusCode, Error> {
    let main = bindery_runtime::session::<B>()?;
    main.execute(WRITE).await?;
    let outcome = main
        .atomic(async |main| {
            main.execute(TAKEN).await?;
            Ok::<_, Error>(())
        })
        .await;
    Ok(if outcome.is_err() { StatusCode::OK } else { StatusCode::IM_A_TEAPOT })
}

/// Polls a few times, and drops.
async fn dropped(polls: usize, work: impl Future) {
    let mut work = pin!(work);
    let mut polls = 1 + polls % 7;
    std::future::poll_fn(|context| {
        polls -= 1;
        match work.as_mut().poll(context) {
            Poll::Pending if polls > 0 => Poll::Pending,
            _ => Poll::Ready(()),
        }
    })
    .await;
}

/// So many requests, without a network.
async fn call(app: &Router, requests: usize) {
    for number in 0..requests {
        let (path, status) = PATHS[number % PATHS.len()];
        let request = Request::post(path).body(Body::empty()).expect("a request");
        let answer = app.clone().oneshot(request);
        match status {
            Some(status) => {
                let answer = answer.await.expect("an answer").status();
                assert_eq!(answer.as_u16(), status, "{path}");
            }
            None => dropped(number / PATHS.len(), answer).await,
        }
    }
}

/// So many requests over HTTP, with some clients that go away.
async fn send(app: &Router, requests: usize) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(listener, app.clone()).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let serving = tokio::spawn(serving.into_future());
    let mut client = Client::new(address);
    for number in 0..requests {
        let (path, status) = PATHS[number % PATHS.len()];
        if let Some(status) = status {
            assert_eq!(client.post(path, None).await, Seen::Status(status), "{path}");
        } else {
            let patience = Duration::from_micros((number % 1_500) as u64);
            client.post(path, Some(patience)).await;
        }
    }
    drop(client);
    stop.send(()).expect("it serves");
    serving.await.expect("no panic").expect("served");
}

/// Bytes that live, and bytes of the process, when nothing is under way.
async fn measured<B: Binding<Registry = Databases>>(databases: &Databases) -> (i64, i64) {
    let pool = B::bind(databases).pool();
    let quiet = async {
        while pool.num_idle() < pool.size() as usize {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), quiet).await.expect("all connections come back");
    // Background tasks end a moment after their connection is back.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let stats = ALLOCATED.stats();
    let bytes = |count: usize| i64::try_from(count).expect("fits");
    let live = bytes(stats.bytes_allocated) - bytes(stats.bytes_deallocated);
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: i64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("pages");
    (live, pages * 4_096)
}

/// `requests` of which a tenth goes over HTTP; what lives afterwards is what lived before.
async fn stays_flat<B: Binding<Registry = Databases>>(databases: Databases, requests: usize) {
    let pool = B::bind(&databases).pool();
    let mut all = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        all.push(pool.acquire().await.expect("a connection"));
    }
    drop(all);
    let app = app::<B>(&databases);
    call(&app, requests / 20).await;
    send(&app, requests / 40).await;
    let (live_before, process_before) = measured::<B>(&databases).await;
    call(&app, requests - requests / 10).await;
    send(&app, requests / 10).await;
    let (live, process) = measured::<B>(&databases).await;
    let (more, more_of_process) = (live - live_before, process - process_before);
    say(&format!(
        "{}: after {requests} requests {live} bytes live, {more} more than before; \
         the process has {process}, {more_of_process} more",
        B::KEY
    ));
    assert!(more < MORE_BYTES, "{more} bytes more live after {requests} requests");
    assert!(more_of_process < MORE_PAGES, "the process has {more_of_process} bytes more");
    databases.close().await;
}

#[expect(clippy::print_stderr, reason = "numbers that are worth a look when they change")]
fn say(what: &str) {
    eprintln!("{what}");
}

mod sqlite {
    use ledger_tests::db::lite_a::LiteA;

    use super::*;

    #[tokio::test]
    async fn a_hundred_thousand_requests_leave_nothing_behind() {
        let _turn = TURN.lock().await;
        let home = support::homes::Folder::new();
        let mut settings = Settings::default();
        settings.lite_a.pool.max_connections = Some(4);
        let databases = Databases::builder().settings(settings).lite_a(home.options("notes"));
        let databases = databases.connect().await.expect("databases");
        let pool = databases.lite_a().pool();
        pool.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT)")
            .await
            .expect("made");
        pool.execute(TAKEN).await.expect("a row");
        stays_flat::<LiteA>(databases, 100_000).await;
    }
}

mod postgres {
    use ledger_tests::db::pg_a::PgA;

    use super::*;

    #[tokio::test]
    async fn ten_thousand_requests_leave_nothing_behind() {
        let _turn = TURN.lock().await;
        let home = support::homes::OfPostgres::new().await;
        let mut settings = Settings::default();
        settings.pg_a.pool.max_connections = Some(4);
        let databases = Databases::builder().settings(settings).pg_a(home.options());
        let databases = databases.connect().await.expect("databases");
        let pool = databases.pg_a().pool();
        pool.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, title TEXT)").await.expect("made");
        pool.execute(TAKEN).await.expect("a row");
        stays_flat::<PgA>(databases, 10_000).await;
        home.gone().await;
    }
}

mod mysql {
    use ledger_tests::db::my_a::MyA;

    use super::*;

    #[tokio::test]
    async fn ten_thousand_requests_leave_nothing_behind() {
        let _turn = TURN.lock().await;
        let home = support::homes::OfMysql::new().await;
        let mut settings = Settings::default();
        settings.my_a.pool.max_connections = Some(4);
        let databases = Databases::builder().settings(settings).my_a(home.url());
        let databases = databases.connect().await.expect("databases");
        let pool = databases.my_a().pool();
        pool.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, title TEXT)").await.expect("made");
        pool.execute(TAKEN).await.expect("a row");
        stays_flat::<MyA>(databases, 10_000).await;
        home.gone().await;
    }
}
