//! What the generator writes for a table of `main` with every way of HTTP: `id` and `version` are
//! only read, `status` is set when a row is added, `secret` is hidden.

use axum::Router;
use axum::extract::FromRef;
use axum::routing::get;
use bindery_runtime::axum::{AddBody, Crud};
use bindery_runtime::model::{
    self, ListAdd, ListView, Mixin, UnitAdd, UnitDelete, UnitEdit, UnitView,
};
use bindery_runtime::sqlx;
use serde::{Deserialize, Serialize};

use super::super::backend::tables;
use super::super::db;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Note {
    pub(super) id: i64,
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) status: NoteStatus,
    pub(super) score: f64,
    pub(super) stars: i32,
    pub(super) open: bool,
    #[serde(skip_serializing)]
    pub(super) secret: String,
    pub(super) version: i64,
}

impl Note {
    const ID: model::Column<Self, i64> = model::Column::new(NoteColumn::Id);
    pub(super) const TITLE: model::Column<Self, String> =
        model::Column::new(NoteColumn::Title).max_length(20);
    const BODY: model::Column<Self, String> = model::Column::new(NoteColumn::Body);
    const STATUS: model::Column<Self, NoteStatus, model::AsWord> =
        model::Column::new(NoteColumn::Status);
    const SCORE: model::Column<Self, f64, model::Finite> = model::Column::new(NoteColumn::Score);
    pub(super) const STARS: model::Column<Self, i32> = model::Column::new(NoteColumn::Stars);
    const OPEN: model::Column<Self, bool> = model::Column::new(NoteColumn::Open);
    const SECRET: model::Column<Self, String> = model::Column::new(NoteColumn::Secret);
    const VERSION: model::Column<Self, i64> = model::Column::new(NoteColumn::Version);
}

#[derive(Clone, Debug)]
pub(super) struct NewNote {
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) status: Option<NoteStatus>,
    pub(super) score: Option<f64>,
    pub(super) stars: Option<i32>,
    pub(super) open: Option<bool>,
    pub(super) secret: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct NotePatch {
    pub(super) title: model::Change<String>,
    pub(super) body: model::Change<Option<String>>,
    pub(super) status: model::Change<NoteStatus>,
    pub(super) score: model::Change<f64>,
    pub(super) stars: model::Change<i32>,
    pub(super) open: model::Change<bool>,
    pub(super) secret: model::Change<String>,
    pub(super) version: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct NoteKey {
    pub(super) id: i64,
}

impl From<i64> for NoteKey {
    fn from(id: i64) -> Self {
        Self { id }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum NoteColumn {
    Id,
    Title,
    Body,
    Status,
    Score,
    Stars,
    Open,
    Secret,
    Version,
}

impl model::ColumnName for NoteColumn {
    type Model = Note;

    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Title,
        Self::Body,
        Self::Status,
        Self::Score,
        Self::Stars,
        Self::Open,
        Self::Secret,
        Self::Version,
    ];

    fn name(self) -> &'static str {
        self.sql()
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Title => "title",
            Self::Body => "body",
            Self::Status => "status",
            Self::Score => "score",
            Self::Stars => "stars",
            Self::Open => "open",
            Self::Secret => "secret",
            Self::Version => "version",
        }
    }

    fn is_nullable(self) -> bool {
        matches!(self, Self::Body)
    }

    fn is_hidden(self) -> bool {
        matches!(self, Self::Secret)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub(super) enum NoteStatus {
    #[serde(rename = "draft")]
    Draft,
    #[serde(rename = "in-review")]
    InReview,
    #[serde(rename = "done")]
    Done,
}

impl model::Word for NoteStatus {
    const ALL: &'static [Self] = &[Self::Draft, Self::InReview, Self::Done];

    fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in-review",
            Self::Done => "done",
        }
    }
}

impl model::Model for Note {
    type Bind = db::main::Main;
    type Key = NoteKey;
    type New = NewNote;
    type Patch = NotePatch;
    type Save = std::convert::Infallible;
    type Policy = model::Open;
    type Column = NoteColumn;

    const TABLE: &'static str = "api_notes";
    const COLUMNS: &'static str = "id, title, body, status, score, stars, open, secret, version";
    const KEY: &'static [NoteColumn] = &[NoteColumn::Id];
    const NEW: &'static [NoteColumn] = &[
        NoteColumn::Title,
        NoteColumn::Body,
        NoteColumn::Status,
        NoteColumn::Score,
        NoteColumn::Stars,
        NoteColumn::Open,
        NoteColumn::Secret,
        NoteColumn::Version,
    ];
    const ADD: &'static str = tables::ADD_NOTE;
    const VIEW: &'static str = tables::VIEW_NOTE;
    const DELETE: &'static str = tables::DELETE_NOTE;
    const COUNTED: Option<NoteColumn> = Some(NoteColumn::Version);

    fn read(row: &model::Fields<'_, Self>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: Self::ID.read(row, 0)?,
            title: Self::TITLE.read(row, 1)?,
            body: Self::BODY.read_optional(row, 2)?,
            status: Self::STATUS.read(row, 3)?,
            score: Self::SCORE.read(row, 4)?,
            stars: Self::STARS.read(row, 5)?,
            open: Self::OPEN.read(row, 6)?,
            secret: Self::SECRET.read(row, 7)?,
            version: Self::VERSION.read(row, 8)?,
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
        values.put(Self::STATUS, &new.status.unwrap_or(NoteStatus::Draft));
        values.put(Self::SCORE, &new.score.unwrap_or(0.5));
        values.put(Self::STARS, &new.stars.unwrap_or(0));
        values.put(Self::OPEN, &new.open.unwrap_or(true));
        values.put_or_text(Self::SECRET, new.secret.as_ref(), "s3cr3t");
        values.put(Self::VERSION, &1);
    }

    fn write_patch(patch: &NotePatch, changes: &mut model::Changes<Self>) {
        changes.set(Self::TITLE, &patch.title);
        changes.set_optional(Self::BODY, &patch.body);
        changes.set(Self::STATUS, &patch.status);
        changes.set(Self::SCORE, &patch.score);
        changes.set(Self::STARS, &patch.stars);
        changes.set(Self::OPEN, &patch.open);
        changes.set(Self::SECRET, &patch.secret);
        changes.expect(Self::VERSION, patch.version);
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
            NoteColumn::Title => visit.visit(Self::TITLE),
            NoteColumn::Body => visit.visit(Self::BODY),
            NoteColumn::Status => visit.visit(Self::STATUS),
            NoteColumn::Score => visit.visit(Self::SCORE),
            NoteColumn::Stars => visit.visit(Self::STARS),
            NoteColumn::Open => visit.visit(Self::OPEN),
            NoteColumn::Secret => visit.visit(Self::SECRET),
            NoteColumn::Version => visit.visit(Self::VERSION),
        })
    }

    fn text(&self, column: NoteColumn) -> Option<String> {
        match column {
            NoteColumn::Id => Some(model::Text::write(&self.id)),
            NoteColumn::Title => Some(model::Text::write(&self.title)),
            NoteColumn::Body => self.body.as_ref().map(model::Text::write),
            NoteColumn::Status => Some(model::Text::write(&self.status)),
            NoteColumn::Score => Some(model::Text::write(&self.score)),
            NoteColumn::Stars => Some(model::Text::write(&self.stars)),
            NoteColumn::Open => Some(model::Text::write(&self.open)),
            NoteColumn::Secret => Some(model::Text::write(&self.secret)),
            NoteColumn::Version => Some(model::Text::write(&self.version)),
        }
    }

    fn new_key(_: &NewNote, generated: u64) -> Option<NoteKey> {
        Some(NoteKey { id: i64::try_from(generated).ok()? })
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddNote {
    title: String,
    body: Option<String>,
    status: Option<NoteStatus>,
    score: Option<f64>,
    stars: Option<i32>,
    open: Option<bool>,
}

impl From<AddNote> for NewNote {
    fn from(body: AddNote) -> Self {
        let AddNote { title, body, status, score, stars, open } = body;
        Self { title, body, status, score, stars, open, secret: None }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct EditNote {
    title: model::Change<String>,
    body: model::Change<Option<String>>,
    score: model::Change<f64>,
    stars: model::Change<i32>,
    open: model::Change<bool>,
    version: Option<i64>,
}

impl From<EditNote> for NotePatch {
    fn from(body: EditNote) -> Self {
        let EditNote { title, body, score, stars, open, version } = body;
        Self { title, body, score, stars, open, version, ..Self::default() }
    }
}

impl model::Resource for Note {
    type Add = AddNote;
    type Edit = EditNote;

    const FILTER: &'static [NoteColumn] = &[
        NoteColumn::Title,
        NoteColumn::Body,
        NoteColumn::Status,
        NoteColumn::Score,
        NoteColumn::Stars,
        NoteColumn::Open,
    ];
    const ORDER: &'static [NoteColumn] = &[NoteColumn::Title, NoteColumn::Body, NoteColumn::Stars];
    const PAGING: model::Paging = model::Paging::Offset;
    const PAGE_SIZE: u32 = 20;
    const MAX_PAGE_SIZE: u32 = 50;
    const MAX_BODY: usize = 2_000;

    fn default_order() -> Vec<model::Order<Self>> {
        vec![Self::STARS.desc()]
    }

    fn parse_key(parts: &[&str]) -> Option<NoteKey> {
        let [id] = parts else { return None };
        Some(NoteKey { id: model::Text::parse(id)? })
    }
}

pub(super) fn routes<S>() -> Router<S>
where
    db::Installed: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    routes_with(model::Standard::<Note>::new())
}

pub(super) fn routes_with<S, X>(mixin: X) -> Router<S>
where
    db::Installed: FromRef<S>,
    S: Clone + Send + Sync + 'static,
    X: Mixin<Model = Note>
        + ListView
        + UnitView
        + UnitAdd
        + ListAdd
        + UnitEdit
        + UnitDelete
        + AddBody
        + Clone,
{
    let crud = Crud::new(mixin);
    Router::new()
        .route("/", get(crud.list()).post(crud.add_one_or_many()))
        .route("/{id}", get(crud.view()).patch(crud.edit()).delete(crud.delete()))
        .method_not_allowed_fallback(bindery_runtime::axum::method_not_allowed)
}

pub(super) fn handlers() -> Crud<model::Standard<Note>> {
    Crud::new(model::Standard::new())
}
