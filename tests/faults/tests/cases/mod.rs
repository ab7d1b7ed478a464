//! The faults as data: what each is called, what happens, and what causes it.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super as backend;
use crate::cell::Cell;
use crate::document::{self, Title};

mod endings;
mod killed;
mod pools;
mod refusals;
mod restart;
mod stage;
mod statements;

/// Something that goes wrong.
struct Fault {
    title: Title,
    /// Causes it and looks at what becomes of it.
    cause: fn(&backend::Home) -> LocalBoxFuture<'_, Cell>,
}

macro_rules! faults {
    ($($name:literal, $what:literal => $module:ident::$cause:ident;)*) => {
        &[$(Fault {
            title: Title { name: $name, what: $what },
            cause: |home| Box::pin($module::$cause(home)),
        }),*]
    };
}

const FAULTS: &[Fault] = faults! {
    "handler error", "the handler returns an error, which is a 409" => endings::handler_error;
    "panic", "the handler panics" => endings::panic;
    "panic in a savepoint", "an `atomic` block panics, and so does the handler"
        => endings::panic_in_a_savepoint;
    "panic in a savepoint, caught", "an `atomic` block panics, the handler catches that and goes on"
        => endings::caught_panic_in_a_savepoint;
    "cancellation", "a layer outside drops the request after each of its polls, one after the other, and answers 504"
        => endings::cancellation;
    "client disconnect", "the client goes away while the handler waits for something else"
        => endings::client_disconnect;
    "client disconnect in a statement", "the client goes away while the database works for it"
        => endings::client_disconnect_in_a_statement;
    "outer timeout", "a layer outside gives up, and answers 504, while the database works"
        => endings::outer_timeout;
    "statement error swallowed", "a statement is refused, the handler ignores that, and answers 201"
        => refusals::swallowed;
    "statement error in a savepoint", "a statement of an `atomic` block is refused, the handler goes on"
        => refusals::in_a_savepoint;
    "deadlock victim", "two transactions wait for each other, the database ends this one; the handler ignores that"
        => refusals::deadlock;
    "lock timeout", "another transaction has the lock for longer than one waits; the handler ignores that"
        => refusals::lock_timeout;
    "deferred constraint", "only COMMIT finds out that a constraint is violated" => refusals::deferred;
    "connection killed while idle", "`pg_terminate_backend` or `KILL` between two requests"
        => killed::in_the_pool;
    "connection killed", "the same between two statements; the error of the second is returned"
        => killed::between_statements;
    "connection killed before COMMIT", "the same after the last statement" => killed::before_commit;
    "connection killed in autocommit", "the same without a transaction: whether the second is stored is not known"
        => killed::without_a_transaction;
    "server stopped", "the server stops while nobody asks it anything, and starts again"
        => restart::stopped;
    "server killed", "`kill -9` in the middle of a transaction, and the server starts again"
        => restart::killed;
    "pool exhausted", "somebody else has the only connection for longer than the acquire timeout"
        => pools::exhausted;
    "pool of size 1", "eight requests at the same time, each with an `atomic` block"
        => pools::of_one;
    "two binds", "both are on one server, or in one file; all goes well"
        => pools::two_binds;
    "two binds, one refuses", "a statement of the second is refused, the handler ignores that"
        => pools::two_binds_one_refuses;
    "two binds, one cannot commit", "only COMMIT of the second finds out that a constraint is violated"
        => pools::two_binds_one_cannot_commit;
    "two binds, one is killed", "the connection of the second is killed before COMMIT"
        => pools::two_binds_one_is_killed;
    "layer applied twice", "to the same router" => pools::layer_twice;
    "raw COMMIT", "as a statement of the session; the handler ignores what it says"
        => statements::raw_commit;
    "raw ROLLBACK", "as a statement of the session; the handler ignores what it says"
        => statements::raw_rollback;
    "raw COMMIT on a lent connection", "where the session does not see it; the handler ignores what it says"
        => statements::lent_commit;
    "raw ROLLBACK on a lent connection", "where the session does not see it" => statements::lent_rollback;
    "raw COMMIT among others", "`SELECT 1; COMMIT` in one text; the handler ignores what it says"
        => statements::commit_among_others;
    "DDL", "`CREATE TABLE` in the middle" => statements::ddl;
    "SET that would leak", "a setting that outlives the transaction" => statements::set;
    "SET on a lent connection", "the same where the session does not see it" => statements::lent_set;
};

pub(super) fn titles() -> Vec<Title> {
    FAULTS.iter().map(|fault| fault.title).collect()
}

/// All of them, one after the other: a part would write or compare a part of a column. The thread of the test
/// starts the servers, which end with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_ends_as_the_table_says() {
    let home = backend::Home::new().await;
    stage::create_tables(&home).await;
    let (mut observed, mut failures) = (Vec::new(), Vec::new());
    for fault in FAULTS {
        // What one leaves locked keeps all after it from their end.
        if failures.len() == 2 {
            failures.push("and the others were not tried".to_owned());
            break;
        }
        let work = AssertUnwindSafe(crate::in_time(fault.title.name, (fault.cause)(&home)));
        match work.catch_unwind().await {
            Ok(cell) => observed.push(cell.to_string()),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
                failures.push(format!("{}: {}", fault.title.name, text.unwrap_or_default()));
            }
        }
    }
    assert!(failures.is_empty(), "nothing was compared:\n{}", failures.join("\n"));
    document::expect_column(backend::COLUMN, &titles(), &observed);
    home.remove().await;
}
