//! What generated functions do with a column, as Rust.

use super::{
    column::{Column, Role},
    default::Default,
};

impl Column {
    /// Puts what a new row says into an INSERT.
    pub(super) fn put(&self) -> String {
        let Self { field, constant, .. } = self;
        match (self.role, &self.default) {
            (Role::Version, _) => format!("values.put(Self::{constant}, &1);"),
            (Role::SoftDelete, _) if self.nullable => {
                format!("values.put_optional(Self::{constant}, None);")
            }
            (Role::SoftDelete, _) => format!("values.put(Self::{constant}, &false);"),
            (Role::Value, Some(default)) if self.is_ambiguous => format!(
                "values.put_optional_or(Self::{constant}, &new.{field}, &{});",
                default.expression(),
            ),
            (Role::Value, Some(Default::Text(text))) => {
                format!("values.put_or_text(Self::{constant}, new.{field}.as_ref(), {text});")
            }
            (Role::Value, Some(Default::Value(value))) => {
                format!("values.put(Self::{constant}, &new.{field}.unwrap_or({value}));")
            }
            (Role::Value, Some(Default::Made(make))) => {
                format!("values.put(Self::{constant}, &new.{field}.unwrap_or_else({make}));")
            }
            (Role::Value, None) if self.is_optional => {
                format!("values.put_optional(Self::{constant}, new.{field}.as_ref());")
            }
            (Role::Value, None) => format!("values.put(Self::{constant}, &new.{field});"),
        }
    }

    /// Tells what a patch changes.
    pub(super) fn change(&self) -> String {
        let Self { field, constant, .. } = self;
        match self.role {
            Role::Version => format!("changes.expect(Self::{constant}, patch.{field});"),
            _ if self.nullable => {
                format!("changes.set_optional(Self::{constant}, &patch.{field});")
            }
            _ => format!("changes.set(Self::{constant}, &patch.{field});"),
        }
    }

    /// Puts what a row to save says. Of a row that is there, the managed columns stay as they are.
    pub(super) fn save(&self) -> String {
        let Self { field, constant, .. } = self;
        match (self.role, &self.default) {
            (Role::Version, _) => {
                format!("row.key(Self::{constant}, &1);")
            }
            (Role::SoftDelete, _) if self.nullable => {
                format!("row.put_optional(Self::{constant}, &model::Change::Keep);")
            }
            (Role::SoftDelete, _) => format!("row.key(Self::{constant}, &false);"),
            (Role::Value, _) if self.primary_key => {
                format!("row.key(Self::{constant}, &save.{field});")
            }
            (Role::Value, Some(default)) => {
                let put = if self.nullable { "put_optional_or" } else { "put_or" };
                let default = default.expression();
                format!("row.{put}(Self::{constant}, &save.{field}, &{default});")
            }
            (Role::Value, None) if self.nullable => {
                format!("row.put_optional(Self::{constant}, &save.{field});")
            }
            (Role::Value, None) => format!("row.put(Self::{constant}, &save.{field});"),
        }
    }

    /// Marks a row as deleted.
    pub(super) fn bury(&self) -> String {
        let Self { constant, .. } = self;
        if self.nullable {
            format!(
                "changes.set_optional(Self::{constant}, &model::Change::Set(Some(model::now())));"
            )
        } else {
            format!("changes.set(Self::{constant}, &model::Change::Set(true));")
        }
    }

    /// The condition of rows that are not marked as deleted.
    pub(super) fn is_live(&self) -> String {
        let Self { constant, .. } = self;
        if self.nullable {
            format!("Self::{constant}.is_null()")
        } else {
            format!("Self::{constant}.eq(false)")
        }
    }

    /// The type of the field of a row to save.
    pub(super) fn saved(&self) -> &str {
        self.of_save.as_deref().unwrap_or(&self.value)
    }

    /// The field, made of an argument of the same name.
    pub(super) fn given(&self) -> String {
        let Self { field, .. } = self;
        match self.argument {
            Some(into) => format!("{field}: {field}{into}"),
            None => field.clone(),
        }
    }

    /// The field of a new row, made of an argument if there has to be one.
    pub(super) fn given_if_required(&self) -> String {
        if self.is_optional { self.absent() } else { self.given() }
    }

    /// The field of a row to save, made of an argument if there has to be one.
    pub(super) fn given_to_save(&self) -> String {
        if self.of_save.is_some() {
            format!("{}: model::Change::Keep", self.field)
        } else {
            self.given()
        }
    }

    /// The field of a new row that says nothing.
    pub(super) fn absent(&self) -> String {
        let nothing = if self.is_ambiguous { "model::Change::Keep" } else { "None" };
        format!("{}: {nothing}", self.field)
    }

    /// How a part of the key that a new row left out is filled in.
    pub(super) fn completion(&self) -> String {
        match &self.default {
            None => "get_or_insert_with(model::uuid)".to_owned(),
            Some(Default::Text(text)) => format!("get_or_insert({text}.into())"),
            Some(Default::Value(value)) => format!("get_or_insert({value})"),
            Some(Default::Made(make)) => format!("get_or_insert_with({make})"),
        }
    }

    /// What is in a part of the key of a row that was just added.
    pub(super) fn of_added(&self) -> String {
        let field = &self.field;
        match (self.is_written, self.is_optional, self.is_copy) {
            (false, ..) => "generated.try_into().ok()?".to_owned(),
            (true, true, true) => format!("new.{field}?"),
            (true, true, false) => format!("new.{field}.clone()?"),
            (true, false, true) => format!("new.{field}"),
            (true, false, false) => format!("new.{field}.clone()"),
        }
    }
}
