//! The table `notes`: a key that the database makes, a moment of deletion, a version.

use std::convert::Infallible;

use bindery_runtime::model::{self, Change, Column, Filter};
use bindery_runtime::sqlx;
use bindery_runtime::sqlx::types::chrono::{DateTime, Utc};

use super::super::backend;
use super::policy::Own;

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub(in super::super) struct Note {
    pub(in super::super) id: i64,
    pub(in super::super) tenant: i64,
    pub(in super::super) title: String,
    pub(in super::super) author: Option<String>,
    pub(in super::super) deleted_at: Option<DateTime<Utc>>,
    pub(in super::super) version: i64,
}

impl Note {
    pub(in super::super) const ID: Column<Self, i64> = Column::new(NoteColumn::Id);
    pub(in super::super) const TENANT: Column<Self, i64> = Column::new(NoteColumn::Tenant);
    pub(in super::super) const TITLE: Column<Self, String> =
        Column::new(NoteColumn::Title).max_length(200);
    pub(in super::super) const AUTHOR: Column<Self, String> = Column::new(NoteColumn::Author);
    pub(in super::super) const DELETED_AT: Column<Self, DateTime<Utc>, model::Moment> =
        Column::new(NoteColumn::DeletedAt);
    pub(in super::super) const VERSION: Column<Self, i64> = Column::new(NoteColumn::Version);
}

#[derive(Clone, Debug)]
pub(in super::super) struct NewNote {
    pub(in super::super) tenant: i64,
    pub(in super::super) title: String,
    pub(in super::super) author: Option<String>,
}

impl NewNote {
    pub(in super::super) fn new(title: impl Into<String>) -> Self {
        Self { tenant: 0, title: title.into(), author: None }
    }
}

#[derive(Clone, Debug, Default)]
pub(in super::super) struct NotePatch {
    pub(in super::super) tenant: Change<i64>,
    pub(in super::super) title: Change<String>,
    pub(in super::super) author: Change<Option<String>>,
    pub(in super::super) deleted_at: Change<Option<DateTime<Utc>>>,
    pub(in super::super) version: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) struct NoteKey {
    pub(in super::super) id: i64,
}

impl From<i64> for NoteKey {
    fn from(id: i64) -> Self {
        Self { id }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum NoteColumn {
    Id,
    Tenant,
    Title,
    Author,
    DeletedAt,
    Version,
}

impl model::ColumnName for NoteColumn {
    type Model = Note;

    const ALL: &'static [Self] =
        &[Self::Id, Self::Tenant, Self::Title, Self::Author, Self::DeletedAt, Self::Version];

    fn name(self) -> &'static str {
        self.sql()
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Tenant => "tenant",
            Self::Title => "title",
            Self::Author => "author",
            Self::DeletedAt => "deleted_at",
            Self::Version => "version",
        }
    }

    fn is_hidden(self) -> bool {
        matches!(self, Self::DeletedAt)
    }
}

impl model::Model for Note {
    type Bind = super::Main;
    type Key = NoteKey;
    type New = NewNote;
    type Patch = NotePatch;
    type Save = Infallible;
    type Policy = Own;
    type Column = NoteColumn;

    const TABLE: &'static str = backend::NOTES;
    const COLUMNS: &'static str = "id, tenant, title, author, deleted_at, version";
    const KEY: &'static [NoteColumn] = &[NoteColumn::Id];
    const NEW: &'static [NoteColumn] = &[
        NoteColumn::Tenant,
        NoteColumn::Title,
        NoteColumn::Author,
        NoteColumn::DeletedAt,
        NoteColumn::Version,
    ];
    const ADD: &'static str = backend::NOTE[0];
    const VIEW: &'static str = backend::NOTE[1];
    const DELETE: &'static str = backend::NOTE[2];
    const COUNTED: Option<NoteColumn> = Some(NoteColumn::Version);

    fn read(row: &model::Fields<'_, Self>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: Self::ID.read(row, 0)?,
            tenant: Self::TENANT.read(row, 1)?,
            title: Self::TITLE.read(row, 2)?,
            author: Self::AUTHOR.read_optional(row, 3)?,
            deleted_at: Self::DELETED_AT.read_optional(row, 4)?,
            version: Self::VERSION.read(row, 5)?,
        })
    }

    fn key(&self) -> NoteKey {
        NoteKey { id: self.id }
    }

    fn write_key(key: &NoteKey, values: &mut model::Values<Self>) {
        values.put(Self::ID, &key.id);
    }

    fn write_new(new: &NewNote, values: &mut model::Values<Self>) {
        values.put(Self::TENANT, &new.tenant);
        values.put(Self::TITLE, &new.title);
        values.put_optional(Self::AUTHOR, new.author.as_ref());
        values.put_optional(Self::DELETED_AT, None);
        values.put(Self::VERSION, &1);
    }

    fn write_patch(patch: &NotePatch, changes: &mut model::Changes<Self>) {
        changes.set(Self::TENANT, &patch.tenant);
        changes.set(Self::TITLE, &patch.title);
        changes.set_optional(Self::AUTHOR, &patch.author);
        changes.set_optional(Self::DELETED_AT, &patch.deleted_at);
        changes.expect(Self::VERSION, patch.version);
    }

    fn live() -> Option<Filter<Self>> {
        Some(Self::DELETED_AT.is_null())
    }

    fn bury(changes: &mut model::Changes<Self>) {
        changes.set_optional(Self::DELETED_AT, &Change::Set(Some(model::now())));
    }

    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn expect(patch: &mut NotePatch, version: i64) {
        patch.version = Some(version);
    }

    fn visit<V: model::Visit<Self>>(column: NoteColumn, visit: V) -> Option<V::Output> {
        Some(match column {
            NoteColumn::Id => visit.visit(Self::ID),
            NoteColumn::Tenant => visit.visit(Self::TENANT),
            NoteColumn::Title => visit.visit(Self::TITLE),
            NoteColumn::Author => visit.visit(Self::AUTHOR),
            NoteColumn::DeletedAt => visit.visit(Self::DELETED_AT),
            NoteColumn::Version => visit.visit(Self::VERSION),
        })
    }

    fn text(&self, column: NoteColumn) -> Option<String> {
        match column {
            NoteColumn::Id => Some(model::Text::write(&self.id)),
            NoteColumn::Tenant => Some(model::Text::write(&self.tenant)),
            NoteColumn::Title => Some(model::Text::write(&self.title)),
            NoteColumn::Author => self.author.as_ref().map(model::Text::write),
            NoteColumn::DeletedAt => self.deleted_at.as_ref().map(model::Text::write),
            NoteColumn::Version => Some(model::Text::write(&self.version)),
        }
    }

    fn new_key(_new: &NewNote, generated: u64) -> Option<NoteKey> {
        Some(NoteKey { id: generated.try_into().ok()? })
    }
}
