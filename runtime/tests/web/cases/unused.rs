//! A request that uses no database.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use futures_util::FutureExt;
use tower::ServiceExt;
use tower::layer::util::Identity;

use super::{Fixture, db};

/// Allocations of one request, after a first that may fill caches.
fn allocations(router: &Router) -> u64 {
    let ask = || {
        let answer = router.clone().oneshot(Request::new(Body::empty())).now_or_never();
        drop(answer.expect("nothing to wait for"));
    };
    ask();
    allocation_counter::measure(ask).count_total
}

#[tokio::test]
async fn it_costs_at_most_one_allocation_more_than_a_layer_that_does_nothing() {
    async fn plain() -> &'static str {
        "plain"
    }

    let fixture = Fixture::new().await;
    let bare = allocations(&Router::new().route("/", get(plain)).layer(Identity::new()));
    let ours = allocations(&fixture.databases.install(db::router().route("/", get(plain))));
    assert!(ours <= bare + 1, "{ours} allocations with the layer, {bare} with an empty one");
}

#[tokio::test]
async fn a_session_that_runs_no_statement_takes_no_connection() {
    async fn looked(session: db::main::Session) -> String {
        let main = db::main::session().expect("the handler is in a scope");
        format!("{}{}", session.key(), main.key())
    }

    let fixture = Fixture::new().await;
    let pool = fixture.databases.main().pool();
    // With every connection taken, a handler that took one would wait.
    let mut taken = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        taken.push(pool.acquire().await.expect("a connection"));
    }
    let client = fixture.serve(db::router().route("/", get(looked))).await;
    assert_eq!(client.get("/").await.body, "mainmain");
}
