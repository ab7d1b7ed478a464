//! Sessions: as an argument of the handler, and from the context.

use anyhow::Result;
use axum::Router;
use axum::routing::{get, post};

use super::{Place, one, router_without_database, three};
use crate::note::{BODY, INSERT, Note, SELECT, TITLE};
use crate::setup::{Setup, Variant};

pub(super) async fn router(place: &Place, setup: Setup) -> Result<Router> {
    let mut options = place.options();
    let mut next = || options.next().expect("there is a database for each bind");
    let context = setup.variant == Variant::Context;
    if setup.binds == 1 {
        let databases = one::Databases::builder().main(next()).connect().await?;
        Ok(databases.install(if context { of_one::context() } else { of_one::extractor() }))
    } else {
        let databases =
            three::Databases::builder().main(next()).second(next()).third(next()).connect().await?;
        Ok(databases.install(if context { of_three::context() } else { of_three::extractor() }))
    }
}

macro_rules! handlers {
    ($name:ident, $db:ident) => {
        mod $name {
            use super::*;

            pub(super) fn extractor() -> Router<$db::Installed> {
                router_without_database()
                    .route("/select", get(select))
                    .route("/insert", post(insert))
            }

            pub(super) fn context() -> Router<$db::Installed> {
                router_without_database()
                    .route("/select", get(select_in_context))
                    .route("/insert", post(insert_in_context))
            }

            async fn select(main: $db::main::Session) -> Result<String, $db::Error> {
                let note: Note = sqlx::query_as(SELECT).bind(1_i64).fetch_one(&main).await?;
                Ok(note.title)
            }

            async fn insert(main: $db::main::Session) -> Result<String, $db::Error> {
                let id: i64 =
                    sqlx::query_scalar(INSERT).bind(TITLE).bind(BODY).fetch_one(&main).await?;
                let note: Note = sqlx::query_as(SELECT).bind(id).fetch_one(&main).await?;
                Ok(note.title)
            }

            async fn select_in_context() -> Result<String, $db::Error> {
                let main = $db::main::session()?;
                let note: Note = sqlx::query_as(SELECT).bind(1_i64).fetch_one(&main).await?;
                Ok(note.title)
            }

            async fn insert_in_context() -> Result<String, $db::Error> {
                let main = $db::main::session()?;
                let id: i64 =
                    sqlx::query_scalar(INSERT).bind(TITLE).bind(BODY).fetch_one(&main).await?;
                let note: Note = sqlx::query_as(SELECT).bind(id).fetch_one(&main).await?;
                Ok(note.title)
            }
        }
    };
}
handlers!(of_one, one);
handlers!(of_three, three);
