//! Nothing but a generated key.

use bindery_runtime::{model, sqlx};

use super::super::db::Main;

/// A row of `ticks`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) id: i64,
}

impl Tick {
    pub(crate) const ID: model::Column<Self, i64> = model::Column::new(TickColumn::Id);
}

/// A row to add to `ticks`.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewTick {}

/// Changes to a row of `ticks`.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    bindery_runtime::serde::Serialize,
    bindery_runtime::serde::Deserialize,
)]
#[serde(crate = "bindery_runtime::serde", default, deny_unknown_fields)]
pub(crate) struct TickPatch {}

/// The primary key of `ticks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TickKey {
    pub(crate) id: i64,
}

impl From<i64> for TickKey {
    fn from(id: i64) -> Self {
        Self { id }
    }
}

/// The columns of `ticks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TickColumn {
    Id,
}

impl model::ColumnName for TickColumn {
    type Model = Tick;

    const ALL: &'static [Self] = &[Self::Id];

    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Id => q!("id"),
        }
    }
}

impl model::Model for Tick {
    type Bind = Main;
    type Key = TickKey;
    type New = NewTick;
    type Patch = TickPatch;
    type Column = TickColumn;

    const NAME: &'static str = "Tick";
    const TABLE: &'static str = q!("ticks");
    const COLUMNS: &'static str = columns!("id");
    const KEY: &'static [TickColumn] = &[TickColumn::Id];
    const NEW: &'static [TickColumn] = &[];
    const GENERATED: bool = true;
    const ADD: &'static str = concat!("INSERT INTO ", q!("ticks"), no_values!(), returning!("id"));
    const VIEW: &'static str = concat!(
        "SELECT ",
        columns!("id"),
        " FROM ",
        q!("ticks"),
        " WHERE ",
        q!("id"),
        " = ",
        p!(1)
    );
    const DELETE: &'static str =
        concat!("DELETE FROM ", q!("ticks"), " WHERE ", q!("id"), " = ", p!(1));

    fn read(row: &model::RowOf<Self>) -> Result<Self, sqlx::Error> {
        Ok(Self { id: Self::ID.read(row, 0)? })
    }

    fn key(&self) -> TickKey {
        TickKey { id: self.id }
    }

    fn write_key(key: &TickKey, values: &mut model::Values<Self>) {
        values.put(Self::ID, &key.id);
    }

    fn write_new(_new: &NewTick, _values: &mut model::Values<Self>) {}

    fn write_patch(_patch: &TickPatch, _changes: &mut model::Changes<Self>) {}

    fn new_key(_new: &NewTick, generated: u64) -> Option<TickKey> {
        Some(TickKey { id: i64::try_from(generated).ok()? })
    }
}

/// What makes `ticks` and takes it away.
pub(crate) const DDL: model::Ddl = model::Ddl {
    create: &[concat!(
        "CREATE TABLE IF NOT EXISTS ",
        q!("ticks"),
        " (",
        q!("id"),
        " ",
        ty!(key),
        ")"
    )],
    drop: concat!("DROP TABLE IF EXISTS ", q!("ticks")),
};
