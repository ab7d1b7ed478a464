//! The key of a row in the path of a URL: read from the parameters of the route, written into
//! `Location`.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::binding::Binding;
use crate::error::{Error, ErrorKind};
use crate::model::{Model, Resource};

/// The key in the last parameters of the path. What is no key is the key of no row.
pub(super) async fn read<M: Resource>(parts: &mut Parts) -> Result<M::Key, Error> {
    let no_row = || Error::new(ErrorKind::NotFound, M::Bind::KEY, "the path has no key of a row");
    // Rejected where a parameter is no UTF-8, or where the route has none.
    let parameters = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| no_row())?;
    let texts: Vec<&str> = parameters.iter().map(|(_, text)| text).collect();
    let Some(start) = texts.len().checked_sub(M::KEY.len()) else {
        tracing::error!(
            key = M::Bind::KEY,
            columns = M::KEY.len(),
            "a crud route has fewer path parameters than the key has columns"
        );
        return Err(no_row());
    };
    let texts = &texts[start..];
    // Not every database compares with it, and none keeps it everywhere.
    if texts.iter().any(|text| text.contains('\0')) {
        return Err(no_row());
    }
    M::parse_key(texts).ok_or_else(no_row)
}

/// The path of a row below that of its collection.
pub(super) fn path_of<M: Model>(collection: &str, row: &M) -> Option<String> {
    let mut path = super::links::ascii(collection.trim_end_matches('/'));
    for column in M::KEY {
        path.push('/');
        path.push_str(&super::links::encoded(&row.text(*column)?));
    }
    Some(path)
}
