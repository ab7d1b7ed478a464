//! The value of a column that a new row leaves out: as an expression, and in words.

use crate::{
    model::table::{Column, ColumnType, DefaultValue, Table},
    render::{docs::code, literal},
};

/// The value of a column that a new row left out.
pub(super) enum Default {
    /// A literal of text.
    Text(String),
    /// An expression that costs nothing.
    Value(String),
    /// A function. A closure would have braces or not, as its line is long or short.
    Made(&'static str),
}

impl Default {
    pub(super) fn new(table: &Table, column: &Column, value: &DefaultValue) -> Self {
        let value = match (value, &column.kind) {
            (DefaultValue::Now, _) => return Self::Made("model::now"),
            (DefaultValue::Text(value), _) => return Self::Text(literal::text(value)),
            (DefaultValue::Bool(value), _) => value.to_string(),
            (DefaultValue::Integer(value), _) => literal::signed((*value).into()),
            (DefaultValue::Float(value), _) => format!("{value:?}"),
            (DefaultValue::Decimal(value), ColumnType::Decimal { scale, .. }) => {
                let make =
                    if i64::try_from(*value).is_ok() { "new" } else { "from_i128_with_scale" };
                format!("types::Decimal::{make}({}, {scale})", literal::signed(*value))
            }
            (DefaultValue::Decimal(_), _) => unreachable!("only a decimal has such a default"),
            (DefaultValue::Word(at), ColumnType::Enum(words)) => match words.words.get(*at) {
                Some(word) => format!("{}::{}", words.type_name, word.variant),
                None => unreachable!("a default of {} is one of its words", table.type_name),
            },
            (DefaultValue::Word(_), _) => unreachable!("only an enum has words"),
        };
        Self::Value(value)
    }

    /// The value as an expression.
    pub(super) fn expression(&self) -> String {
        match self {
            Self::Text(text) => format!("{text}.to_owned()"),
            Self::Value(value) => value.clone(),
            Self::Made(make) => format!("{make}()"),
        }
    }
}

/// What it means for a new row to leave out a column, if it may.
pub(super) fn left_out(column: &Column) -> Option<String> {
    let Some(default) = &column.default else {
        let words = match (column.generated, column.nullable) {
            (true, _) => "`None`: a random one.",
            (false, true) => "`None`: NULL.",
            (false, false) => return None,
        };
        return Some(words.to_owned());
    };
    // `None` is NULL where it may be.
    let nothing = if column.nullable { "Left out" } else { "`None`" };
    let value = match (default, &column.kind) {
        (DefaultValue::Now, _) => return Some(format!("{nothing}: now.")),
        (DefaultValue::Bool(value), _) => value.to_string(),
        (DefaultValue::Integer(value), _) => value.to_string(),
        (DefaultValue::Float(value), _) => format!("{value:?}"),
        (DefaultValue::Text(value), _) => value.clone(),
        (DefaultValue::Decimal(value), ColumnType::Decimal { scale, .. }) => {
            DefaultValue::decimal_text(*value, *scale)
        }
        (DefaultValue::Decimal(value), _) => value.to_string(),
        (DefaultValue::Word(at), ColumnType::Enum(words)) => {
            words.words.get(*at).map(|word| word.word.clone()).unwrap_or_default()
        }
        (DefaultValue::Word(_), _) => String::new(),
    };
    Some(format!("{nothing}: {}.", code(&value)))
}
