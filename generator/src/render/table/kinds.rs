//! What each type of column is in Rust.

use super::names::Names;
use crate::model::{Backend, TimeCrate, table::ColumnType};

/// The type of a value.
pub(super) fn value(names: &Names, time: TimeCrate, kind: &ColumnType) -> String {
    match (kind, time) {
        (ColumnType::Bool, _) => "bool",
        (ColumnType::I16, _) => "i16",
        (ColumnType::I32, _) => "i32",
        (ColumnType::I64, _) => "i64",
        (ColumnType::F32, _) => "f32",
        (ColumnType::F64, _) => "f64",
        (ColumnType::Text { .. }, _) => names.string,
        (ColumnType::Bytes, _) => return format!("{}<u8>", names.vec),
        (ColumnType::Uuid, _) => "types::Uuid",
        (ColumnType::Date, TimeCrate::Chrono) => "types::chrono::NaiveDate",
        (ColumnType::Time, TimeCrate::Chrono) => "types::chrono::NaiveTime",
        (ColumnType::DateTime, TimeCrate::Chrono) => "types::chrono::NaiveDateTime",
        (ColumnType::Timestamp, TimeCrate::Chrono) => "types::chrono::DateTime<types::chrono::Utc>",
        (ColumnType::Date, TimeCrate::Time) => "types::time::Date",
        (ColumnType::Time, TimeCrate::Time) => "types::time::Time",
        (ColumnType::DateTime, TimeCrate::Time) => "types::time::PrimitiveDateTime",
        (ColumnType::Timestamp, TimeCrate::Time) => "types::time::OffsetDateTime",
        (ColumnType::Json, _) => "types::JsonValue",
        (ColumnType::Decimal { .. }, _) => "types::Decimal",
        (ColumnType::Custom { rust }, _) => rust,
        (ColumnType::Enum(words), _) => &words.type_name,
    }
    .to_owned()
}

/// What stands between a value and the database, where it is not kept as it is.
pub(super) fn codec(backend: Backend, kind: &ColumnType) -> Option<String> {
    let name = match kind {
        ColumnType::F32 | ColumnType::F64 if backend != Backend::Postgres => "Finite",
        ColumnType::Enum(_) => "AsWord",
        ColumnType::Date => "Day",
        ColumnType::Timestamp => "Moment",
        ColumnType::DateTime => "LocalMoment",
        ColumnType::Time => "Hour",
        ColumnType::Decimal { precision, scale } => {
            return Some(format!("Fixed<{precision}, {scale}>"));
        }
        _ => return None,
    };
    Some(name.to_owned())
}

/// Whether the type is one of those that sqlx re-exports.
pub(super) fn is_foreign(kind: &ColumnType) -> bool {
    matches!(kind, ColumnType::Uuid | ColumnType::Json | ColumnType::Decimal { .. })
        || is_time(kind)
}

/// Whether the type is of the crate for dates and times.
pub(super) fn is_time(kind: &ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::Date | ColumnType::Time | ColumnType::DateTime | ColumnType::Timestamp
    )
}

/// Whether a value is copied by itself. Of a type of the application nobody knows.
pub(super) fn is_copy(kind: &ColumnType) -> bool {
    !matches!(
        kind,
        ColumnType::Text { .. } | ColumnType::Bytes | ColumnType::Json | ColumnType::Custom { .. }
    )
}
