//! axum-sqlx-tx: a marker type, a state and a layer for each database.

use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post};
use axum_sqlx_tx::{Marker, State, Tx};

use super::{Db, Pool, router_without_database};
use crate::note::{BODY, Failed, INSERT, Note, SELECT, TITLE};

macro_rules! markers {
    ($($field:ident: $name:ident),+) => {
        $(
            #[derive(Debug)]
            struct $name;

            impl Marker for $name {
                type Driver = Db;
            }

            impl FromRef<Three> for State<$name> {
                fn from_ref(three: &Three) -> Self {
                    three.$field.clone()
                }
            }
        )+
    };
}
markers!(main: Main, second: Second, third: Third);

pub(super) fn router(pools: Vec<Pool>) -> Router {
    let mut pools = pools.into_iter();
    let main = pools.next().expect("there is at least one database");
    let (main, layer) = Tx::<Main>::setup(main);
    let (Some(second), Some(third)) = (pools.next(), pools.next()) else {
        return routes().layer(layer).with_state(main);
    };
    let (second, layer_of_second) = Tx::<Second>::setup(second);
    let (third, layer_of_third) = Tx::<Third>::setup(third);
    routes().layer(layer).layer(layer_of_second).layer(layer_of_third).with_state(Three {
        main,
        second,
        third,
    })
}

fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    State<Main>: FromRef<S>,
{
    router_without_database().route("/select", get(select)).route("/insert", post(insert))
}

#[derive(Clone)]
struct Three {
    main: State<Main>,
    second: State<Second>,
    third: State<Third>,
}

async fn select(mut tx: Tx<Main>) -> Result<String, Failed> {
    let note: Note = sqlx::query_as(SELECT).bind(1_i64).fetch_one(&mut tx).await?;
    Ok(note.title)
}

async fn insert(mut tx: Tx<Main>) -> Result<String, Failed> {
    let id: i64 = sqlx::query_scalar(INSERT).bind(TITLE).bind(BODY).fetch_one(&mut tx).await?;
    let note: Note = sqlx::query_as(SELECT).bind(id).fetch_one(&mut tx).await?;
    Ok(note.title)
}
