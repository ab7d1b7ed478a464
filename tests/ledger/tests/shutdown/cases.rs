//! What is open after `close`, whatever is under way.

use std::future::{Future, IntoFuture};
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};
use axum::routing::post;
use bindery_runtime::sqlx::{AssertSqlSafe, Executor, Row};
use bindery_runtime::{Binding, Error, ErrorKind, Session};
use ledger_tests::db::Databases;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt;

use super::{Home, Main, SLOW, TABLE, settings};
use crate::polling::{Drop, polled};
use crate::support::client::{Client, Seen};

/// Where handlers wait in the middle of their transactions.
#[derive(Clone)]
struct Gate {
    reached: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    fn new() -> Self {
        Self { reached: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }

    async fn pass(&self) {
        self.reached.add_permits(1);
        self.open.acquire().await.expect("never closed").forget();
    }

    /// Until so many have come.
    async fn reached(&self, handlers: u32) {
        self.reached.acquire_many(handlers).await.expect("never closed").forget();
    }
}

fn main() -> Result<Session<Main>, Error> {
    bindery_runtime::session::<Main>()
}

fn add(id: i64) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("INSERT INTO notes (id) VALUES ({id})"))
}

fn app(databases: &Databases, gate: &Gate) -> Router {
    let routes = Router::new()
        .route(
            "/add/{id}",
            post(async |Path(id)| -> Result<StatusCode, Error> {
                main()?.execute(add(id)).await?;
                Ok(StatusCode::CREATED)
            }),
        )
        .route("/waiting/{id}", post(waiting))
        .route(
            "/slow",
            post(async |State(gate): State<Gate>| -> Result<StatusCode, Error> {
                gate.reached.add_permits(1);
                main()?.execute(SLOW).await?;
                Ok(StatusCode::CREATED)
            }),
        );
    routes.layer(databases.layer()).with_state(gate.clone())
}

/// Waits between its two rows.
async fn waiting(State(gate): State<Gate>, Path(id): Path<i64>) -> Result<StatusCode, Error> {
    main()?.execute(add(id)).await?;
    gate.pass().await;
    main()?.execute(add(id + 1)).await?;
    Ok(StatusCode::CREATED)
}

struct Fixture {
    home: Home,
    databases: Databases,
    gate: Gate,
    app: Router,
}

impl Fixture {
    async fn with(max_connections: u32) -> Self {
        let home = Home::new().await;
        let databases = home.connect(settings(max_connections)).await;
        Main::bind(&databases).pool().execute(TABLE).await.expect("a table");
        let gate = Gate::new();
        let app = app(&databases, &gate);
        assert!(home.open().await > 0, "who asks sees what is open");
        Self { home, databases, gate, app }
    }

    fn call(&self, path: &str) -> impl Future<Output = u16> + Send + use<> {
        let request = Request::post(path).body(Body::empty()).expect("a request");
        let answer = self.app.clone().oneshot(request);
        async move { answer.await.expect("an answer").status().as_u16() }
    }

    /// A request whose statement runs for a while.
    async fn slow(&self) -> JoinHandle<u16> {
        let slow = tokio::spawn(self.call("/slow"));
        self.gate.reached(1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        slow
    }

    /// Nothing is open, once the server has noticed that the last connection has gone. The service
    /// itself may live on.
    async fn nothing_is_open(self) {
        let noticed = async {
            while self.home.open().await > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let noticed = tokio::time::timeout(Duration::from_secs(10), noticed).await;
        assert!(noticed.is_ok(), "{} connections are open", self.home.open().await);
        self.home.gone().await;
    }

    /// The keys that are stored, seen through other connections.
    async fn stored(&self) -> Vec<i64> {
        let databases = self.home.connect(settings(1)).await;
        let rows =
            Main::bind(&databases).pool().fetch_all("SELECT id FROM notes ORDER BY id").await;
        let ids = rows.expect("rows").iter().map(|row| row.get(0)).collect();
        databases.close().await;
        ids
    }
}

#[tokio::test]
async fn nothing_is_open_after_some_requests() {
    let fixture = Fixture::with(4).await;
    for id in 0..20 {
        assert_eq!(fixture.call(&format!("/add/{id}")).await, 201);
    }
    fixture.databases.close().await;
    assert_eq!(fixture.stored().await, (0..20).collect::<Vec<_>>());
    fixture.nothing_is_open().await;
}

#[tokio::test]
async fn requests_under_way_are_waited_for_and_stored() {
    let fixture = Fixture::with(1).await;
    let under_way = tokio::spawn(fixture.call("/waiting/1"));
    fixture.gate.reached(1).await;
    let databases = fixture.databases.clone();
    let mut closing = pin!(databases.close());
    assert!(polled(closing.as_mut(), 1, Drop::AtOnce).await.is_none(), "a connection is in use");
    assert_eq!(fixture.call("/add/7").await, 503, "no new ones");
    fixture.gate.open.add_permits(1);
    closing.await;
    assert_eq!(under_way.await.expect("no panic"), 201);
    assert_eq!(fixture.stored().await, [1, 2]);
    fixture.nothing_is_open().await;
}

#[tokio::test]
async fn those_who_wait_at_a_full_pool_are_sent_away() {
    let fixture = Fixture::with(1).await;
    let holder = tokio::spawn(fixture.call("/waiting/1"));
    fixture.gate.reached(1).await;
    let mut waiting = JoinSet::new();
    for id in 10..16 {
        waiting.spawn(fixture.call(&format!("/add/{id}")));
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let databases = fixture.databases.clone();
    let closing = tokio::spawn(async move { databases.close().await });
    let sent_away = tokio::time::timeout(Duration::from_secs(5), waiting.join_all()).await;
    assert_eq!(sent_away.expect("nobody waits for the acquire timeout"), [503; 6]);
    fixture.gate.open.add_permits(1);
    assert_eq!(holder.await.expect("no panic"), 201);
    closing.await.expect("no panic");
    assert_eq!(fixture.stored().await, [1, 2]);
    fixture.nothing_is_open().await;
}

#[tokio::test]
async fn a_running_statement_is_waited_for() {
    let fixture = Fixture::with(2).await;
    let slow = fixture.slow().await;
    fixture.databases.close().await;
    assert_eq!(slow.await.expect("no panic"), 201);
    fixture.nothing_is_open().await;
}

/// The one who closes does not wait longer than he said; what is open then goes with its request.
#[tokio::test]
async fn a_statement_that_takes_too_long_keeps_its_connection_alone() {
    let fixture = Fixture::with(2).await;
    let slow = fixture.slow().await;
    fixture.databases.close_within(Duration::from_millis(50)).await;
    assert!(!slow.is_finished(), "nobody stops it");
    assert!(fixture.home.open().await > 0);
    assert_eq!(slow.await.expect("no panic"), 201);
    fixture.nothing_is_open().await;
}

/// Also the connection that stopped it.
#[tokio::test]
async fn a_statement_that_was_dropped_leaves_nothing_open() {
    let fixture = Fixture::with(2).await;
    let slow = fixture.slow().await;
    slow.abort();
    assert!(slow.await.is_err(), "the client has gone");
    fixture.databases.close().await;
    fixture.nothing_is_open().await;
}

/// The same, when the close does not wait until it is stopped.
#[tokio::test]
async fn a_close_that_gives_up_leaves_nothing_open_for_long() {
    let fixture = Fixture::with(2).await;
    let slow = fixture.slow().await;
    slow.abort();
    assert!(slow.await.is_err(), "the client has gone");
    fixture.databases.close_within(Duration::from_millis(1)).await;
    fixture.nothing_is_open().await;
}

/// Dropped at each await there is, and closed at once.
#[tokio::test]
async fn what_goes_on_in_the_background_ends_before_the_close() {
    for polls in 1..24 {
        let fixture = Fixture::with(2).await;
        fixture.gate.open.add_permits(1);
        let answered = polled(fixture.call("/waiting/1"), polls, Drop::AtOnce).await.is_some();
        fixture.databases.close().await;
        let stored = fixture.stored().await;
        assert!(stored.is_empty() || stored == [1, 2], "a half: {stored:?} after {polls} polls");
        assert!(!answered || stored == [1, 2], "answered after {polls} polls");
        fixture.nothing_is_open().await;
        if answered {
            return;
        }
    }
}

#[tokio::test]
async fn a_graceful_shutdown_finishes_and_stores_what_is_in_its_transaction() {
    let fixture = Fixture::with(4).await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(listener, fixture.app.clone()).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let serving = tokio::spawn(serving.into_future());
    let under_way =
        tokio::spawn(async move { Client::new(address).post("/waiting/1", None).await });
    fixture.gate.reached(1).await;
    stop.send(()).expect("it serves");
    // It stops to listen, and goes on with what it has.
    let refused =
        async { while Client::new(address).post("/add/9", None).await != Seen::Closed {} };
    tokio::time::timeout(Duration::from_secs(5), refused).await.expect("no new connections");
    assert!(!serving.is_finished() && !under_way.is_finished(), "a request is under way");
    fixture.gate.open.add_permits(1);
    assert_eq!(under_way.await.expect("no panic"), Seen::Status(201));
    serving.await.expect("no panic").expect("served");
    fixture.databases.close().await;
    let stored: Vec<_> = fixture.stored().await.into_iter().filter(|id| *id != 9).collect();
    assert_eq!(stored, [1, 2]);
    fixture.nothing_is_open().await;
}

/// A closed pool is told apart from a full one.
#[tokio::test]
async fn who_comes_after_the_close_is_told_so() {
    let fixture = Fixture::with(1).await;
    fixture.databases.close().await;
    let outcome: Result<(), Error> = fixture
        .databases
        .scope(async |_| {
            main()?.execute(add(1)).await?;
            Ok(())
        })
        .await;
    assert_eq!(outcome.expect_err("closed").kind(), ErrorKind::Closed);
    fixture.nothing_is_open().await;
}
