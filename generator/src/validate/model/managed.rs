//! Columns that nobody sets: the mark of deleted rows, and the number of changes.

use super::{Draft, Set, lists::no_column, references::type_span};
use crate::{
    config::ColumnConfig,
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::table::{Column, ColumnType, DefaultValue},
    source::{Span, Spanned},
};

/// Finds the two columns of a model.
pub(super) fn read(draft: &mut Draft<'_>, diagnostics: &mut Diagnostics) {
    let config = draft.config;
    let mut find = |setting: Setting, typed: Option<&Spanned<String>>| {
        let place = Place { draft, setting, typed: typed? };
        place.column().map_err(|problem| diagnostics.push(problem)).ok()
    };
    let soft_delete = find(Setting::SoftDelete, config.soft_delete.as_ref());
    let version = find(Setting::Version, config.version.as_ref());
    (draft.soft_delete, draft.version) = (soft_delete, version);
    diagnostics.extend(unique_nothing(draft));
}

/// A row that is there has no moment at which it was deleted, and NULL is never the same as NULL.
fn unique_nothing(draft: &Draft<'_>) -> Option<Diagnostic> {
    let (at, typed) = (draft.soft_delete?, draft.config.soft_delete.as_ref()?);
    draft.columns[at].as_ref().filter(|column| column.nullable)?;
    let set = draft.sets.iter().find(|set| set.unique && set.columns.contains(&at))?;
    let message = format!("with `{}` the rows that are there can all be the same", typed.value);
    let diagnostic = Diagnostic::new(Code::ModelSetting, set.span, message)
        .label("no NULL is the same as another one")
        .also(typed.span, "NULL in every row that is there");
    Some(diagnostic.help("remove it from the list: deleted rows keep their unique values"))
}

/// Which of the two settings.
#[derive(Clone, Copy)]
enum Setting {
    SoftDelete,
    Version,
}

/// A setting that names a column of its model.
struct Place<'a, 'd> {
    draft: &'a Draft<'d>,
    setting: Setting,
    typed: &'a Spanned<String>,
}

impl Place<'_, '_> {
    fn column(&self) -> Result<usize, Diagnostic> {
        let Some(at) = self.draft.fields.get(&*self.typed.value).copied() else {
            return Err(no_column(self.draft, Code::ModelSetting, self.typed, &self.typed.value));
        };
        // What is wrong with a column of unknown type is said already.
        let Some(column) = &self.draft.columns[at] else { return Ok(at) };
        let config = &self.draft.config.columns[at];
        match self.setting {
            Setting::SoftDelete => self.marks(config, column)?,
            Setting::Version => self.counts(config, column)?,
        }
        let is_alone = |set: &&Set| set.unique && set.columns == [at];
        let unique = self.draft.sets.iter().find(is_alone).map(|set| set.span);
        let key = config.primary_key.as_ref().filter(|_| column.primary_key).map(|key| key.span);
        let reference = config.references.as_ref().map(|reference| reference.span);
        let obstacles = [
            (key, "in the primary key", "a key does not change: take another column"),
            (unique, "unique", "many rows have the same value: remove `unique`"),
            (reference, "refers to another row", "remove `references`, or take another column"),
        ];
        let found = obstacles.into_iter().find_map(|(span, what, help)| Some((span?, what, help)));
        match found {
            Some((span, what, help)) => Err(self.refused().also(span, what).help(help)),
            None => Ok(at),
        }
    }

    /// Whether a column can say that a row is deleted.
    fn marks(&self, config: &ColumnConfig, column: &Column) -> Result<(), Diagnostic> {
        let help =
            "it is `\"timestamp?\"`, `\"datetime?\"`, or `{ type = \"bool\", default = false }`";
        let (span, what) = match (&column.kind, &config.default) {
            (ColumnType::Timestamp | ColumnType::DateTime, None) if column.nullable => {
                return Ok(());
            }
            (ColumnType::Timestamp | ColumnType::DateTime, None) => {
                (type_span(config), "never NULL: every row would be deleted")
            }
            (ColumnType::Timestamp | ColumnType::DateTime, Some(default)) => {
                (default.span, "every new row would be deleted")
            }
            (ColumnType::Bool, _) if column.nullable => {
                (nullable_span(config), "may be NULL, which is neither")
            }
            (ColumnType::Bool, _) if column.default == Some(DefaultValue::Bool(false)) => {
                return Ok(());
            }
            (ColumnType::Bool, Some(default)) => (default.span, "every new row would be deleted"),
            (ColumnType::Bool, None) => (type_span(config), "without a default"),
            _ => (type_span(config), "of another type"),
        };
        Err(self.refused().also(span, what).help(help))
    }

    /// Whether a column can count the changes of a row.
    fn counts(&self, config: &ColumnConfig, column: &Column) -> Result<(), Diagnostic> {
        let (span, what) = if column.kind != ColumnType::I64 {
            (type_span(config), "of another type")
        } else if column.nullable {
            (nullable_span(config), "may be NULL")
        } else if let Some(default) = &config.default {
            (default.span, "the first version is always 1")
        } else {
            return Ok(());
        };
        let help = format!("it is `{} = \"i64\"`, without a default", config.name.value);
        Err(self.refused().also(span, what).help(help))
    }

    fn refused(&self) -> Diagnostic {
        let setting = match self.setting {
            Setting::SoftDelete => "soft_delete",
            Setting::Version => "version",
        };
        let message = format!("`{}` cannot be the `{setting}` of its model", self.typed.value);
        Diagnostic::new(Code::ModelSetting, self.typed.span, message)
    }
}

fn nullable_span(config: &ColumnConfig) -> Span {
    let by_setting = config.nullable.as_ref().filter(|nullable| nullable.value);
    by_setting.map_or_else(|| type_span(config), |nullable| nullable.span)
}
