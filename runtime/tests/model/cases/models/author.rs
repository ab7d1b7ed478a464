//! Who writes: a generated key, a unique name, an enum.

use bindery_runtime::{model, sqlx};

use super::super::db::Main;

/// A row of `authors`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Author {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) standing: Standing,
}

impl Author {
    pub(crate) const ID: model::Column<Self, i64> = model::Column::new(AuthorColumn::Id);
    pub(crate) const NAME: model::Column<Self, String> = model::Column::new(AuthorColumn::Name);
    pub(crate) const STANDING: model::Column<Self, Standing, model::AsWord> =
        model::Column::new(AuthorColumn::Standing);
}

/// A row to add to `authors`.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewAuthor {
    pub(crate) name: String,
    pub(crate) standing: Option<Standing>,
}

/// Changes to a row of `authors`.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    bindery_runtime::serde::Serialize,
    bindery_runtime::serde::Deserialize,
)]
#[serde(crate = "bindery_runtime::serde", default, deny_unknown_fields)]
pub(crate) struct AuthorPatch {
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) name: model::Change<String>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) standing: model::Change<Standing>,
}

/// The primary key of `authors`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AuthorKey {
    pub(crate) id: i64,
}

impl From<i64> for AuthorKey {
    fn from(id: i64) -> Self {
        Self { id }
    }
}

/// The columns of `authors`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum AuthorColumn {
    Id,
    Name,
    Standing,
}

impl model::ColumnName for AuthorColumn {
    type Model = Author;

    const ALL: &'static [Self] = &[Self::Id, Self::Name, Self::Standing];

    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::Standing => "standing",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Id => q!("id"),
            Self::Name => q!("name"),
            Self::Standing => q!("standing"),
        }
    }
}

/// What `authors` knows of.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    bindery_runtime::serde::Serialize,
    bindery_runtime::serde::Deserialize,
)]
#[serde(crate = "bindery_runtime::serde", rename_all = "lowercase")]
pub(crate) enum Standing {
    Active,
    Gone,
}

impl model::Word for Standing {
    const ALL: &'static [Self] = &[Self::Active, Self::Gone];

    fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Gone => "gone",
        }
    }
}

impl model::Model for Author {
    type Bind = Main;
    type Key = AuthorKey;
    type New = NewAuthor;
    type Patch = AuthorPatch;
    type Column = AuthorColumn;

    const NAME: &'static str = "Author";
    const TABLE: &'static str = q!("authors");
    const COLUMNS: &'static str = columns!("id", "name", "standing");
    const KEY: &'static [AuthorColumn] = &[AuthorColumn::Id];
    const NEW: &'static [AuthorColumn] = &[AuthorColumn::Name, AuthorColumn::Standing];
    const GENERATED: bool = true;
    const ADD: &'static str = concat!(
        "INSERT INTO ",
        q!("authors"),
        " (",
        columns!("name", "standing"),
        ") VALUES (",
        p!(1),
        ", ",
        p!(2),
        ")",
        returning!("id", "name", "standing")
    );
    const VIEW: &'static str = concat!(
        "SELECT ",
        columns!("id", "name", "standing"),
        " FROM ",
        q!("authors"),
        " WHERE ",
        q!("id"),
        " = ",
        p!(1)
    );
    const DELETE: &'static str =
        concat!("DELETE FROM ", q!("authors"), " WHERE ", q!("id"), " = ", p!(1));

    fn read(row: &model::RowOf<Self>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: Self::ID.read(row, 0)?,
            name: Self::NAME.read(row, 1)?,
            standing: Self::STANDING.read(row, 2)?,
        })
    }

    fn key(&self) -> AuthorKey {
        AuthorKey { id: self.id }
    }

    fn write_key(key: &AuthorKey, values: &mut model::Values<Self>) {
        values.put(Self::ID, &key.id);
    }

    fn write_new(new: &NewAuthor, values: &mut model::Values<Self>) {
        values.put(Self::NAME, &new.name);
        values.put_or(Self::STANDING, new.standing.as_ref(), || Standing::Active);
    }

    fn write_patch(patch: &AuthorPatch, changes: &mut model::Changes<Self>) {
        changes.set(Self::NAME, &patch.name);
        changes.set(Self::STANDING, &patch.standing);
    }

    fn new_key(_new: &NewAuthor, generated: u64) -> Option<AuthorKey> {
        Some(AuthorKey { id: i64::try_from(generated).ok()? })
    }
}

/// What makes `authors` and takes it away.
pub(crate) const DDL: model::Ddl = model::Ddl {
    create: &[concat!(
        "CREATE TABLE IF NOT EXISTS ",
        q!("authors"),
        " (",
        q!("id"),
        " ",
        ty!(key),
        ", ",
        q!("name"),
        " ",
        varchar!("name", 100),
        " NOT NULL UNIQUE",
        ", ",
        q!("standing"),
        " ",
        ty!(word),
        " NOT NULL CHECK (",
        q!("standing"),
        " IN ('active', 'gone'))",
        ")"
    )],
    drop: concat!("DROP TABLE IF EXISTS ", q!("authors")),
};
