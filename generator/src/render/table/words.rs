//! The enums of a table's columns.

use crate::{
    model::table::{Column, ColumnType, Table},
    render::{docs::code, literal},
};

/// An enum of a column.
pub(super) struct Enum {
    pub(super) type_name: String,
    pub(super) doc: String,
    pub(super) words: Vec<Word>,
}

/// One of its variants.
pub(super) struct Word {
    pub(super) variant: String,
    pub(super) literal: String,
    pub(super) shown: String,
}

impl Enum {
    pub(super) fn new(table: &Table, column: &Column) -> Option<Self> {
        let ColumnType::Enum(words) = &column.kind else { return None };
        Some(Self {
            type_name: words.type_name.clone(),
            doc: format!("What {} of {} may be.", code(&column.column), code(&table.table)),
            words: words
                .words
                .iter()
                .map(|word| Word {
                    variant: word.variant.clone(),
                    literal: literal::text(&word.word),
                    shown: code(&word.word),
                })
                .collect(),
        })
    }
}
