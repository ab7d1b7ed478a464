//! The same structs twice, once with serde's derives: whatever is read and written, both do the same.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::model;
use crate::model::{Change, Word};

#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
enum Status {
    Draft,
    Done,
}

impl Word for Status {
    const ALL: &'static [Self] = &[Self::Draft, Self::Done];

    fn word(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Done => "Done",
        }
    }
}

/// Both structs of a name, one in each module.
macro_rules! twice {
    ($name:ident $($strict:ident)? {
        $($(#[$attribute:meta])* $field:ident: $type:ty = $how:ident $($iso:ident)?),* $(,)?
    }) => {
        #[allow(dead_code, reason = "`Debug` looks at every field")]
        mod derived {
            use super::*;

            #[derive(Debug, Deserialize, Serialize)]
            $(#[serde($strict)])?
            pub(super) struct $name { $($(#[$attribute])* pub(super) $field: $type),* }
        }

        #[allow(dead_code, reason = "`Debug` looks at every field")]
        mod ours {
            use super::*;

            #[derive(Debug)]
            pub(super) struct $name { $(pub(super) $field: $type),* }

            twice!(@record $name $($strict)? { $($field($how $($iso)?)),* });
        }
    };
    (@record $name:ident { $($fields:tt)* }) => {
        model::record! { $name { $($fields)* } }
    };
    (@record $name:ident deny_unknown_fields { $($fields:tt)* }) => {
        model::record! { $name strict { $($fields)* } }
    };
}

/// Reads the text as both, and writes what was read.
fn compare<A, B>(text: &str)
where
    A: Debug + DeserializeOwned + Serialize,
    B: Debug + DeserializeOwned + Serialize,
{
    let derived = serde_json::from_str::<A>(text);
    let ours = serde_json::from_str::<B>(text);
    assert_eq!(format!("{derived:?}"), format!("{ours:?}"), "{text}");
    if let (Ok(derived), Ok(ours)) = (derived, ours) {
        let written = |value: Result<String, serde_json::Error>| value.expect("JSON");
        let derived = written(serde_json::to_string(&derived));
        assert_eq!(derived, written(serde_json::to_string(&ours)), "{text}");
    }
}

mod rows {
    use super::*;

    twice! {
        Note {
            id: i64 = field,
            kind: Option<String> = field,
            status: Status = field,
            #[serde(skip_serializing)] secret: Option<i32> = hidden,
        }
    }

    #[test]
    fn a_row_is_read_and_written_as_if_it_were_derived() {
        for text in [
            r#"{"id": 1, "kind": "a", "status": "Done", "secret": 7}"#,
            r#"{"secret": null, "status": "Draft", "id": -1}"#,
            r#"{"status": "Draft", "more": {"id": [1, {}]}, "id": 1, "kind": null}"#,
            "{}",
            r#"{"id": 1}"#,
            r#"{"kind": "a", "status": "Done"}"#,
            r#"{"id": 1, "id": 1, "status": "Done"}"#,
            r#"{"id": 1, "kind": null, "kind": null, "status": "Done"}"#,
            r#"{"id": "1", "status": "Done"}"#,
            r#"{"status": "Done", "kind": 3, "id": 9}"#,
            r#"{"id": 1, "status": "none"}"#,
            r#"{"id": 1.5, "status": "Done"}"#,
            r#"{"id": 1, "status": "Done""#,
            r#"{"id": 1, "status": "Done",}"#,
            r#"[1, "a", "Done", 7]"#,
            r#"[1, null, "Done"]"#,
            r#"[1, null, "Done", null, 5]"#,
            "[]",
            "[1",
            "[1, 2]",
            "null",
            "7",
            r#""text""#,
        ] {
            compare::<derived::Note, ours::Note>(text);
        }
    }
}

mod patches {
    use super::*;

    twice! {
        NotePatch deny_unknown_fields {
            #[serde(default, skip_serializing_if = "Change::is_keep")]
            title: Change<String> = change,
            #[serde(default, skip_serializing_if = "Change::is_keep")]
            body: Change<Option<String>> = change,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            version: Option<i64> = some,
        }
    }

    #[test]
    fn a_patch_is_read_and_written_as_if_it_were_derived() {
        for text in [
            "{}",
            r#"{"title": "a"}"#,
            r#"{"body": null}"#,
            r#"{"body": "b", "title": "a", "version": 3}"#,
            r#"{"version": null}"#,
            r#"{"title": null}"#,
            r#"{"title": "a", "colour": 1}"#,
            r#"{"colour": 1, "title": 5}"#,
            r#"{"body": null, "body": null}"#,
            r#"{"title": 5, "colour": 1}"#,
            r#"["a"]"#,
            "[]",
        ] {
            compare::<derived::NotePatch, ours::NotePatch>(text);
        }
    }
}

// The compiler tells of unused things in macros of this crate alone.
#[allow(unused_mut, unused_variables, reason = "there are no fields")]
mod empty {
    use super::*;

    twice! { Nothing deny_unknown_fields {} }

    #[test]
    fn a_struct_without_fields_is_read_and_written_as_if_it_were_derived() {
        for text in ["{}", r#"{"a": 1}"#, "[]", "[1]", "null"] {
            compare::<derived::Nothing, ours::Nothing>(text);
        }
    }
}

#[cfg(feature = "time")]
mod dates {
    use time::{Date, OffsetDateTime};

    use super::*;

    twice! {
        Event {
            #[serde(with = "crate::model::iso")]
            on: Date = field iso,
            #[serde(with = "crate::model::iso", default)]
            until: Option<Date> = field iso,
            #[serde(with = "crate::model::iso", default, skip_serializing_if = "Change::is_keep")]
            at: Change<OffsetDateTime> = change iso,
        }
    }

    #[test]
    fn dates_are_read_and_written_as_if_they_were_derived() {
        for text in [
            r#"{"on": "2026-03-01", "until": null, "at": "2026-03-01T10:00:00Z"}"#,
            r#"{"on": "2026-03-01"}"#,
            r#"{"until": "2026-03-01"}"#,
            r#"{"on": null}"#,
            r#"{"on": "yesterday"}"#,
            r#"{"on": "2026-03-01", "at": null}"#,
        ] {
            compare::<derived::Event, ours::Event>(text);
        }
    }
}
