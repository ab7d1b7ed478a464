//! One column: its names, its types in each of the structs, and what the docs say of it.

use super::{
    Context,
    default::{Default, left_out},
    kinds,
    names::Names,
};
use crate::{
    model::{
        TimeCrate,
        table::{self, ColumnType, Http},
    },
    render::{
        docs::{code, sentence},
        literal,
    },
    sql,
};

/// One column.
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of a column")]
pub(super) struct Column {
    pub(super) field: String,
    pub(super) variant: String,
    pub(super) constant: String,
    pub(super) name: String,
    pub(super) quoted: String,
    /// Its name in the database as a literal, where that is another one.
    pub(super) stored: Option<String>,
    /// Its type in the database, as a literal.
    pub(super) kind: String,
    pub(super) doc: String,
    /// The type of a value that is there.
    pub(super) value: String,
    /// The type of the field.
    pub(super) of_row: String,
    pub(super) of_new: String,
    pub(super) of_patch: String,
    /// The type of the field of a row to save, where that may leave it out.
    pub(super) of_save: Option<String>,
    /// The type of the typed column.
    pub(super) typed: String,
    pub(super) max_length: Option<u32>,
    pub(super) index: usize,
    pub(super) nullable: bool,
    pub(super) primary_key: bool,
    pub(super) role: Role,
    pub(super) http: Http,
    /// Whether an INSERT says what is in it.
    pub(super) is_written: bool,
    /// Whether a new row may leave it out.
    pub(super) is_optional: bool,
    /// Whether leaving it out and NULL are two things.
    pub(super) is_ambiguous: bool,
    pub(super) is_copy: bool,
    /// Whether its values can be text.
    pub(super) is_text: bool,
    pub(super) default: Option<Default>,
    /// What leaving it out means, for the docs.
    pub(super) left_out: Option<String>,
    /// How it comes from an argument of `New…::new`.
    pub(super) argument: Option<&'static str>,
    /// Attributes of the field of the row, from the TOML.
    pub(super) attributes: Vec<String>,
    pub(super) serde: Serde,
}

/// Who says what is in a column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Whoever writes the row.
    Value,
    /// The runtime: it counts the changes of the row.
    Version,
    /// The runtime: it marks the row as deleted.
    SoftDelete,
}

/// What serde does with the field of each struct.
#[derive(std::default::Default)]
pub(super) struct Serde {
    pub(super) row: Form,
    pub(super) key: Form,
    pub(super) new: Form,
    pub(super) patch: Form,
    pub(super) save: Form,
    pub(super) add: Form,
    pub(super) edit: Form,
}

/// The field in `model::record!`, and the attribute that it needs where serde is derived.
#[derive(std::default::Default)]
pub(super) struct Form {
    pub(super) words: String,
    pub(super) attribute: Option<String>,
}

impl Column {
    pub(super) fn new(context: &Context<'_>, index: usize, column: &table::Column) -> Self {
        let Context { bind, output, table, names } = context;
        let value = kinds::value(names, output.time, &column.kind);
        let role = match Some(index) {
            at if at == table.version => Role::Version,
            at if at == table.soft_delete => Role::SoftDelete,
            _ => Role::Value,
        };
        let is_optional = column.nullable || column.default.is_some() || column.generated;
        // `None` would be NULL and the default.
        let is_ambiguous = column.nullable && column.default.is_some();
        let option = |of: &str| format!("{}<{of}>", names.option);
        let of_row = if column.nullable { option(&value) } else { value.clone() };
        let typed = match kinds::codec(bind.backend, &column.kind) {
            Some(codec) => format!("{value}, model::{codec}"),
            None => value.clone(),
        };
        let is_key_of_routes = column.primary_key && table.http.is_some();
        let mut this = Self {
            field: column.field.clone(),
            variant: column.variant.clone(),
            constant: column.constant.clone(),
            name: literal::text(&column.field),
            quoted: literal::sql(&sql::quoted(bind.backend, &column.column)),
            stored: (column.column != column.field).then(|| literal::text(&column.column)),
            kind: literal::sql(&sql::column_type(bind.backend, column)),
            doc: match &column.comment {
                Some(comment) => sentence(comment),
                None => format!("The column {}.", code(&column.column)),
            },
            of_new: match (is_optional, is_ambiguous) {
                (_, true) => format!("model::Change<{of_row}>"),
                (true, false) => option(&value),
                (false, false) => value.clone(),
            },
            of_patch: match role {
                Role::Version => option(&value),
                Role::Value | Role::SoftDelete => format!("model::Change<{of_row}>"),
            },
            of_save: (!column.primary_key && (column.nullable || column.default.is_some()))
                .then(|| format!("model::Change<{of_row}>")),
            of_row,
            typed,
            max_length: match column.kind {
                ColumnType::Text { max_length } => max_length,
                _ => None,
            },
            index,
            nullable: column.nullable,
            primary_key: column.primary_key,
            role,
            http: column.http,
            is_written: sql::is_written(column),
            is_optional,
            is_ambiguous,
            is_copy: kinds::is_copy(&column.kind),
            is_text: match column.kind {
                ColumnType::Json => false,
                // A key has to be text in a URL: its type implements `Text`.
                ColumnType::Custom { .. } => is_key_of_routes,
                _ => true,
            },
            default: column.default.as_ref().map(|value| Default::new(table, column, value)),
            left_out: left_out(column),
            argument: matches!(column.kind, ColumnType::Text { .. } | ColumnType::Bytes)
                .then_some(".into()"),
            attributes: column.attributes.clone(),
            value,
            serde: Serde::default(),
        };
        if output.serde {
            let is_iso = output.time == TimeCrate::Time && kinds::is_time(&column.kind);
            this.serde = Serde::new(&this, names, is_iso);
        }
        this
    }

    /// Whether a new row and a row to save say what is in it.
    pub(super) fn is_new(&self) -> bool {
        self.is_written && self.role == Role::Value
    }

    /// Whether a body that adds a row may say what is in it.
    pub(super) fn is_added(&self) -> bool {
        self.is_new() && matches!(self.http, Http::Write | Http::AddOnly)
    }

    /// Whether a body that changes a row may say what is in it, or what version it has to be.
    pub(super) fn is_edited(&self) -> bool {
        match self.role {
            Role::Version => self.http != Http::Hidden,
            Role::Value => !self.primary_key && self.http == Http::Write,
            Role::SoftDelete => false,
        }
    }

    /// Its docs in the row.
    pub(super) fn row_doc(&self) -> String {
        match self.http {
            Http::Hidden if !self.serde.row.words.is_empty() => {
                format!("{} It is never part of a serialized row.", self.doc)
            }
            _ => self.doc.clone(),
        }
    }

    /// Its docs in a patch.
    pub(super) fn patch_doc(&self) -> &str {
        match self.role {
            Role::Version => {
                "Only a row of this version is changed; `None`: whatever version it has."
            }
            Role::Value | Role::SoftDelete => &self.doc,
        }
    }
}

/// What becomes of a field: the words of `model::record!`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Field,
    Hidden,
    Change,
    Some,
}

impl Serde {
    /// `iso`: the type is none that serde knows how to write.
    fn new(column: &Column, names: &Names, iso: bool) -> Self {
        let form = |how, may_be_absent| Form::new(names, how, iso, may_be_absent);
        let change = |is_change| if is_change { How::Change } else { How::Field };
        let new = || form(change(column.is_ambiguous), column.is_optional);
        let patch = || match column.role {
            Role::Version => form(How::Some, false),
            Role::Value | Role::SoftDelete => form(How::Change, false),
        };
        let row = if column.http == Http::Hidden { How::Hidden } else { How::Field };
        Self {
            row: form(row, column.nullable),
            key: form(How::Field, false),
            new: new(),
            patch: patch(),
            save: form(change(column.of_save.is_some()), false),
            add: new(),
            edit: patch(),
        }
    }
}

impl Form {
    fn new(names: &Names, how: How, iso: bool, may_be_absent: bool) -> Self {
        let (word, left_out) = match how {
            How::Field => ("field", None),
            How::Hidden => ("hidden", Some("skip_serializing".to_owned())),
            How::Change => {
                ("change", Some("skip_serializing_if = \"model::Change::is_keep\"".to_owned()))
            }
            How::Some => {
                ("some", Some(format!("skip_serializing_if = \"{}::is_none\"", names.option)))
            }
        };
        // With a function of its own, a field that is absent is an error unless this is said.
        let is_default = how == How::Change || how == How::Some || (may_be_absent && iso);
        let default = is_default.then(|| "default".to_owned());
        let with = iso.then(|| "with = \"model::iso\"".to_owned());
        let parts: Vec<_> = [default, left_out, with].into_iter().flatten().collect();
        Self {
            words: if iso { format!("{word} iso") } else { word.to_owned() },
            attribute: (!parts.is_empty()).then(|| format!("#[serde({})]", parts.join(", "))),
        }
    }
}
