//! Versions of rows as entity tags: `ETag`, `If-Match` and `If-None-Match` (RFC 9110).
//!
//! The tag of a row is its version, `"3"`. A model that does not count changes has no tags, so a
//! request that names one is about something else.

use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};

use super::problem::Refusal;
use crate::error::{Error, ErrorKind};
use crate::model::{self, Model, On};

/// No row has it: versions are counted from 1.
const OF_NO_ROW: i64 = i64::MIN;

/// The tag of a row, if it counts its changes.
pub(super) fn tag<M: Model>(row: &M) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("\"{}\"", row.version()?)).ok()
}

/// What a request says about the row as its sender knows it.
#[derive(Debug, PartialEq, Eq)]
enum Condition {
    /// Nothing.
    Absent,
    /// It is there: `*`.
    Any,
    /// It has one of these versions. Tags that are no version are left out.
    OneOf(Vec<i64>),
}

impl Condition {
    /// Weak tags (`W/"3"`) do not identify a row's very bytes, so that only some headers take them.
    fn read(headers: &HeaderMap, name: HeaderName, takes_weak: bool) -> Self {
        let mut versions = None::<Vec<i64>>;
        for value in headers.get_all(name) {
            for tag in value.as_bytes().split(|byte| *byte == b',') {
                let tag = tag.trim_ascii();
                if tag == b"*" {
                    return Self::Any;
                }
                let weak = tag.strip_prefix(b"W/").filter(|_| takes_weak);
                versions.get_or_insert_default().extend(version(weak.unwrap_or(tag)));
            }
        }
        versions.map_or(Self::Absent, Self::OneOf)
    }
}

/// The version that a tag names.
fn version(tag: &[u8]) -> Option<i64> {
    let digits = tag.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    str::from_utf8(digits).ok()?.parse().ok()
}

/// Which version of its row a change is for.
#[derive(Debug)]
pub(super) struct IfMatch(Condition);

impl IfMatch {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self(Condition::read(headers, IF_MATCH, false))
    }

    /// The one version that the change has to find, if it matters. Of several the row's own is
    /// taken; of none that it could have, one that no row has, so that the change tells whether the
    /// row is there.
    pub(super) async fn version<M: Model>(
        &self,
        on: impl On<M::Bind>,
        key: &M::Key,
    ) -> Result<Option<i64>, Refusal> {
        let versions = match &self.0 {
            Condition::Absent | Condition::Any => return Ok(None),
            Condition::OneOf(versions) => versions,
        };
        if M::COUNTED.is_none() {
            model::view::<M>(on, key.clone()).await?;
            return Err(Refusal::precondition_failed());
        }
        Ok(Some(match versions[..] {
            [] => OF_NO_ROW,
            [version] => version,
            _ => match model::view::<M>(on, key.clone()).await {
                Ok(row) => row.version().filter(|known| versions.contains(known)),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(error.into()),
            }
            .unwrap_or(OF_NO_ROW),
        }))
    }

    /// A row of another version than the header asked for is 412; without the header it was the
    /// body that asked.
    pub(super) fn explain(&self, error: Error) -> Refusal {
        match (error.kind(), &self.0) {
            (ErrorKind::Stale, Condition::OneOf(_)) => Refusal::precondition_failed(),
            _ => error.into(),
        }
    }
}

/// Whether the sender of a request has this row already.
pub(super) fn is_known<M: Model>(headers: &HeaderMap, row: &M) -> bool {
    let Some(version) = row.version() else {
        return false;
    };
    match Condition::read(headers, IF_NONE_MATCH, true) {
        Condition::Absent => false,
        Condition::Any => true,
        Condition::OneOf(versions) => versions.contains(&version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str], takes_weak: bool) -> Condition {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IF_MATCH, HeaderValue::from_static(value));
        }
        Condition::read(&headers, IF_MATCH, takes_weak)
    }

    #[test]
    fn tags_are_versions_in_quotes() {
        assert_eq!(read(&[], false), Condition::Absent);
        assert_eq!(read(&["*"], false), Condition::Any);
        assert_eq!(read(&["\"3\""], false), Condition::OneOf(vec![3]));
        assert_eq!(read(&["\"3\" , \"4\"", "\"5\""], false), Condition::OneOf(vec![3, 4, 5]));
        assert_eq!(read(&["W/\"3\""], true), Condition::OneOf(vec![3]));
        for foreign in ["W/\"3\"", "3", "\"abc\"", "\"\"", "", "\"99999999999999999999\""] {
            assert_eq!(read(&[foreign], false), Condition::OneOf(Vec::new()), "{foreign}");
        }
    }
}
