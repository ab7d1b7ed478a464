//! One run: a service, its clients, and in the end the audit.

use std::collections::BTreeMap;
use std::future::IntoFuture;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bindery_runtime::sqlx;
use bindery_runtime::sqlx::pool::PoolOptions;
use bindery_runtime::sqlx::{AssertSqlSafe, Executor, Pool};
use ledger_tests::db::Databases;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::book::Book;
use crate::engine::{Engine, Side, first_rows};
use crate::plan::{Outside, Plan};
use crate::service::{Service, app};
use crate::support::client::{Client, Seen};
use crate::{audit, logs};

/// What every account begins with.
pub(crate) const BALANCE: i64 = 1_000_000;
/// Clients at work at the same time.
const CLIENTS: usize = 32;
/// Nothing that is waited for takes so long unless it hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// The tables and rows of a side.
pub(crate) async fn fill<D: Engine>(pool: &Pool<D>) -> Result<(), sqlx::Error>
where
    for<'p> &'p Pool<D>: Executor<'p, Database = D>,
{
    for table in D::TABLES {
        pool.execute(AssertSqlSafe(*table)).await?;
    }
    pool.execute(first_rows(BALANCE)).await?;
    pool.execute("INSERT INTO marks (id, n) VALUES (0, 0)").await?;
    Ok(())
}

/// A pool of the test's own, beside those of the service.
pub(crate) async fn beside<D: Engine>(url: &str) -> Pool<D> {
    PoolOptions::new().max_connections(1).connect(url).await.expect("the database answers")
}

/// The number in the environment, or `otherwise`.
pub(crate) fn number_from(variable: &str, otherwise: impl FnOnce() -> u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not `{text}`")),
        Err(_) => otherwise(),
    }
}

/// Sends all requests, and compares what is stored with what was answered.
pub(crate) async fn torture<A: Side, Z: Side>(
    databases: Databases,
    beside: (Pool<A::Database>, Pool<Z::Database>),
) {
    let seed = number_from("BINDERY_SEED", || {
        let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
        u64::from(now.subsec_nanos()) ^ now.as_secs()
    });
    let requests = usize::try_from(number_from("BINDERY_LEDGER_REQUESTS", || 2_500)).expect("fits");
    let keys = [A::KEY, Z::KEY];
    say(&format!(
        "{keys:?}: BINDERY_SEED={seed} BINDERY_LEDGER_REQUESTS={requests} repeats these faults"
    ));
    logs::listen();
    quiet_panics();

    // What runs before the first request has to be all that runs after the last one.
    warm::<A>(&databases).await;
    warm::<Z>(&databases).await;
    let tasks = settled_tasks().await;

    let service = Arc::new(Service::<A, Z> { seed, book: Book::new(requests), killers: beside });
    let started = Instant::now();
    send_all(&databases, &service).await;
    let took = started.elapsed();

    let mut wrong = service.book.all_wrong();
    // Ends in the background go on for five seconds at most.
    within("tasks that go on", async {
        while tokio::runtime::Handle::current().metrics().num_alive_tasks() > tasks {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap_or_else(|why| wrong.push(why));

    let (pool_a, pool_z) = &service.killers;
    if let Err(why) = all_clean::<A>(&databases, pool_a).await {
        wrong.push(why);
    }
    if let Err(why) = all_clean::<Z>(&databases, pool_z).await {
        wrong.push(why);
    }
    let stored =
        [audit::side::<A>(pool_a, &mut wrong).await, audit::side::<Z>(pool_z, &mut wrong).await];
    let abandoned = logs::about(keys);
    wrong.extend(audit::requests(
        &service.book,
        |number| service.plan(number),
        keys,
        &stored,
        &abandoned,
    ));
    if let Err(why) = within("close", databases.close()).await {
        wrong.push(why);
    }
    pool_a.close().await;
    pool_z.close().await;

    say(&summary(&service.book, keys, took, abandoned.len()));
    let shown: Vec<_> = wrong.iter().take(12).map(String::as_str).collect();
    assert!(
        wrong.is_empty(),
        "BINDERY_SEED={seed} BINDERY_LEDGER_REQUESTS={requests} {keys:?}: {} wrong\n{}",
        wrong.len(),
        shown.join("\n")
    );
    enough_happened(&service.book, seed);
}

/// Serves, lets the clients send everything, and stops when they are done.
async fn send_all<A: Side, Z: Side>(databases: &Databases, service: &Arc<Service<A, Z>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(listener, app(databases, service)).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let serving = tokio::spawn(serving.into_future());

    let next = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (service, next) = (Arc::clone(service), Arc::clone(&next));
        clients.spawn(async move {
            let mut client = Client::new(address);
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= service.book.requests() {
                    return;
                }
                let patience = match service.plan(number).outside {
                    Outside::ClientLeavesAfter(micros) => Some(Duration::from_micros(micros)),
                    _ => None,
                };
                let path = format!("/transfer/{number}");
                let answer = client.post(&path, patience);
                match within(&format!("request {number}"), answer).await {
                    Ok(seen) => {
                        service.book.count(format!("client: {seen:?}"));
                        service.book.entry(number).seen = Some(seen);
                    }
                    Err(why) => {
                        service.book.wrong(why);
                        client = Client::new(address);
                    }
                }
            }
        });
    }
    while let Some(done) = clients.join_next().await {
        done.expect("a client ends well");
    }
    stop.send(()).expect("it serves");
    match within("the service stops", serving).await {
        Ok(served) => served.expect("no panic").expect("served"),
        Err(why) => service.book.wrong(why),
    }
}

/// As many connections as the pool may have, and all of them back.
async fn warm<S: Side>(databases: &Databases) {
    let pool = S::bind(databases).pool();
    let mut all = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        all.push(pool.acquire().await.expect("a connection"));
    }
}

/// How many tasks run when nothing is done. Connections are given back in tasks of their own: those
/// of the preparations must not count, or as many could go on after the last request unseen.
async fn settled_tasks() -> usize {
    let metrics = tokio::runtime::Handle::current().metrics();
    let (mut fewest, mut same) = (usize::MAX, 0);
    while same < 20 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let now = metrics.num_alive_tasks();
        same = if now < fewest { 0 } else { same + 1 };
        fewest = fewest.min(now);
    }
    fewest
}

/// Whether the pool can hand out everything it has, and no connection is in a transaction.
async fn all_clean<S: Side>(
    databases: &Databases,
    beside: &Pool<S::Database>,
) -> Result<(), String> {
    let pool = S::bind(databases).pool();
    let max = pool.options().get_max_connections();
    let mut all = Vec::new();
    for number in 0..max {
        let connection = tokio::time::timeout(Duration::from_secs(10), pool.acquire()).await;
        let connection = connection.map_err(|error| error.to_string());
        let connection = connection.and_then(|taken| taken.map_err(|error| error.to_string()));
        all.push(connection.map_err(|error| {
            format!("{}: {number} of {max} connections are left: {error}", S::KEY)
        })?);
    }
    match S::Database::aside(beside, S::Database::IN_TRANSACTION, &[]).await {
        Ok(Some(0)) => {}
        other => return Err(format!("{}: connections in a transaction: {other:?}", S::KEY)),
    }
    for connection in &mut all {
        if bindery_runtime::sqlx::Connection::is_in_transaction(&**connection) {
            return Err(format!("{}: sqlx counts an open transaction", S::KEY));
        }
        match S::Database::is_clean(connection).await {
            Ok(true) => {}
            other => return Err(format!("{}: a connection is not clean: {other:?}", S::KEY)),
        }
    }
    Ok(())
}

/// What hangs is an error with a name.
async fn within<F: Future>(what: &str, work: F) -> Result<F::Output, String> {
    tokio::time::timeout(PATIENCE, work).await.map_err(|_| format!("{what}: hangs"))
}

fn summary(book: &Book, keys: [&str; 2], took: Duration, abandoned: usize) -> String {
    let counts = book.counts();
    let lines: Vec<_> =
        counts.iter().map(|(what, count)| format!("  {count:>6}  {what}")).collect();
    format!(
        "{keys:?}: {} requests in {took:.1?}, {abandoned} ends failed unseen\n{}",
        book.requests(),
        lines.join("\n")
    )
}

/// A run in which nothing went wrong, or nothing went well, shows nothing.
fn enough_happened(book: &Book, seed: u64) {
    let requests = book.requests();
    if requests < 1_000 {
        return;
    }
    let mut statuses = BTreeMap::new();
    for number in 0..requests {
        let entry = book.entry(number);
        *statuses
            .entry(entry.seen.map_or(0, |seen| match seen {
                Seen::Status(status) => status,
                Seen::Closed => 1,
                Seen::Left => 2,
            }))
            .or_insert(0_usize) += 1;
    }
    let stored = statuses.get(&201).copied().unwrap_or_default();
    assert!(stored > requests / 4, "BINDERY_SEED={seed}: {stored} of {requests} were stored");
    for (what, status) in
        [("refused", 409), ("failed", 500), ("cut", 504), ("closed", 1), ("left", 2)]
    {
        assert!(statuses.contains_key(&status), "BINDERY_SEED={seed}: none was {what}");
    }
}

/// Panics are faults here; others are shown as ever.
fn quiet_panics() {
    static QUIET: std::sync::Once = std::sync::Once::new();
    QUIET.call_once(|| {
        let shown = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let said = info.payload_as_str().unwrap_or_default();
            if said != crate::service::PANIC {
                shown(info);
            }
        }));
    });
}

#[expect(clippy::print_stderr, reason = "the seed of a run that fails has to be known")]
fn say(what: &str) {
    eprintln!("{what}");
}

/// Also the plan alone can be looked at.
#[test]
fn a_seed_is_a_plan() {
    let plans = |seed| {
        (0..200).map(|number| format!("{:?}", Plan::new(seed, number, 200))).collect::<Vec<_>>()
    };
    assert_eq!(plans(7), plans(7));
    assert_ne!(plans(7), plans(8));
}
