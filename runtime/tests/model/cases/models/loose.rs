//! The table of members on a bind whose transactions survive a refused statement; by hand.

use bindery_runtime::{model, sqlx};

use super::super::db::Lenient;

/// A member without a part.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Loose {
    pub(crate) author_id: i64,
    pub(crate) team: String,
}

impl Loose {
    const AUTHOR_ID: model::Column<Self, i64> = model::Column::new(LooseColumn::AuthorId);
    const TEAM: model::Column<Self, String> = model::Column::new(LooseColumn::Team);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LooseColumn {
    AuthorId,
    Team,
}

impl model::ColumnName for LooseColumn {
    type Model = Loose;

    const ALL: &'static [Self] = &[Self::AuthorId, Self::Team];

    fn name(self) -> &'static str {
        match self {
            Self::AuthorId => "author_id",
            Self::Team => "team",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::AuthorId => q!("author_id"),
            Self::Team => q!("team"),
        }
    }
}

impl model::Model for Loose {
    type Bind = Lenient;
    type Key = Loose;
    type New = Loose;
    type Patch = ();
    type Column = LooseColumn;

    const NAME: &'static str = "Loose";
    const TABLE: &'static str = q!("members");
    const COLUMNS: &'static str = columns!("author_id", "team");
    const KEY: &'static [LooseColumn] = &[LooseColumn::AuthorId, LooseColumn::Team];
    const NEW: &'static [LooseColumn] = Self::KEY;
    const ADD: &'static str = "";
    const VIEW: &'static str = "";
    const DELETE: &'static str = "";

    fn read(row: &model::RowOf<Self>) -> Result<Self, sqlx::Error> {
        Ok(Self { author_id: Self::AUTHOR_ID.read(row, 0)?, team: Self::TEAM.read(row, 1)? })
    }

    fn key(&self) -> Self {
        self.clone()
    }

    fn write_key(key: &Self, values: &mut model::Values<Self>) {
        Self::write_new(key, values);
    }

    fn write_new(new: &Self, values: &mut model::Values<Self>) {
        values.put(Self::AUTHOR_ID, &new.author_id);
        values.put(Self::TEAM, &new.team);
    }

    fn write_patch(_patch: &(), _changes: &mut model::Changes<Self>) {}
}
