//! What is written: a reference, a text that may be missing, a time.

use bindery_runtime::sqlx::types::chrono::{DateTime, Utc};
use bindery_runtime::{model, sqlx};

use super::super::db::Main;

/// A row of `notes`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Note {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) author_id: i64,
    pub(crate) score: f64,
    pub(crate) created_at: DateTime<Utc>,
}

impl Note {
    pub(crate) const ID: model::Column<Self, i64> = model::Column::new(NoteColumn::Id);
    pub(crate) const TITLE: model::Column<Self, String> = model::Column::new(NoteColumn::Title);
    pub(crate) const BODY: model::Column<Self, String> = model::Column::new(NoteColumn::Body);
    pub(crate) const AUTHOR_ID: model::Column<Self, i64> = model::Column::new(NoteColumn::AuthorId);
    pub(crate) const SCORE: model::Column<Self, f64> = model::Column::new(NoteColumn::Score);
    pub(crate) const CREATED_AT: model::Column<Self, DateTime<Utc>, model::Moment> =
        model::Column::new(NoteColumn::CreatedAt);
}

/// A row to add to `notes`.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewNote {
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) author_id: i64,
    pub(crate) score: Option<f64>,
    pub(crate) created_at: Option<DateTime<Utc>>,
}

/// Changes to a row of `notes`.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    bindery_runtime::serde::Serialize,
    bindery_runtime::serde::Deserialize,
)]
#[serde(crate = "bindery_runtime::serde", default, deny_unknown_fields)]
pub(crate) struct NotePatch {
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) title: model::Change<String>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) body: model::Change<Option<String>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) author_id: model::Change<i64>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) score: model::Change<f64>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) created_at: model::Change<DateTime<Utc>>,
}

/// The primary key of `notes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NoteKey {
    pub(crate) id: i64,
}

impl From<i64> for NoteKey {
    fn from(id: i64) -> Self {
        Self { id }
    }
}

/// The columns of `notes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NoteColumn {
    Id,
    Title,
    Body,
    AuthorId,
    Score,
    CreatedAt,
}

impl model::ColumnName for NoteColumn {
    type Model = Note;

    const ALL: &'static [Self] =
        &[Self::Id, Self::Title, Self::Body, Self::AuthorId, Self::Score, Self::CreatedAt];

    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Title => "title",
            Self::Body => "body",
            Self::AuthorId => "author_id",
            Self::Score => "score",
            Self::CreatedAt => "created_at",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Id => q!("id"),
            Self::Title => q!("title"),
            Self::Body => q!("body"),
            Self::AuthorId => q!("author_id"),
            Self::Score => q!("score"),
            Self::CreatedAt => q!("created_at"),
        }
    }
}

impl model::Model for Note {
    type Bind = Main;
    type Key = NoteKey;
    type New = NewNote;
    type Patch = NotePatch;
    type Column = NoteColumn;

    const NAME: &'static str = "Note";
    const TABLE: &'static str = q!("notes");
    const COLUMNS: &'static str =
        columns!("id", "title", "body", "author_id", "score", "created_at");
    const KEY: &'static [NoteColumn] = &[NoteColumn::Id];
    const NEW: &'static [NoteColumn] = &[
        NoteColumn::Title,
        NoteColumn::Body,
        NoteColumn::AuthorId,
        NoteColumn::Score,
        NoteColumn::CreatedAt,
    ];
    const GENERATED: bool = true;
    const ADD: &'static str = concat!(
        "INSERT INTO ",
        q!("notes"),
        " (",
        columns!("title", "body", "author_id", "score", "created_at"),
        ") VALUES (",
        p!(1),
        ", ",
        p!(2),
        ", ",
        p!(3),
        ", ",
        p!(4),
        ", ",
        p!(5),
        ")",
        returning!("id", "title", "body", "author_id", "score", "created_at")
    );
    const VIEW: &'static str = concat!(
        "SELECT ",
        columns!("id", "title", "body", "author_id", "score", "created_at"),
        " FROM ",
        q!("notes"),
        " WHERE ",
        q!("id"),
        " = ",
        p!(1)
    );
    const DELETE: &'static str =
        concat!("DELETE FROM ", q!("notes"), " WHERE ", q!("id"), " = ", p!(1));

    fn read(row: &model::RowOf<Self>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: Self::ID.read(row, 0)?,
            title: Self::TITLE.read(row, 1)?,
            body: Self::BODY.read_optional(row, 2)?,
            author_id: Self::AUTHOR_ID.read(row, 3)?,
            score: Self::SCORE.read(row, 4)?,
            created_at: Self::CREATED_AT.read(row, 5)?,
        })
    }

    fn key(&self) -> NoteKey {
        NoteKey { id: self.id }
    }

    fn write_key(key: &NoteKey, values: &mut model::Values<Self>) {
        values.put(Self::ID, &key.id);
    }

    fn write_new(new: &NewNote, values: &mut model::Values<Self>) {
        values.put(Self::TITLE, &new.title);
        values.put_optional(Self::BODY, new.body.as_ref());
        values.put(Self::AUTHOR_ID, &new.author_id);
        values.put_or(Self::SCORE, new.score.as_ref(), || 0.5);
        values.put_or(Self::CREATED_AT, new.created_at.as_ref(), model::now);
    }

    fn write_patch(patch: &NotePatch, changes: &mut model::Changes<Self>) {
        changes.set(Self::TITLE, &patch.title);
        changes.set_optional(Self::BODY, &patch.body);
        changes.set(Self::AUTHOR_ID, &patch.author_id);
        changes.set(Self::SCORE, &patch.score);
        changes.set(Self::CREATED_AT, &patch.created_at);
    }

    fn new_key(_new: &NewNote, generated: u64) -> Option<NoteKey> {
        Some(NoteKey { id: i64::try_from(generated).ok()? })
    }
}

/// What makes `notes` and takes it away.
pub(crate) const DDL: model::Ddl = model::Ddl {
    create: &[concat!(
        "CREATE TABLE IF NOT EXISTS ",
        q!("notes"),
        " (",
        q!("id"),
        " ",
        ty!(key),
        ", ",
        q!("title"),
        " ",
        varchar!("title", 20),
        " NOT NULL",
        ", ",
        q!("body"),
        " ",
        ty!(text),
        ", ",
        q!("author_id"),
        " ",
        ty!(i64),
        " NOT NULL",
        ", ",
        q!("score"),
        " ",
        ty!(f64),
        " NOT NULL",
        ", ",
        q!("created_at"),
        " ",
        ty!(timestamp),
        " NOT NULL",
        ", ",
        "UNIQUE (",
        columns!("author_id", "title"),
        ")",
        ", ",
        "FOREIGN KEY (",
        q!("author_id"),
        ") REFERENCES ",
        q!("authors"),
        " (",
        q!("id"),
        ")",
        ")"
    )],
    drop: concat!("DROP TABLE IF EXISTS ", q!("notes")),
};
