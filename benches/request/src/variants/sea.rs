//! SeaORM 2 on the same pool, with `begin` and `commit` in each handler.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use sea_orm::{ActiveModelTrait, DatabaseConnection, EntityTrait, Set, TransactionTrait};

use super::router_without_database;
use crate::note::{BODY, Failed, TITLE};

mod note {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notes")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub(super) id: i64,
        pub(super) title: String,
        pub(super) body: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) fn router(connections: Vec<DatabaseConnection>) -> Router {
    router_without_database()
        .route("/select", get(select))
        .route("/insert", post(insert))
        .with_state(Connections { connections: connections.into() })
}

#[derive(Clone)]
struct Connections {
    connections: std::sync::Arc<[DatabaseConnection]>,
}

async fn select(State(state): State<Connections>) -> Result<String, Failed> {
    let transaction = state.connections[0].begin().await?;
    let note = note::Entity::find_by_id(1).one(&transaction).await?;
    transaction.commit().await?;
    note.map(|note| note.title).ok_or_else(|| Failed::from("no such row"))
}

async fn insert(State(state): State<Connections>) -> Result<String, Failed> {
    let transaction = state.connections[0].begin().await?;
    let new = note::ActiveModel {
        title: Set(TITLE.to_owned()),
        body: Set(BODY.to_owned()),
        ..Default::default()
    };
    let id = new.insert(&transaction).await?.id;
    let note = note::Entity::find_by_id(id).one(&transaction).await?;
    transaction.commit().await?;
    note.map(|note| note.title).ok_or_else(|| Failed::from("no such row"))
}
