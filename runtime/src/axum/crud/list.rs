//! Handlers for many rows.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::LINK;
use axum::response::Response;
use serde::Serialize;

use super::body::{self, AddBody, Objects, OneOrMany};
use super::links::{self, Links};
use super::problem::Refusal;
use super::query::ListQuery;
use super::unit::{add, json, original_uri};
use super::{Operation, session};
use crate::error::{Error, ErrorKind};
use crate::model::{self, Cursor, KeysetPage, ListView, Page, Paging, Resource, UnitAdd};

/// Reads a page of rows.
#[derive(Debug)]
pub enum List {}

/// Adds rows.
#[derive(Debug)]
pub enum ListAdd {}

/// Adds a row or rows.
#[derive(Debug)]
pub enum AddOneOrMany {}

/// A page by its number.
#[derive(Serialize)]
struct Numbered<'a, M> {
    items: &'a [M],
    page: u64,
    size: u32,
    next: Option<&'a str>,
    previous: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
}

/// A page by the row it begins at.
#[derive(Serialize)]
struct Following<'a, M> {
    items: &'a [M],
    size: u32,
    next: Option<&'a str>,
    previous: Option<&'a str>,
}

/// How many rows were added.
#[derive(Serialize)]
struct Added {
    rows: u64,
}

impl<X: ListView<Model: Resource>> Operation<X> for List {
    async fn answer(mixin: X, request: Request) -> Result<Response, Refusal> {
        let query = ListQuery::<X::Model>::read(request.uri())?;
        let mut usual = mixin.list_order();
        if usual.is_empty() {
            usual = X::Model::default_order();
        }
        let list = query.list(usual);
        let session = session::<X>()?;
        let uri = original_uri(&request);
        let links = Links::of(&uri);
        match X::Model::PAGING {
            Paging::Offset => {
                let page = mixin.page(&session, list, query.page()?).await.map_err(of_the_query)?;
                let Page { items, page, size, next, previous, total } = page;
                let link = |page: u64| links.with("page", &page.to_string());
                let (next, previous) = (next.map(link), previous.map(link));
                let (next, previous) = (next.as_deref(), previous.as_deref());
                let body = Numbered { items: &items, page, size, next, previous, total };
                listed::<X::Model>(&body, next, previous)
            }
            Paging::Keyset => {
                let page =
                    mixin.keyset(&session, list, query.keyset()?).await.map_err(of_the_query)?;
                let KeysetPage { items, size, next, previous } = page;
                let link = |cursor: Cursor| links.with("cursor", &cursor.to_string());
                let (next, previous) = (next.map(link), previous.map(link));
                let (next, previous) = (next.as_deref(), previous.as_deref());
                let body = Following { items: &items, size, next, previous };
                listed::<X::Model>(&body, next, previous)
            }
        }
    }
}

impl<X: model::ListAdd + AddBody> Operation<X> for ListAdd {
    async fn answer(mixin: X, request: Request) -> Result<Response, Refusal> {
        let Objects(bodies) = body::read(request, X::Model::MAX_BODY).await?;
        add_all(&mixin, bodies).await
    }
}

impl<X: UnitAdd + model::ListAdd + AddBody> Operation<X> for AddOneOrMany {
    async fn answer(mixin: X, request: Request) -> Result<Response, Refusal> {
        let uri = original_uri(&request);
        match body::read(request, X::Model::MAX_BODY).await? {
            OneOrMany::One(body) => add(&mixin, &uri, body).await,
            OneOrMany::Many(bodies) => add_all(&mixin, bodies).await,
        }
    }
}

async fn add_all<X: model::ListAdd + AddBody>(
    mixin: &X,
    bodies: Vec<<X::Model as Resource>::Add>,
) -> Result<Response, Refusal> {
    let session = session::<X>()?;
    let mut new = Vec::with_capacity(bodies.len());
    for body in bodies {
        new.push(mixin.new_row(&session, body).await?);
    }
    let rows = mixin.list_add(&session, new).await?;
    json::<X::Model>(StatusCode::CREATED, &Added { rows })
}

/// A page, with its links in the header as well.
fn listed<M: Resource>(
    body: &impl Serialize,
    next: Option<&str>,
    previous: Option<&str>,
) -> Result<Response, Refusal> {
    let mut response = json::<M>(StatusCode::OK, body)?;
    if let Some(links) = links::header(next, previous) {
        response.headers_mut().insert(LINK, links);
    }
    Ok(response)
}

/// The values of a list are those of its query. What the application says about one is passed on.
fn of_the_query(error: Error) -> Refusal {
    if error.kind() != ErrorKind::InvalidValue {
        return error.into();
    }
    tracing::debug!(%error, "a query was refused");
    match error.detail() {
        Some(detail) => Refusal::bad_request(detail.to_owned()),
        None => Refusal::bad_request("A value of the query is none that its column can have."),
    }
}
