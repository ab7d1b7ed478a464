//! What the generator writes for a table of `reports`, whose session is not at hand in handlers:
//! a key of two columns, pages by cursor, and an author that the body cannot say.

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
pub(super) struct Entry {
    pub(super) team: String,
    pub(super) number: i64,
    pub(super) title: Option<String>,
    pub(super) author: String,
}

impl Entry {
    const TEAM: model::Column<Self, String> = model::Column::new(EntryColumn::Team);
    const NUMBER: model::Column<Self, i64> = model::Column::new(EntryColumn::Number);
    const TITLE: model::Column<Self, String> = model::Column::new(EntryColumn::Title);
    const AUTHOR: model::Column<Self, String> = model::Column::new(EntryColumn::Author);
}

#[derive(Clone, Debug)]
pub(super) struct NewEntry {
    pub(super) team: String,
    pub(super) number: i64,
    pub(super) title: Option<String>,
    pub(super) author: String,
}

#[derive(Clone, Debug, Default)]
pub(super) struct EntryPatch {
    title: model::Change<Option<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct EntryKey {
    team: String,
    number: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum EntryColumn {
    Team,
    Number,
    Title,
    Author,
}

impl model::ColumnName for EntryColumn {
    type Model = Entry;

    const ALL: &'static [Self] = &[Self::Team, Self::Number, Self::Title, Self::Author];

    fn name(self) -> &'static str {
        self.sql()
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Number => "number",
            Self::Title => "title",
            Self::Author => "author",
        }
    }

    fn is_nullable(self) -> bool {
        matches!(self, Self::Title)
    }
}

impl model::Model for Entry {
    type Bind = db::reports::Reports;
    type Key = EntryKey;
    type New = NewEntry;
    type Patch = EntryPatch;
    type Save = std::convert::Infallible;
    type Policy = model::Open;
    type Column = EntryColumn;

    const TABLE: &'static str = "api_entries";
    const COLUMNS: &'static str = "team, number, title, author";
    const KEY: &'static [EntryColumn] = &[EntryColumn::Team, EntryColumn::Number];
    const NEW: &'static [EntryColumn] =
        &[EntryColumn::Team, EntryColumn::Number, EntryColumn::Title, EntryColumn::Author];
    const ADD: &'static str = tables::ADD_ENTRY;
    const VIEW: &'static str = tables::VIEW_ENTRY;
    const DELETE: &'static str = tables::DELETE_ENTRY;

    fn read(row: &model::Fields<'_, Self>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            team: Self::TEAM.read(row, 0)?,
            number: Self::NUMBER.read(row, 1)?,
            title: Self::TITLE.read_optional(row, 2)?,
            author: Self::AUTHOR.read(row, 3)?,
        })
    }

    fn key(&self) -> EntryKey {
        EntryKey { team: self.team.clone(), number: self.number }
    }

    fn write_key(key: &EntryKey, values: &mut model::Values<Self>) {
        values.put(Self::TEAM, &key.team);
        values.put(Self::NUMBER, &key.number);
    }

    fn write_new(new: &NewEntry, values: &mut model::Values<Self>) {
        values.put(Self::TEAM, &new.team);
        values.put(Self::NUMBER, &new.number);
        values.put_optional(Self::TITLE, new.title.as_ref());
        values.put(Self::AUTHOR, &new.author);
    }

    fn write_patch(patch: &EntryPatch, changes: &mut model::Changes<Self>) {
        changes.set_optional(Self::TITLE, &patch.title);
    }

    fn visit<V: model::Visit<Self>>(column: EntryColumn, visit: V) -> Option<V::Output> {
        Some(match column {
            EntryColumn::Team => visit.visit(Self::TEAM),
            EntryColumn::Number => visit.visit(Self::NUMBER),
            EntryColumn::Title => visit.visit(Self::TITLE),
            EntryColumn::Author => visit.visit(Self::AUTHOR),
        })
    }

    fn text(&self, column: EntryColumn) -> Option<String> {
        match column {
            EntryColumn::Team => Some(model::Text::write(&self.team)),
            EntryColumn::Number => Some(model::Text::write(&self.number)),
            EntryColumn::Title => self.title.as_ref().map(model::Text::write),
            EntryColumn::Author => Some(model::Text::write(&self.author)),
        }
    }

    fn new_key(new: &NewEntry, _: u64) -> Option<EntryKey> {
        Some(EntryKey { team: new.team.clone(), number: new.number })
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddEntry {
    team: String,
    number: i64,
    title: Option<String>,
}

impl AddEntry {
    pub(super) fn with(self, author: String) -> NewEntry {
        let Self { team, number, title } = self;
        NewEntry { team, number, title, author }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct EditEntry {
    title: model::Change<Option<String>>,
}

impl From<EditEntry> for EntryPatch {
    fn from(body: EditEntry) -> Self {
        Self { title: body.title }
    }
}

impl model::Resource for Entry {
    type Add = AddEntry;
    type Edit = EditEntry;

    const FILTER: &'static [EntryColumn] = &[EntryColumn::Team];
    const ORDER: &'static [EntryColumn] = &[EntryColumn::Title];
    const PAGING: model::Paging = model::Paging::Keyset;
    const PAGE_SIZE: u32 = 2;
    const MAX_PAGE_SIZE: u32 = 5;
    const MAX_BODY: usize = 2_000;

    fn parse_key(parts: &[&str]) -> Option<EntryKey> {
        let [team, number] = parts else { return None };
        Some(EntryKey { team: model::Text::parse(team)?, number: model::Text::parse(number)? })
    }
}

pub(super) fn routes_with<S, X>(mixin: X) -> Router<S>
where
    db::Installed: FromRef<S>,
    S: Clone + Send + Sync + 'static,
    X: Mixin<Model = Entry>
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
        .route("/{team}/{number}", get(crud.view()).patch(crud.edit()).delete(crud.delete()))
        .method_not_allowed_fallback(bindery_runtime::axum::method_not_allowed)
}
