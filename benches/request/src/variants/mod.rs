//! The handlers of every variant. Included once for each backend: `super` is the backend.

#[path = "by_hand.rs"]
mod by_hand;
#[path = "pool.rs"]
mod pool;
#[path = "sea.rs"]
mod sea;
#[path = "session.rs"]
mod session;
#[path = "sqlx_tx.rs"]
mod sqlx_tx;

use anyhow::Result;
use axum::Router;
use axum::routing::get;
use tower::layer::util::Identity;

use super::{Db, Place, Pool, one, pool_options, sea_orm, three};
use crate::setup::{Setup, Variant, connections};

/// A handler that uses no database.
async fn none() -> &'static str {
    "nothing"
}

fn router_without_database<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/none", get(none))
}

/// The router of a variant, with its pools connected.
pub(crate) async fn router(place: &Place, setup: Setup) -> Result<Router> {
    if matches!(setup.variant, Variant::Extractor | Variant::Context) {
        return session::router(place, setup).await;
    }
    let mut pools = Vec::new();
    for options in place.options() {
        let pool = pool_options()
            .max_connections(connections()?)
            .test_before_acquire(setup.variant != Variant::ByHandUntested)
            .connect_with(options)
            .await?;
        pools.push(pool);
    }
    Ok(match setup.variant {
        Variant::Pool => pool::router(pools),
        Variant::ByHand | Variant::ByHandUntested => by_hand::router(pools),
        Variant::Identity => by_hand::router(pools).layer(Identity::new()),
        Variant::SqlxTx => sqlx_tx::router(pools),
        Variant::SeaOrm => sea::router(pools.into_iter().map(sea_orm).collect()),
        Variant::Extractor | Variant::Context => unreachable!("made above"),
    })
}
