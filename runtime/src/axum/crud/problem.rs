//! What a client is told instead of what it asked for: every status that a crud route answers by
//! itself, as a problem (RFC 9457). Errors of the operation have their words in
//! [`layer`](crate::layer).

use std::borrow::Cow;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::error::{Error, ErrorKind};

/// Why a request has no other answer.
#[derive(Debug)]
pub enum Refusal {
    /// The request is at fault, and what about it.
    Request(Status, Cow<'static, str>),
    /// The operation failed.
    Operation(Error),
}

/// The statuses of refused requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    BadRequest,
    MethodNotAllowed,
    PreconditionFailed,
    TooLarge,
    UnsupportedMediaType,
    Unprocessable,
}

impl Status {
    /// The status with its title.
    fn known(self) -> (StatusCode, &'static str) {
        match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, "Bad Request"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
            Self::PreconditionFailed => (StatusCode::PRECONDITION_FAILED, "Precondition Failed"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Content Too Large"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type")
            }
            Self::Unprocessable => (StatusCode::UNPROCESSABLE_ENTITY, "Unprocessable Content"),
        }
    }
}

impl Refusal {
    /// 400: what about the request is not understood, and what would be.
    pub(super) fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Request(Status::BadRequest, detail.into())
    }

    /// 412: the row is not of a version that the request names.
    pub(super) fn precondition_failed() -> Self {
        Self::Request(
            Status::PreconditionFailed,
            "The entry is not of the version that `If-Match` names: it was changed, or has none."
                .into(),
        )
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Operation(error)
    }
}

/// The members of a problem.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::Request(status, detail) => (status, detail),
            Self::Operation(error) => return error.into_response(),
        };
        let (status, title) = status.known();
        tracing::debug!(status = status.as_u16(), %detail, "a request was refused");
        let problem =
            Problem { r#type: "about:blank", title, status: status.as_u16(), detail: &detail };
        let mut response = (status, Json(problem)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response
    }
}

/// The answer to a method that a path does not have, for
/// [`method_not_allowed_fallback`](axum::Router::method_not_allowed_fallback): 405 as a problem.
/// axum adds the header `Allow`.
pub async fn method_not_allowed() -> Response {
    Refusal::Request(
        Status::MethodNotAllowed,
        "The path does not have this method; `Allow` names those that it has.".into(),
    )
    .into_response()
}

/// A row that cannot be written as JSON is a fault of the application: its words are for the log.
pub(super) fn unwritable(key: &'static str) -> Error {
    Error::new(ErrorKind::Database, key, "a row cannot be written as JSON")
}
