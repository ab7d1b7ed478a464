//! What a client is told when a scope could not commit, or when a handler returns our error: a
//! status and one generic sentence, never SQL, a key or an address.

use std::sync::Arc;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use crate::error::{Error, ErrorKind};

/// Makes the response to a request whose commit failed.
///
/// Every `Fn(&Error) -> Response<B>` does.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot make a response with the body `{B}`",
    note = "say how with `layer.on_failure(|error: &bindery_runtime::Error| ...)`, which returns a response with the same body as the service"
)]
pub trait OnFailure<B> {
    /// Whether somebody chose this response. Of nested layers the innermost chosen one holds.
    const CHOSEN: bool = true;

    /// The response in place of the handler's.
    fn respond(&self, error: &Error) -> Response<B>;
}

impl<F, B> OnFailure<B> for F
where
    F: Fn(&Error) -> Response<B>,
{
    fn respond(&self, error: &Error) -> Response<B> {
        self(error)
    }
}

/// What an inner layer would answer, on its way to the layer that ends the scope.
struct Chosen<B>(Arc<Respond<B>>);

type Respond<B> = dyn Fn(&Error) -> Response<B> + Send + Sync;

impl<B> Clone for Chosen<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Sends `failure` along with the response, unless one further in was sent.
pub(super) fn send_along<B, F>(failure: &F, response: &mut Response<B>)
where
    B: 'static,
    F: OnFailure<B> + Clone + Send + Sync + 'static,
{
    if F::CHOSEN && response.extensions().get::<Chosen<B>>().is_none() {
        let failure = failure.clone();
        let chosen = Chosen::<B>(Arc::new(move |error| failure.respond(error)));
        response.extensions_mut().insert(chosen);
    }
}

/// Replaces a response whose commit failed: in the words that came along with it if there are
/// some, otherwise in those of `failure`.
pub(super) fn replace<B: 'static>(
    response: &Response<B>,
    failure: &impl OnFailure<B>,
    error: &Error,
) -> Response<B> {
    match response.extensions().get::<Chosen<B>>() {
        Some(Chosen(respond)) => respond(error),
        None => failure.respond(error),
    }
}

/// The failure response of a new [`Layer`](super::Layer): `application/problem+json` (RFC 9457).
///
/// 503 when trying later can help ([`Error::is_unavailable`]); 403, 404, 409 and 422 for what a model
/// or its policy refused: not allowed, no such row, a conflict, a reference or a row that somebody
/// else changed, a value that is not allowed; otherwise 500. [`Error::detail`] takes the place of the
/// generic sentence, and [`Error::field`] comes beside it. It works for every body that can be made
/// from texts, as those of axum, `http-body-util` and `String`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Problem;

/// What a client is told of a kind of error: `detail` unless the error says more.
struct Answer {
    status: StatusCode,
    title: &'static str,
    detail: &'static str,
    /// All of it as JSON.
    body: &'static str,
}

macro_rules! problem {
    ($status:literal, $title:literal, $detail:literal) => {
        Answer {
            status: match StatusCode::from_u16($status) {
                Ok(status) => status,
                Err(_) => panic!("a status"),
            },
            title: $title,
            detail: $detail,
            body: concat!(
                r#"{"type":"about:blank","title":""#,
                $title,
                r#"","status":"#,
                $status,
                r#","detail":""#,
                $detail,
                r#""}"#
            ),
        }
    };
}

const UNAVAILABLE: Answer = problem!(
    503,
    "Service Unavailable",
    "The service cannot answer at the moment. Please try again later."
);
const INTERNAL: Answer =
    problem!(500, "Internal Server Error", "The request could not be completed.");
const FORBIDDEN: Answer = problem!(403, "Forbidden", "This is not allowed.");
const NOT_FOUND: Answer = problem!(404, "Not Found", "There is no such entry.");
const CONFLICT: Answer =
    problem!(409, "Conflict", "An entry with one of these values already exists.");
const REFERENCE: Answer = problem!(
    409,
    "Conflict",
    "Another entry is missing that this one refers to, or still refers to this one."
);
const STALE: Answer = problem!(409, "Conflict", "The entry was changed meanwhile.");
const CURSOR: Answer = problem!(400, "Bad Request", "The cursor is not one of this list.");
const INVALID: Answer = problem!(422, "Unprocessable Content", "A value is not allowed.");

fn answer(error: &Error) -> Answer {
    match error.kind() {
        ErrorKind::Forbidden => FORBIDDEN,
        ErrorKind::NotFound => NOT_FOUND,
        ErrorKind::Conflict => CONFLICT,
        ErrorKind::ForeignKey => REFERENCE,
        ErrorKind::Stale => STALE,
        ErrorKind::InvalidCursor => CURSOR,
        ErrorKind::InvalidValue => INVALID,
        _ if error.is_unavailable() => UNAVAILABLE,
        _ => INTERNAL,
    }
}

impl Answer {
    /// The body with what the error tells of itself.
    fn telling(&self, error: &Error) -> String {
        let (title, status) = (self.title, self.status.as_u16());
        let mut body =
            format!(r#"{{"type":"about:blank","title":"{title}","status":{status},"detail":""#);
        escape(error.detail().unwrap_or(self.detail), &mut body);
        body.push('"');
        if let Some(field) = error.field() {
            body.push_str(r#","field":""#);
            escape(field, &mut body);
            body.push('"');
        }
        body.push('}');
        body
    }
}

/// Adds `text` as the inside of a string of JSON.
fn escape(text: &str, json: &mut String) {
    use std::fmt::Write as _;

    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            control if control < ' ' => {
                // Writing to a String does not fail.
                let _ = write!(json, "\\u{:04x}", u32::from(control));
            }
            other => json.push(other),
        }
    }
}

impl<B: From<&'static str> + From<String>> OnFailure<B> for Problem {
    const CHOSEN: bool = false;

    fn respond(&self, error: &Error) -> Response<B> {
        let answer = answer(error);
        let says_more = error.detail().is_some() || error.field().is_some();
        let body = if says_more { B::from(answer.telling(error)) } else { B::from(answer.body) };
        let mut response = Response::new(body);
        *response.status_mut() = answer.status;
        let problem = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, problem);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_learns_the_status_and_nothing_of_the_error() {
        let error = Error::new(ErrorKind::CommitFailed, "main", "duplicate key in table secrets");
        let response: Response<String> = Problem.respond(&error);

        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert!(!response.body().contains("main") && !response.body().contains("secrets"));
    }

    #[test]
    fn a_database_that_is_away_is_worth_another_try() {
        let error = Error::new(ErrorKind::AcquireTimeout, "main", "no connection was free");
        let response: Response<String> = Problem.respond(&error);

        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.body().contains(r#""status":503"#));
    }

    #[test]
    fn what_a_model_refused_is_the_fault_of_the_request() {
        for (kind, status) in [
            (ErrorKind::NotFound, 404),
            (ErrorKind::Conflict, 409),
            (ErrorKind::ForeignKey, 409),
            (ErrorKind::InvalidCursor, 400),
            (ErrorKind::InvalidValue, 422),
            (ErrorKind::Stale, 409),
            (ErrorKind::Forbidden, 403),
            (ErrorKind::MoreThanOne, 500),
        ] {
            let error = Error::new(kind, "main", "table `secrets`");
            let response: Response<String> = Problem.respond(&error);

            assert_eq!(response.status(), status);
            assert!(!response.body().contains("secrets"));
            assert!(response.body().contains(&format!(r#""status":{status}"#)));
        }
    }

    #[test]
    fn what_is_meant_for_the_client_is_told_as_json() {
        let detail = "say \"no\" to\n\t\u{1} C:\\ <b> é 😀";
        let error = Error::new(ErrorKind::InvalidValue, "main", "table `secrets`")
            .with_field("title")
            .with_detail(detail);
        let response: Response<String> = Problem.respond(&error);
        let body: serde_json::Value = serde_json::from_str(response.body()).expect("JSON");

        assert_eq!(response.status(), 422);
        assert_eq!(
            body,
            serde_json::json!({
                "type": "about:blank",
                "title": "Unprocessable Content",
                "status": 422,
                "detail": detail,
                "field": "title",
            })
        );
    }

    #[test]
    fn a_field_alone_keeps_the_generic_sentence() {
        let error = Error::new(ErrorKind::InvalidValue, "main", "table `secrets`");
        let response: Response<String> = Problem.respond(&error.with_field("title"));
        let body: serde_json::Value = serde_json::from_str(response.body()).expect("JSON");

        assert_eq!(body["detail"], "A value is not allowed.");
        assert_eq!(body["field"], "title");
    }
}
