//! Bodies of requests: JSON of a bounded size, an object for one row and an array for many.
//!
//! What is wrong with one is axum's to find; here it is put into words.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};

use super::problem::{Refusal, Status};
use crate::error::Error;
use crate::model::{Mixin, NewOf, Resource, SessionOf};

/// Makes a row to add of the body of a request.
///
/// Where the body can say all that a row needs, every [`Mixin`] has it. Where it cannot, because a
/// column is only read or hidden and has no default, a type of your own supplies the rest:
///
/// ```
/// # use bindery_runtime::{Error, model::{self, Mixin, Resource, SessionOf}};
/// use bindery_runtime::axum::AddBody;
/// # #[derive(serde::Deserialize)]
/// # struct AddNote { title: String }
/// # struct NewNote { title: String, author_id: i64 }
/// # impl AddNote {
/// #     fn with(self, author_id: i64) -> NewNote { NewNote { title: self.title, author_id } }
/// # }
/// # async fn signed_in() -> Result<i64, Error> { Ok(7) }
/// # trait IsNote: Resource<Add = AddNote, New = NewNote> {}
/// # struct OwnNotes<Note>(std::marker::PhantomData<fn() -> Note>);
/// # impl<Note: IsNote> Mixin for OwnNotes<Note> { type Model = Note; }
///
/// # /*
/// impl AddBody for OwnNotes {
/// # */
/// # trait Own: Mixin { async fn new_row(&self, _: &SessionOf<Self>, _: AddNote) -> Result<NewNote, Error>; }
/// # impl<Note: IsNote> Own for OwnNotes<Note> {
///     async fn new_row(&self, _: &SessionOf<Self>, body: AddNote) -> Result<NewNote, Error> {
///         Ok(body.with(signed_in().await?))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the body of a request does not say all that a row of `{Self}` needs",
    label = "something is missing",
    note = "a column without a default that HTTP only reads or does not see has to come from the application: implement `AddBody` for the type that has the operations, with `body.with(…)`"
)]
pub trait AddBody: Mixin<Model: Resource> {
    /// The row that this body asks for.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the request; nothing is added.
    fn new_row(
        &self,
        session: &SessionOf<Self>,
        body: <Self::Model as Resource>::Add,
    ) -> impl Future<Output = Result<NewOf<Self>, Error>> + Send;
}

// Where the body is not complete, the words above say more than a missing `From`.
#[diagnostic::do_not_recommend]
impl<X> AddBody for X
where
    X: Mixin<Model: Resource>,
    NewOf<X>: From<<X::Model as Resource>::Add>,
{
    async fn new_row(
        &self,
        _: &SessionOf<Self>,
        body: <Self::Model as Resource>::Add,
    ) -> Result<NewOf<Self>, Error> {
        Ok(body.into())
    }
}

/// The body of a request, of at most `limit` bytes whatever layers say.
pub(super) async fn read<T: DeserializeOwned>(
    mut request: Request,
    limit: usize,
) -> Result<T, Refusal> {
    DefaultBodyLimit::max(limit).apply(&mut request);
    match Json::from_request(request, &()).await {
        Ok(Json(body)) => Ok(body),
        Err(rejection) => Err(refusal(&rejection, limit)),
    }
}

fn refusal(rejection: &JsonRejection, limit: usize) -> Refusal {
    let (status, detail) = match rejection {
        JsonRejection::JsonDataError(error) => {
            (Status::Unprocessable, format!("The body is not as it should be: {}.", reason(error)))
        }
        JsonRejection::JsonSyntaxError(error) => {
            (Status::BadRequest, format!("The body is not JSON: {}.", reason(error)))
        }
        JsonRejection::MissingJsonContentType(_) => (
            Status::UnsupportedMediaType,
            "The body has to be JSON, and `Content-Type` has to say so: `application/json`."
                .to_owned(),
        ),
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            (Status::TooLarge, format!("The body may have at most {limit} bytes."))
        }
        _ => (Status::BadRequest, "The body could not be read to its end.".to_owned()),
    };
    Refusal::Request(status, detail.into())
}

/// What serde found: the field and the reason, without axum's words around them. It quotes the body,
/// which may be long.
fn reason(error: &dyn std::error::Error) -> String {
    const LONGEST: usize = 400;

    let mut reason = error.source().unwrap_or(error).to_string();
    if reason.len() > LONGEST {
        reason.truncate(reason.floor_char_boundary(LONGEST));
        reason.push('…');
    }
    reason
}

/// An object. A struct of serde's would be read from an array as well, its fields in their order.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

/// An array of objects.
#[derive(Debug)]
pub(super) struct Objects<T>(pub(super) Vec<T>);

/// An object or an array of objects.
#[derive(Debug)]
pub(super) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Read<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Read(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Objects<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Read<T> {
            type Value = Objects<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of objects")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                objects(seq).map(Objects)
            }
        }

        deserializer.deserialize_seq(Read(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Read<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or an array of objects")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(OneOrMany::One)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                objects(seq).map(OneOrMany::Many)
            }
        }

        deserializer.deserialize_any(Read(PhantomData))
    }
}

fn objects<'de, T, A>(mut seq: A) -> Result<Vec<T>, A::Error>
where
    T: Deserialize<'de>,
    A: SeqAccess<'de>,
{
    let mut objects = Vec::new();
    while let Some(Object(object)) = seq.next_element()? {
        objects.push(object);
    }
    Ok(objects)
}
