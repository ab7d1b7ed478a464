//! About how many bytes a value takes on its way to the database.
//!
//! Servers take packets of a few megabytes (`max_allowed_packet` of MySQL, 16 MB by default on
//! MariaDB), and drop the connection when one is larger. sqlx does not tell how much it is about to
//! send, so the types that can be large are looked at here.

use std::any::Any;

/// What everything counts at least; no other type is much larger.
const SMALL: usize = 16;

/// About how many bytes `value` takes.
pub(super) fn weight<T: 'static>(value: &T) -> usize {
    let value: &dyn Any = value;
    let large = if let Some(text) = value.downcast_ref::<String>() {
        text.len()
    } else if let Some(bytes) = value.downcast_ref::<Vec<u8>>() {
        bytes.len()
    } else {
        json(value)
    };
    SMALL + large
}

#[cfg(feature = "json")]
fn json(value: &dyn Any) -> usize {
    use sqlx::types::JsonValue;

    fn tree(value: &JsonValue) -> usize {
        match value {
            JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) => SMALL,
            JsonValue::String(text) => SMALL + text.len(),
            JsonValue::Array(items) => SMALL + items.iter().map(tree).sum::<usize>(),
            JsonValue::Object(fields) => {
                SMALL + fields.iter().map(|(name, value)| name.len() + tree(value)).sum::<usize>()
            }
        }
    }

    value.downcast_ref::<JsonValue>().map_or(0, tree)
}

#[cfg(not(feature = "json"))]
fn json(_value: &dyn Any) -> usize {
    0
}
