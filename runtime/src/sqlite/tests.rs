use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Executor, Sqlite};
use sqlx_core::transaction::TransactionManager;

use super::{Transaction, switches};
use crate::driver::{Driver, Plan};
use crate::live::SessionOptions;
use crate::transaction::{Access, AfterError};

type Manager = <Sqlite as sqlx::Database>::TransactionManager;

/// Of transactions that are guarded.
fn plan() -> Plan {
    plan_of(Transaction { after_error: AfterError::Continue, ..Transaction::DEFAULT })
}

fn plan_of(transaction: Transaction) -> Plan {
    let options = SessionOptions {
        acquire_timeout: Duration::from_secs(1),
        pooler: false,
        trust_lent: false,
        is_adopted: false,
    };
    Sqlite::plan(&transaction, &options)
}

async fn connection() -> SqliteConnection {
    SqliteConnection::connect(Sqlite::NOWHERE).await.expect("a database in memory")
}

/// Polls `future` at most `times` times, and tells whether it came to its end.
async fn polled(future: impl Future, times: usize) -> bool {
    let (mut future, mut left) = (pin!(future), times);
    poll_fn(|context| {
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Pending if left > 0 => Poll::Pending,
            outcome => Poll::Ready(outcome.is_ready()),
        }
    })
    .await
}

/// Whoever asks next has to wait, and is woken.
async fn keep_busy(conn: &mut SqliteConnection) {
    let sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000) \
               SELECT COUNT(*) FROM c";
    assert!(!polled(conn.fetch_one(sql), 1).await, "it takes a while");
}

#[tokio::test]
async fn on_a_connection_used_before_begin_finds_the_switches() {
    let mut conns = [connection().await, connection().await];
    let mut known = Vec::new();
    for conn in &mut conns {
        let (answer, found) = switches::found_at(pin!(conn.ping())).await;
        answer.expect("it lives");
        assert!(found.is_none(), "nobody used it so far");
        known.push(switches::install(conn).await.expect("it lives"));
    }
    assert!(!Arc::ptr_eq(&known[0], &known[1]), "each connection has its own");
    for _ in 0..10 {
        for (conn, known) in conns.iter_mut().zip(&known) {
            known.note_end();
            known.set_ending();
            keep_busy(conn).await;
            let (answer, found) = switches::found_at(pin!(Manager::begin(conn, None))).await;
            answer.expect("nothing is open");
            let found = found.expect("they are on the connection");
            assert!(Arc::ptr_eq(&found, known));
            assert!(!found.has_ended() && !found.is_ending(), "they are as new");
            keep_busy(conn).await;
            let (answer, found) = switches::found_at(pin!(conn.ping())).await;
            answer.expect("it lives");
            assert!(Arc::ptr_eq(&found.expect("they are still there"), known));
            Manager::rollback(conn).await.expect("it is open");
        }
    }
}

/// Who has to lock finds out that there is a handler, and puts no other in its place.
#[tokio::test]
async fn a_handler_is_installed_once() {
    let mut conn = connection().await;
    let first = switches::install(&mut conn).await.expect("it lives");
    for _ in 0..10 {
        keep_busy(&mut conn).await;
        conn.ping().await.expect("it lives");
        let again = switches::install(&mut conn).await.expect("it lives");
        assert!(Arc::ptr_eq(&again, &first));
    }
}

#[test]
fn sessions_share_the_text_of_begin() {
    let begin = plan().begin;
    assert_eq!(begin.clone().as_str().as_ptr(), begin.as_str().as_ptr());
}

/// Dropped at each place of it, BEGIN leaves nothing open.
#[tokio::test]
async fn a_begin_that_is_given_up() {
    let plan = plan();
    let mut given_up = 0;
    for polls in 1..8 {
        let mut conn = connection().await;
        let begun = polled(Sqlite::begin(&mut conn, &plan), polls).await;
        if !begun {
            given_up += 1;
            conn.execute("BEGIN").await.expect("nothing is open");
        }
    }
    assert!(given_up > 1, "there is more than BEGIN to wait for");
}

#[tokio::test]
async fn after_a_read_only_begin_that_is_given_up() {
    let plan = plan_of(Transaction { access: Access::ReadOnly, ..Transaction::DEFAULT });
    let mut conn = connection().await;
    assert!(!polled(Sqlite::begin(&mut conn, &plan), 1).await, "it is given up");
    Sqlite::attach(&mut conn, &plan).await.expect("it lives");
    conn.execute("CREATE TABLE notes (id INTEGER)").await.expect("nothing is read-only");
}
