//! Sessions as extractors, and the error as a response.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::InstalledOn;
use crate::autocommit::Autocommit;
use crate::error::Error;
use crate::layer::{OnFailure, Problem};
use crate::session::Session;

/// The request's session of a bind with `middleware = true`; nothing is opened before its first
/// statement.
impl<B, S> FromRequestParts<S> for Session<B>
where
    B: InstalledOn<S>,
    S: Sync,
{
    type Rejection = Error;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Error> {
        crate::scope::session()
    }
}

/// The request's session without a transaction.
impl<B, S> FromRequestParts<S> for Autocommit<B>
where
    B: InstalledOn<S>,
    S: Sync,
{
    type Rejection = Error;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Error> {
        crate::scope::autocommit()
    }
}

/// A [`Problem`]: the status and one generic sentence. The error itself is logged, for the client
/// does not get to see it: as an error, or for debugging when it is the request's own fault.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let response: Response = Problem.respond(&self);
        let (key, kind) = (self.key(), self.kind());
        if response.status().is_client_error() {
            tracing::debug!(key, ?kind, error = %self, "a request was refused");
        } else {
            tracing::error!(key, ?kind, error = %self, "a request failed");
        }
        response
    }
}
