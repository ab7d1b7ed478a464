//! Every setting of a `bindings.toml`, once.
//!
//! The one static table behind parsing, validation, the JSON schema, `bindings.example.toml`, the
//! starter file and the hints. It says what may be written; what a setting means when it is left
//! out is decided in `validate`, and `default` only tells people about it (a test compares the
//! two). What models have is in `model`.

pub mod model;
mod table;

use crate::model::{Access, AfterError, Backend, Begin, Connect, Isolation, TimeCrate, Web};

pub use table::SPECS;

/// One setting: a name in a section.
#[derive(Debug)]
pub struct Spec {
    /// The table it stands in.
    pub section: Section,
    /// Its name in that table.
    pub name: &'static str,
    /// Whether it is fixed when the code is generated.
    pub role: Role,
    /// What may be written.
    pub kind: Kind,
    /// The backends that have it.
    pub backends: &'static [Backend],
    /// What applies when it is left out, for people.
    pub default: &'static str,
    /// A value as TOML, for the example file and for hints; variables start with `KEY_`.
    pub example: &'static str,
    /// What it does, in sentences.
    pub doc: &'static str,
}

/// A table of the TOML that holds settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// `[output]`
    Output,
    /// `[bind.KEY]`
    Bind,
    /// `[bind.KEY.transaction]`
    Transaction,
    /// `[bind.KEY.pool]`
    Pool,
    /// `[bind.KEY.options]`
    Options,
    /// `[bind.KEY.tls]`
    Tls,
}

/// Whether a setting is fixed when the code is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Fixed: the generated code has this shape.
    Structure,
    /// A default under this field name of the runtime; a running program may override it.
    Setting(&'static str),
}

/// What may be written as the value of a setting.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `true` or `false`, as structure.
    Flag(Flag),
    /// `true` or `false`.
    Switch,
    /// A whole number within bounds, both included.
    Integer {
        /// The lowest.
        min: u64,
        /// The highest.
        max: u64,
    },
    /// `"250ms"`, `"5s"`, `"10m"`, `"1h"`.
    Duration {
        /// Whether `"off"` may be written instead.
        off: bool,
    },
    /// A string.
    Text(Text),
    /// One of a few words.
    Choice(&'static [Variant]),
}

/// A switch of the structure.
#[derive(Clone, Copy, Debug)]
pub enum Flag {
    /// `middleware`
    Middleware,
    /// `required`
    Required,
    /// `deferrable`
    Deferrable,
    /// `serde`
    Serde,
}

/// What a string is about.
#[derive(Clone, Copy, Debug)]
pub enum Text {
    /// Anything that is not empty.
    Plain,
    /// A database URL of the bind's backend.
    Url,
    /// A secret: a default for it is worth a warning.
    Password,
    /// A folder below that of the TOML.
    Folder,
}

/// One word of a choice.
#[derive(Debug)]
pub struct Variant {
    /// As written in the TOML.
    pub text: &'static str,
    /// What it means.
    pub meaning: Meaning,
    /// The backends that have it.
    pub backends: &'static [Backend],
}

/// What a word means.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// The backend of a bind.
    Backend(Backend),
    /// The web framework.
    Web(Web),
    /// The crate of dates and times.
    Time(TimeCrate),
    /// When a bind connects.
    Connect(Connect),
    /// The isolation level.
    Isolation(Isolation),
    /// The access mode.
    Access(Access),
    /// How a transaction begins.
    Begin(Begin),
    /// What a refused statement does.
    AfterError(AfterError),
    /// A variant of a type in the backend's module of the runtime.
    Runtime(&'static str, &'static str),
}

impl Section {
    /// All sections, in the order in which they are written.
    pub const ALL: [Self; 6] =
        [Self::Output, Self::Bind, Self::Transaction, Self::Pool, Self::Options, Self::Tls];

    /// The name of a table inside `[bind.KEY]`.
    #[must_use]
    pub fn table(self) -> Option<&'static str> {
        match self {
            Self::Output | Self::Bind => None,
            Self::Transaction => Some("transaction"),
            Self::Pool => Some("pool"),
            Self::Options => Some("options"),
            Self::Tls => Some("tls"),
        }
    }

    /// The header as written, for the bind `key`.
    #[must_use]
    pub fn header(self, key: &str) -> String {
        match self.table() {
            Some(table) => format!("[bind.{key}.{table}]"),
            None if self == Self::Output => "[output]".to_owned(),
            None => format!("[bind.{key}]"),
        }
    }

    /// Its settings, in the order of the table.
    pub fn specs(self) -> impl Iterator<Item = &'static Spec> {
        SPECS.iter().filter(move |spec| spec.section == self)
    }
}

impl Spec {
    /// Whether a running program may override it.
    #[must_use]
    pub fn is_setting(&self) -> bool {
        matches!(self.role, Role::Setting(_))
    }

    /// The value of the example without where else it may come from.
    #[must_use]
    pub fn plain_example(&self) -> &'static str {
        let default = self
            .example
            .split_once("default = ")
            .map(|(_, default)| default.trim_end_matches(" }"));
        default.unwrap_or(self.example)
    }

    /// The words of a choice that `backend` has; all of them while the backend is unknown.
    pub fn words(&self, backend: Option<Backend>) -> impl Iterator<Item = &'static str> {
        let variants = if let Kind::Choice(variants) = self.kind { variants } else { &[] };
        variants
            .iter()
            .filter(move |variant| {
                backend.is_none_or(|backend| variant.backends.contains(&backend))
            })
            .map(|variant| variant.text)
    }
}

impl Backend {
    /// All backends, in the order in which they are named to people.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MySql];

    /// The word of the TOML.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
        }
    }

    /// The name of the product.
    #[must_use]
    pub fn product(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
        }
    }

    /// The schemes of its URLs; the first is the usual one.
    #[must_use]
    pub fn schemes(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["sqlite"],
            Self::Postgres => &["postgres", "postgresql"],
            Self::MySql => &["mysql", "mariadb"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_stands_twice() {
        for (at, spec) in SPECS.iter().enumerate() {
            let same = |other: &Spec| other.section == spec.section && other.name == spec.name;
            assert!(!SPECS[..at].iter().any(same), "{} stands twice", spec.name);
        }
    }

    #[test]
    fn every_setting_is_described() {
        for spec in SPECS {
            assert!(spec.doc.ends_with('.'), "the doc of {} is no sentence", spec.name);
            assert!(!spec.example.is_empty() && !spec.default.is_empty(), "{} has gaps", spec.name);
            assert!(!spec.backends.is_empty(), "no backend has {}", spec.name);
        }
    }
}
