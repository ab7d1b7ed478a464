//! Who belongs where: a key of two columns.

use bindery_runtime::{model, sqlx};

use super::super::db::Main;

/// A row of `members`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) author_id: i64,
    pub(crate) team: String,
    pub(crate) part: Option<String>,
}

impl Member {
    pub(crate) const AUTHOR_ID: model::Column<Self, i64> =
        model::Column::new(MemberColumn::AuthorId);
    pub(crate) const TEAM: model::Column<Self, String> = model::Column::new(MemberColumn::Team);
    pub(crate) const PART: model::Column<Self, String> = model::Column::new(MemberColumn::Part);
}

/// A row to add to `members`.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewMember {
    pub(crate) author_id: i64,
    pub(crate) team: String,
    pub(crate) part: Option<String>,
}

/// Changes to a row of `members`.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    bindery_runtime::serde::Serialize,
    bindery_runtime::serde::Deserialize,
)]
#[serde(crate = "bindery_runtime::serde", default, deny_unknown_fields)]
pub(crate) struct MemberPatch {
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) part: model::Change<Option<String>>,
}

/// The primary key of `members`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MemberKey {
    pub(crate) author_id: i64,
    pub(crate) team: String,
}

/// The columns of `members`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum MemberColumn {
    AuthorId,
    Team,
    Part,
}

impl model::ColumnName for MemberColumn {
    type Model = Member;

    const ALL: &'static [Self] = &[Self::AuthorId, Self::Team, Self::Part];

    fn name(self) -> &'static str {
        match self {
            Self::AuthorId => "author_id",
            Self::Team => "team",
            Self::Part => "part",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::AuthorId => q!("author_id"),
            Self::Team => q!("team"),
            Self::Part => q!("part"),
        }
    }
}

impl model::Model for Member {
    type Bind = Main;
    type Key = MemberKey;
    type New = NewMember;
    type Patch = MemberPatch;
    type Column = MemberColumn;

    const NAME: &'static str = "Member";
    const TABLE: &'static str = q!("members");
    const COLUMNS: &'static str = columns!("author_id", "team", "part");
    const KEY: &'static [MemberColumn] = &[MemberColumn::AuthorId, MemberColumn::Team];
    const NEW: &'static [MemberColumn] =
        &[MemberColumn::AuthorId, MemberColumn::Team, MemberColumn::Part];
    const ADD: &'static str = concat!(
        "INSERT INTO ",
        q!("members"),
        " (",
        columns!("author_id", "team", "part"),
        ") VALUES (",
        p!(1),
        ", ",
        p!(2),
        ", ",
        p!(3),
        ")",
        returning!("author_id", "team", "part")
    );
    const VIEW: &'static str = concat!(
        "SELECT ",
        columns!("author_id", "team", "part"),
        " FROM ",
        q!("members"),
        " WHERE ",
        q!("author_id"),
        " = ",
        p!(1),
        " AND ",
        q!("team"),
        " = ",
        p!(2)
    );
    const DELETE: &'static str = concat!(
        "DELETE FROM ",
        q!("members"),
        " WHERE ",
        q!("author_id"),
        " = ",
        p!(1),
        " AND ",
        q!("team"),
        " = ",
        p!(2)
    );

    fn read(row: &model::RowOf<Self>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            author_id: Self::AUTHOR_ID.read(row, 0)?,
            team: Self::TEAM.read(row, 1)?,
            part: Self::PART.read_optional(row, 2)?,
        })
    }

    fn key(&self) -> MemberKey {
        MemberKey { author_id: self.author_id, team: self.team.clone() }
    }

    fn write_key(key: &MemberKey, values: &mut model::Values<Self>) {
        values.put(Self::AUTHOR_ID, &key.author_id);
        values.put(Self::TEAM, &key.team);
    }

    fn write_new(new: &NewMember, values: &mut model::Values<Self>) {
        values.put(Self::AUTHOR_ID, &new.author_id);
        values.put(Self::TEAM, &new.team);
        values.put_optional(Self::PART, new.part.as_ref());
    }

    fn write_patch(patch: &MemberPatch, changes: &mut model::Changes<Self>) {
        changes.set_optional(Self::PART, &patch.part);
    }

    fn new_key(new: &NewMember, _generated: u64) -> Option<MemberKey> {
        Some(MemberKey { author_id: new.author_id, team: new.team.clone() })
    }
}

/// What makes `members` and takes it away.
pub(crate) const DDL: model::Ddl = model::Ddl {
    create: &[concat!(
        "CREATE TABLE IF NOT EXISTS ",
        q!("members"),
        " (",
        q!("author_id"),
        " ",
        ty!(i64),
        " NOT NULL",
        ", ",
        q!("team"),
        " ",
        varchar!("team", 50),
        " NOT NULL",
        ", ",
        q!("part"),
        " ",
        ty!(text),
        ", ",
        "PRIMARY KEY (",
        columns!("author_id", "team"),
        ")",
        ")"
    )],
    drop: concat!("DROP TABLE IF EXISTS ", q!("members")),
};
