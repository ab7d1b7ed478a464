//! Handlers for one row.

use axum::Json;
use axum::extract::{OriginalUri, Request};
use axum::http::header::{ETAG, HeaderValue, LOCATION};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::body::{self, AddBody, Object};
use super::conditional::{self, IfMatch};
use super::problem::{self, Refusal};
use super::{Operation, key, session};
use crate::binding::Binding;
use crate::model::{Model, Resource, UnitAdd, UnitDelete, UnitEdit, UnitView};

/// Reads a row.
#[derive(Debug)]
pub enum View {}

/// Adds a row.
#[derive(Debug)]
pub enum Add {}

/// Changes a row.
#[derive(Debug)]
pub enum Edit {}

/// Deletes a row.
#[derive(Debug)]
pub enum Delete {}

impl<X: UnitView<Model: Resource>> Operation<X> for View {
    async fn answer(mixin: X, request: Request) -> Result<Response, Refusal> {
        let (mut parts, _) = request.into_parts();
        let key = key::read::<X::Model>(&mut parts).await?;
        let row = mixin.view(&session::<X>()?, key).await?;
        if conditional::is_known(&parts.headers, &row) {
            return Ok(tagged(&row, StatusCode::NOT_MODIFIED.into_response()));
        }
        shown(StatusCode::OK, &row)
    }
}

impl<X: UnitAdd + AddBody> Operation<X> for Add {
    async fn answer(mixin: X, request: Request) -> Result<Response, Refusal> {
        let uri = original_uri(&request);
        let Object(body) = body::read(request, X::Model::MAX_BODY).await?;
        add(&mixin, &uri, body).await
    }
}

/// Adds a row to the collection of a URI.
pub(super) async fn add<X: UnitAdd + AddBody>(
    mixin: &X,
    uri: &Uri,
    body: <X::Model as Resource>::Add,
) -> Result<Response, Refusal> {
    let session = session::<X>()?;
    let new = mixin.new_row(&session, body).await?;
    let row = mixin.add(&session, new).await?;
    let mut response = shown(StatusCode::CREATED, &row)?;
    let location = key::path_of(uri.path(), &row);
    if let Some(location) = location.and_then(|path| HeaderValue::try_from(path).ok()) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

impl<X: UnitEdit<Model: Resource>> Operation<X> for Edit {
    async fn answer(mixin: X, request: Request) -> Result<Response, Refusal> {
        let (mut parts, content) = request.into_parts();
        let key = key::read::<X::Model>(&mut parts).await?;
        let if_match = IfMatch::of(&parts.headers);
        let request = Request::from_parts(parts, content);
        let Object(body) =
            body::read::<Object<<X::Model as Resource>::Edit>>(request, X::Model::MAX_BODY).await?;
        let mut patch = body.into();
        let session = session::<X>()?;
        if let Some(version) = if_match.version::<X::Model>(&session, &key).await? {
            X::Model::expect(&mut patch, version);
        }
        let row = mixin.edit(&session, key, patch).await;
        shown(StatusCode::OK, &row.map_err(|error| if_match.explain(error))?)
    }
}

impl<X: UnitDelete<Model: Resource>> Operation<X> for Delete {
    async fn answer(mixin: X, request: Request) -> Result<Response, Refusal> {
        let (mut parts, _) = request.into_parts();
        let key = key::read::<X::Model>(&mut parts).await?;
        let if_match = IfMatch::of(&parts.headers);
        let session = session::<X>()?;
        let version = if_match.version::<X::Model>(&session, &key).await?;
        let deleted = mixin.delete(&session, key, version).await;
        deleted.map_err(|error| if_match.explain(error))?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }
}

/// The URI that the client asked for, with what routers around have taken off.
pub(super) fn original_uri(request: &Request) -> Uri {
    let original = request.extensions().get::<OriginalUri>();
    original.map_or_else(|| request.uri().clone(), |OriginalUri(uri)| uri.clone())
}

/// A row as the body of a response.
fn shown<M: Resource>(status: StatusCode, row: &M) -> Result<Response, Refusal> {
    json::<M>(status, row).map(|response| tagged(row, response))
}

/// Something with rows of `M` in it as the body of a response.
pub(super) fn json<M: Model>(
    status: StatusCode,
    body: &(impl serde::Serialize + ?Sized),
) -> Result<Response, Refusal> {
    let mut response = Json(body).into_response();
    // The words of such a failure are axum's response; they are not for the client.
    if response.status() != StatusCode::OK {
        return Err(problem::unwritable(M::Bind::KEY).into());
    }
    *response.status_mut() = status;
    Ok(response)
}

fn tagged<M: Model>(row: &M, mut response: Response) -> Response {
    if let Some(tag) = conditional::tag(row) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}
